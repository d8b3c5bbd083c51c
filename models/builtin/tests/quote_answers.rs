//! The knowledge and the quotations together: questions to whole folders, typed and misheard.

mod mishear;

use std::path::{Path, PathBuf};

use mishear::misheard;
use models_builtin::Quoter;
use models_engine::{
    Author, Cancel, LanguageModel, Line, Passage, Piece, Prompt, Query, Retriever,
};
use models_knowledge::Knowledge;

/// As many as a session asks for.
const PASSAGES: usize = 5;
/// Each question is misheard in so many ways.
const MISHEARINGS: u64 = 3;

fn folders() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../knowledge/tests/folders")
}

/// A line of a `.questions` file.
struct Case {
    question: String,
    /// A part of the sentence that answers, and its document; none when it must be refused.
    answer: Option<(String, String)>,
}

fn cases(name: &str) -> Vec<Case> {
    let path = folders().join(name).with_extension("questions");
    let text = std::fs::read_to_string(path).expect("the fixture is part of the repository");
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| {
            let mut parts = line.split(" | ").map(str::to_owned);
            let question = parts.next().expect("a line has a question");
            let expected = parts.next().expect("a line has an answer");
            Case {
                question,
                answer: parts.next().map(|source| (expected, source)),
            }
        })
        .collect()
}

struct Reply {
    text: String,
    sources: Vec<String>,
}

fn ask(knowledge: &Knowledge, question: &str) -> Reply {
    let query = Query {
        text: question.to_owned(),
        limit: PASSAGES,
    };
    let passages = knowledge
        .retrieve(&query, &Cancel::new())
        .expect("nobody cancels");
    answer(vec![line(Author::Caller, question)], passages)
}

fn line(author: Author, text: &str) -> Line {
    Line {
        author,
        text: text.to_owned(),
        cut: false,
    }
}

fn answer(lines: Vec<Line>, passages: Vec<Passage>) -> Reply {
    let prompt = Prompt {
        lines,
        passages,
        ..Prompt::default()
    };
    let mut reply = Reply {
        text: String::new(),
        sources: Vec::new(),
    };
    let mut emit = |piece| match piece {
        Piece::Text(text) => reply.text.push_str(&text),
        Piece::Cite(at) => reply.sources.push(prompt.passages[at].source.clone()),
    };
    Quoter::new()
        .compose(&prompt, &mut emit, &Cancel::new())
        .expect("nobody cancels");
    reply
}

#[derive(Default)]
struct Tally {
    asked: usize,
    right: usize,
    outside: usize,
    refused: usize,
}

impl Tally {
    fn count(&mut self, case: &Case, question: &str, reply: &Reply) {
        match &case.answer {
            None => {
                self.outside += 1;
                self.refused += usize::from(reply.sources.is_empty());
                if !reply.sources.is_empty() {
                    println!(
                        "  answered, though outside: {question}\n      {}",
                        reply.text
                    );
                }
            }
            Some((part, source)) => {
                self.asked += 1;
                let right = reply.text.contains(part) && reply.sources.contains(source);
                self.right += usize::from(right);
                if !right {
                    println!(
                        "  wrong: {question}\n      {} {:?}",
                        reply.text, reply.sources
                    );
                }
            }
        }
    }

    fn right_share(&self) -> f32 {
        self.right as f32 / self.asked as f32
    }

    fn refused_share(&self) -> f32 {
        self.refused as f32 / self.outside as f32
    }

    fn print(&self, name: &str) {
        let Self {
            asked,
            right,
            outside,
            refused,
        } = self;
        println!("{name:<24} right {right:>3} of {asked:<3}  refused {refused:>3} of {outside}");
    }
}

fn measure(name: &str, knowledge: &Knowledge) {
    let mut cases = cases(name);
    cases.extend(self::cases("outside"));
    let (mut typed, mut spoken) = (Tally::default(), Tally::default());
    for (at, case) in cases.iter().enumerate() {
        typed.count(case, &case.question, &ask(knowledge, &case.question));
        for way in 1..=MISHEARINGS {
            let heard = misheard(&case.question, way * 1000 + at as u64);
            spoken.count(case, &heard, &ask(knowledge, &heard));
        }
    }
    typed.print(&format!("{name}, typed"));
    spoken.print(&format!("{name}, misheard"));
    assert!(
        typed.right_share() >= 0.90,
        "{name}, typed: {}",
        typed.right_share()
    );
    assert!(
        spoken.right_share() >= 0.75,
        "{name}, misheard: {}",
        spoken.right_share()
    );
    assert!(
        typed.refused_share() >= 0.95,
        "{name}: {} invented",
        typed.outside - typed.refused
    );
    assert!(
        spoken.refused_share() >= 0.90,
        "{name}: {} invented",
        spoken.outside - spoken.refused
    );
}

fn open(name: &str) -> Knowledge {
    let (knowledge, warnings) = Knowledge::open(&folders().join(name)).expect("the folder is good");
    assert!(warnings.is_empty(), "{warnings:?}");
    knowledge
}

#[test]
fn a_hotel_is_known() {
    measure("hotel", &open("hotel"));
}

#[test]
fn a_workshop_is_known() {
    measure("workshop", &open("workshop"));
}

#[test]
fn a_handbook_is_known() {
    measure("handbook", &open("handbook"));
}

#[test]
fn a_library_is_known() {
    measure("library", &open("library"));
}

#[test]
fn a_router_is_known() {
    measure("router", &open("router"));
}

#[test]
fn an_aquarium_is_known() {
    measure("aquarium", &open("aquarium"));
}

#[test]
fn a_software_product_is_known() {
    measure("ledger", &open("ledger"));
}

#[test]
fn repartee_knows_itself() {
    measure("repartee", &Knowledge::embedded());
}

#[test]
fn another_folder_gives_other_answers() {
    let question = "When is breakfast served?";
    let reply = ask(&open("hotel"), question);
    assert!(reply.text.contains("7:00"), "{}", reply.text);
    assert_eq!(reply.sources, ["dining.md"]);
    let elsewhere = ask(&open("workshop"), question);
    assert!(elsewhere.sources.is_empty(), "{}", elsewhere.text);
}

#[test]
fn a_follow_up_is_understood_from_what_was_asked() {
    let knowledge = open("hotel");
    let said = "When is breakfast on weekdays?\nand at weekends?";
    let query = Query {
        text: said.to_owned(),
        limit: PASSAGES,
    };
    let passages = knowledge
        .retrieve(&query, &Cancel::new())
        .expect("nobody cancels");
    let mut lines: Vec<Line> = said
        .lines()
        .map(|text| line(Author::Caller, text))
        .collect();
    lines.insert(1, line(Author::Agent, "It is served from 7:00."));
    let reply = answer(lines, passages);
    assert!(
        reply.text.contains("7:30 to 11:00 at weekends"),
        "{}",
        reply.text
    );
}

#[test]
fn every_word_is_quoted() {
    for name in [
        "hotel", "workshop", "handbook", "library", "router", "aquarium", "ledger",
    ] {
        let knowledge = open(name);
        let sentences = knowledge.sentences();
        for case in cases(name).iter().chain(&cases("outside")) {
            let reply = ask(&knowledge, &case.question);
            let mut rest = reply.text.as_str();
            if reply.sources.is_empty() {
                assert!(Quoter::phrases().contains(&rest), "{rest}");
                continue;
            }
            while !rest.is_empty() {
                let next = sentences.iter().find(|one| rest.starts_with(one.as_str()));
                let next = next.unwrap_or_else(|| panic!("in no document: {rest}"));
                rest = rest[next.len()..].trim_start();
            }
        }
    }
}
