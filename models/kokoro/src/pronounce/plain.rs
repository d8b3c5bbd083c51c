//! Text in the few letters and marks that the pronouncing rules were written for.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A phrase has a fraction of this; what is beyond it is not spoken.
const MOST_LETTERS: usize = 20_000;
/// Longer than this is no word, and the rules take minutes over it.
const LONGEST_WORD: usize = 40;

/// Latin letters without their accents, digits and marks; what no voice can say is dropped. Empty where nothing is left
/// that sounds.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len().min(MOST_LETTERS));
    for c in text.nfkd().take(MOST_LETTERS) {
        push(&mut plain, c);
    }
    let words: Vec<String> = plain.split_whitespace().filter_map(word).collect();
    if plain.contains(|c: char| c.is_ascii_alphanumeric()) {
        words.join(" ")
    } else {
        String::new()
    }
}

fn push(plain: &mut String, c: char) {
    match c {
        // Rules of the pronouncing crate's own would read these as commands.
        '[' | ']' | '{' | '}' | '<' | '>' | '|' | '\\' | '`' | '^' | '~' | '*' | '_' => {
            plain.push(' ')
        }
        ' '..='~' => plain.push(c),
        '—' | '…' | '“' | '”' => plain.push(c),
        '–' | '―' => plain.push('—'),
        '‘' | '’' | 'ʼ' => plain.push('\''),
        '‐' | '‑' => plain.push('-'),
        'ß' => plain.push_str("ss"),
        'æ' => plain.push_str("ae"),
        'Æ' => plain.push_str("Ae"),
        'œ' => plain.push_str("oe"),
        'ø' => plain.push('o'),
        'Ø' => plain.push('O'),
        'ł' => plain.push('l'),
        'Ł' => plain.push('L'),
        'đ' => plain.push('d'),
        'ı' => plain.push('i'),
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {}
        accent if is_combining_mark(accent) => {}
        _ => plain.push(' '),
    }
}

/// A word as the rules can take it; `None` for what is none.
fn word(word: &str) -> Option<String> {
    if word.len() <= LONGEST_WORD {
        return Some(word.to_owned());
    }
    let apart = word.replace(['-', '/', '.', ',', '—', '…', ':', ';', '\''], " ");
    let parts = apart
        .split_whitespace()
        .filter(|part| part.len() <= LONGEST_WORD);
    let parts: Vec<&str> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_cannot_be_said_is_dropped() {
        assert_eq!(
            plain("Zürich’s café 🎉 opens [here](now)"),
            "Zurich's cafe opens here (now)"
        );
        for nothing in [
            "",
            "  \n",
            "🎉😀",
            "…",
            "\0",
            "你好",
            "Привет",
            "!?",
            "\u{202e}",
        ] {
            assert_eq!(plain(nothing), "", "{nothing:?}");
        }
        assert_eq!(plain(&format!("so {} it", "a".repeat(5_000))), "so it");
        assert_eq!(plain(&"ab-".repeat(2_000)).split(' ').count(), 2_000);
    }
}
