//! The knowledge base: opened once, asked by every call.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use models_engine::wording::{Question, Word, sentences, words};
use models_engine::{Cancel, Card, Embedder, Grade, Passage, Query, Retriever, Stopped};

use crate::folder::{self, Document, Warning};
use crate::index::{Clause, Indexed, Search};
use crate::meaning::Meaning;
use crate::passages::cut;
use crate::sample;
use crate::sections::sections;
use crate::terms::Terms;

/// So many passages are looked at closely for each question.
const CANDIDATES: usize = 48;
/// Below this share of the question's weight a passage has nothing to do with it.
const LEAST_COVERAGE: f32 = 0.15;
/// ... unless one of its sentences lies so near to the question in meaning.
const NEAR: f32 = 0.3;
/// What it earns by its nearest sentence.
const MEANING: f32 = 0.9;
/// Passages that are looked at for their meaning alone.
const NEAREST: usize = 12;
/// What a passage earns that says what the thing asked for is.
const DEFINES: f32 = 0.3;
const OPENING_WORDS: usize = 8;
/// A longer line is cut: nobody asks in so many words.
const MOST_QUESTION_BYTES: usize = 4096;

/// Why a folder gave no knowledge.
#[derive(Debug)]
pub enum KnowledgeError {
    /// It is no folder, or cannot be opened.
    Unreadable {
        folder: PathBuf,
        reason: String,
    },
    /// Nothing in it could be used; the warnings say why, file by file.
    Nothing {
        folder: PathBuf,
        warnings: Vec<Warning>,
    },
    Index(String),
}

impl fmt::Display for KnowledgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { folder, reason } => {
                write!(
                    f,
                    "the knowledge folder {} cannot be read: {reason}",
                    folder.display()
                )
            }
            Self::Nothing { folder, warnings } => {
                let folder = folder.display();
                write!(
                    f,
                    "the knowledge folder {folder} holds no usable .md, .markdown or .txt file"
                )?;
                warnings
                    .iter()
                    .try_for_each(|warning| write!(f, "; {warning}"))
            }
            Self::Index(reason) => write!(f, "the knowledge cannot be indexed: {reason}"),
        }
    }
}

impl std::error::Error for KnowledgeError {}

/// One passage with its words at hand.
struct Entry {
    source: String,
    path: Vec<String>,
    text: String,
    body: Vec<Word>,
    heading: Vec<Word>,
    title: Vec<Word>,
    sentences: Vec<Vec<Word>>,
}

pub struct Knowledge {
    entries: Vec<Entry>,
    terms: Terms,
    search: Search,
    name: String,
    /// None until it was learnt.
    meaning: OnceLock<Meaning>,
}

impl Knowledge {
    /// What Repartee knows about itself.
    pub fn embedded() -> Self {
        Self::build(&sample::documents(), "about Repartee")
            .expect("the embedded documents are part of the program and index in memory")
    }

    /// Reads a folder. Files that cannot be used are named in the warnings.
    pub fn open(dir: &Path) -> Result<(Self, Vec<Warning>), KnowledgeError> {
        let (documents, warnings) =
            folder::read(dir).map_err(|error| KnowledgeError::Unreadable {
                folder: dir.to_owned(),
                reason: error.to_string(),
            })?;
        let name = dir
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into());
        let knowledge = Self::build(&documents, &name)?;
        if knowledge.entries.is_empty() {
            let folder = dir.to_owned();
            return Err(KnowledgeError::Nothing { folder, warnings });
        }
        Ok((knowledge, warnings))
    }

    fn build(documents: &[Document], name: &str) -> Result<Self, KnowledgeError> {
        let entries: Vec<Entry> = documents
            .iter()
            .flat_map(sections)
            .flat_map(|section| cut(&section))
            .map(|cut| Entry::new(cut.source, cut.path, cut.text))
            .collect();
        let mut terms = Terms::default();
        for entry in &entries {
            let all: Vec<Word> = entry.words().cloned().collect();
            terms.add(&all);
        }
        let search = Search::new(entries.iter().map(Entry::indexed))
            .map_err(|error| KnowledgeError::Index(error.to_string()))?;
        Ok(Self {
            entries,
            terms,
            search,
            name: name.to_owned(),
            meaning: OnceLock::new(),
        })
    }

    /// Reads every sentence for its meaning: about ten milliseconds each, but for those that `cache`
    /// remembers. Until it is done, questions are answered by their words alone.
    pub fn learn(&self, embedder: Arc<dyn Embedder>, cache: Option<&Path>) {
        let passages = self.entries.iter();
        let passages = passages.map(|entry| (entry.path.last().map(String::as_str), &*entry.text));
        let _ = self.meaning.set(Meaning::of(passages, embedder, cache));
    }

    /// Every sentence of the knowledge, for the recogniser's language model.
    pub fn sentences(&self) -> Vec<String> {
        self.entries
            .iter()
            .flat_map(|entry| sentences(&entry.text))
            .map(str::to_owned)
            .collect()
    }

    /// Every heading once, in the order of the documents.
    pub fn headings(&self) -> Vec<String> {
        let mut headings: Vec<String> = Vec::new();
        for heading in self.entries.iter().flat_map(|entry| &entry.path) {
            if !headings.contains(heading) {
                headings.push(heading.clone());
            }
        }
        headings
    }

    /// How many passages there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn clauses(&self, question: &Question) -> Vec<Clause> {
        question
            .asked
            .iter()
            .map(|asked| Clause {
                meant: self.terms.meant_by(asked),
                weight: asked.weight * self.terms.rarity(&asked.word.stem),
            })
            .collect()
    }
}

impl Entry {
    fn new(source: String, path: Vec<String>, text: String) -> Self {
        let title = path.first().map_or_else(Vec::new, |title| words(title));
        let below: Vec<&str> = path.iter().skip(1).map(String::as_str).collect();
        Self {
            body: words(&text),
            heading: words(&below.join(" . ")),
            title,
            sentences: sentences(&text).into_iter().map(words).collect(),
            source,
            path,
            text,
        }
    }

    fn words(&self) -> impl Iterator<Item = &Word> {
        self.body.iter().chain(&self.heading).chain(&self.title)
    }

    fn indexed(&self) -> Indexed<'_> {
        Indexed {
            body: &self.body,
            heading: &self.heading,
            title: &self.title,
        }
    }

    /// From 0 to 1: how much of the question's weight stands in this passage.
    fn coverage(&self, clauses: &[Clause]) -> f32 {
        share(clauses, |clause| {
            strength(clause, &self.body).max(self.above(clause))
        })
    }

    /// The same, of the one sentence that holds most.
    fn best_sentence(&self, clauses: &[Clause]) -> f32 {
        self.sentences
            .iter()
            .map(|words| {
                share(clauses, |clause| {
                    strength(clause, words).max(self.above(clause))
                })
            })
            .fold(0.0, f32::max)
    }

    fn above(&self, clause: &Clause) -> f32 {
        strength(clause, &self.heading).max(0.8 * strength(clause, &self.title))
    }

    /// It says what the thing asked for is, or how many there are.
    fn defines(&self, question: &Question) -> bool {
        question.is_counted_in(&self.body)
            || self
                .sentences
                .iter()
                .map(|words| &words[..words.len().min(OPENING_WORDS)])
                .any(|opening| question.is_defined_by(opening))
    }

    fn passage(&self, score: f32, likeness: Vec<f32>) -> Passage {
        Passage {
            source: self.source.clone(),
            heading: self.path.join(" › "),
            text: self.text.clone(),
            score,
            likeness,
        }
    }
}

impl Retriever for Knowledge {
    fn card(&self) -> Card {
        let how = match self.meaning.get() {
            Some(meaning) => format!("tantivy BM25 and {}", meaning.name()),
            None => "tantivy BM25".to_owned(),
        };
        Card::new(format!("{how}, {}", self.name), Grade::Builtin)
    }

    /// A query of several lines is what the caller said, oldest first: the last line is the question,
    /// and the earlier ones count where it leans on them.
    fn retrieve(&self, query: &Query, cancel: &Cancel) -> Result<Vec<Passage>, Stopped> {
        cancel.check()?;
        let lines = query.text.lines().map(|line| start_of(line.trim()));
        let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        let question = Question::new(&lines);
        if question.is_empty() || query.limit == 0 {
            return Ok(Vec::new());
        }
        let clauses = self.clauses(&question);
        cancel.check()?;
        let found = self
            .search
            .best(&clauses, CANDIDATES.max(query.limit))
            .map_err(|error| {
                Stopped::failed(format!("the knowledge could not be searched: {error}"))
            })?;
        cancel.check()?;
        let Some(meaning) = self.meaning.get() else {
            return Ok(self.ranked(&found, &question, &clauses, None, query.limit));
        };
        let asked = asked(&lines, &question);
        let place = meaning.place(&asked);
        cancel.check()?;
        let place = Some((meaning, place.as_slice()));
        Ok(self.ranked(&found, &question, &clauses, place, query.limit))
    }
}

impl Knowledge {
    fn ranked(
        &self,
        found: &[(usize, f32)],
        question: &Question,
        clauses: &[Clause],
        meaning: Option<(&Meaning, &[f32])>,
        limit: usize,
    ) -> Vec<Passage> {
        let highest = found
            .first()
            .map_or(1.0, |(_, score)| score.max(f32::EPSILON));
        let mut all: Vec<(usize, f32)> = found.to_vec();
        if let Some((meaning, place)) = meaning {
            for (id, _) in meaning.nearest(place, NEAREST) {
                if !all.iter().any(|(known, _)| *known == id) {
                    all.push((id, 0.0));
                }
            }
        }
        let mut ranked: Vec<(usize, f32, Vec<f32>)> = all
            .into_iter()
            .filter_map(|(id, bm25)| {
                let entry = self.entries.get(id)?;
                let coverage = entry.coverage(clauses);
                let defines = if entry.defines(question) {
                    DEFINES
                } else {
                    0.0
                };
                let sentence = entry.best_sentence(clauses);
                let likeness =
                    meaning.map_or_else(Vec::new, |(meaning, place)| meaning.likeness(id, place));
                let near = likeness.iter().copied().fold(0.0, f32::max);
                let score = 0.3 * coverage
                    + 0.45 * sentence
                    + 0.35 * bm25 / highest
                    + defines
                    + MEANING * near;
                (coverage >= LEAST_COVERAGE || near >= NEAR).then_some((id, score, likeness))
            })
            .collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked
            .into_iter()
            .take(limit)
            .map(|(id, score, likeness)| self.entries[id].passage(score, likeness))
            .collect()
    }
}

/// The question in whole; one that leans on what was asked before, together with it.
fn asked(lines: &[&str], question: &Question) -> String {
    let from = match question.follow_up {
        true => lines.len().saturating_sub(2),
        false => lines.len() - 1,
    };
    lines[from..].join(" ")
}

fn share(clauses: &[Clause], found: impl Fn(&Clause) -> f32) -> f32 {
    let all: f32 = clauses.iter().map(|clause| clause.weight).sum();
    let held: f32 = clauses
        .iter()
        .map(|clause| clause.weight * found(clause))
        .sum();
    if all > 0.0 { held / all } else { 0.0 }
}

/// How surely one of these words was meant.
fn strength(clause: &Clause, words: &[Word]) -> f32 {
    clause
        .meant
        .iter()
        .filter(|meant| words.iter().any(|word| word.stem == meant.stem))
        .map(|meant| meant.strength)
        .fold(0.0_f32, f32::max)
}

fn start_of(text: &str) -> &str {
    let mut end = text.len().min(MOST_QUESTION_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
