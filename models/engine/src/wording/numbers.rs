//! Numbers as digits, however they were written or said.

const SMALL: &[(&str, u32)] = &[
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
];

const TENS: &[(&str, u32)] = &[
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

const ORDINALS: &[(&str, &str)] = &[
    ("first", "1st"),
    ("third", "3rd"),
    ("fourth", "4th"),
    ("fifth", "5th"),
    ("sixth", "6th"),
    ("seventh", "7th"),
    ("eighth", "8th"),
    ("ninth", "9th"),
    ("tenth", "10th"),
];

fn value(table: &[(&str, u32)], word: &str) -> Option<u32> {
    table
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, value)| *value)
}

/// "twenty five" becomes "25", "two hundred" "200", "e 4" "e4", "first" "1st".
pub(super) fn to_digits(words: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let (token, taken) = number_at(&words[at..]);
        match out.last_mut() {
            Some(letter) if is_code_letter(letter) && is_number(&token) => letter.push_str(&token),
            _ => out.push(token),
        }
        at += taken;
    }
    out
}

fn is_number(token: &str) -> bool {
    token.bytes().all(|b| b.is_ascii_digit())
}

/// A letter that may begin a code such as "E4"; "a" and "i" are words.
fn is_code_letter(token: &str) -> bool {
    token.len() == 1
        && token
            .bytes()
            .all(|b| b.is_ascii_lowercase() && !matches!(b, b'a' | b'i'))
}

fn number_at(words: &[String]) -> (String, usize) {
    let word = words[0].as_str();
    if let Some((_, ordinal)) = ORDINALS.iter().find(|(name, _)| *name == word) {
        return ((*ordinal).to_owned(), 1);
    }
    let next = |at: usize| words.get(at).map(String::as_str);
    let (mut total, mut taken) = if let Some(tens) = value(TENS, word) {
        match next(1).and_then(|unit| value(SMALL, unit)) {
            Some(unit @ 1..=9) => (tens + unit, 2),
            _ => (tens, 1),
        }
    } else if let Some(small) = value(SMALL, word) {
        (small, 1)
    } else {
        return (word.to_owned(), 1);
    };
    for (name, factor) in [("hundred", 100), ("thousand", 1000)] {
        if next(taken) == Some(name) {
            total *= factor;
            taken += 1;
        }
    }
    (total.to_string(), taken)
}

#[cfg(test)]
mod tests {
    use super::to_digits;

    #[test]
    fn said_and_written_numbers_meet() {
        let said = |text: &str| to_digits(text.split(' ').map(str::to_owned).collect()).join(" ");
        assert_eq!(said("room twenty five"), "room 25");
        assert_eq!(said("two hundred guests"), "200 guests");
        assert_eq!(said("error e four"), "error e4");
        assert_eq!(said("a four"), "a 4");
        assert_eq!(said("twenty thirty"), "20 30");
    }
}
