//! Numbers as words.

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const SCALES: [(u64, &str); 6] = [
    (1_000_000_000_000_000_000, "quintillion"),
    (1_000_000_000_000_000, "quadrillion"),
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
];
/// A number with more digits than this is said digit by digit.
const MOST_PLAIN_DIGITS: usize = 9;
/// The same, where commas group them.
const MOST_GROUPED_DIGITS: usize = 18;

/// "one hundred twenty three".
pub(crate) fn cardinal(number: u64) -> String {
    if let Some((scale, name)) = SCALES.iter().find(|(scale, _)| number >= *scale) {
        let head = format!("{} {name}", cardinal(number / scale));
        return with_rest(head, number % scale);
    }
    let small = |n: u64| ONES[n as usize].to_owned();
    match number {
        0..20 => small(number),
        20..100 => with_rest(TENS[(number / 10) as usize].to_owned(), number % 10),
        _ => with_rest(format!("{} hundred", small(number / 100)), number % 100),
    }
}

fn with_rest(head: String, rest: u64) -> String {
    match rest {
        0 => head,
        rest => format!("{head} {}", cardinal(rest)),
    }
}

/// "twenty first".
pub(crate) fn ordinal(number: u64) -> String {
    const IRREGULAR: [(&str, &str); 7] = [
        ("one", "first"),
        ("two", "second"),
        ("three", "third"),
        ("five", "fifth"),
        ("eight", "eighth"),
        ("nine", "ninth"),
        ("twelve", "twelfth"),
    ];
    let cardinal = cardinal(number);
    let (head, last) = match cardinal.rsplit_once(' ') {
        Some((head, last)) => (format!("{head} "), last),
        None => (String::new(), cardinal.as_str()),
    };
    let ending = match IRREGULAR.iter().find(|(word, _)| *word == last) {
        Some((_, ordinal)) => (*ordinal).to_owned(),
        None => match last.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{last}th"),
        },
    };
    head + &ending
}

/// "twenty twenty six", "nineteen oh five", "two thousand nine".
pub(crate) fn year(year: u64) -> String {
    match (year / 100, year % 100) {
        (..10, _) => cardinal(year),
        (_, 0) if year.is_multiple_of(1000) => cardinal(year),
        (century, 0) => format!("{} hundred", cardinal(century)),
        (20, 1..10) => cardinal(year),
        (century, rest @ 1..10) => format!("{} oh {}", cardinal(century), cardinal(rest)),
        (century, rest) => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}

/// The words of a number, and of the last of them many: "nineties", "hundreds", "sixes".
pub(crate) fn many(words: &str) -> String {
    match words.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if words.ends_with('x') => format!("{words}es"),
        None => format!("{words}s"),
    }
}

/// One by one: "five five five".
pub(crate) fn digits(text: &str) -> String {
    let words = text.bytes().filter(u8::is_ascii_digit);
    let words: Vec<&str> = words.map(|digit| ONES[usize::from(digit - b'0')]).collect();
    words.join(" ")
}

/// As people say what only tells things apart, a room, a bus, a port: "two oh four", "forty ninety".
pub(crate) fn label(text: &str) -> String {
    let number: u64 = match text.parse() {
        Ok(number) if text.len() <= 4 && !text.starts_with('0') => number,
        _ if text == "0" => 0,
        _ => return digits(text),
    };
    match (number / 100, number % 100) {
        (0, _) => cardinal(number),
        _ if number.is_multiple_of(1000) => cardinal(number),
        (hundreds, 0) => format!("{} hundred", cardinal(hundreds)),
        (hundreds, rest @ 1..10) if number < 1000 => {
            format!("{} oh {}", cardinal(hundreds), cardinal(rest))
        }
        (20, 1..10) => cardinal(number),
        (hundreds, rest @ 1..10) => format!("{} oh {}", cardinal(hundreds), cardinal(rest)),
        (hundreds, rest) => format!("{} {}", cardinal(hundreds), cardinal(rest)),
    }
}

/// Only ASCII digits, and at least one.
pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A small whole number written in digits alone.
pub(crate) fn small(text: &str) -> Option<u64> {
    (is_digits(text) && text.len() <= 9).then(|| text.parse().ok())?
}

/// The number of "1,234,567".
fn grouped(text: &str) -> Option<u64> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let fits = (1..=3).contains(&first.len()) && is_digits(first);
    let digits: String = text.chars().filter(|c| *c != ',').collect();
    let fits = fits && groups.all(|group| group.len() == 3 && is_digits(group));
    (fits && digits.len() <= MOST_GROUPED_DIGITS).then(|| digits.parse().ok())?
}

/// The whole number of "12" or "1,234"; `None` where it is said digit by digit.
pub(crate) fn whole(text: &str) -> Option<u64> {
    if text.contains(',') {
        return grouped(text);
    }
    let coded = text.len() > 1 && text.starts_with('0');
    let plain = is_digits(text) && text.len() <= MOST_PLAIN_DIGITS && !coded;
    plain.then(|| text.parse().ok())?
}

/// "3.5", "1,000", "007", ".5": a number of any of these shapes; `None` for anything else.
pub(crate) fn quantity(text: &str) -> Option<String> {
    if let Some((before, after)) = text.split_once('.') {
        let head = match before {
            "" => String::new(),
            "0" => "zero ".to_owned(),
            _ => quantity(before)? + " ",
        };
        return is_digits(after).then(|| format!("{head}point {}", digits(after)));
    }
    match whole(text) {
        Some(number) => Some(cardinal(number)),
        None if is_digits(text) => Some(digits(text)),
        // "1,23,456" is grouped in some other way, and a long one by threes.
        None if is_grouped(text) => Some(digits(text)),
        None => None,
    }
}

fn is_grouped(text: &str) -> bool {
    text.contains(',')
        && text
            .split(',')
            .all(|group| (2..=3).contains(&group.len()) && is_digits(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_words() {
        for (number, words) in [
            (0, "zero"),
            (15, "fifteen"),
            (40, "forty"),
            (99, "ninety nine"),
            (100, "one hundred"),
            (1_001, "one thousand one"),
            (3_478, "three thousand four hundred seventy eight"),
            (2_000_000, "two million"),
            (1_000_000_000_000, "one trillion"),
        ] {
            assert_eq!(cardinal(number), words);
        }
        assert_eq!(ordinal(1), "first");
        assert_eq!(ordinal(20), "twentieth");
        assert_eq!(ordinal(112), "one hundred twelfth");
        assert_eq!(cardinal(u64::MAX).split(' ').next(), Some("eighteen"));
    }

    #[test]
    fn years_and_labels_go_by_pairs() {
        assert_eq!(year(2026), "twenty twenty six");
        assert_eq!(year(2005), "two thousand five");
        assert_eq!(year(1905), "nineteen oh five");
        assert_eq!(year(1900), "nineteen hundred");
        assert_eq!(label("4090"), "forty ninety");
        assert_eq!(label("204"), "two oh four");
        assert_eq!(label("9001"), "ninety oh one");
        assert_eq!(label("5000"), "five thousand");
    }

    #[test]
    fn quantities_have_shapes() {
        assert_eq!(quantity("3.14").as_deref(), Some("three point one four"));
        assert_eq!(quantity("007").as_deref(), Some("zero zero seven"));
        for not in ["", ".", "1.", "1.2.3", "1,2", "1a", "-"] {
            assert_eq!(quantity(not), None, "{not}");
        }
    }
}
