//! The server's side in these tests: a child of this very program, and jobs for it.

use models_apart::{Account, Apart, Patience, Program};
use models_engine::{
    Cancel, Hint, LISTENING_RATE, LanguageModel, Piece, Prompt, Recognizer, Script, Stopped,
    Synthesizer, Transcript,
};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Set for the child alone: how its engines behave.
pub(crate) const CHILD: &str = "REPARTEE_APART_CHILD";

static HOUSES: AtomicU64 = AtomicU64::new(0);

/// A child and its engines, with a folder in which its fates are crossed off.
pub(crate) struct House {
    pub(crate) apart: Apart,
    pub(crate) recognizer: Arc<dyn Recognizer>,
    pub(crate) language_model: Arc<dyn LanguageModel>,
    pub(crate) synthesizer: Arc<dyn Synthesizer>,
    /// Whether a second child is wanted.
    pub(crate) spare: Arc<AtomicBool>,
    pub(crate) folder: PathBuf,
}

/// Short, for tests wait for it; long enough for a machine that has other things to do.
pub(crate) fn patience() -> Patience {
    Patience {
        beat: Duration::from_millis(40),
        missed: 15,
        away: Duration::from_secs(60),
        ..Patience::default()
    }
}

pub(crate) fn program(mode: &str, plan: &[u8]) -> Program {
    program_with(mode, plan, Arc::default())
}

fn program_with(mode: &str, plan: &[u8], spare: Arc<AtomicBool>) -> Program {
    let mode = mode.to_owned();
    let command = move || {
        let this = std::env::current_exe().expect("this program has a path");
        let mut command = Command::new(this);
        command.args(["the_child", "--exact", "--ignored", "--nocapture"]);
        command.env(CHILD, &mode);
        command
    };
    Program {
        command: Box::new(command),
        plan: plan.to_vec(),
        spare: Box::new(move |_| spare.load(Ordering::Relaxed)),
    }
}

impl House {
    pub(crate) fn open(patience: Patience) -> Self {
        Self::open_with(patience, false)
    }

    /// One without a second child, and one with it.
    pub(crate) fn both(patience: Patience) -> [Self; 2] {
        [false, true].map(|spare| Self::open_with(patience, spare))
    }

    pub(crate) fn open_with(patience: Patience, spare: bool) -> Self {
        let spare = Arc::new(AtomicBool::new(spare));
        let number = HOUSES.fetch_add(1, Ordering::Relaxed);
        let name = format!("repartee-apart-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("the temp folder is writable");
        let plan = folder.to_str().expect("a readable path").as_bytes();
        let program = program_with("engines", plan, Arc::clone(&spare));
        let apart = Apart::start(program, patience).expect("the child comes up");
        Self {
            recognizer: apart.recognizer().expect("one is aboard").0,
            language_model: apart.language_model().expect("one is aboard").0,
            synthesizer: apart.synthesizer().expect("one is aboard").0,
            apart,
            spare,
            folder,
        }
    }

    pub(crate) fn compose(&self, text: &str) -> (String, Result<(), Stopped>) {
        self.compose_with(text, &Cancel::new(), &mut |_| {})
    }

    /// Once so many deaths are counted: who stands by serves before the dead are buried.
    pub(crate) fn account_after(&self, deaths: u64) -> Account {
        loop {
            let account = self.apart.account();
            if account.deaths >= deaths {
                return account;
            }
            std::thread::yield_now();
        }
    }

    /// Why each child that loaded was begun.
    pub(crate) fn starts(&self) -> Vec<String> {
        let told = std::fs::read_to_string(self.folder.join("starts"));
        let told = told.expect("the first has written it");
        told.lines().map(str::to_owned).collect()
    }

    /// Waits until a second child stands by; its number.
    pub(crate) fn until_another_stands_by(&self) -> u32 {
        loop {
            match self.apart.account().spare {
                Some(pid) => return pid,
                None => std::thread::yield_now(),
            }
        }
    }

    /// Waits until the job whose fate has this name meets it.
    pub(crate) fn until_fate_meets(&self, name: &str) {
        while !self.folder.join(name).exists() {
            std::thread::yield_now();
        }
    }

    pub(crate) fn compose_with(
        &self,
        text: &str,
        cancel: &Cancel,
        watch: &mut dyn FnMut(&Piece),
    ) -> (String, Result<(), Stopped>) {
        let mut said = String::new();
        let mut emit = |piece| {
            watch(&piece);
            if let Piece::Text(text) = piece {
                said.push_str(&text);
            }
        };
        let ended = self
            .language_model
            .compose(&Prompt::asking(text), &mut emit, cancel);
        (said, ended)
    }

    pub(crate) fn speak(&self, text: &str) -> (Vec<f32>, Result<usize, Stopped>) {
        let mut samples = Vec::new();
        let mut emit = |piece: &[f32]| samples.extend_from_slice(piece);
        let script = Script {
            text: text.to_owned(),
            voice: None,
            speed: 1.0,
        };
        let ended = self.synthesizer.speak(&script, &mut emit, &Cancel::new());
        (samples, ended.map(|spoken| spoken.samples))
    }

    /// Two seconds of voice in pieces of 100 ms; the fate travels with the hint.
    pub(crate) fn hear(&self, fate: &str) -> Result<Transcript, Stopped> {
        let cancel = Cancel::new();
        let hint = Hint {
            prompt: Some(fate.to_owned()),
            ..Hint::default()
        };
        let mut listening = self.recognizer.listen(&hint)?;
        for _ in 0..20 {
            listening.push(&voice(LISTENING_RATE as usize / 10), &cancel)?;
        }
        listening.finish(&cancel)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

pub(crate) fn voice(samples: usize) -> Vec<f32> {
    (0..samples).map(|n| 0.3 * (n as f32 * 0.1).sin()).collect()
}
