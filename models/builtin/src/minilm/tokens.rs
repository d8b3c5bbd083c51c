//! WordPiece, as BERT's uncased models were trained with it.

use super::Claim;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a pair has room for, as the judge was taught it: of the question, of the heading and of the sentence before, with
/// their ends, and in all.
const MOST_ASKED: usize = 42;
const MOST_HEADING: usize = 16;
const MOST_BEFORE: usize = 26;
pub(super) const MOST_PAIR: usize = 72;

/// A longer word is no word.
const LONGEST_WORD: usize = 100;

pub(super) struct Vocabulary {
    pieces: HashMap<String, usize>,
    /// So many lines: a piece may stand on two.
    lines: usize,
    unknown: usize,
    first: usize,
    last: usize,
}

impl Vocabulary {
    /// One piece a line; the line's number is its token.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "the vocabulary is no text")?;
        let pieces: HashMap<String, usize> = text
            .lines()
            .enumerate()
            .map(|(token, piece)| (piece.to_owned(), token))
            .collect();
        let token = |piece: &str| {
            let token = pieces.get(piece).copied();
            token.ok_or_else(|| format!("the vocabulary has no {piece}"))
        };
        let (unknown, first, last) = (token("[UNK]")?, token("[CLS]")?, token("[SEP]")?);
        Ok(Self {
            pieces,
            lines: text.lines().count(),
            unknown,
            first,
            last,
        })
    }

    /// Every token is less than this.
    pub(super) fn len(&self) -> usize {
        self.lines
    }

    /// At most so many tokens, the two around the text included.
    pub(super) fn tokens(&self, text: &str, most: usize) -> Vec<usize> {
        let mut tokens = vec![self.first];
        for word in words(text) {
            if tokens.len() >= most {
                break;
            }
            self.split(&word, &mut tokens);
        }
        tokens.truncate(most - 1);
        tokens.push(self.last);
        tokens
    }

    /// A question and what stands around a claim, then the claim itself: all tokens, and where its own begin. What stands
    /// before it has the room that is left.
    pub(super) fn pair(&self, question: &str, claim: &Claim<'_>) -> (Vec<usize>, usize) {
        let mut tokens = self.tokens(question, MOST_ASKED);
        if !claim.heading.is_empty() {
            tokens.extend(self.inner(claim.heading, MOST_HEADING));
            self.split(":", &mut tokens);
        }
        let mut own = self.inner(claim.text, MOST_PAIR);
        own.truncate(MOST_PAIR - tokens.len() - 2);
        let room = MOST_PAIR - tokens.len() - own.len() - 2;
        let before = self.inner(claim.before, MOST_BEFORE);
        tokens.extend(before.into_iter().take(room));
        tokens.push(self.last);
        let second = tokens.len();
        tokens.extend(own);
        tokens.push(self.last);
        (tokens, second)
    }

    /// Without the two around it.
    fn inner(&self, text: &str, most: usize) -> Vec<usize> {
        let tokens = self.tokens(text, most);
        tokens[1..tokens.len() - 1].to_vec()
    }

    /// The longest piece that fits, then the longest that goes on; a word with no way through is unknown.
    fn split(&self, word: &str, tokens: &mut Vec<usize>) {
        let (before, mut start) = (tokens.len(), 0);
        let mut piece = String::new();
        while start < word.len() {
            let ends = word[start..]
                .char_indices()
                .map(|(at, c)| start + at + c.len_utf8());
            let found = ends.rev().find_map(|end| {
                piece.clear();
                piece.push_str(if start > 0 { "##" } else { "" });
                piece.push_str(&word[start..end]);
                self.pieces.get(&piece).map(|token| (*token, end))
            });
            match found {
                Some((token, end)) if word.len() <= LONGEST_WORD => {
                    tokens.push(token);
                    start = end;
                }
                _ => {
                    tokens.truncate(before);
                    tokens.push(self.unknown);
                    return;
                }
            }
        }
    }
}

/// Small letters without their accents; each sign is a word of its own.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let plain = text.nfd().filter(|c| !is_combining_mark(*c));
    for c in plain.flat_map(char::to_lowercase) {
        if c.is_whitespace() || c.is_control() {
            words.push(String::new());
        } else if is_sign(c) {
            words.extend([c.to_string(), String::new()]);
        } else if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Punctuation, which signs of money and of sums beyond ASCII are not, and what Chinese writes without
/// spaces between.
fn is_sign(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '¡' | '§' | '«' | '¶' | '·' | '»' | '¿')
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}')
        || matches!(c, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{ff01}'..='\u{ff0f}')
        || matches!(c, '\u{4e00}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;

    fn vocabulary() -> Vocabulary {
        let lines =
            "[PAD]\n[UNK]\n[CLS]\n[SEP]\nhow\nswim\n##ming\n##s\npool\n?\n-\ncafe\n中\n£\n##3";
        Vocabulary::parse(lines.as_bytes()).expect("it has all that is needed")
    }

    #[test]
    fn words_are_split_into_the_longest_pieces() {
        let tokens = |text: &str| vocabulary().tokens(text, 96);
        assert_eq!(tokens("How swimming POOLS?"), [2, 4, 5, 6, 8, 7, 9, 3]);
        assert_eq!(tokens("pool-swim"), [2, 8, 10, 5, 3]);
        assert_eq!(tokens("Café"), [2, 11, 3], "accents are taken off");
        assert_eq!(tokens("swimx how"), [2, 1, 4, 3], "no way through the word");
        assert_eq!(tokens("中中"), [2, 12, 12, 3]);
        assert_eq!(tokens("£3"), [2, 13, 14, 3], "money is no punctuation");
        assert_eq!(tokens(""), [2, 3]);
        assert_eq!(tokens(&"s".repeat(101)), [2, 1, 3]);
    }

    #[test]
    fn a_piece_that_stands_twice_has_a_token_within_bounds() {
        let vocabulary = Vocabulary::parse(b"[UNK]\n[CLS]\n[SEP]\npool\npool");
        let vocabulary = vocabulary.expect("it has all that is needed");
        let tokens = vocabulary.tokens("pool", 96);
        assert!(
            tokens.iter().all(|token| *token < vocabulary.len()),
            "{tokens:?}"
        );
    }

    #[test]
    fn a_long_text_is_cut() {
        let tokens = vocabulary().tokens(&"pool ".repeat(1_000), 5);
        assert_eq!(tokens, [2, 8, 8, 8, 3]);
    }

    #[test]
    fn a_file_that_is_no_vocabulary_is_refused() {
        for (bytes, reason) in [(&b"how\nmany"[..], "[UNK]"), (&[0xff, 0xfe][..], "no text")] {
            let error = Vocabulary::parse(bytes).err().expect("it is refused");
            assert!(error.contains(reason), "{error}");
        }
    }
}
