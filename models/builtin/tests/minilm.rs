//! The sentence transformer with its real weights, where set-up has fetched them.

use models_builtin::{Claim, Minilm};
use models_engine::Embedder;
use std::path::PathBuf;

fn folder() -> PathBuf {
    let named = std::env::var_os("REPARTEE_WEIGHTS").map(PathBuf::from);
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    named
        .or_else(|| Some(cache.or(home)?.join("repartee/weights")))
        .expect("there is a home")
}

#[test]
fn it_agrees_with_the_reference() {
    let minilm = Minilm::load(&folder()).expect("models/setup.sh has fetched it");
    for (text, expected) in REFERENCE {
        let place = minilm.embed(text);
        assert_eq!(place.len(), 384);
        let length: f32 = place.iter().map(|x| x * x).sum();
        assert!((length - 1.0).abs() < 1e-4, "{length}");
        for (ours, theirs) in place.iter().zip(*expected) {
            assert!((ours - theirs).abs() < 2e-4, "{text}: {place:?}");
        }
    }
}

#[test]
fn what_means_alike_lies_near() {
    let minilm = Minilm::load(&folder()).expect("models/setup.sh has fetched it");
    let near = |one: &str, other: &str| -> f32 {
        let (one, other) = (minilm.embed(one), minilm.embed(other));
        one.iter().zip(&other).map(|(a, b)| a * b).sum()
    };
    let question = "When do you shut?";
    let right = near(question, "The doors close at nine in the evening.");
    let wrong = near(question, "The water is changed every second week.");
    assert!(right > wrong + 0.1, "{right} {wrong}");
}

#[test]
fn it_judges_as_it_was_taught() {
    let minilm = Minilm::load_to_judge(&folder()).expect("models/setup.sh has fetched it");
    for (question, claims) in JUDGED {
        let given: Vec<Claim<'_>> = claims.iter().map(|(claim, _)| *claim).collect();
        let verdicts = minilm.judge(question, &given).expect("it can");
        assert_eq!(verdicts.len(), claims.len());
        for (verdict, (claim, expected)) in verdicts.iter().zip(*claims) {
            assert!((verdict - expected).abs() < 2e-3, "{claim:?}: {verdict}");
        }
    }
    assert_eq!(minilm.judge("When do you shut?", &[]), Some(Vec::new()));
    let (long, odd) = ("word ".repeat(10_000), "🙂\u{0}");
    let claims = [long.as_str(), odd, ""].map(|text| Claim {
        heading: &long,
        before: &long,
        text,
    });
    let verdicts = minilm.judge(&long, &claims).expect("it can");
    assert!(verdicts.iter().all(|verdict| verdict.is_finite()));
    let places = Minilm::load(&folder()).expect("it is there");
    assert_eq!(places.judge("When do you shut?", &claims), None);
}

#[test]
fn any_text_has_a_place() {
    let minilm = Minilm::load(&folder()).expect("models/setup.sh has fetched it");
    let long = "word ".repeat(10_000);
    for text in ["", " ", "🙂🙂🙂", "中文", "\u{0}\u{1}", long.as_str()] {
        let place = minilm.embed(text);
        assert!(place.iter().all(|x| x.is_finite()), "{text:?}");
    }
}

/// What is missing, cut short or another file is named, and never loaded.
#[test]
fn files_that_are_not_these_weights_are_refused() {
    let spoilt = std::env::temp_dir().join(format!("repartee-minilm-{}", std::process::id()));
    std::fs::create_dir_all(&spoilt).expect("the test may write here");
    let refusal = || {
        let error = Minilm::load(&spoilt).err().expect("it is refused");
        error.to_string()
    };
    let [weights, words] = ["all-MiniLM-L6-v2.safetensors", "all-MiniLM-L6-v2.vocab.txt"];
    assert!(refusal().contains("cannot be read"), "{}", refusal());
    let mut whole = std::fs::read(folder().join(weights)).expect("it was fetched");
    for (bytes, why) in [
        (&whole[..1_000], "cut short"),
        (b"not a model", "another file"),
    ] {
        std::fs::write(spoilt.join(weights), bytes).expect("the test may write here");
        assert!(refusal().contains("SHA-256"), "{why}: {}", refusal());
    }
    let last = whole.len() - 1;
    whole[last] ^= 1;
    std::fs::write(spoilt.join(weights), &whole).expect("the test may write here");
    assert!(refusal().contains(weights), "a flipped bit: {}", refusal());
    whole[last] ^= 1;
    std::fs::write(spoilt.join(weights), &whole).expect("the test may write here");
    std::fs::write(spoilt.join(words), "[UNK]").expect("the test may write here");
    assert!(refusal().contains(words), "{}", refusal());
    let _ = std::fs::remove_dir_all(&spoilt);
}

/// Questions, and sentences where they stand, with the verdict that torch comes to with the same weights.
type Judged = (&'static str, &'static [(Claim<'static>, f32)]);
const JUDGED: &[Judged] = &[
    (
        "When do you shut?",
        &[
            (
                claim("Hours", "", "The doors close at nine in the evening."),
                8.36112,
            ),
            (
                claim("", "", "The water is changed every second week."),
                -0.45885,
            ),
        ],
    ),
    (
        "can I bring my dog",
        &[(
            claim("Rules", "", "Animals are not admitted, except guide dogs."),
            6.92474,
        )],
    ),
    (
        "when is the Callington branch open",
        &[
            (
                claim(
                    "Branches",
                    "Callington, inside the library.",
                    "Tuesday and Thursday 10 to 2.",
                ),
                1.18609,
            ),
            (
                claim(
                    "Branches",
                    "Tavistock, 14 Brook Street.",
                    "Tuesday and Thursday 10 to 2.",
                ),
                -2.17489,
            ),
        ],
    ),
    (
        "is there a lift",
        &[
            (
                claim("Getting around", LONG, "It stops at every floor."),
                -2.99903,
            ),
            (
                claim("Getting around", "It stops at every floor.", LONG),
                -0.16330,
            ),
        ],
    ),
];

/// More than a pair has room for.
const LONG: &str = concat!(
    "The lift goes up to the third floor and down to the cellar ",
    "The lift goes up to the third floor and down to the cellar ",
    "The lift goes up to the third floor and down to the cellar ",
    "The lift goes up to the third floor and down to the cellar ",
    "The lift goes up to the third floor and down to the cellar ",
    "The lift goes up to the third floor and down to the cellar ",
    "The lift goes up to the third floor and down to the cellar ",
    "The lift goes up to the third floor and down to the cellar.",
);

const fn claim<'a>(heading: &'a str, before: &'a str, text: &'a str) -> Claim<'a> {
    Claim {
        heading,
        before,
        text,
    }
}

/// The first eight numbers, computed from the same weights by numpy with an exact error function.
const REFERENCE: &[(&str, &[f32])] = &[
    (
        "When do you shut?",
        &[
            0.05574, 0.00275, -0.01639, 0.04882, 0.02363, -0.01023, 0.07664, -0.05712,
        ],
    ),
    (
        "Café prices: a flat white costs £3.20, unswimmingly.",
        &[
            0.06016, 0.02073, 0.04136, 0.07106, 0.02302, 0.03391, -0.00598, 0.01533,
        ],
    ),
];
