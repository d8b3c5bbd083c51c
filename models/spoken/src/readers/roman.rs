//! Roman numerals: "Henry VIII", "Chapter IV", "World War II", and never the "I" that speaks.

use crate::numbers::{cardinal, ordinal};
use crate::token::{Place, Said, is_name};

/// These are counted: "Chapter one".
const COUNTED: [&str; 36] = [
    "Chapter", "Part", "Section", "Act", "Scene", "Book", "Volume", "Vol", "Article", "Appendix",
    "Phase", "Type", "Class", "Level", "Figure", "Table", "Episode", "Season", "Version", "Title",
    "Stage", "Tier", "Grade", "War", "Bowl", "Apollo", "Rocky", "Fantasy", "Division", "Round",
    "Lesson", "Unit", "Module", "Exhibit", "Schedule", "Mark",
];
/// These are the so-and-so-many-th of their name.
const REIGNING: [&str; 50] = [
    "Henry",
    "Louis",
    "Elizabeth",
    "Charles",
    "George",
    "Edward",
    "Richard",
    "William",
    "James",
    "John",
    "Paul",
    "Pius",
    "Benedict",
    "Leo",
    "Francis",
    "Napoleon",
    "Catherine",
    "Nicholas",
    "Alexander",
    "Peter",
    "Philip",
    "Ferdinand",
    "Frederick",
    "Gregory",
    "Innocent",
    "Clement",
    "Urban",
    "Ramses",
    "Ramesses",
    "Ivan",
    "Mary",
    "Wilhelm",
    "Friedrich",
    "Otto",
    "Robert",
    "Stephen",
    "Sixtus",
    "Julius",
    "Alfonso",
    "Isabella",
    "Christian",
    "Gustav",
    "Boniface",
    "Celestine",
    "Adrian",
    "Margrethe",
    "Albert",
    "Leopold",
    "Joseph",
    "Constantine",
];
const CROWNS: [&str; 10] = [
    "King", "Queen", "Pope", "Tsar", "Czar", "Emperor", "Empress", "Kaiser", "Sultan", "Pharaoh",
];
/// What the one who says "I" does.
const DEEDS: [&str; 12] = [
    "am", "was", "have", "had", "will", "would", "think", "want", "need", "can", "saw", "know",
];

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let (core, ending) = match place.core(0).strip_suffix("'s") {
        Some(bare) => (bare, "'s"),
        None => (place.core(0), ""),
    };
    let before = place.core(-1);
    let small = core.len() > 1
        && core.bytes().all(|b| b"ivx".contains(&b))
        && (COUNTED.iter().any(|name| name.eq_ignore_ascii_case(before))
            || place.is(-1, &["page", "pages"]));
    let upper = if small {
        core.to_ascii_uppercase()
    } else {
        String::new()
    };
    let core = if small { upper.as_str() } else { core };
    // "Type C" is a letter.
    if matches!(core, "L" | "C" | "D" | "M") {
        return None;
    }
    let number = value(core)?;
    let apart = match before {
        "Vol" => !matches!(place.trail(-1), "" | "."),
        _ => !place.trail(-1).is_empty(),
    };
    if apart {
        return None;
    }
    if core == "I" && place.is(1, &DEEDS) {
        return None;
    }
    let is = |names: &[&str], word: &str| names.iter().any(|name| name.eq_ignore_ascii_case(word));
    let named = core.len() > 1 && is_name(before) && !is_word(core);
    let sure = core == "II" || (core.len() > 2 && core.bytes().all(|b| b"IVX".contains(&b)));
    let said = if is(&REIGNING, before) && !before.is_empty()
        || (is_name(before) && is(&CROWNS, place.core(-2)))
    {
        format!("the {}", ordinal(number))
    } else if small || is(&COUNTED, before) || named || sure {
        cardinal(number)
    } else {
        return None;
    };
    Some(Said::one(said + ending))
}

/// Letters that more often are something else.
fn is_word(core: &str) -> bool {
    matches!(
        core,
        "CD" | "DC"
            | "MD"
            | "MC"
            | "XL"
            | "XXL"
            | "XXXL"
            | "MM"
            | "CC"
            | "CV"
            | "DI"
            | "MI"
            | "LI"
            | "CL"
            | "DM"
            | "MIX"
            | "DL"
            | "ML"
            | "CI"
    )
}

/// The number of a well-formed numeral up to 3999.
fn value(core: &str) -> Option<u64> {
    const STEPS: [(&str, u64); 13] = [
        ("M", 1000),
        ("CM", 900),
        ("D", 500),
        ("CD", 400),
        ("C", 100),
        ("XC", 90),
        ("L", 50),
        ("XL", 40),
        ("X", 10),
        ("IX", 9),
        ("V", 5),
        ("IV", 4),
        ("I", 1),
    ];
    if core.is_empty() || core.len() > 12 {
        return None;
    }
    let (mut rest, mut number) = (core, 0);
    for (letters, worth) in STEPS {
        let mut times = 0;
        while let Some(behind) = rest.strip_prefix(letters) {
            times += 1;
            if times
                > if letters.len() == 1 && "MCXI".contains(letters) {
                    3
                } else {
                    1
                }
            {
                return None;
            }
            number += worth;
            rest = behind;
        }
    }
    rest.is_empty().then_some(number)
}
