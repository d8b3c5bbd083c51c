//! Questions to a folder, and whether the replies hold what they must.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use models_builtin::{Minilm, MinilmError, Quoter};
use models_engine::{
    Author, Cancel, LanguageModel, Line, Passage, Piece, Prompt, Query, Retriever,
};
use models_knowledge::Knowledge;

/// What set-up fetched.
pub(crate) fn weights() -> PathBuf {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let cache = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    let weights = cache.map(|cache| cache.join("repartee/weights"));
    folder("REPARTEE_WEIGHTS").or(weights).unwrap_or_default()
}

/// Whether sentences are read together with the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    Yes,
    No,
}

/// Knowledge, and who quotes from it.
pub(crate) struct Asking {
    pub(crate) knowledge: Knowledge,
    pub(crate) quoter: Quoter,
}

impl Asking {
    /// By words alone.
    pub(crate) fn new(knowledge: Knowledge) -> Self {
        Self {
            knowledge,
            quoter: Quoter::new(),
        }
    }

    /// Learns what the folder's knowledge means, or remembers it from the last time.
    pub(crate) fn learn(self, folder: &Path, reading: Reading) -> Result<Self, MinilmError> {
        let minilm = Arc::new(match reading {
            Reading::Yes => Minilm::load_to_judge(&weights())?,
            Reading::No => Minilm::load(&weights())?,
        });
        let name = folder.file_name().unwrap_or_default();
        let cache = std::env::temp_dir().join("repartee-places").join(name);
        self.quoter.learn(Arc::clone(&minilm));
        self.knowledge.learn(minilm, Some(&cache));
        Ok(self)
    }

    pub(crate) fn ask(&self, question: &str) -> Reply {
        let Prompt {
            lines, passages, ..
        } = self.prompt(question);
        self.answer(lines, passages)
    }

    pub(crate) fn found(&self, question: &str) -> Vec<Passage> {
        let query = Query {
            text: question.to_owned(),
            limit: self.quoter.passages(),
        };
        self.knowledge
            .retrieve(&query, &Cancel::new())
            .expect("nobody cancels")
    }

    /// What is asked, with what is found for it.
    pub(crate) fn prompt(&self, question: &str) -> Prompt {
        Prompt {
            lines: vec![line(Author::Caller, question)],
            passages: self.found(question),
            ..Prompt::default()
        }
    }

    pub(crate) fn answer(&self, lines: Vec<Line>, passages: Vec<Passage>) -> Reply {
        let prompt = Prompt {
            lines,
            passages,
            ..Prompt::default()
        };
        let mut reply = Reply {
            text: String::new(),
            sources: Vec::new(),
            passages: Vec::new(),
        };
        let mut emit = |piece| match piece {
            Piece::Text(text) => reply.text.push_str(&text),
            Piece::Cite(at) => reply.sources.push(prompt.passages[at].source.clone()),
            Piece::Call(_) | Piece::Arguments(_) => panic!("it calls nothing"),
        };
        self.quoter
            .compose(&prompt, &mut emit, &Cancel::new())
            .expect("nobody cancels");
        reply.passages = prompt.passages;
        reply
    }
}

/// A line of a `.questions` file: `question | part of the answer [;; another part] | document`. A
/// line without a document must be refused.
pub(crate) struct Case {
    pub(crate) question: String,
    /// Any of these parts is right, with its document.
    pub(crate) answer: Option<(Vec<String>, String)>,
}

impl Case {
    fn of(line: &str) -> Self {
        let parts: Vec<&str> = line.split(" | ").map(str::trim).collect();
        let answer = match parts.as_slice() {
            [_, parts, source] => Some((
                parts.split(" ;; ").map(str::to_owned).collect(),
                (*source).to_owned(),
            )),
            _ => None,
        };
        Self {
            question: parts[0].to_owned(),
            answer,
        }
    }

    /// Whether this sentence of that document holds the answer.
    pub(crate) fn is_answered_by(&self, source: &str, text: &str) -> bool {
        self.answer.as_ref().is_some_and(|(parts, document)| {
            let meant = |part: &String| {
                text.contains(part.as_str())
                    || part.len() > 12 && text.len() > 12 && part.contains(text)
            };
            source == document && parts.iter().any(meant)
        })
    }

    /// Whether the retriever found the sentence, so that it could have been said.
    fn is_within(&self, passages: &[Passage]) -> bool {
        self.answer.as_ref().is_some_and(|(parts, source)| {
            passages.iter().any(|passage| {
                passage.source == *source && parts.iter().any(|part| passage.text.contains(part))
            })
        })
    }

    pub(crate) fn is_met_by(&self, reply: &Reply) -> bool {
        match &self.answer {
            None => reply.sources.is_empty(),
            Some((parts, source)) => {
                parts.iter().any(|part| reply.text.contains(part.as_str()))
                    && reply.sources.contains(source)
            }
        }
    }
}

pub(crate) fn cases(file: &Path) -> std::io::Result<Vec<Case>> {
    let text = std::fs::read_to_string(file)?;
    let lines = text.lines().map(str::trim);
    Ok(lines
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(Case::of)
        .collect())
}

pub(crate) struct Reply {
    pub(crate) text: String,
    pub(crate) sources: Vec<String>,
    /// What the retriever found for it.
    pub(crate) passages: Vec<Passage>,
}

pub(crate) fn line(author: Author, text: &str) -> Line {
    Line {
        author,
        text: text.to_owned(),
        cut: false,
        call: None,
    }
}

#[derive(Default)]
pub(crate) struct Tally {
    asked: usize,
    right: usize,
    outside: usize,
    refused: usize,
    /// Why the others were wrong: not found at all, refused, or another sentence was said.
    unfound: usize,
    withheld: usize,
    mistaken: usize,
}

impl Tally {
    /// Counts a reply, and shows it where it is wrong.
    pub(crate) fn count(&mut self, case: &Case, question: &str, reply: &Reply, show: bool) {
        let met = case.is_met_by(reply);
        let complaint = if case.answer.is_some() {
            self.asked += 1;
            self.right += usize::from(met);
            self.blame(case, reply, met);
            "wrong"
        } else {
            self.outside += 1;
            self.refused += usize::from(met);
            "answered, though outside"
        };
        if show && !met {
            println!(
                "  {complaint}: {question}\n      {} {:?}",
                reply.text, reply.sources
            );
        }
    }

    fn blame(&mut self, case: &Case, reply: &Reply, met: bool) {
        if met {
        } else if !case.is_within(&reply.passages) {
            self.unfound += 1;
        } else if reply.sources.is_empty() {
            self.withheld += 1;
        } else {
            self.mistaken += 1;
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.right += other.right;
        self.outside += other.outside;
        self.refused += other.refused;
        self.unfound += other.unfound;
        self.withheld += other.withheld;
        self.mistaken += other.mistaken;
    }

    pub(crate) fn right_share(&self) -> f32 {
        self.right as f32 / self.asked.max(1) as f32
    }

    pub(crate) fn refused_share(&self) -> f32 {
        self.refused as f32 / self.outside.max(1) as f32
    }

    pub(crate) fn print(&self, name: &str) {
        let (right, refused) = (100.0 * self.right_share(), 100.0 * self.refused_share());
        println!(
            "{name:<28} right {:>3} of {:<3} ({right:.0} %; {} not found, {} withheld, {} mistaken)   \
             refused {:>3} of {:<3} ({refused:.0} %)",
            self.right,
            self.asked,
            self.unfound,
            self.withheld,
            self.mistaken,
            self.refused,
            self.outside
        );
    }
}
