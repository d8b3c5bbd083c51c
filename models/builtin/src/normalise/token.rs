//! One token as it is said: the first rule that fits reads it.

mod names;
mod quantities;

use super::numbers;

/// For whom it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A voice: abbreviations are spelled, compounds taken apart.
    Aloud,
    /// A language model: names stay whole.
    Worded,
}

#[derive(Clone, Copy)]
pub(super) struct Neighbours<'a> {
    pub(super) before: &'a str,
    pub(super) after: &'a str,
}

pub(super) struct Said {
    pub(super) text: String,
    /// The next token is said with it, and is not read again.
    pub(super) took_next: bool,
}

const ABBREVIATIONS: [(&str, &str); 27] = [
    ("e.g.", "for example"),
    ("i.e.", "that is"),
    ("etc.", "and so on"),
    ("vs.", "versus"),
    ("vs", "versus"),
    ("approx.", "approximately"),
    ("ca.", "about"),
    ("incl.", "including"),
    ("Dr.", "Doctor"),
    ("Mr.", "Mister"),
    ("Mrs.", "Missis"),
    ("Ms.", "Miss"),
    ("Prof.", "Professor"),
    ("St.", "Saint"),
    ("Fig.", "figure"),
    ("fig.", "figure"),
    ("max.", "maximum"),
    ("min.", "minimum"),
    ("w/o", "without"),
    ("w/", "with"),
    ("Inc.", "Incorporated"),
    ("Ltd.", "Limited"),
    ("dept.", "department"),
    ("tel.", "telephone"),
    ("Tel.", "telephone"),
    ("a.m.", "A M"),
    ("p.m.", "P M"),
];

pub(super) fn read(token: &str, neighbours: Neighbours<'_>, reading: Reading) -> Said {
    let plain = |text: String| Said {
        text,
        took_next: false,
    };
    let opened = token.trim_start_matches(['(', '[', '{', '\'', '<']);
    if let Some((_, words)) = ABBREVIATIONS.iter().find(|(short, _)| *short == opened) {
        return plain((*words).to_owned());
    }
    let is_end = |c: char| ".,!?;:)]}'>".contains(c);
    let core = opened.trim_end_matches(is_end);
    let pause = pause(&opened[core.len()..]);
    if core.is_empty() {
        return plain(pause);
    }
    if let Some(said) = quantities::read(core, neighbours, pause.is_empty()) {
        return Said {
            text: said.text + &pause,
            took_next: said.took_next,
        };
    }
    let said = names::read(core, neighbours, reading).unwrap_or_else(|| core.to_owned());
    plain(said + &pause)
}

/// Of the signs at the end the one that is heard.
fn pause(signs: &str) -> String {
    let heard = ['?', '!', '.', ';', ':', ','];
    let heard = heard.iter().find(|sign| signs.contains(**sign));
    heard.map_or_else(String::new, char::to_string)
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The parts said one by one with a word between them: "one point two point three".
fn joined(text: &str, separator: char, word: &str) -> Option<String> {
    let parts: Option<Vec<String>> = text.split(separator).map(numbers::quantity).collect();
    parts.map(|parts| parts.join(&format!(" {word} ")))
}
