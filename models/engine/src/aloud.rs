//! What a chat model writes, as it can be said aloud: sources become citations, marks and thoughts are dropped.

use std::collections::VecDeque;

use crate::Piece;

const THINK: &str = "<think>";
const THOUGHT: &str = "</think>";
/// Longest thing in brackets that may still be a list of sources.
const BRACKET_LIMIT: usize = 16;
/// More blanks than this in a row are dropped, not held.
const BLANK_LIMIT: usize = 64;

/// A filter between the model's deltas and the pieces of a reply. Holds back only what it cannot judge
/// yet: a space, an opened bracket, a mark.
pub struct Aloud {
    passages: usize,
    cited: Vec<bool>,
    /// Not yet judged.
    held: String,
    /// Judged, and to be one piece.
    text: String,
    last: Option<char>,
    thinking: bool,
    spoke: bool,
    pieces: VecDeque<Piece>,
}

/// What the head of the held text is.
enum Head {
    /// More is needed.
    Unknown,
    /// So many bytes of it are words.
    Words(usize),
    /// So many bytes of it are not spoken.
    Drop(usize),
    /// So many bytes are a list of sources.
    Sources(usize),
    /// A thought begins, or ends, after so many bytes.
    Thought(usize, bool),
}

impl Aloud {
    /// For a reply to a prompt with so many passages.
    pub fn new(passages: usize) -> Self {
        Self {
            passages,
            cited: vec![false; passages],
            held: String::new(),
            text: String::new(),
            last: None,
            thinking: false,
            spoke: false,
            pieces: VecDeque::new(),
        }
    }

    /// For a template that opens the thought itself: the reply begins inside it.
    pub fn within_thought(mut self) -> Self {
        self.thinking = true;
        self
    }

    /// The model wrote this.
    pub fn push(&mut self, delta: &str) {
        self.held.push_str(delta);
        self.judge(false);
    }

    /// Nothing more comes: what is held is words, but for spaces at the end.
    pub fn finish(&mut self) {
        self.judge(true);
    }

    /// The next piece that is ready.
    pub fn pop(&mut self) -> Option<Piece> {
        self.pieces.pop_front()
    }

    /// No word came of it so far.
    pub fn said_nothing(&self) -> bool {
        !self.spoke
    }

    fn judge(&mut self, over: bool) {
        while !self.held.is_empty() {
            match self.head(over) {
                Head::Unknown => break,
                Head::Words(length) => self.say(length),
                Head::Drop(length) => drop(self.held.drain(..length)),
                Head::Sources(length) => self.cite(length),
                Head::Thought(length, begins) => {
                    self.held.drain(..length);
                    self.thinking = begins;
                }
            }
        }
        self.flush();
    }

    fn head(&self, over: bool) -> Head {
        let held = self.held.as_str();
        if self.thinking {
            return inside_thought(held, over);
        }
        let first = held
            .chars()
            .next()
            .expect("only asked while something is held");
        let rest = &held[first.len_utf8()..];
        match first {
            ' ' | '\n' | '\t' | '\r' => self.space(first, rest, over),
            '[' | '【' => bracket(held, over),
            '<' if held.starts_with(THINK) => Head::Thought(THINK.len(), true),
            '<' if THINK.starts_with(held) && !over => Head::Unknown,
            '`' => Head::Drop(1),
            '*' | '_' => self.emphasis(rest, over),
            '#' if self.at_line_start() => Head::Drop(1),
            _ => Head::Words(plain(held)),
        }
    }

    /// A space waits for what follows: before sources, and at the ends of a reply, it is not said.
    fn space(&self, first: char, rest: &str, over: bool) -> Head {
        let length = first.len_utf8();
        if rest.trim_start().is_empty() {
            return match over || rest.len() > BLANK_LIMIT {
                true => Head::Drop(length),
                false => Head::Unknown,
            };
        }
        match rest.chars().next() {
            Some('[' | '【') => match bracket(rest, over) {
                Head::Unknown => Head::Unknown,
                Head::Sources(_) => Head::Drop(length),
                _ => Head::Words(length),
            },
            _ if !self.spoke && self.text.is_empty() => Head::Drop(length),
            _ => Head::Words(length),
        }
    }

    /// Stars and underlines that touch a word are marks; with spaces on both sides they are signs, and
    /// an underline inside a word is a letter.
    fn emphasis(&self, rest: &str, over: bool) -> Head {
        let before = self.last.is_some_and(char::is_alphanumeric);
        match rest.chars().next() {
            None if !over => Head::Unknown,
            Some(next) if self.held.starts_with('_') && before && next.is_alphanumeric() => {
                Head::Words(1)
            }
            Some(' ') if self.last == Some(' ') => Head::Words(1),
            _ => Head::Drop(1),
        }
    }

    fn at_line_start(&self) -> bool {
        self.last.is_none_or(|last| last == '\n')
    }

    fn say(&mut self, length: usize) {
        let words = &self.held[..length];
        self.last = words.chars().next_back();
        self.text.push_str(words);
        self.held.drain(..length);
    }

    fn cite(&mut self, length: usize) {
        self.flush();
        let numbers: Vec<usize> = self.held[..length]
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|number| number.parse().ok())
            .collect();
        self.held.drain(..length);
        for number in numbers {
            // A source that was not given is neither shown nor spoken.
            let known = (1..=self.passages).contains(&number) && !self.cited[number - 1];
            if known {
                self.cited[number - 1] = true;
                self.pieces.push_back(Piece::Cite(number - 1));
            }
        }
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.spoke |= !self.text.trim().is_empty();
            self.pieces
                .push_back(Piece::Text(std::mem::take(&mut self.text)));
        }
    }
}

/// How much of the text is surely words: up to the next thing that needs a judgement.
fn plain(held: &str) -> usize {
    let marks = |c: char| c.is_whitespace() || "[【<`*_#".contains(c);
    let first = held.chars().next().map_or(0, char::len_utf8);
    held[first..]
        .find(marks)
        .map_or(held.len(), |at| at + first)
}

fn inside_thought(held: &str, over: bool) -> Head {
    match held.find(THOUGHT) {
        Some(at) => Head::Thought(at + THOUGHT.len(), false),
        None if over => Head::Drop(held.len()),
        None => {
            // The end may be cut in two: as much of it as could be is kept.
            let keep = (1..THOUGHT.len())
                .rev()
                .find(|n| held.ends_with(&THOUGHT[..*n]));
            match held.len() - keep.unwrap_or(0) {
                0 => Head::Unknown,
                length => Head::Drop(length),
            }
        }
    }
}

/// `[1]`, `[1, 2]`: sources. `[sic]`, `[2024]`: words.
fn bracket(held: &str, over: bool) -> Head {
    let open = held.chars().next().map_or(0, char::len_utf8);
    let inside = &held[open..];
    let end = inside.find(|c: char| !(c.is_ascii_digit() || c == ',' || c == ' '));
    match end {
        None if over || inside.len() > BRACKET_LIMIT => Head::Words(open),
        None => Head::Unknown,
        Some(end) => {
            let close = inside[end..].chars().next().unwrap_or(' ');
            let numbers = &inside[..end];
            let short = numbers.split([',', ' ']).all(|number| number.len() <= 3);
            if matches!(close, ']' | '】')
                && short
                && numbers.contains(|c: char| c.is_ascii_digit())
            {
                Head::Sources(open + end + close.len_utf8())
            } else {
                Head::Words(open)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text spoken and the sources cited, `cut` bytes at a time.
    fn spoken(reply: &str, passages: usize, cut: usize) -> (String, Vec<usize>) {
        let mut spoken = Aloud::new(passages);
        let (mut text, mut cited) = (String::new(), Vec::new());
        let letters: Vec<char> = reply.chars().collect();
        for part in letters.chunks(cut) {
            spoken.push(&part.iter().collect::<String>());
        }
        spoken.finish();
        while let Some(piece) = spoken.pop() {
            match piece {
                Piece::Text(words) => {
                    assert!(!words.is_empty());
                    text.push_str(&words);
                }
                Piece::Cite(index) => cited.push(index),
                Piece::Call(_) | Piece::Arguments(_) => panic!("words call nothing"),
            }
        }
        (text, cited)
    }

    fn check(reply: &str, text: &str, cited: &[usize]) {
        for cut in 1..=reply.chars().count().max(1) {
            assert_eq!(
                spoken(reply, 3, cut),
                (text.to_owned(), cited.to_vec()),
                "{reply:?} by {cut}"
            );
        }
    }

    #[test]
    fn sources_are_cited_once_and_never_spoken() {
        check("It is free [1].", "It is free.", &[0]);
        check(
            "Free [1], open [2, 3] and small [1].",
            "Free, open and small.",
            &[0, 1, 2],
        );
        check("Free.[3][1]", "Free.", &[2, 0]);
        check("Free【2】.", "Free.", &[1]);
        check("Made up [9] here.", "Made up here.", &[]);
    }

    #[test]
    fn other_brackets_are_words() {
        check(
            "In [2024] he [sic] said [] and [",
            "In [2024] he [sic] said [] and [",
            &[],
        );
        check("a [1", "a [1", &[]);
        check(
            "[1, 2, 3, 4, 5, 6, 7, 8, 9",
            "[1, 2, 3, 4, 5, 6, 7, 8, 9",
            &[],
        );
    }

    #[test]
    fn marks_are_dropped_and_signs_are_kept() {
        check("**Bold** and *soft* `code`", "Bold and soft code", &[]);
        check("# Title\n## Next", "Title\n Next", &[]);
        check("2 * 3 is C# and a_b, _so_", "2 * 3 is C# and a_b, so", &[]);
    }

    #[test]
    fn thoughts_are_not_spoken() {
        check("<think>Hm, <b> [1] </thin</think>\n\nYes.", "Yes.", &[]);
        check("<think>never ends", "", &[]);
        check("a < b and <thing>", "a < b and <thing>", &[]);
        let mut begun = Aloud::new(0).within_thought();
        begun.push("hm</think>Yes.");
        assert_eq!(begun.pop(), Some(Piece::Text("Yes.".to_owned())));
    }

    #[test]
    fn spaces_at_the_ends_are_not_said_and_words_are_not_held_back() {
        check("  Hello there. \n", "Hello there.", &[]);
        check("", "", &[]);
        let mut spoken = Aloud::new(0);
        spoken.push("Hello there");
        assert_eq!(spoken.pop(), Some(Piece::Text("Hello there".to_owned())));
    }

    #[test]
    fn silence_is_noticed() {
        let mut nothing = Aloud::new(1);
        nothing.push(" \n[1] <think>x</think>");
        nothing.finish();
        assert!(nothing.said_nothing());
    }
}
