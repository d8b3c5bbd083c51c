//! What kind of thing a question asks for, told from its question words.

use super::weight::Weight;
use super::word::Word;

/// What the answer should contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Price,
    /// How many.
    Count,
    /// How often.
    Frequency,
    /// How big, far, high or deep.
    Size,
    /// How fast.
    Speed,
    /// How old, or since when.
    Age,
    /// How heavy.
    Weight,
    /// How warm or cold.
    Heat,
    Duration,
    Moment,
    /// When something happened: rather a year than an hour.
    Past,
    Person,
    Place,
    Reason,
    Steps,
    /// A telephone number, an address or a link.
    Contact,
    /// What something is.
    Meaning,
    Anything,
}

pub(super) fn yes_or_no(said: &[Word]) -> bool {
    const OPENERS: &[&str] = &[
        "is", "are", "am", "was", "were", "do", "does", "did", "can", "could", "may", "will",
        "would", "should", "must", "has", "have", "shall", "may",
    ];
    said.first()
        .is_some_and(|word| OPENERS.contains(&word.text.as_str()))
}

/// The first question word decides; a question without one may still name what it wants.
pub(super) fn expected(said: &[Word]) -> Expected {
    let text: Vec<&str> = said.iter().map(|word| word.text.as_str()).collect();
    let any = |list: &[&str]| list.iter().any(|word| text.contains(word));
    if any(&["phone", "telephone", "email", "url", "website"])
        && any(&["what", "number", "address"])
    {
        return Expected::Contact;
    }
    if text.first() == Some(&"what") && any(&["name", "called", "names"]) {
        return Expected::Person;
    }
    let wanted = text.iter().enumerate().find_map(|(at, word)| {
        let next = text.get(at + 1).copied().unwrap_or("");
        match *word {
            "how" => Some(expected_by_how(next, &text[at + 1..])),
            "when" if matches!(next, "was" | "were" | "did") => Some(Expected::Past),
            "when" => Some(Expected::Moment),
            "what" | "which" if MOMENTS.contains(&next) => Some(Expected::Moment),
            // "How" is often heard as "who".
            "who" if MEASURES.contains(&next) => Some(expected_by_how(next, &text[at + 1..])),
            "who" | "whose" | "whom" => Some(Expected::Person),
            "where" => Some(Expected::Place),
            "why" => Some(Expected::Reason),
            _ => None,
        }
    });
    let carrying = said
        .iter()
        .filter(|word| word.weight() == Weight::Content)
        .count();
    let meaning = matches!(
        text.as_slice(),
        ["what", "is" | "are" | "was" | "does", ..]
            | ["what", "a" | "the", ..]
            | ["tell", "me", "about", ..]
    );
    let prices = any(PRICES) && !yes_or_no(said) || any(&["cost", "costs", "fee", "fees"]);
    let meant = meaning && (1..=2).contains(&carrying);
    match wanted {
        Some(wanted) => wanted,
        None if prices => Expected::Price,
        None if !yes_or_no(said) => superlative(&text).unwrap_or(if meant {
            Expected::Meaning
        } else {
            Expected::Anything
        }),
        None => Expected::Anything,
    }
}

/// "The heaviest thing" wants a weight.
fn superlative(text: &[&str]) -> Option<Expected> {
    text.iter().find_map(|word| {
        Some(match *word {
            "heaviest" | "lightest" | "weight" => Expected::Weight,
            "largest" | "biggest" | "smallest" | "tallest" | "highest" | "deepest" | "farthest"
            | "size" | "height" | "length" | "width" | "depth" | "distance" => Expected::Size,
            "fastest" | "speed" => Expected::Speed,
            "hottest" | "coldest" | "temperature" => Expected::Heat,
            "cheapest" | "dearest" => Expected::Price,
            "longest" | "shortest" => Expected::Duration,
            "latest" | "earliest" => Expected::Moment,
            "youngest" | "oldest" | "age" => Expected::Age,
            _ => return None,
        })
    })
}

const MOMENTS: &[&str] = &[
    "time", "times", "date", "day", "days", "hours", "year", "month", "weekday",
];
const MEASURES: &[&str] = &[
    "much", "many", "long", "far", "often", "big", "old", "late", "early", "soon",
];
const PRICES: &[&str] = &[
    "cost", "costs", "price", "prices", "fee", "fees", "rate", "fare", "charge", "salary",
];
const MASSES: &[&str] = &[
    "water",
    "memory",
    "space",
    "luggage",
    "storage",
    "power",
    "ram",
    "electricity",
    "energy",
    "data",
];
const SIZES: &[&str] = &[
    "big", "large", "far", "tall", "high", "wide", "deep", "thick", "close", "near", "broad",
    "small",
];
/// After these "how" asks for a way.
const WAYS: &[&str] = &[
    "do", "does", "did", "can", "could", "is", "are", "was", "were", "to", "should", "would",
    "will", "may", "must", "i", "you", "we", "the", "a", "about", "have", "has", "shall", "and",
    "",
];

/// "How much holiday" asks for no price; "how much rent" does.
fn is_amount(word: &str) -> bool {
    const MONEYS: &[&str] = &[
        "money",
        "rent",
        "deposit",
        "tip",
        "tax",
        "discount",
        "salary",
        "pay",
        "compensation",
        "bonus",
        "fee",
        "interest",
        "insurance",
        "cash",
        "postage",
        "shipping",
        "delivery",
        "cost",
        "costs",
        "price",
        "parking",
    ];
    Weight::of(word) == Weight::Content && !MONEYS.contains(&word)
}

fn expected_by_how(next: &str, rest: &[&str]) -> Expected {
    match next {
        "long" | "soon" => Expected::Duration,
        "late" | "early" => Expected::Moment,
        "come" => Expected::Reason,
        "much" if rest.contains(&"time") || rest.contains(&"notice") => Expected::Duration,
        "much" if rest.iter().any(|word| ["weigh", "weight"].contains(word)) => Expected::Weight,
        "much" if rest.iter().any(|word| MASSES.contains(word)) => Expected::Count,
        "much" if rest.get(1).is_some_and(|word| is_amount(word)) => Expected::Count,
        "much" => Expected::Price,
        "often" | "frequently" => Expected::Frequency,
        "old" => Expected::Age,
        "heavy" => Expected::Weight,
        "hot" | "warm" | "cold" => Expected::Heat,
        "fast" | "quick" => Expected::Speed,
        size if SIZES.contains(&size) => Expected::Size,
        way if WAYS.contains(&way) => Expected::Steps,
        _ => Expected::Count,
    }
}
