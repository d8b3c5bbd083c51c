//! Text as it is written, to text as it is said: numbers, money, times, names of files and the like.
//!
//! A modest table, in order: Markdown goes, signs become words, then each token is read by the first
//! rule that fits it. What no rule knows stays as it is. English only.

mod markup;
mod numbers;
mod signs;
mod token;

use token::{Neighbours, Reading};

/// `text` as a voice should read it, in plain ASCII; empty when it holds no word.
pub fn spoken(text: &str) -> String {
    let read = read(text, Reading::Aloud);
    let plain: String = read.chars().filter_map(signs::ascii).collect();
    if plain.contains(|c: char| c.is_ascii_alphanumeric()) {
        tidy(&plain)
    } else {
        String::new()
    }
}

/// `text` with numbers and signs as words, but names as they are written ("WebRTC"): what a
/// recogniser's language model is made of.
pub fn worded(text: &str) -> String {
    tidy(&read(text, Reading::Worded))
}

fn read(text: &str, reading: Reading) -> String {
    let plain = signs::to_words(&markup::strip(text));
    let tokens: Vec<&str> = plain.split_whitespace().collect();
    let mut read = String::with_capacity(plain.len() * 2);
    let mut skip = false;
    for (n, token) in tokens.iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        let neighbours = Neighbours {
            before: n.checked_sub(1).map_or("", |n| tokens[n]),
            after: tokens.get(n + 1).copied().unwrap_or(""),
        };
        let said = token::read(token, neighbours, reading);
        skip = said.took_next;
        read.push_str(&said.text);
        read.push(' ');
    }
    read
}

/// Single spaces, and no sign that stands alone.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for token in text.split_whitespace() {
        if token.contains(char::is_alphanumeric) {
            if !tidy.is_empty() {
                tidy.push(' ');
            }
            tidy.push_str(token);
        } else if token.contains([',', '.', '!', '?', ';', ':']) && !tidy.is_empty() {
            // A pause that has lost its word goes to the word before.
            let pause = token.chars().find(|c| ",.!?;:".contains(*c)).unwrap_or(',');
            if !tidy.ends_with([',', '.', '!', '?', ';', ':']) {
                tidy.push(pause);
            }
        }
    }
    tidy
}

#[cfg(test)]
mod tests;
