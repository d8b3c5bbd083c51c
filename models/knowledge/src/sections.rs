//! A document as sections: a path of headings, and the lines that stand under it.

use crate::blocks::{Block, Paragraph, below, one_line, parse};
use crate::folder::Document;
use crate::front;
use crate::plain::{as_markdown, is_figure};
use crate::table;
use models_engine::wording::sentences;

/// What stands under one heading. Each line is one or more whole sentences that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) source: String,
    pub(crate) path: Vec<String>,
    pub(crate) lines: Vec<String>,
}

/// Bold lines and questions stand below every real heading.
const RUN_IN_LEVEL: usize = 7;
/// A list is said as one sentence while it is no longer than this.
const LONGEST_LIST_WORDS: usize = 34;
const LONGEST_FRAGMENT_WORDS: usize = 12;

pub(crate) fn sections(document: &Document) -> Vec<Section> {
    let plain = document.source.to_ascii_lowercase().ends_with(".txt");
    let blocks = if plain {
        let (title, text) = front::of_plain(&document.text);
        below(title, &as_markdown(&text))
    } else {
        parse(&document.text)
    };
    let mut writer = Writer::new(document, &blocks);
    blocks.into_iter().for_each(|block| writer.block(block));
    writer.finish()
}

struct Writer {
    source: String,
    /// Level and text of the headings that hold now.
    path: Vec<(usize, String)>,
    lines: Vec<String>,
    /// A line that ends in a colon waits for what it introduces.
    lead: Option<String>,
    done: Vec<Section>,
}

impl Writer {
    fn new(document: &Document, blocks: &[Block]) -> Self {
        let titled = blocks
            .iter()
            .any(|block| matches!(block, Block::Title(_) | Block::Heading { level: 1, .. }));
        let path = if titled {
            Vec::new()
        } else {
            vec![(0, name_of(&document.source))]
        };
        Self {
            source: document.source.clone(),
            path,
            lines: Vec::new(),
            lead: None,
            done: Vec::new(),
        }
    }

    fn block(&mut self, block: Block) {
        match block {
            Block::Title(title) => self.heading(0, title),
            Block::Heading { level, text } => self.heading(level, text),
            Block::Paragraph(paragraph) => self.paragraph(paragraph),
            Block::List { ordered, items } => self.list(ordered, items),
            Block::Table { headers, rows } => {
                self.release_lead();
                self.lines.extend(table::sentences(&headers, &rows));
            }
            Block::Command(line) => {
                let said = self
                    .lead
                    .take()
                    .map_or(line.clone(), |lead| format!("{lead} {line}"));
                self.lines.push(said);
            }
        }
    }

    fn heading(&mut self, level: usize, text: String) {
        self.close();
        self.path.retain(|(above, _)| *above < level);
        self.path
            .push((level, text.trim_end_matches([':', '#', ' ']).to_owned()));
    }

    fn close(&mut self) {
        self.release_lead();
        self.take_back();
        if self.lines.is_empty() {
            return;
        }
        let mut path: Vec<String> = Vec::new();
        for (_, text) in &self.path {
            if path.last() != Some(text) {
                path.push(text.clone());
            }
        }
        self.done.push(Section {
            source: self.source.clone(),
            path,
            lines: std::mem::take(&mut self.lines),
        });
    }

    /// A bold line with nothing below it was no heading: it is what there is to say.
    fn take_back(&mut self) {
        if let Some((level, text)) = self.path.last()
            && self.lines.is_empty()
            && *level == RUN_IN_LEVEL
            && !text.ends_with('?')
        {
            self.lines.push(text.clone());
            self.path.pop();
        }
    }

    fn finish(mut self) -> Vec<Section> {
        self.close();
        self.done
    }

    fn release_lead(&mut self) {
        if let Some(lead) = self.lead.take() {
            self.lines.push(lead);
        }
    }

    fn paragraph(&mut self, paragraph: Paragraph) {
        for part in parts(&paragraph) {
            match part {
                Part::Heading(text) => self.heading(RUN_IN_LEVEL, text),
                Part::Text(text) => {
                    self.release_lead();
                    if text.ends_with(':') {
                        self.lead = Some(text);
                    } else {
                        self.lines.push(text);
                    }
                }
            }
        }
    }

    fn list(&mut self, ordered: bool, items: Vec<Vec<Block>>) {
        let lead = self.lead.take();
        if items.iter().any(|item| is_question(item)) {
            self.lines.extend(lead);
            items
                .into_iter()
                .flatten()
                .for_each(|block| self.block(block));
            return;
        }
        let lead = lead.or_else(|| self.heading_as_lead());
        let items: Vec<String> = items
            .into_iter()
            .map(item_text)
            .filter(|t| !t.is_empty())
            .collect();
        if ordered {
            self.lines
                .extend(steps(lead.filter(|l| !self.is_heading(l)), &items));
        } else {
            self.lines.extend(bullets(lead, &items));
        }
    }

    /// A list right under a heading is introduced by it.
    fn heading_as_lead(&self) -> Option<String> {
        let (_, text) = self.path.last()?;
        (self.lines.is_empty() && !text.ends_with('?')).then(|| format!("{text}:"))
    }

    fn is_heading(&self, lead: &str) -> bool {
        self.path
            .last()
            .is_some_and(|(_, text)| format!("{text}:") == lead)
    }
}

/// "rooms/opening-hours.md" is about "Opening hours".
fn name_of(source: &str) -> String {
    let file = source.rsplit('/').next().unwrap_or(source);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let words = stem.trim_start_matches(|c: char| c.is_ascii_digit() || "-_. ".contains(c));
    let words = if words.is_empty() { stem } else { words }.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

enum Part {
    Heading(String),
    Text(String),
}

/// A paragraph may hold a heading in disguise: a bold line, a question, "Q:" and "A:".
fn parts(paragraph: &Paragraph) -> Vec<Part> {
    let text = paragraph.text.as_str();
    if let Some(parts) = asked_and_answered(text) {
        return parts;
    }
    let (bold, rest) = text.split_at(paragraph.bold);
    let bold = one_line(bold);
    let rest = one_line(rest.trim_start_matches([':', '–', '—', '-']));
    let run_in = bold.ends_with('?') || bold.ends_with('.') && word_count(&bold) <= 8;
    if !bold.is_empty() && rest.is_empty() && word_count(&bold) <= 16 && !bold.ends_with('.') {
        return vec![Part::Heading(bold)];
    }
    if run_in && !rest.is_empty() {
        let heading = bold.trim_end_matches('.').to_owned();
        return vec![Part::Heading(heading), Part::Text(rest)];
    }
    let whole = one_line(text);
    if reads_as_heading(&whole) {
        return vec![Part::Heading(whole)];
    }
    vec![Part::Text(whole)]
}

fn reads_as_heading(text: &str) -> bool {
    let few = word_count(text) <= 8;
    // "PARTS (prices in euros)"
    let named = text.split(" (").next().unwrap_or(text);
    let capitals = named.chars().any(char::is_alphabetic) && !named.chars().any(char::is_lowercase);
    let question = text.ends_with('?') && sentences(text).len() == 1 && word_count(text) <= 25;
    let named = capitals && !is_figure(text);
    question || few && named && text.len() > 3 && !text.ends_with(['.', '!', ':'])
}

fn asked_and_answered(text: &str) -> Option<Vec<Part>> {
    let marked = text
        .lines()
        .any(|line| marker(line, &["q", "question", "a", "answer"]).is_some());
    if !marked {
        return None;
    }
    let mut parts: Vec<Part> = Vec::new();
    for line in text.lines() {
        if let Some(question) = marker(line, &["q", "question"]) {
            parts.push(Part::Heading(one_line(question)));
        } else {
            let said = one_line(marker(line, &["a", "answer"]).unwrap_or(line));
            match parts.last_mut() {
                Some(Part::Text(before)) => {
                    before.push(' ');
                    before.push_str(&said);
                }
                _ => parts.push(Part::Text(said)),
            }
        }
    }
    parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
    Some(parts)
}

/// What follows "Q:", "Q1." or "Answer:" at the start of a line.
pub(crate) fn marker<'a>(line: &'a str, names: &[&str]) -> Option<&'a str> {
    let line = line.trim_start();
    let end = line.find([':', '.', ')'])?;
    let name = line[..end]
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim()
        .to_ascii_lowercase();
    let dotted = !line[end..].starts_with(':') && name.len() + 1 > end;
    (names.contains(&name.as_str()) && !dotted).then(|| line[end + 1..].trim_start())
}

fn is_question(item: &[Block]) -> bool {
    match item.first() {
        Some(Block::Paragraph(paragraph)) => {
            matches!(parts(paragraph).first(), Some(Part::Heading(text)) if text.ends_with('?'))
        }
        _ => false,
    }
}

/// An item with all that is nested in it, as one line.
fn item_text(item: Vec<Block>) -> String {
    let mut text = String::new();
    for block in item {
        let said = match block {
            Block::Paragraph(paragraph) => one_line(&paragraph.text),
            Block::Command(line) => line,
            Block::List { items, .. } => {
                let nested: Vec<String> = items.into_iter().map(item_text).collect();
                nested
                    .iter()
                    .map(|t| t.trim_end_matches(['.', ';']))
                    .collect::<Vec<_>>()
                    .join("; ")
            }
            Block::Table { headers, rows } => table::sentences(&headers, &rows).join(" "),
            Block::Heading { text, .. } | Block::Title(text) => text,
        };
        if !text.is_empty() {
            let joint = if text.ends_with([':', '.', '!', '?', ';']) {
                " "
            } else {
                ": "
            };
            text.push_str(joint);
        }
        text.push_str(&said);
    }
    text
}

fn steps(lead: Option<String>, items: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = items.iter().map(|item| ended(item)).collect();
    if let (Some(lead), Some(first)) = (lead, lines.first_mut()) {
        *first = format!("{lead} {first}");
    }
    lines
}

fn bullets(lead: Option<String>, items: &[String]) -> Vec<String> {
    let short =
        |item: &String| word_count(item) <= LONGEST_FRAGMENT_WORDS && sentences(item).len() <= 1;
    let Some(lead) = lead else {
        return items.iter().map(|item| ended(item)).collect();
    };
    if items.iter().all(short) && items.iter().all(|item| !item.ends_with(['!', '?'])) {
        return grouped(&lead, items);
    }
    items.iter().map(|item| introduced(&lead, item)).collect()
}

/// "Bring: a towel; sun cream." in as many sentences as it takes.
fn grouped(lead: &str, items: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = lead.to_owned();
    let mut fresh = true;
    for item in items {
        let item = item.trim_end_matches(['.', ',', ';']);
        if !fresh && word_count(&line) + word_count(item) > LONGEST_LIST_WORDS {
            lines.push(ended(&line));
            line = lead.to_owned();
            fresh = true;
        }
        line.push_str(if fresh { " " } else { "; " });
        line.push_str(item);
        fresh = false;
    }
    lines.push(ended(&line));
    lines
}

/// A whole sentence stands by itself unless what introduces it turns its meaning.
fn introduced(lead: &str, item: &str) -> String {
    let whole = item.ends_with(['.', '!', '?'])
        && word_count(item) >= 6
        && item.starts_with(char::is_uppercase);
    let labelled = item
        .find(": ")
        .is_some_and(|at| word_count(&item[..at]) <= 6);
    let lower = lead.to_lowercase();
    let turns = [
        "not", "never", "no ", "without", "except", "exclud", "only", "n't", "avoid",
    ]
    .iter()
    .any(|word| lower.contains(word));
    if (whole || labelled) && !turns || word_count(lead) > 25 {
        ended(item)
    } else {
        format!("{lead} {}", ended(item))
    }
}

fn ended(text: &str) -> String {
    let text = text.trim_end_matches([';', ',']);
    if text.ends_with(['.', '!', '?', '…']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

fn word_count(text: &str) -> usize {
    text.split_whitespace().count()
}
