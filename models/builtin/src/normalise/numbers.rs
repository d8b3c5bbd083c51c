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
const SCALES: [(u64, &str); 4] = [
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
];

/// "one hundred twenty three".
pub(super) fn cardinal(number: u64) -> String {
    if let Some((scale, name)) = SCALES.iter().find(|(scale, _)| number >= *scale) {
        let rest = number % scale;
        let head = format!("{} {name}", cardinal(number / scale));
        return if rest == 0 {
            head
        } else {
            format!("{head} {}", cardinal(rest))
        };
    }
    let small = |n: u64| ONES[n as usize].to_owned();
    match number {
        0..20 => small(number),
        20..100 if number.is_multiple_of(10) => TENS[(number / 10) as usize].to_owned(),
        20..100 => format!("{} {}", TENS[(number / 10) as usize], small(number % 10)),
        _ if number.is_multiple_of(100) => format!("{} hundred", small(number / 100)),
        _ => format!("{} hundred {}", small(number / 100), cardinal(number % 100)),
    }
}

/// "twenty first".
pub(super) fn ordinal(number: u64) -> String {
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
pub(super) fn year(year: u64) -> String {
    match (year / 100, year % 100) {
        (_, 0) if year.is_multiple_of(1000) => cardinal(year),
        (century, 0) => format!("{} hundred", cardinal(century)),
        (20, 1..10) => cardinal(year),
        (century, rest @ 1..10) => format!("{} oh {}", cardinal(century), cardinal(rest)),
        (century, rest) => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}

/// One by one: "five five five".
pub(super) fn digits(text: &str) -> String {
    let words = text.bytes().filter(u8::is_ascii_digit);
    let words: Vec<&str> = words.map(|digit| ONES[usize::from(digit - b'0')]).collect();
    words.join(" ")
}

/// A whole number without a sign, "1,234" and "1 234" included.
pub(super) fn parse(text: &str) -> Option<u64> {
    let grouped = text.contains(',');
    if grouped {
        let mut groups = text.split(',');
        let first = groups.next()?;
        if !(1..=3).contains(&first.len()) || !groups.all(|g| g.len() == 3) {
            return None;
        }
    }
    let digits: String = text.chars().filter(|c| *c != ',').collect();
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    (plain && digits.len() <= 15).then(|| digits.parse().ok())?
}

/// "3.5", "-2", "1,000", "007", a number of any of these shapes; `None` for anything else.
pub(super) fn quantity(text: &str) -> Option<String> {
    let (sign, bare) = match text.strip_prefix('-') {
        Some(bare) => ("minus ", bare),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some((whole, part)) = bare.split_once('.') {
        let part_fits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let whole = parse(if whole.is_empty() { "0" } else { whole })?;
        return part_fits.then(|| format!("{sign}{} point {}", cardinal(whole), digits(part)));
    }
    if !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit()) {
        let coded = bare.len() > 1 && bare.starts_with('0');
        if coded || bare.len() > 9 {
            return Some(format!("{sign}{}", digits(bare)));
        }
    }
    parse(bare).map(|number| format!("{sign}{}", cardinal(number)))
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
        assert_eq!(year(2026), "twenty twenty six");
        assert_eq!(year(2005), "two thousand five");
        assert_eq!(year(1905), "nineteen oh five");
        assert_eq!(year(1900), "nineteen hundred");
    }

    #[test]
    fn quantities_have_shapes() {
        assert_eq!(quantity("3.14").as_deref(), Some("three point one four"));
        assert_eq!(quantity("-2").as_deref(), Some("minus two"));
        assert_eq!(
            quantity("12,500").as_deref(),
            Some("twelve thousand five hundred")
        );
        assert_eq!(quantity("007").as_deref(), Some("zero zero seven"));
        for not in [
            "",
            ".",
            "1.",
            "1.2.3",
            "1,23",
            "1a",
            "-",
            "9".repeat(40).as_str(),
        ] {
            let read = quantity(not);
            assert!(read.is_none() || not.len() == 40, "{not}");
        }
    }
}
