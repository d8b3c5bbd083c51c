//! What we say of ourselves, and which of the caller's sounds are no wish to speak.

/// Said once when an engine fails.
pub(crate) const APOLOGY: &str = "I am sorry, something went wrong. Please say that again.";
/// Asked when the words were hardly understood.
pub(crate) const ASK_AGAIN: &str = "Sorry, I could not hear that well. Could you say it again?";
/// Asked when the caller has been silent for long.
pub(crate) const STILL_THERE: &str = "Are you still there?";

/// Said when the house closes.
pub(crate) const GOODBYE: &str = "I have to go now. Goodbye.";

/// Told the model of a call whose result has not come.
pub(crate) const NO_RESULT: &str = "There is no result yet.";

/// Sounds of listening, and what recognisers make of breath; none of them claims the floor.
const BACKCHANNELS: &[&str] = &[
    "ah", "aha", "alright", "eh", "er", "erm", "ha", "hm", "hmm", "huh", "mhm", "mm", "mmhm",
    "mmm", "nice", "oh", "ok", "okay", "right", "see", "sure", "uh", "uhhuh", "uhm", "um", "well",
    "wow", "yeah", "yep", "yes", "yup", "i", "a", "the", "hum",
];

/// What the words so far tell about the caller's wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// No word yet.
    Unknown,
    /// Only sounds of listening.
    Listens,
    /// A real word.
    Speaks,
}

pub(crate) fn wish(partial: &str) -> Wish {
    let mut wish = Wish::Unknown;
    for word in partial.split_whitespace() {
        if noise(word) {
            continue;
        }
        if listens(word) {
            wish = Wish::Listens;
        } else {
            return Wish::Speaks;
        }
    }
    wish
}

/// What hums and first vowels are taken for.
const GUESSES: &[&str] = &[
    "i", "a", "the", "and", "you", "be", "but", "for", "or", "an", "if", "in", "is", "it", "of",
    "on", "as", "at", "to", "he", "they", "who", "we're", "me", "im", "i'm",
];

/// Whether the first words over the agent's voice hold a real one: they are guesses at half a syllable.
pub(crate) fn says_something(partial: &str) -> bool {
    partial.split_whitespace().any(|word| {
        let bare = word.trim_end_matches(['.', ',', '?', '!']).to_lowercase();
        !noise(word) && !listens(word) && !GUESSES.contains(&bare.as_str())
    })
}

/// How many words are no sounds of listening: one is easily misheard in a hum, two are not.
pub(crate) fn real_words(partial: &str) -> usize {
    let words = partial.split_whitespace();
    words.filter(|word| !noise(word) && !listens(word)).count()
}

/// A question mark stands behind the last word.
pub(crate) fn asks(text: &str) -> bool {
    let words = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    text[words.len()..].contains(['?', '？', '؟'])
}

/// What people say while they think.
const HESITATIONS: &[&str] = &["er", "erm", "hm", "hmm", "mm", "uh", "uhm", "um"];

/// Two hearings of the same words: spelling of marks and capitals, noises and hesitations apart.
pub(crate) fn same_words(one: &str, other: &str) -> bool {
    weighty(one).eq(weighty(other))
}

fn weighty(text: &str) -> impl Iterator<Item = String> {
    let words = text.split_whitespace().filter(|word| !noise(word));
    let bare = words.map(|word| {
        let letters = word.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect::<String>()
    });
    bare.filter(|word| !word.is_empty() && !HESITATIONS.contains(&word.as_str()))
}

/// Recognisers put noises in brackets: "[COUGH]", "<sil>", "++BREATH++".
fn noise(word: &str) -> bool {
    word.starts_with(['[', '<', '(', '+'])
}

/// True also for "mm-hm" and "uh-huh", whose every part is such a sound.
fn listens(word: &str) -> bool {
    word.split('-').all(|part| {
        let bare: String = part.chars().filter(|c| c.is_alphanumeric()).collect();
        bare.is_empty() || BACKCHANNELS.contains(&bare.to_lowercase().as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::{Wish, asks, same_words, says_something, wish};

    #[test]
    fn marks_noises_and_hesitations_make_no_other_words() {
        let said = "What is, um, Repartee?";
        assert!(same_words(said, "[COUGH] what is repartee"));
        assert!(!same_words(said, "what is repartee for"));
        assert!(!same_words(said, "what was repartee"));
        assert!(same_words("", "<sil> uh"));
        assert!(!same_words("don't", "do"));
    }

    #[test]
    fn a_question_asks_whatever_stands_behind_its_mark() {
        for (text, expected) in [
            ("", false),
            ("Shall I book it?", true),
            ("He said \"shall I book it?!\"\n", true),
            ("Ready? 🙂", true),
            ("要预订吗？", true),
            ("Shall I? I will.", false),
            ("What is it? 42", false),
        ] {
            assert_eq!(asks(text), expected, "{text:?}");
        }
    }

    #[test]
    fn only_real_words_claim_the_floor() {
        for (partial, expected) in [
            ("", Wish::Unknown),
            ("[COUGH] <sil>", Wish::Unknown),
            ("mm-hm", Wish::Listens),
            ("Uh huh, yeah.", Wish::Listens),
            ("okay right", Wish::Listens),
            ("yeah but", Wish::Speaks),
            ("stop", Wish::Speaks),
            ("warte mal", Wish::Speaks),
        ] {
            assert_eq!(wish(partial), expected, "{partial:?}");
        }
    }
    #[test]
    fn the_first_words_are_guesses() {
        for (partial, expected) in [
            ("", false),
            ("the", false),
            ("[COUGH] you", false),
            ("Yeah.", false),
            ("oh okay", false),
            ("uh-huh", false),
            ("the price", true),
            ("stop", true),
        ] {
            assert_eq!(says_something(partial), expected, "{partial:?}");
        }
    }
}
