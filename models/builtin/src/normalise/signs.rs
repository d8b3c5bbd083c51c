//! Single signs as words, and letters that an English voice does not have.

/// A sign and its word; spaces are set around it.
const WORDS: [(char, &str); 22] = [
    ('→', "to"),
    ('⇒', "to"),
    ('×', "times"),
    ('÷', "divided by"),
    ('≈', "about"),
    ('≤', "at most"),
    ('≥', "at least"),
    ('≠', "is not"),
    ('±', "plus or minus"),
    ('½', "one half"),
    ('¼', "one quarter"),
    ('¾', "three quarters"),
    ('©', "copyright"),
    ('®', ""),
    ('™', ""),
    ('§', "section"),
    ('&', "and"),
    ('…', "."),
    ('•', ","),
    ('·', ","),
    ('›', ","),
    ('—', ","),
];

pub(super) fn to_words(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '`' => plain.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '«' | '»' | '"' => plain.push(' '),
            '–' | '\u{2010}' | '\u{2011}' | '\u{2212}' => plain.push('-'),
            '\u{a0}' | '\u{202f}' | '\u{2009}' => plain.push(' '),
            'µ' | 'μ' => plain.push('u'),
            _ => match WORDS.iter().find(|(known, _)| *known == sign) {
                Some((_, word)) if word.chars().all(char::is_alphabetic) || word.contains(' ') => {
                    plain.push(' ');
                    plain.push_str(word);
                    plain.push(' ');
                }
                Some((_, pause)) => {
                    plain.push_str(pause);
                    plain.push(' ');
                }
                None => plain.push(sign),
            },
        }
    }
    plain
}

/// Letters with marks lose them; what has no place in English speech goes.
pub(super) fn ascii(letter: char) -> Option<char> {
    const FOLDED: [(&str, char); 15] = [
        ("àáâãäåā", 'a'),
        ("çćč", 'c'),
        ("èéêëēę", 'e'),
        ("ìíîïī", 'i'),
        ("ñńň", 'n'),
        ("òóôõöøō", 'o'),
        ("ùúûüū", 'u'),
        ("ýÿ", 'y'),
        ("šśß", 's'),
        ("žźż", 'z'),
        ("ł", 'l'),
        ("ř", 'r'),
        ("ÀÁÂÃÄÅ", 'A'),
        ("ÈÉÊË", 'E'),
        ("ÒÓÔÕÖØ", 'O'),
    ];
    if letter.is_ascii_graphic() || letter == ' ' {
        return Some(letter);
    }
    if letter == 'Ü' {
        return Some('U');
    }
    let folded = FOLDED.iter().find(|(marked, _)| marked.contains(letter));
    folded.map(|(_, plain)| *plain)
}
