//! Cuts a growing text into phrases that can be spoken, as early as that is safe.

/// A clause may end at a comma from this many characters on: the first phrase is short, so that
/// speech begins early, the later ones long, so that the melody holds.
const COMMA_FIRST: usize = 25;
const COMMA_LATER: usize = 60;
/// No phrase grows longer: it is cut at a space.
const LONGEST_FIRST: usize = 100;
const LONGEST_LATER: usize = 180;
/// A later sentence that is shorter waits for the next one.
const SHORTEST_LATER: usize = 12;
const ZERO_WIDTH_JOINER: char = '\u{200d}';
/// A word without any space is broken only here: a URL should not be, a flood must be.
const UNBREAKABLE: usize = 720;

/// What stands before a full stop that ends no sentence. Single letters and dotted ones ("e.g",
/// "U.S", "p.m") are found by their shape.
const ABBREVIATIONS: &[&str] = &[
    "approx", "apr", "aug", "ave", "bzw", "ca", "cf", "co", "corp", "dec", "dept", "dr", "est",
    "feb", "fig", "fri", "gen", "gov", "inc", "jan", "jr", "jul", "jun", "lt", "ltd", "mar",
    "messrs", "mon", "mr", "mrs", "ms", "mt", "no", "nov", "nr", "oct", "pp", "prof", "rev", "sat",
    "sep", "sept", "sgt", "sr", "st", "str", "sun", "thu", "tue", "usw", "vol", "vs", "wed",
];

/// Holds what was not cut off yet.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    rest: String,
    later: bool,
}

impl Cutter {
    pub(crate) fn push(&mut self, text: &str) {
        self.rest.push_str(text);
    }

    /// The length in bytes of the next phrase, if its end is certain.
    pub(crate) fn cut(&mut self) -> Option<usize> {
        let length = self.boundary()?;
        self.rest.drain(..length);
        self.later = true;
        Some(length)
    }

    /// No text follows: the length of what is left.
    pub(crate) fn finish(&mut self) -> Option<usize> {
        if let Some(length) = self.cut() {
            return Some(length);
        }
        let length = self.rest.len();
        self.rest.clear();
        (length > 0).then_some(length)
    }

    fn boundary(&self) -> Option<usize> {
        let longest = if self.later {
            LONGEST_LATER
        } else {
            LONGEST_FIRST
        };
        let mut space = None;
        let mut before = None;
        let mut speakable = 0;
        let mut chars = self.rest.char_indices().enumerate().peekable();
        while let Some((count, (at, c))) = chars.next() {
            let next = chars.peek().map(|&(_, (_, next))| next);
            let end = at + c.len_utf8();
            speakable += usize::from(c.is_alphanumeric());
            if speakable > 0 && self.ends_here(count + 1, at, c, next) {
                return Some(end);
            }
            if c.is_whitespace() && speakable > 0 && !between_digits(before, next) {
                space = Some(end);
            }
            if count + 1 >= longest
                && let Some(space) = space
            {
                return Some(space);
            }
            let breakable = next.is_some_and(|next| !joins(next)) && c != ZERO_WIDTH_JOINER;
            if count + 1 >= UNBREAKABLE && (breakable || count + 1 >= 2 * UNBREAKABLE) {
                return Some(end);
            }
            before = Some(c);
        }
        None
    }

    /// Does a phrase end after `c`, the `count`th character? The next one must be known.
    fn ends_here(&self, count: usize, at: usize, c: char, next: Option<char>) -> bool {
        let Some(next) = next else { return false };
        let long_enough = !self.later || count >= SHORTEST_LATER;
        match c {
            '\n' => true,
            '。' | '！' | '？' | '；' => long_enough && !closes(next),
            _ if !next.is_whitespace() => false,
            ',' | '،' | '、' | '，' => {
                count >= if self.later { COMMA_LATER } else { COMMA_FIRST }
            }
            '—' | '–' | ';' | ':' => count >= SHORTEST_LATER,
            _ if closes(c) => long_enough && self.sentence_ends_at(self.before_closers(at)),
            _ => long_enough && self.sentence_ends_at(at),
        }
    }

    /// The character before the closing quotes and brackets that end at `at`.
    fn before_closers(&self, at: usize) -> usize {
        let inner = self.rest[..at].trim_end_matches(closes);
        inner.char_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn sentence_ends_at(&self, at: usize) -> bool {
        match self.rest[at..].chars().next() {
            Some('!' | '?' | '…' | '؟' | '।' | '۔') => true,
            Some('.') => !abbreviates(&self.rest[..at]),
            _ => false,
        }
    }
}

/// Does a full stop after `before` belong to its last word?
fn abbreviates(before: &str) -> bool {
    let word = before
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default();
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        // An ellipsis: a pause is fine there.
        (None, _) => false,
        // "J. Smith"; but "so do I."
        (Some(only), None) if only.is_alphabetic() => only != 'I',
        // The number of a list: "1. Open the page."
        (Some(first), _) if first.is_ascii_digit() => {
            before.trim_start().len() == word.len() && word.chars().all(|c| c.is_ascii_digit())
        }
        _ => {
            let dotted = word.split('.').count() > 1
                && word.split('.').all(|part| part.chars().count() == 1);
            dotted || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
        }
    }
}

fn closes(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | ')' | ']' | '}' | '”' | '’' | '»' | '」' | '*' | '_'
    )
}

/// "1 000 000" is one number.
fn between_digits(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(|c| c.is_ascii_digit()) && after.is_some_and(|c| c.is_ascii_digit())
}

/// Characters that make one sign with the one before: no cut between them.
fn joins(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{1f1e6}'..='\u{1f1ff}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{20d0}'..='\u{20ff}')
}

#[cfg(test)]
mod tests {
    use super::Cutter;

    /// All phrases of a text that arrives in pieces of `step` characters.
    fn phrases(text: &str, step: usize) -> Vec<String> {
        let mut cutter = Cutter::default();
        let mut lengths = Vec::new();
        let chars: Vec<char> = text.chars().collect();
        for piece in chars.chunks(step) {
            cutter.push(&piece.iter().collect::<String>());
            while let Some(length) = cutter.cut() {
                lengths.push(length);
            }
        }
        while let Some(length) = cutter.finish() {
            lengths.push(length);
        }
        let mut rest = text;
        let mut cut = Vec::new();
        for length in lengths {
            let (phrase, after) = rest.split_at(length);
            cut.push(phrase.trim().to_owned());
            rest = after;
        }
        assert_eq!(rest, "", "nothing is lost");
        cut
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        for step in [1, 2, 7, 1000] {
            assert_eq!(phrases(text, step), expected, "in pieces of {step}");
        }
    }

    #[test]
    fn sentences_are_phrases() {
        check(
            "Yes. It is open until nine! Is that all?",
            &["Yes.", "It is open until nine!", "Is that all?"],
        );
    }

    #[test]
    fn numbers_urls_and_abbreviations_stay_whole() {
        check(
            "It costs $3.50 at 10:30, see https://a.example/x?y=1. Then ask Dr. Smith of the U.S. office.",
            &[
                "It costs $3.50 at 10:30, see https://a.example/x?y=1.",
                "Then ask Dr. Smith of the U.S. office.",
            ],
        );
        check(
            "Version 2.1.0 has e.g. voices. 1,000 of them, i.e. many.",
            &[
                "Version 2.1.0 has e.g. voices.",
                "1,000 of them, i.e. many.",
            ],
        );
        check("So do I. J. Smith came.", &["So do I.", "J. Smith came."]);
        check(
            "1. Open the page.\n2. Press the button.",
            &["1. Open the page.", "2. Press the button."],
        );
    }

    #[test]
    fn the_first_phrase_ends_at_an_early_comma() {
        check(
            "When the caller cuts in here, the voice is lowered, and then it is silent again, for good.",
            &[
                "When the caller cuts in here,",
                "the voice is lowered, and then it is silent again, for good.",
            ],
        );
    }

    #[test]
    fn short_later_sentences_wait_for_company() {
        check(
            "Well. Yes. No. That is all there is.",
            &["Well.", "Yes. No. That is all there is."],
        );
    }

    #[test]
    fn quotes_close_with_their_sentence() {
        check(
            "He said \"stop it now.\" Then he left the room.",
            &["He said \"stop it now.\"", "Then he left the room."],
        );
    }

    #[test]
    fn endless_words_are_cut_at_spaces_and_at_last_anywhere() {
        let words = "word ".repeat(80);
        for phrase in phrases(&words, 9) {
            assert!(
                phrase.chars().count() <= 180 && phrase.ends_with("word"),
                "{phrase:?}"
            );
        }
        let flood = "é\u{301}".repeat(1000);
        assert!(phrases(&flood, 13).len() > 1);
        let digits = format!("{} 1 000 000 {}", "x".repeat(90), "y".repeat(20));
        assert!(
            phrases(&digits, 5)
                .iter()
                .all(|phrase| !phrase.ends_with('1'))
        );
    }

    #[test]
    fn other_scripts_are_cut_too() {
        check(
            "你好。今天天气很好，我们去公园散步吧。",
            &["你好。", "今天天气很好，我们去公园散步吧。"],
        );
    }
}
