//! Text cut into words that can be compared.

use super::numbers::to_digits;
use super::sound::sound;
use super::stem::stem;
use super::weight::Weight;

/// One word, in the forms that comparing needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Lower case, accents off, numbers as digits.
    pub text: String,
    pub stem: String,
    pub sound: String,
}

impl Word {
    fn new(text: String) -> Self {
        Self {
            stem: stem(&text),
            sound: sound(&text),
            text,
        }
    }

    pub fn weight(&self) -> Weight {
        Weight::of(&self.text)
    }

    pub fn is_number(&self) -> bool {
        self.text.bytes().next().is_some_and(|b| b.is_ascii_digit())
    }
}

/// Words that people write together, apart or with a hyphen: made one.
const COMPOUNDS: &[&str] = &[
    "check in",
    "take out",
    "taken out",
    "taking out",
    "money back",
    "setting up",
    "checking in",
    "checking out",
    "checked in",
    "checked out",
    "logging in",
    "logging out",
    "signing up",
    "signed up",
    "picking up",
    "picked up",
    "backing up",
    "shutting down",
    "dropping off",
    "in charge",
    "looks after",
    "look after",
    "looking after",
    "looked after",
    "check out",
    "break down",
    "hand over",
    "take away",
    "wi fi",
    "e mail",
    "log in",
    "log on",
    "log out",
    "sign up",
    "sign in",
    "pick up",
    "drop off",
    "time off",
    "set up",
    "start up",
    "shut down",
    "back up",
    "web site",
    "off line",
    "pre order",
    "re fund",
    "lay over",
    "over time",
    "week end",
    "week day",
    "week days",
    "week ends",
    "home page",
    "work place",
    "air conditioning",
    "gift card",
    "hand book",
    "smart phone",
    "pass word",
    "user name",
    "life time",
    "day time",
    "night time",
    "sun screen",
    "bath room",
    "bed room",
    "class room",
    "lunch time",
    "key card",
    "dish washer",
    "hair dryer",
    "wheel chair",
    "push chair",
    "shower head",
    "tooth brush",
    "ear phones",
    "head phones",
    "head set",
    "touch screen",
    "fire wall",
    "data base",
    "file name",
    "time zone",
    "air port",
    "car park",
    "play ground",
    "first aid",
    "half time",
    "full time",
    "part time",
    "over due",
];

pub fn words(text: &str) -> Vec<Word> {
    to_digits(join_compounds(split(text)))
        .into_iter()
        .map(Word::new)
        .collect()
}

/// Lower-case runs of letters and digits; an apostrophe joins, a thousands comma vanishes.
fn split(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if letter.is_alphanumeric() {
            letter.to_lowercase().for_each(|c| fold(c, &mut word));
        } else if !joins(&letters, at) {
            flush(&mut word, &mut out);
            if let Some(name) = sign(*letter) {
                out.push(name.to_owned());
            }
        }
    }
    flush(&mut word, &mut out);
    out
}

fn flush(word: &mut String, out: &mut Vec<String>) {
    if !word.is_empty() {
        out.push(plain(std::mem::take(word)));
    }
}

/// An apostrophe inside a word, or a comma before three digits.
fn joins(letters: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| letters[at]);
    match letters[at] {
        '\'' | '’' => before.is_some_and(char::is_alphabetic),
        ',' => {
            before.is_some_and(|c| c.is_ascii_digit())
                && (1..=3).all(|on| letters.get(at + on).is_some_and(char::is_ascii_digit))
        }
        _ => false,
    }
}

/// The possessive and the short verb are taken off where they can be told: "what's", "children's".
fn plain(word: String) -> String {
    for (short, long) in [
        ("whats", "what"),
        ("wheres", "where"),
        ("whos", "who"),
        ("hows", "how"),
        ("whens", "when"),
    ] {
        if word == short {
            return long.to_owned();
        }
    }
    for plural in ["children", "women", "men", "people"] {
        if word.strip_suffix('s') == Some(plural) {
            return plural.to_owned();
        }
    }
    word
}

fn fold(letter: char, word: &mut String) {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => word.push('a'),
        'è' | 'é' | 'ê' | 'ë' => word.push('e'),
        'ì' | 'í' | 'î' | 'ï' => word.push('i'),
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => word.push('o'),
        'ù' | 'ú' | 'û' | 'ü' => word.push('u'),
        'ç' => word.push('c'),
        'ñ' => word.push('n'),
        'ß' => word.push_str("ss"),
        'æ' => word.push_str("ae"),
        other => word.push(other),
    }
}

/// Signs that are read out as words.
fn sign(letter: char) -> Option<&'static str> {
    Some(match letter {
        '€' => "euro",
        '$' => "dollar",
        '£' => "pound",
        '%' => "percent",
        '°' => "degrees",
        _ => return None,
    })
}

/// "breaks down" is a breakdown too.
fn uninflected(verb: &str) -> &str {
    match verb {
        "breaks" | "broke" | "broken" | "breaking" => "break",
        "hands" | "handed" | "handing" => "hand",
        "picks" => "pick",
        "drops" | "dropped" => "drop",
        "sets" => "set",
        "logs" | "logged" => "log",
        "signs" => "sign",
        other => other,
    }
}

fn join_compounds(words: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let is_pair = |one: &str| {
            COMPOUNDS
                .iter()
                .any(|pair| pair.split_once(' ') == Some((one, word.as_str())))
        };
        match out.last_mut() {
            Some(last) if is_pair(last) => last.push_str(&word),
            Some(last) if is_pair(uninflected(last)) => {
                *last = format!("{}{word}", uninflected(last));
            }
            _ => out.push(word),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn spellings_of_one_thing_meet() {
        let plain =
            |text: &str| -> Vec<String> { words(text).into_iter().map(|w| w.text).collect() };
        assert_eq!(plain("Wi-Fi"), plain("wi fi"));
        assert_eq!(
            plain("Check-in at the Café"),
            ["checkin", "at", "the", "cafe"]
        );
        assert_eq!(
            plain("€1,250 or 15 %"),
            ["euro", "1250", "or", "15", "percent"]
        );
        assert_eq!(
            plain("What's the children's rate?"),
            ["what", "the", "children", "rate"]
        );
        assert!(plain("  …!").is_empty());
    }
}
