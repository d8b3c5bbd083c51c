//! The engines of the child: scripted ones that die as a job tells them to, once.
//!
//! A job says `fate:KIND@STEP#NAME` somewhere in its words. At that step the process meets that end, and a file of that
//! name is left behind, so that the next child does the same job in peace.

use models_apart::{Aboard, Start};
use models_engine::scripted::{ScriptedLanguage, ScriptedRecognizer, ScriptedSynthesizer};
use models_engine::{
    Cancel, Card, Hint, Hypothesis, LanguageModel, Listening, Piece, Prompt, Recognizer, Script,
    Spoken, Stopped, Synthesizer, Transcript,
};
use rustix::process::{Signal, getpid, kill_process};
use std::io::Write;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) const HEARD: &str = "what is repartee";

/// In a hint: the recognizer knows no better than the words so far.
pub(crate) const SIMPLE: &str = "simple";

/// The step of an utterance at which words are settled, once or several times.
pub(crate) const SETTLING: usize = 98;

/// What lingers ends once there is a file of this name.
pub(crate) const LET_GO: &str = "let-go";

/// So many utterances the recognizer hears at once, and refuses more.
pub(crate) const SEATS: usize = 8;

pub(crate) fn load(mode: &str, plan: &[u8], start: Start) -> Result<Aboard, String> {
    match mode {
        "engines" => {}
        "panics" => panic!("planted"),
        "unfit" => return Err("there are no weights: pull some".to_owned()),
        _ => kill(Signal::ABORT),
    }
    let folder = PathBuf::from(String::from_utf8_lossy(plan).into_owned());
    let starts = std::fs::File::options()
        .create(true)
        .append(true)
        .open(folder.join("starts"));
    let _ = starts.map(|mut starts| writeln!(starts, "{start:?}"));
    if folder.join("unfit").exists() {
        kill(Signal::SEGV);
    }
    let fated = Arc::new(Fated {
        recognizer: ScriptedRecognizer::hearing(HEARD),
        language_model: ScriptedLanguage::echo(),
        synthesizer: ScriptedSynthesizer::new(),
        seated: AtomicUsize::new(0),
        folder,
    });
    Ok(Aboard {
        recognizer: Some((fated.clone(), SEATS)),
        language_model: Some((fated.clone(), 8)),
        synthesizer: Some((fated, 8)),
        ..Aboard::default()
    })
}

struct Fated {
    recognizer: ScriptedRecognizer,
    language_model: ScriptedLanguage,
    synthesizer: ScriptedSynthesizer,
    /// Utterances that are being heard.
    seated: AtomicUsize,
    folder: PathBuf,
}

/// What is to happen at a step of a job.
#[derive(Clone)]
struct Fate {
    kind: String,
    step: usize,
    name: String,
    folder: PathBuf,
}

impl Fate {
    fn of(text: &str, folder: &Path) -> Option<Self> {
        let fate = text
            .split_whitespace()
            .find_map(|word| word.strip_prefix("fate:"))?;
        let (kind, rest) = fate.split_once('@')?;
        let (step, name) = rest.split_once('#')?;
        Some(Self {
            kind: kind.to_owned(),
            step: step.parse().ok()?,
            name: name.to_owned(),
            folder: folder.to_owned(),
        })
    }

    fn at(&self, step: usize) {
        let mark = self.folder.join(&self.name);
        let always = self.name == "always";
        if step != self.step || !(always || std::fs::File::create_new(mark).is_ok()) {
            return;
        }
        match self.kind.as_str() {
            "kill" => kill(Signal::KILL),
            "abort" => kill(Signal::ABORT),
            "segv" => kill(Signal::SEGV),
            "stop" => kill(Signal::STOP),
            "noise" => babble(),
            "panic" => panic!("planted"),
            "linger" => self.linger(),
            "unfit" => {
                std::fs::write(self.folder.join("unfit"), "").expect("the folder is writable");
                kill(Signal::KILL);
            }
            _ => hang(),
        }
    }

    /// Native code that does not look whether anybody wants it, until a file lets it go.
    fn linger(&self) {
        while !self.folder.join(LET_GO).exists() {
            std::thread::yield_now();
        }
    }
}

/// Rust's own handler lets the first SIGSEGV pass when nothing faulted, and any signal may reach another thread first: this
/// one does nothing more but send it.
fn kill(signal: Signal) -> ! {
    loop {
        let _ = kill_process(getpid(), signal);
        std::thread::park_timeout(std::time::Duration::from_millis(1));
    }
}

/// Code that never returns.
fn hang() -> ! {
    loop {
        std::thread::park();
    }
}

/// Writes what is no frame where frames are expected.
fn babble() {
    let socket = std::io::stdin().as_fd().try_clone_to_owned();
    let mut socket = std::fs::File::from(socket.expect("the socket stands"));
    let _ = socket.write_all(&[0xff; 64]);
}

fn pass(fate: &Option<Fate>, step: usize) {
    if let Some(fate) = fate {
        fate.at(step);
    }
}

impl LanguageModel for Fated {
    fn card(&self) -> Card {
        self.language_model.card()
    }

    fn compose(
        &self,
        prompt: &Prompt,
        emit: &mut dyn FnMut(Piece),
        cancel: &Cancel,
    ) -> Result<(), Stopped> {
        let asked = prompt.lines.last().map_or("", |line| line.text.as_str());
        let fate = Fate::of(asked, &self.folder);
        let mut step = 0;
        let mut emit = |piece| {
            pass(&fate, step);
            emit(piece);
            step += 1;
        };
        self.language_model.compose(prompt, &mut emit, cancel)
    }
}

impl Synthesizer for Fated {
    fn card(&self) -> Card {
        self.synthesizer.card()
    }

    fn rate(&self) -> u32 {
        self.synthesizer.rate()
    }

    fn voices(&self) -> Vec<String> {
        self.synthesizer.voices()
    }

    fn speak(
        &self,
        script: &Script,
        emit: &mut dyn FnMut(&[f32]),
        cancel: &Cancel,
    ) -> Result<Spoken, Stopped> {
        let fate = Fate::of(&script.text, &self.folder);
        let mut step = 0;
        let mut emit = |samples: &[f32]| {
            pass(&fate, step);
            emit(samples);
            step += 1;
        };
        self.synthesizer.speak(script, &mut emit, cancel)
    }
}

impl Recognizer for Fated {
    fn card(&self) -> Card {
        self.recognizer.card()
    }

    fn listen(&self, hint: &Hint) -> Result<Box<dyn Listening + '_>, Stopped> {
        let told = hint.prompt.as_deref().unwrap_or_default();
        let taken = self.seated.fetch_add(1, Ordering::AcqRel);
        let seat = Seat(&self.seated);
        if taken >= SEATS {
            return Err(Stopped::failed("the recognizer hears others already"));
        }
        Ok(Box::new(FatedListening {
            inner: self.recognizer.listen(hint)?,
            _seat: seat,
            fate: Fate::of(told, &self.folder),
            simple: told.contains(SIMPLE),
            step: 0,
        }))
    }
}

struct Seat<'a>(&'a AtomicUsize);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

struct FatedListening<'a> {
    inner: Box<dyn Listening + 'a>,
    _seat: Seat<'a>,
    fate: Option<Fate>,
    /// It settles nothing.
    simple: bool,
    step: usize,
}

impl Listening for FatedListening<'_> {
    fn push(&mut self, speech: &[f32], cancel: &Cancel) -> Result<Option<Hypothesis>, Stopped> {
        pass(&self.fate, self.step);
        self.step += 1;
        self.inner.push(speech, cancel)
    }

    fn settle(&mut self, cancel: &Cancel) -> Result<Option<String>, Stopped> {
        pass(&self.fate, SETTLING);
        match self.simple {
            true => Ok(None),
            false => self.inner.settle(cancel),
        }
    }

    fn finish(self: Box<Self>, cancel: &Cancel) -> Result<Transcript, Stopped> {
        pass(&self.fate, 99);
        self.inner.finish(cancel)
    }
}
