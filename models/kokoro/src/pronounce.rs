//! Words to Kokoro's phonemes: misaki's dictionaries and rules, then what its words are made of, then how they are
//! spelled, then letter names.

mod cmudict;
mod letters;
mod parts;
mod plain;
mod spelling;

pub(crate) use cmudict::Dictionary;
use misaki_rs::{G2P, Language, MToken};
use parts::Known;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

pub(crate) use plain::plain;

/// One dialect's dictionaries and rules: a hundred megabytes of memory.
pub(crate) struct Pronouncer {
    g2p: G2P,
    more: Option<Arc<Dictionary>>,
}

/// A word or a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sound {
    pub(crate) text: String,
    pub(crate) phonemes: String,
    /// Whether a space follows.
    pub(crate) spaced: bool,
}

impl Pronouncer {
    pub(crate) fn american(more: Option<Arc<Dictionary>>) -> Self {
        Self::of(Language::EnglishUS, more)
    }

    pub(crate) fn british(more: Option<Arc<Dictionary>>) -> Self {
        Self::of(Language::EnglishGB, more)
    }

    fn of(language: Language, more: Option<Arc<Dictionary>>) -> Self {
        Self {
            g2p: G2P::new(language),
            more,
        }
    }

    /// The sounds of a text that [`plain`] made plain.
    pub(crate) fn sounds(&self, text: &str) -> Vec<Sound> {
        // Whatever its rules stumble over costs this piece its context, not the call its voice.
        let whole = catch_unwind(AssertUnwindSafe(|| self.g2p.g2p(text)));
        match whole {
            Ok(Ok((_, tokens))) => tokens.iter().map(|token| self.sound(token)).collect(),
            Ok(Err(_)) | Err(_) => text
                .split_whitespace()
                .map(|word| self.alone(word))
                .collect(),
        }
    }

    fn sound(&self, token: &MToken) -> Sound {
        let known = token.phonemes.clone();
        let phonemes = known.unwrap_or_else(|| self.put_together(&token.text));
        Sound {
            text: token.text.clone(),
            phonemes,
            spaced: !token.whitespace.is_empty(),
        }
    }

    fn put_together(&self, word: &str) -> String {
        let known = Known {
            lexicon: &self.g2p.lexicon,
            more: self.more.as_deref(),
        };
        parts::pronounce(known, word)
    }

    fn alone(&self, word: &str) -> Sound {
        Sound {
            text: word.to_owned(),
            phonemes: self.put_together(word),
            spaced: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    static AMERICAN: LazyLock<Pronouncer> = LazyLock::new(|| Pronouncer::american(None));

    fn said(text: &str) -> String {
        let sounds = AMERICAN.sounds(&plain(text));
        sounds
            .iter()
            .map(|sound| format!("{}{}", sound.phonemes, if sound.spaced { " " } else { "" }))
            .collect()
    }

    #[test]
    fn known_words_are_said_by_their_place_in_the_sentence() {
        assert_eq!(said("Hello, world!"), "həlˈO, wˈɜɹld!");
        assert!(said("I will read it.").contains("ɹˈid"));
        assert!(said("I have read it.").contains("ɹˈɛd"));
        assert!(said("Water").contains('T'), "{}", said("Water"));
    }

    /// misaki cuts strings by bytes; what [`plain`] lets through never makes it stumble.
    #[test]
    fn no_text_makes_the_rules_panic() {
        let odd: Vec<char> = "aAzZ09 ''-.,:;!?$%&#@/()\"+=—…“”é½²İßﬁ№™٣Ⅷ你🎉\u{0}\u{301}\n"
            .chars()
            .collect();
        let mut seed = 7_u64;
        for _ in 0..150 {
            let text: String = (0..24)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    odd[(seed >> 33) as usize % odd.len()]
                })
                .collect();
            let plain = plain(&text);
            let told = AMERICAN.g2p.g2p(&plain);
            assert!(told.is_ok(), "{plain:?}");
            said(&text);
        }
    }

    #[test]
    fn unknown_words_are_put_together_or_spelled() {
        assert_eq!(said("webhook"), "wˈɛbhˌʊk");
        assert_eq!(said("notebookish"), "nˈOtbˌʊkɪʃ");
        assert_eq!(said("xqzt"), "ˈɛks kjˈu zˈi tˈi");
        assert_eq!(said("Kubernetes"), "kˈubəɹnɛts");
    }
}
