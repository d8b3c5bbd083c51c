//! Telephone numbers: digit by digit, with a pause between the groups.

use crate::numbers::{cardinal, digits, is_digits, small};
use crate::token::{Place, Said};

/// No number has more groups.
const MOST_GROUPS: usize = 6;

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    if place.is(0, &["ext", "x", "extension"]) && place.core(1).len() <= 6 {
        let number = small(place.core(1)).filter(|_| place.trail(0).len() <= 1)?;
        let said = Said::many(
            format!("extension {}", crate::numbers::label(&number.to_string())),
            2,
        );
        return (place.core(0) != "x").then_some(said);
    }
    let core = place.core(0);
    let called =
        place.core(-1).contains('-') && place.core(-1).ends_with(|c: char| c.is_ascii_digit());
    if let Some(inner) = core
        .strip_prefix('x')
        .filter(|inner| called && is_digits(inner))
    {
        return Some(Said::one(format!(
            "extension {}",
            crate::numbers::label(inner)
        )));
    }
    if !core.starts_with(|c: char| c == '+' || c.is_ascii_digit() || c == '(') {
        return None;
    }
    let (groups, taken) = groups(place);
    let said = by_shape(&groups, place, core)?;
    let said = Said::many(said, taken);
    Some(Said {
        owns_marks: place.token(0).lead == "(",
        ..said
    })
}

/// The groups of digits from here on, as long as nothing but spaces, dashes, points and brackets part them.
fn groups(place: Place<'_>) -> (Vec<&str>, usize) {
    let mut groups = Vec::new();
    let mut taken = 0;
    for away in 0..MOST_GROUPS {
        let token = place.token(away as isize);
        let before = place.token(away as isize - 1);
        let bracketed = token.lead == "(" || (away > 0 && before.trail == ")");
        if away > 0 && !(bracketed || before.trail.is_empty()) {
            break;
        }
        if away > 0 && !(token.lead.is_empty() || token.lead == "(") {
            break;
        }
        let bare = token
            .core
            .strip_prefix('+')
            .filter(|_| away == 0)
            .unwrap_or(token.core);
        let parts: Vec<&str> = bare
            .split(['-', '.', ')', '('])
            .filter(|part| !part.is_empty())
            .collect();
        let plain =
            !parts.is_empty() && parts.iter().all(|part| is_digits(part) && part.len() <= 12);
        if !plain || groups.len() + parts.len() > MOST_GROUPS {
            break;
        }
        groups.extend(parts);
        taken += 1;
    }
    (groups, taken)
}

fn by_shape(groups: &[&str], place: Place<'_>, core: &str) -> Option<String> {
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let total: usize = lengths.iter().sum();
    let bracketed = place.token(0).lead.ends_with('(') || core.contains(')');
    let dated = core.contains('.') && !core.contains('-') && groups.len() != 3;
    if core.starts_with('+') {
        let fits = (8..=15).contains(&total) && (groups.len() > 1 || total >= 10);
        return fits.then(|| format!("plus {}", said(groups)));
    }
    let north_american = matches!(lengths.as_slice(), [3, 4] | [3, 3, 4] | [1, 3, 3, 4]);
    let spaced = !core.contains(['-', '.']) && !bracketed;
    let called = place.is(
        -1,
        &[
            "call",
            "phone",
            "tel",
            "dial",
            "text",
            "fax",
            "at",
            "number",
            "is",
            "mobile",
            "cell",
            "on",
            "telephone",
        ],
    );
    let fits = match lengths.as_slice() {
        [3, 4] => core.contains('-') && !dated && !place.is(-1, &["pages", "between", "pp"]),
        _ if north_american => !spaced || total == 10 || (total == 11 && groups[0] == "1"),
        [10] => called && place.is(-1, &["call", "dial", "text", "at", "phone", "tel"]),
        // From abroad: "011 44 20 7946 0321".
        _ if matches!(groups.first(), Some(&"011" | &"00")) => {
            groups.len() >= 3 && (9..=17).contains(&total)
        }
        // "4242 4242 4242 4242", "814 2233 9021"
        _ if spaced
            && groups.len() >= 3
            && lengths.iter().all(|length| (3..=5).contains(length)) =>
        {
            true
        }
        _ => {
            core.starts_with('0')
                && groups.len() >= 2
                && (9..=11).contains(&total)
                && lengths[0] >= 3
        }
    };
    if !fits && is_serial(core, &lengths) {
        let groups: Vec<String> = core.split('-').map(digits).collect();
        return Some(groups.join(", "));
    }
    fits.then(|| said(groups))
}

/// "123-45-6789", "978-3-16-148410-0": a number of a card, a book, a person.
fn is_serial(core: &str, lengths: &[usize]) -> bool {
    let dashed = core.matches('-').count() + 1 == lengths.len();
    let dated = matches!(lengths, [4, 2, 2] | [1 | 2, 1 | 2, 4] | [4, 1, _]);
    dashed
        && (lengths.len() >= 3 || lengths == [5, 4])
        && !dated
        && !core.contains('.')
        && lengths.iter().sum::<usize>() >= 7
}

/// "one, eight hundred, five five five, zero one nine nine".
fn said(groups: &[&str]) -> String {
    let toll_free =
        |group: &str| group.len() == 3 && group.ends_with("00") && !group.starts_with('0');
    let said: Vec<String> = groups
        .iter()
        .enumerate()
        .map(|(n, group)| match small(group) {
            Some(number) if n <= 1 && groups.len() >= 3 && toll_free(group) => cardinal(number),
            _ => digits(group),
        })
        .collect();
    said.join(", ")
}
