//! Prints how many questions to a folder are answered rightly: typed, misheard, and spoken by flite.
//!
//! `cargo run -p models-builtin --example answers -- [--show] [--typed] [--words] [--heard FILE] FOLDER...`
//! Beside each FOLDER lies FOLDER.questions, lines of `question | part of the answer | document`; a
//! line without a document must be refused. What the recognizer heard is kept in the FILE, if one is
//! named, and not recognized again.

#[path = "../tests/asking/mod.rs"]
#[allow(dead_code, reason = "shared with the tests and the example `fit`")]
mod asking;
#[path = "../tests/mishear/mod.rs"]
mod mishear;
mod speaking;

use asking::{Asking, Case, Reading, Tally, cases};
use mishear::misheard;
use models_builtin::{Sphinx, SphinxOptions};
use models_engine::{Cancel, Hint, Recognizer};
use models_knowledge::Knowledge;
use speaking::say;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

const VOICES: [&str; 2] = ["slt", "rms"];
const MISHEARINGS: u64 = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let mut wishes = Wishes::read();
    let mut all: BTreeMap<&str, Tally> = BTreeMap::new();
    for folder in std::mem::take(&mut wishes.folders) {
        for (way, tally) in measure(&folder, &mut wishes)? {
            tally.print(&format!("{}, {way}", name(&folder)));
            all.entry(way).or_default().add(&tally);
        }
    }
    for (way, tally) in &all {
        tally.print(&format!("all, {way}"));
    }
    Ok(())
}

#[derive(Default)]
struct Wishes {
    folders: Vec<PathBuf>,
    show: bool,
    typed_only: bool,
    /// The meaning of sentences is left out.
    words_only: bool,
    heard: Heard,
}

impl Wishes {
    fn read() -> Self {
        let mut wishes = Self::default();
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--show" => wishes.show = true,
                "--typed" => wishes.typed_only = true,
                "--words" => wishes.words_only = true,
                "--heard" => wishes.heard = Heard::at(arguments.next().map(PathBuf::from)),
                folder => wishes.folders.push(folder.into()),
            }
        }
        wishes
    }
}

fn measure(
    folder: &Path,
    wishes: &mut Wishes,
) -> Result<BTreeMap<&'static str, Tally>, Box<dyn Error>> {
    let (knowledge, warnings) = Knowledge::open(folder)?;
    for warning in warnings {
        println!("  {warning}");
    }
    let mut asking = Asking::new(knowledge);
    if !wishes.words_only {
        asking = asking.learn(folder, Reading::Yes)?;
    }
    let cases = cases(&folder.with_extension("questions"))?;
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut count = |way, case: &Case, asked: &str| {
        let reply = asking.ask(asked);
        let tally = tallies.entry(way).or_default();
        tally.count(case, asked, &reply, wishes.show);
    };
    for (at, case) in cases.iter().enumerate() {
        count("typed", case, &case.question);
        for way in 1..=MISHEARINGS {
            let heard = misheard(&case.question, way * 1000 + at as u64);
            count("misheard", case, &heard);
        }
    }
    if !wishes.typed_only {
        let mut ear = Ear::new(&asking.knowledge, &mut wishes.heard);
        for voice in VOICES {
            for case in &cases {
                let heard = ear.hear(&case.question, voice)?;
                if wishes.show {
                    println!("  {} -> {heard}", case.question);
                }
                count("spoken", case, &heard);
            }
        }
        wishes.heard.keep()?;
    }
    Ok(tallies)
}

fn name(folder: &Path) -> String {
    folder
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into())
}

/// The recognizer, with the words of the knowledge as the server gives them to it; loaded when first
/// needed.
struct Ear<'a> {
    knowledge: &'a Knowledge,
    sphinx: Option<Sphinx>,
    heard: &'a mut Heard,
}

impl<'a> Ear<'a> {
    fn new(knowledge: &'a Knowledge, heard: &'a mut Heard) -> Self {
        Self {
            knowledge,
            sphinx: None,
            heard,
        }
    }

    fn hear(&mut self, question: &str, voice: &str) -> Result<String, Box<dyn Error>> {
        let said = (voice.to_owned(), question.to_owned());
        if let Some(known) = self.heard.lines.get(&said) {
            return Ok(known.clone());
        }
        let speech = say(question, voice, 1.0)?;
        let cancel = Cancel::new();
        let mut listening = self.sphinx()?.listen(&Hint::default())?;
        for frame in speech.chunks(320) {
            listening.push(frame, &cancel)?;
        }
        let text = listening.finish(&cancel)?.text;
        self.heard.lines.insert(said, text.clone());
        Ok(text)
    }

    fn sphinx(&mut self) -> Result<&Sphinx, Box<dyn Error>> {
        if self.sphinx.is_none() {
            let knowledge = self.knowledge.sentences().into_iter();
            self.sphinx = Some(Sphinx::load(&SphinxOptions {
                knowledge: knowledge.chain(self.knowledge.headings()).collect(),
                decoders: 1,
            })?);
        }
        Ok(self.sphinx.as_ref().expect("it was loaded just now"))
    }
}

/// What was heard of each voice and question, so that it need not be heard again.
#[derive(Default)]
struct Heard {
    file: Option<PathBuf>,
    lines: BTreeMap<(String, String), String>,
}

impl Heard {
    fn at(file: Option<PathBuf>) -> Self {
        let text = file
            .as_ref()
            .and_then(|file| std::fs::read_to_string(file).ok());
        let lines = text.unwrap_or_default();
        let lines = lines.lines().filter_map(|line| {
            let mut parts = line.split('\t').map(str::to_owned);
            Some(((parts.next()?, parts.next()?), parts.next()?))
        });
        Self {
            lines: lines.collect(),
            file,
        }
    }

    fn keep(&self) -> std::io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let lines = self.lines.iter();
        let lines = lines.map(|((voice, said), heard)| format!("{voice}\t{said}\t{heard}\n"));
        std::fs::write(file, lines.collect::<String>())
    }
}
