//! A language model that echoes the caller, and a retriever that looks words up in a list.

use super::{Conduct, card};
use crate::{
    Ability, Author, Cancel, Card, LanguageModel, Passage, Piece, Prompt, Query, Retriever, Stopped,
};
use std::sync::Arc;

/// Which tools are called, each with its arguments.
type Calls = dyn Fn(&Prompt) -> Vec<(String, String)> + Send + Sync;

/// Answers with a text made from the prompt, a word a piece; cites the first passage if any.
#[derive(Clone)]
pub struct ScriptedLanguage {
    says: Arc<dyn Fn(&Prompt) -> String + Send + Sync>,
    calls: Arc<Calls>,
    tools: bool,
    instructed: bool,
    passages: usize,
    conduct: Conduct,
}

impl ScriptedLanguage {
    /// Answers with the caller's last line.
    pub fn echo() -> Self {
        Self::by(|prompt| last_caller_line(prompt).unwrap_or_default().to_owned())
    }

    /// Always answers `text`.
    pub fn saying(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::by(move |_| text.clone())
    }

    pub fn by(says: impl Fn(&Prompt) -> String + Send + Sync + 'static) -> Self {
        Self {
            says: Arc::new(says),
            calls: Arc::new(|_| Vec::new()),
            tools: false,
            instructed: false,
            passages: 5,
            conduct: Conduct::plain(),
        }
    }

    /// After its words it calls these tools, each with its arguments.
    pub fn calling(
        mut self,
        calls: impl Fn(&Prompt) -> Vec<(String, String)> + Send + Sync + 'static,
    ) -> Self {
        self.calls = Arc::new(calls);
        self.tools = true;
        self
    }

    /// It says that it follows instructions.
    pub fn instructed(mut self) -> Self {
        self.instructed = true;
        self
    }

    /// So many passages are worth giving it.
    pub fn given(mut self, passages: usize) -> Self {
        self.passages = passages;
        self
    }

    pub fn conduct(mut self, conduct: Conduct) -> Self {
        self.conduct = conduct;
        self
    }
}

/// The last thing the caller said, if it is not blank.
fn last_caller_line(prompt: &Prompt) -> Option<&str> {
    let mut lines = prompt.lines.iter().rev();
    let line = lines.find(|line| line.author == Author::Caller)?;
    Some(line.text.trim()).filter(|text| !text.is_empty())
}

impl LanguageModel for ScriptedLanguage {
    fn card(&self) -> Card {
        let abilities = [
            (self.tools, Ability::Tools),
            (self.instructed, Ability::Instructions),
        ];
        let mut card = card("scripted language model");
        card.abilities.extend(
            abilities
                .into_iter()
                .filter_map(|(can, ability)| can.then_some(ability)),
        );
        card
    }

    fn passages(&self) -> usize {
        self.passages
    }

    fn compose(
        &self,
        prompt: &Prompt,
        emit: &mut dyn FnMut(Piece),
        cancel: &Cancel,
    ) -> Result<(), Stopped> {
        if last_caller_line(prompt).is_none() {
            return Err(Stopped::failed("there is nothing to answer"));
        }
        let text = (self.says)(prompt);
        let mut out = 0;
        self.conduct.pass(out, cancel)?;
        if !prompt.passages.is_empty() {
            emit(Piece::Cite(0));
        }
        for word in text.split_inclusive(' ') {
            emit(Piece::Text(word.to_owned()));
            out += 1;
            self.conduct.pass(out, cancel)?;
        }
        for (tool, arguments) in (self.calls)(prompt) {
            emit(Piece::Call(tool));
            emit(Piece::Arguments(arguments));
            out += 1;
            self.conduct.pass(out, cancel)?;
        }
        Ok(())
    }
}

/// Finds the passages of its list that share a word with the query, those that share more first.
#[derive(Clone, Default)]
pub struct ScriptedRetriever {
    passages: Vec<Passage>,
    conduct: Conduct,
}

impl ScriptedRetriever {
    pub fn of(passages: Vec<Passage>) -> Self {
        Self {
            passages,
            conduct: Conduct::plain(),
        }
    }

    /// A list of one passage a text, each from "source N".
    pub fn of_texts(texts: &[&str]) -> Self {
        let passage = |(n, text): (usize, &&str)| Passage {
            source: format!("source {}", n + 1),
            heading: String::new(),
            text: (*text).to_owned(),
            score: 0.0,
            likeness: Vec::new(),
        };
        Self::of(texts.iter().enumerate().map(passage).collect())
    }

    pub fn conduct(mut self, conduct: Conduct) -> Self {
        self.conduct = conduct;
        self
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

impl Retriever for ScriptedRetriever {
    fn card(&self) -> Card {
        card("scripted retriever")
    }

    fn retrieve(&self, query: &Query, cancel: &Cancel) -> Result<Vec<Passage>, Stopped> {
        self.conduct.pass(0, cancel)?;
        let asked = words(&query.text);
        let scored = self.passages.iter().map(|passage| {
            let held = words(&passage.text);
            let shared = asked.iter().filter(|word| held.contains(word)).count();
            Passage {
                score: shared as f32,
                ..passage.clone()
            }
        });
        let mut found: Vec<Passage> = scored.filter(|passage| passage.score > 0.0).collect();
        // A stable sort: passages of one score keep the list's order.
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        found.truncate(query.limit);
        Ok(found)
    }
}
