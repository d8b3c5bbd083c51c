//! Runs the readers over a phrase, and sets what they say between the pauses that were written.

use crate::readers;
use crate::token::{Phrase, Place};

/// Words that begin a sentence, so that a full stop before them was one.
const BEGINNERS: [&str; 27] = [
    "He", "She", "It", "They", "We", "You", "The", "This", "That", "These", "Those", "There",
    "But", "And", "So", "If", "In", "However", "When", "What", "Why", "How", "Please", "My",
    "Your", "Our", "Then",
];
/// From the weakest to the strongest.
const PAUSES: [char; 6] = [',', ':', ';', '.', '!', '?'];

pub(crate) fn emit(phrase: &Phrase<'_>) -> String {
    let mut out = Sentence::default();
    let (mut at, mut bracketed) = (0, false);
    while at < phrase.tokens.len() {
        let place = Place { phrase, at };
        let token = place.token(0);
        let opens = token.lead.contains(['(', '[', '{']);
        bracketed |= opens;
        if token.core.is_empty() {
            out.pause(lone(token.lead, token.trail));
            at += 1;
            continue;
        }
        let said = readers::read(place);
        if opens && !said.owns_marks {
            out.pause(",");
        }
        out.say(&said.words);
        at += said.taken.max(1);
        let last = Place { phrase, at: at - 1 };
        let mut trail = last.trail(0);
        if said.owns_dot && trail.starts_with('.') && !ends_sentence(last) {
            trail = &trail[1..];
        }
        if said.owns_marks && ends_by_mark(trail) {
            trail = trail.trim_start_matches(['"', '\'']);
        }
        let listed = said.taken == 1 && token.core.len() <= 2 && trail.starts_with(')');
        let closes = (bracketed || listed) && trail.contains([')', ']', '}']);
        out.pause(pause(trail, closes && at < phrase.tokens.len()));
        bracketed &= !closes;
    }
    out.text
}

fn ends_by_mark(trail: &str) -> bool {
    trail.starts_with(['"', '\''])
}

/// The full stop behind this abbreviation ends a sentence, too.
fn ends_sentence(last: Place<'_>) -> bool {
    let after = last.core(1);
    (after.is_empty() && last.at + 1 >= last.phrase.tokens.len()) || BEGINNERS.contains(&after)
}

/// What is heard of the signs behind a word.
fn pause(trail: &str, closes: bool) -> &str {
    if trail.contains("...") && !trail.contains(['?', '!']) {
        return "...";
    }
    let strongest = PAUSES.iter().rev().find(|sign| trail.contains(**sign));
    match strongest {
        Some(sign) => sign_text(*sign),
        None if closes => ",",
        None => "",
    }
}

fn sign_text(sign: char) -> &'static str {
    match sign {
        '?' => "?",
        '!' => "!",
        '.' => ".",
        ';' => ";",
        ':' => ":",
        _ => ",",
    }
}

/// What is heard of signs that stand alone: nothing of ":)".
fn lone<'a>(lead: &'a str, trail: &'a str) -> &'a str {
    let face = trail.len() > 1 && trail.starts_with([':', ';']);
    match lead.is_empty() && !face {
        true => pause(trail, false),
        false => "",
    }
}

/// Words with single spaces between them, and never two pauses in a row.
#[derive(Default)]
struct Sentence {
    text: String,
}

impl Sentence {
    fn say(&mut self, words: &str) {
        let words = words.trim();
        if words.is_empty() {
            return;
        }
        if !words.starts_with(char::is_alphanumeric) {
            let bare = words.trim_start_matches([',', ' ']);
            if bare.len() < words.len() {
                self.pause(",");
                return self.say(bare);
            }
        }
        for word in words.split_whitespace() {
            if !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(word);
        }
    }

    fn pause(&mut self, sign: &str) {
        let Some(last) = self.text.chars().next_back() else {
            return;
        };
        if sign.is_empty() {
            return;
        }
        let strength = |c: char| PAUSES.iter().position(|sign| *sign == c);
        match (strength(last), sign.chars().next().and_then(strength)) {
            (Some(old), Some(new)) if new > old => {
                self.text.pop();
                self.text.push_str(sign);
            }
            (Some(_), _) => {}
            (None, _) => self.text.push_str(sign),
        }
    }
}
