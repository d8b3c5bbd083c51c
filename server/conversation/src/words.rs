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

/// What the first words over the agent's voice are worth: they are guesses at half a syllable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// No word, or only such as any vowel is taken for.
    None,
    /// "oh", "ah": a listener, or the first vowel of a sentence.
    Hums,
    /// "yeah", "okay", "mm-hm".
    Listens,
    /// A real word.
    Speaks,
}

/// What hums and first vowels are taken for.
const GUESSES: &[&str] = &[
    "i", "a", "the", "and", "you", "be", "but", "for", "or", "an", "if", "in", "is", "it", "of",
    "on", "as", "at", "to", "he", "they", "who", "we're", "me", "im", "i'm",
];
const HUMS: &[&str] = &[
    "ah", "eh", "er", "erm", "ha", "hm", "hmm", "huh", "mm", "mmm", "oh", "uh", "uhm", "um",
    "well", "hum", "see",
];

pub(crate) fn sign(partial: &str) -> Sign {
    let mut sign = Sign::None;
    for word in partial.split_whitespace() {
        let bare = word.trim_end_matches(['.', ',', '?', '!']).to_lowercase();
        if noise(word) || GUESSES.contains(&bare.as_str()) {
            continue;
        }
        let next = match listens(word) {
            true if HUMS.contains(&bare.as_str()) => Sign::Hums,
            true => Sign::Listens,
            false => return Sign::Speaks,
        };
        if sign != Sign::Listens {
            sign = next;
        }
    }
    sign
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
    use super::{Sign, Wish, same_words, sign, wish};

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
            ("", Sign::None),
            ("the", Sign::None),
            ("[COUGH] you", Sign::None),
            ("oh", Sign::Hums),
            ("Yeah.", Sign::Listens),
            ("oh okay", Sign::Listens),
            ("uh-huh", Sign::Listens),
            ("the price", Sign::Speaks),
            ("stop", Sign::Speaks),
        ] {
            assert_eq!(sign(partial), expected, "{partial:?}");
        }
    }
}
