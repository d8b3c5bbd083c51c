//! How a word sounds, roughly, so that a misheard word finds the one that was meant.

/// A phonetic spelling: consonants by sound, every run of vowels as one `A`.
pub(super) fn sound(word: &str) -> String {
    let letters: Vec<char> = word.chars().filter(|c| c.is_ascii_lowercase()).collect();
    let mut out = String::with_capacity(letters.len());
    let mut at = 0;
    while at < letters.len() {
        let (sounds, taken) = next_sound(&letters, at);
        for sound in sounds.chars() {
            if !out.ends_with(sound) {
                out.push(sound);
            }
        }
        at += taken;
    }
    out
}

/// Letter groups that sound otherwise than their letters; the longest first.
const GROUPS: &[(&str, &str)] = &[
    ("ough", "A"),
    ("augh", "A"),
    ("eigh", "A"),
    ("tion", "SAN"),
    ("sion", "SAN"),
    ("ture", "CAR"),
    ("sch", "SK"),
    ("tch", "C"),
    ("igh", "A"),
    ("dge", "J"),
    ("sh", "S"),
    ("ch", "C"),
    ("ph", "F"),
    ("th", "0"),
    ("ck", "K"),
    ("wh", "W"),
    ("gh", "K"),
    ("qu", "KW"),
    ("ng", "N"),
    ("mb", "M"),
    ("x", "KS"),
    ("z", "S"),
    ("q", "K"),
    ("y", "A"),
];

fn next_sound(letters: &[char], at: usize) -> (&'static str, usize) {
    let rest = &letters[at..];
    if at == 0 {
        for (silent, sound) in [
            ("kn", "N"),
            ("wr", "R"),
            ("ps", "S"),
            ("gn", "N"),
            ("y", "Y"),
        ] {
            if begins(rest, silent) {
                return (sound, silent.len());
            }
        }
    }
    if rest == ['e'] && at > 1 {
        return ("", 1);
    }
    if rest == ['m', 'b'] || !begins(rest, "mb") {
        for (group, sound) in GROUPS {
            if begins(rest, group) {
                return (sound, group.len());
            }
        }
    }
    let soft = matches!(rest.get(1), Some('e' | 'i' | 'y'));
    let single = match rest[0] {
        'a' | 'e' | 'i' | 'o' | 'u' => "A",
        'c' if soft => "S",
        'c' | 'k' => "K",
        'g' if soft => "J",
        'g' => "G",
        'b' => "B",
        'd' => "D",
        'f' => "F",
        'j' => "J",
        'l' => "L",
        'm' => "M",
        'n' => "N",
        'p' => "P",
        'r' => "R",
        's' => "S",
        't' => "T",
        'v' => "V",
        'w' => "W",
        'h' if at == 0 => "H",
        _ => "",
    };
    (single, 1)
}

fn begins(letters: &[char], group: &str) -> bool {
    group
        .chars()
        .enumerate()
        .all(|(at, c)| letters.get(at) == Some(&c))
}

/// 1 for the same sound, towards 0 for different ones.
pub(super) fn alike(one: &str, other: &str) -> f32 {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    let long = one.len().max(other.len());
    if long == 0 {
        return 0.0;
    }
    let mut row: Vec<f32> = std::iter::once(0.0)
        .chain(other.iter().scan(0.0, |sum, c| {
            *sum += gap(*c);
            Some(*sum)
        }))
        .collect();
    for from in &one {
        let mut corner = row[0];
        row[0] += gap(*from);
        for (at, to) in other.iter().enumerate() {
            let swap = corner + swap(*from, *to);
            corner = row[at + 1];
            row[at + 1] = swap.min(row[at + 1] + gap(*from)).min(row[at] + gap(*to));
        }
    }
    (1.0 - row[other.len()] / long as f32).max(0.0)
}

fn gap(sound: char) -> f32 {
    match sound {
        'A' => 0.4,
        'H' | 'W' | 'Y' => 0.5,
        'R' | 'L' | 'N' => 0.8,
        _ => 1.0,
    }
}

/// Sounds that recognisers and callers confuse.
const CONFUSED: &[(char, char)] = &[
    ('B', 'P'),
    ('D', 'T'),
    ('G', 'K'),
    ('V', 'F'),
    ('J', 'C'),
    ('M', 'N'),
    ('0', 'T'),
    ('0', 'F'),
    ('0', 'D'),
    ('0', 'S'),
    ('C', 'S'),
    ('J', 'S'),
    ('T', 'C'),
    ('A', 'R'),
    ('B', 'V'),
    ('L', 'R'),
    ('W', 'A'),
    ('W', 'L'),
];

fn swap(from: char, to: char) -> f32 {
    if from == to {
        0.0
    } else if CONFUSED.contains(&(from, to)) || CONFUSED.contains(&(to, from)) {
        0.45
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::{alike, sound};

    #[test]
    fn homophones_sound_the_same() {
        for (one, other) in [
            ("write", "right"),
            ("knight", "night"),
            ("there", "their"),
            ("meat", "meet"),
            ("phone", "fone"),
        ] {
            assert_eq!(sound(one), sound(other), "{one} and {other}");
        }
    }

    #[test]
    fn misheard_words_are_closer_than_strangers() {
        let near = alike(&sound("sauna"), &sound("sona"));
        let far = alike(&sound("sauna"), &sound("garage"));
        assert!(near > 0.85 && far < 0.5, "{near} {far}");
        assert_eq!(alike("", ""), 0.0);
    }
}
