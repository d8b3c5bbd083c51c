//! A phrase cut at its spaces, and a place in it from which a reader looks around.

/// For whom it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// A voice: abbreviations are spelled, compounds taken apart.
    Aloud,
    /// A language model: names stay whole.
    Worded,
}

/// What stands between two spaces: `("` + `word` + `",)`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Token<'a> {
    pub(crate) lead: &'a str,
    pub(crate) core: &'a str,
    pub(crate) trail: &'a str,
}

impl<'a> Token<'a> {
    fn new(raw: &'a str) -> Self {
        let bare = raw.trim_start_matches("~~");
        let bare = bare.trim_start_matches(['(', '[', '{', '"', '\'', '`']);
        let bare = match bare.trim_start_matches(['*', '_', '<', '"', '(']) {
            inner if inner.starts_with(char::is_alphabetic) => inner,
            _ => bare,
        };
        let core = bare.trim_end_matches(|c: char| ".,!?;:)]}\"'`".contains(c));
        let core = match core.trim_end_matches(['*', '_', '~', '"', '.', ',', ')', '`']) {
            inner if inner.ends_with(char::is_alphabetic) => inner,
            _ => core,
        };
        let start = raw.len() - bare.len();
        Self {
            lead: &raw[..start],
            core,
            trail: &raw[start + core.len()..],
        }
    }
}

pub(crate) struct Phrase<'a> {
    pub(crate) tokens: Vec<Token<'a>>,
    pub(crate) manner: Manner,
    /// All of it stands in capitals, which then say nothing.
    pub(crate) shouted: bool,
}

impl<'a> Phrase<'a> {
    pub(crate) fn new(plain: &'a str, manner: Manner) -> Self {
        let tokens: Vec<Token<'a>> = plain.split_whitespace().map(Token::new).collect();
        let shouted = is_shouted(&tokens);
        Self {
            tokens,
            manner,
            shouted,
        }
    }
}

fn is_shouted(tokens: &[Token<'_>]) -> bool {
    let words = tokens.iter().filter(|token| token.core.len() > 1);
    let (mut loud, mut common, mut quiet) = (0, 0, 0);
    for token in words {
        if is_capitals(token.core) {
            loud += 1;
            common += usize::from(crate::lexicon::is_common(token.core));
        } else if token.core.contains(char::is_lowercase) {
            quiet += 1;
        }
    }
    loud >= 2 && common >= 1 && quiet * 3 <= loud
}

/// At least two letters, all of them capitals.
pub(crate) fn is_capitals(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'\'')
}

/// "Smith", "B", "McDonald".
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(char::is_uppercase)
}

/// One place in a phrase.
#[derive(Clone, Copy)]
pub(crate) struct Place<'p> {
    pub(crate) phrase: &'p Phrase<'p>,
    pub(crate) at: usize,
}

impl<'p> Place<'p> {
    pub(crate) fn token(self, away: isize) -> Token<'p> {
        let at = self.at.checked_add_signed(away);
        let token = at.and_then(|at| self.phrase.tokens.get(at));
        token.copied().unwrap_or_default()
    }

    pub(crate) fn core(self, away: isize) -> &'p str {
        self.token(away).core
    }

    pub(crate) fn trail(self, away: isize) -> &'p str {
        self.token(away).trail
    }

    /// The token so far on, if nothing but a space stands between it and the one before it.
    pub(crate) fn follows(self, away: isize) -> Option<&'p str> {
        let (before, token) = (self.token(away - 1), self.token(away));
        let touches = before.trail.is_empty() && token.lead.is_empty() && !token.core.is_empty();
        touches.then_some(token.core)
    }

    /// The token so far off is one of these, whatever its case.
    pub(crate) fn is(self, away: isize, words: &[&str]) -> bool {
        let core = self.core(away);
        words.iter().any(|word| word.eq_ignore_ascii_case(core))
    }

    /// The same phrase, so far on.
    pub(crate) fn on(self, away: usize) -> Self {
        Self {
            at: self.at + away,
            ..self
        }
    }
}

/// What a reader made of the tokens at a place.
pub(crate) struct Said {
    pub(crate) words: String,
    /// How many tokens it took.
    pub(crate) taken: usize,
    /// The full stop behind the last belongs to it ("Dr."), unless a sentence ends there.
    pub(crate) owns_dot: bool,
    /// What stands behind the last belongs to it, all of it: the marks of 5'10".
    pub(crate) owns_marks: bool,
}

impl Said {
    pub(crate) fn one(words: impl Into<String>) -> Self {
        Self::many(words, 1)
    }

    pub(crate) fn many(words: impl Into<String>, taken: usize) -> Self {
        Self {
            words: words.into(),
            taken,
            owns_dot: false,
            owns_marks: false,
        }
    }

    pub(crate) fn with_dot(self) -> Self {
        Self {
            owns_dot: true,
            ..self
        }
    }
}
