//! Abbreviations: "Dr." and "St." by what stands beside them, "e.g.", "No. 5", "p. 12", "U.S.", "J. K. Rowling".

use super::compound;
use crate::numbers::is_digits;
use crate::token::{Place, Said, is_name};

/// Whatever stands beside them; with or without a full stop.
const ALWAYS: [(&str, &str); 13] = [
    ("Mr", "Mister"),
    ("Mrs", "Missus"),
    ("Ms", "Miz"),
    ("vs", "versus"),
    ("Ph.D", "P H D"),
    ("PhD", "P H D"),
    ("PhDs", "P H D's"),
    ("Ph.D.s", "P H D's"),
    ("e.g", "for example"),
    ("i.e", "that is"),
    ("w/o", "without"),
    ("w/", "with"),
    ("b/c", "because"),
];
/// Only with their full stop.
const DOTTED: [(&str, &str); 66] = [
    ("eg", "for example"),
    ("ie", "that is"),
    ("etc", "et cetera"),
    ("esp", "especially"),
    ("Drs", "Doctors"),
    ("Pk", "Park"),
    ("Attn", "Attention"),
    ("approx", "approximately"),
    ("ca", "about"),
    ("cf", "compare"),
    ("viz", "namely"),
    ("incl", "including"),
    ("excl", "excluding"),
    ("est", "established"),
    ("dept", "department"),
    ("Dept", "Department"),
    ("govt", "government"),
    ("tel", "telephone"),
    ("Tel", "telephone"),
    ("ext", "extension"),
    ("avg", "average"),
    ("max", "maximum"),
    ("min", "minimum"),
    ("misc", "miscellaneous"),
    ("temp", "temperature"),
    ("req", "required"),
    ("Prof", "Professor"),
    ("Gen", "General"),
    ("Col", "Colonel"),
    ("Maj", "Major"),
    ("Capt", "Captain"),
    ("Cpt", "Captain"),
    ("Cmdr", "Commander"),
    ("Lt", "Lieutenant"),
    ("Sgt", "Sergeant"),
    ("Rev", "Reverend"),
    ("Hon", "Honorable"),
    ("Gov", "Governor"),
    ("Sen", "Senator"),
    ("Rep", "Representative"),
    ("Pres", "President"),
    ("Fr", "Father"),
    ("Jr", "Junior"),
    ("Sr", "Senior"),
    ("Inc", "Incorporated"),
    ("Ltd", "Limited"),
    ("Corp", "Corporation"),
    ("Co", "Company"),
    ("Bros", "Brothers"),
    ("Assn", "Association"),
    ("Univ", "University"),
    ("Intl", "International"),
    ("Ave", "Avenue"),
    ("Blvd", "Boulevard"),
    ("Rd", "Road"),
    ("Ln", "Lane"),
    ("Ct", "Court"),
    ("Pl", "Place"),
    ("Sq", "Square"),
    ("Hwy", "Highway"),
    ("Pkwy", "Parkway"),
    ("Apt", "Apartment"),
    ("Bldg", "Building"),
    ("Mt", "Mount"),
    ("Messrs", "Messers"),
    ("Esq", "Esquire"),
];
/// Only before a number.
const COUNTED: [(&str, &str); 39] = [
    ("No", "number"),
    ("no", "number"),
    ("Nos", "numbers"),
    ("nos", "numbers"),
    ("Nr", "number"),
    ("p", "page"),
    ("P", "page"),
    ("pp", "pages"),
    ("pg", "page"),
    ("Vol", "volume"),
    ("vol", "volume"),
    ("Ch", "chapter"),
    ("ch", "chapter"),
    ("Fig", "figure"),
    ("fig", "figure"),
    ("Figs", "figures"),
    ("Sec", "section"),
    ("sec", "section"),
    ("Art", "article"),
    ("art", "article"),
    ("Eq", "equation"),
    ("eq", "equation"),
    ("Ex", "example"),
    ("Ed", "edition"),
    ("Ep", "episode"),
    ("Op", "opus"),
    ("Lat", "latitude"),
    ("lat", "latitude"),
    ("Long", "longitude"),
    ("long", "longitude"),
    ("Hwy", "Highway"),
    ("Rte", "Route"),
    ("ep", "episode"),
    ("Pt", "part"),
    ("Ste", "suite"),
    ("c", "circa"),
    ("b", "born"),
    ("d", "died"),
    ("St", "Saint"),
];
/// Said so where a street's name stands before them.
const STREETS: [(&str, &str); 12] = [
    ("St", "Street"),
    ("Dr", "Drive"),
    ("Ave", "Avenue"),
    ("Rd", "Road"),
    ("Blvd", "Boulevard"),
    ("Ln", "Lane"),
    ("Ct", "Court"),
    ("Pl", "Place"),
    ("Hwy", "Highway"),
    ("Pkwy", "Parkway"),
    ("Sq", "Square"),
    ("Ter", "Terrace"),
];

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    // The folder, where it was said as one.
    if core == "etc" && place.is(-1, &["slash"]) {
        return None;
    }
    if core.len() > 16 || !core.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let dotted = place.trail(0).starts_with('.');
    if let Some(street) = street(place).or_else(|| title(place, dotted)) {
        return Some(Said::one(street).with_dot());
    }
    if let Some(words) = counted(place) {
        return Some(Said::one(words).with_dot());
    }
    let known = |table: &[(&'static str, &'static str)]| {
        let known = table.iter().find(|(short, _)| *short == core);
        known.map(|(_, words)| *words)
    };
    if let Some(words) = known(&ALWAYS).or_else(|| lower(core)) {
        return Some(Said::one(words).with_dot());
    }
    if (dotted
        || matches!(
            core,
            "Attn" | "etc" | "Jr" | "Sr" | "Prof" | "approx" | "Ltd"
        ))
        && let Some(words) = known(&DOTTED).or_else(|| month_like(place))
    {
        return Some(Said::one(words).with_dot());
    }
    initials(place, dotted)
}

/// Common ones at the beginning of a sentence, "E.g." and "Approx."
fn lower(core: &str) -> Option<&'static str> {
    match core {
        "E.g" => Some("for example"),
        "I.e" => Some("that is"),
        "Vs" => Some("versus"),
        "P.S" => Some("P S"),
        _ => None,
    }
}

fn month_like(place: Place<'_>) -> Option<&'static str> {
    match place.core(0) {
        "Ca" => Some("about"),
        "Approx" => Some("approximately"),
        "v" if is_name(place.core(1)) && (is_name(place.core(-1)) || place.is(-1, &["al"])) => {
            Some("versus")
        }
        "Ft" if is_name(place.core(1)) => Some("Fort"),
        "al" if place.is(-1, &["et"]) => Some("al"),
        _ => None,
    }
}

/// "12 Main St.", "5th Ave", "Elm Dr.".
fn street(place: Place<'_>) -> Option<&'static str> {
    let (_, words) = STREETS.iter().find(|(short, _)| *short == place.core(0))?;
    let (before, after) = (place.core(-1), place.core(1));
    let named = is_name(before) || before.starts_with(|c: char| c.is_ascii_digit());
    if !named || !place.trail(-1).is_empty() {
        return None;
    }
    let numbered = (-4..-1).any(|away| place.core(away).starts_with(|c: char| c.is_ascii_digit()))
        || before.starts_with(|c: char| c.is_ascii_digit());
    let told = place.is(
        -2,
        &[
            "on", "at", "to", "onto", "near", "down", "along", "off", "of", "and",
        ],
    );
    let goes_on = is_name(after) && place.trail(0).trim_start_matches('.').is_empty();
    let road = told && !matches!(place.core(0), "St" | "Dr");
    // "9 St. Mark's Place"
    let saint = is_digits(before) && goes_on;
    let fits = (numbered && !saint) || !goes_on || road;
    fits.then_some(words)
}

/// "Dr. Smith", "St. Louis".
fn title(place: Place<'_>, dotted: bool) -> Option<&'static str> {
    let named = is_name(place.core(1)) && place.token(1).lead.is_empty();
    match place.core(0) {
        "Dr" if dotted || named => Some("Doctor"),
        "St" if named => Some("Saint"),
        "Mt" if named => Some("Mount"),
        "Ft" if named && dotted => Some("Fort"),
        _ => None,
    }
}

fn counted(place: Place<'_>) -> Option<&'static str> {
    let core = place.core(0);
    let (_, words) = COUNTED.iter().find(|(short, _)| *short == core)?;
    let next = place.core(1);
    let number = next.starts_with(|c: char| c.is_ascii_digit());
    let dotted = place.trail(0) == ".";
    let letter = core.len() == 1;
    let fits = number && dotted && (!letter || is_digits(next) || !matches!(core, "c" | "b" | "d"));
    let bare = number
        && matches!(
            core,
            "Hwy" | "Rte" | "No" | "pp" | "vol" | "Vol" | "Fig" | "fig" | "Ste" | "p"
        )
        && place.trail(0).is_empty();
    let roman =
        dotted && next.bytes().all(|b| b"IVX".contains(&b)) && !next.is_empty() && core.len() > 1;
    (fits || bare || (roman && !matches!(core, "No" | "no"))).then_some(words)
}

/// "U.S.", "J.R.R.", "F." in a name.
fn initials(place: Place<'_>, dotted: bool) -> Option<Said> {
    let core = place.core(0);
    let (bare, ending) = match core.strip_suffix("'s").or(core.strip_suffix('s')) {
        Some(bare) if bare.ends_with('.') => (bare.trim_end_matches('.'), "'s"),
        _ => (core, ""),
    };
    // "U.S.-based", "non-U.S."
    if let Some((left, right)) = core.split_once('-').filter(|_| core.contains('.')) {
        let spelled = |part: &str| {
            part.contains('.')
                && part
                    .trim_end_matches('.')
                    .split('.')
                    .all(|letter| letter.len() == 1)
        };
        let say = |part: &str| match spelled(part) {
            true => part.replace('.', " ").to_ascii_uppercase(),
            false => compound::words(part),
        };
        let fits = (spelled(left) || spelled(right))
            && core
                .bytes()
                .all(|b| b.is_ascii_alphabetic() || b == b'.' || b == b'-');
        return fits.then(|| Said::one(format!("{} {}", say(left), say(right))).with_dot());
    }
    let letters: Vec<&str> = bare.split('.').collect();
    let single = |part: &&str| part.len() == 1 && part.bytes().all(|b| b.is_ascii_alphabetic());
    if letters.len() > 1 && letters.iter().all(single) {
        let said = letters.join(" ").to_ascii_uppercase() + ending;
        return Some(Said::one(said).with_dot());
    }
    let name = core.len() == 1 && is_name(core) && dotted && is_name(place.core(1));
    let after_letter = place.core(-1).len() > 1 || place.at == 0 || place.trail(-1) == ".";
    (name && after_letter && core != "I").then(|| Said::one(core).with_dot())
}
