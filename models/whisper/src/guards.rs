//! What Whisper says where nobody spoke, and where it got stuck: told apart from words.

use crate::running::Found;

/// The model's own doubts, beyond which unsure words are not words. OpenAI's values.
const NO_SPEECH: f32 = 0.6;
const UNSURE: f32 = 0.37;

/// What training on subtitles taught it to write under music and silence.
const CREDITS: [&str; 10] = [
    "thank you for watching",
    "thanks for watching",
    "please subscribe",
    "subtitles by",
    "subtitled by",
    "subs by",
    "amara.org",
    "untertitel",
    "sous-titres",
    "copyright",
];

/// Nobody says so many letters in a second: the fastest speakers stay below 30.
const LETTERS_A_SECOND: f32 = 45.0;

/// A phrase said so many times in a row is the model's, not the caller's.
const TIMES: usize = 4;
const LONGEST_PHRASE: usize = 12;

/// The words, without what stands in brackets, and how sure they are; nothing where nothing was said.
pub(crate) fn judge(found: &Found, seconds: f32) -> Option<(String, f32)> {
    let text = unstuck(&spoken(&found.text));
    let sure = sureness(&found.probabilities);
    let wordless = !text.contains(char::is_alphanumeric);
    let nobody = found.no_speech > NO_SPEECH && sure < UNSURE;
    let too_much = text.chars().count() as f32 > 20.0 + seconds * LETTERS_A_SECOND;
    let credits = found.no_speech > NO_SPEECH / 2.0 && is_credit(&text);
    if wordless || nobody || too_much || credits {
        return None;
    }
    // Said over and over it is hardly what was meant.
    let sure = if text.len() < spoken(&found.text).len() {
        sure / 2.0
    } else {
        sure
    };
    Some((text, sure.clamp(0.0, 1.0)))
}

/// The geometric mean.
fn sureness(probabilities: &[f32]) -> f32 {
    let logs: f32 = probabilities.iter().map(|p| p.max(1e-6).ln()).sum();
    if probabilities.is_empty() {
        0.0
    } else {
        (logs / probabilities.len() as f32).exp()
    }
}

fn is_credit(text: &str) -> bool {
    let text = text.to_lowercase();
    CREDITS.iter().any(|credit| text.contains(credit))
}

/// Without "[music]", "(laughs)", "*coughs*", notes, and with single spaces.
fn spoken(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut closing = None;
    for letter in text.chars() {
        match (closing, letter) {
            (Some(wanted), letter) if letter == wanted => closing = None,
            (Some(_), _) => {}
            (None, '[') => closing = Some(']'),
            (None, '(') => closing = Some(')'),
            (None, '<') => closing = Some('>'),
            (None, '*' | '♪' | '♫' | '>' | ']' | ')') => out.push(' '),
            (None, letter) => out.push(letter),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Leaves one of what is repeated at the end.
fn unstuck(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    for length in 1..=LONGEST_PHRASE.min(words.len() / TIMES) {
        let phrase = &words[words.len() - length..];
        let times = words
            .rchunks_exact(length)
            .take_while(|other| same(other, phrase))
            .count();
        if times >= TIMES {
            return words[..words.len() - (times - 1) * length].join(" ");
        }
    }
    text.to_owned()
}

fn same(a: &[&str], b: &[&str]) -> bool {
    let bare = |word: &str| {
        word.trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase()
    };
    a.iter().zip(b).all(|(a, b)| bare(a) == bare(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str, probability: f32, no_speech: f32) -> Option<(String, f32)> {
        let probabilities = vec![probability; text.split(' ').count()];
        judge(
            &Found {
                text: text.to_owned(),
                probabilities,
                no_speech,
                language: None,
            },
            3.0,
        )
    }

    fn text(text: &str) -> Option<String> {
        heard(text, 0.9, 0.0).map(|(text, _)| text)
    }

    #[test]
    fn words_pass() {
        assert_eq!(
            text(" What time is it?").as_deref(),
            Some("What time is it?")
        );
        assert_eq!(text(" [BLANK_AUDIO]"), None);
        assert_eq!(text(" (laughs) yes ♪").as_deref(), Some("yes"));
        assert_eq!(text(" ..."), None);
        assert_eq!(
            text(" Thank you for watching!").as_deref(),
            Some("Thank you for watching!")
        );
        let sure = heard(" yes", 0.5, 0.0).map(|(_, sure)| sure);
        assert!(sure.is_some_and(|sure| (sure - 0.5).abs() < 1e-3));
    }

    #[test]
    fn what_is_said_into_silence_does_not() {
        assert_eq!(heard(" you", 0.2, 0.9), None);
        assert_eq!(heard(" Thank you for watching!", 0.9, 0.4), None);
        assert_eq!(
            heard(&"very long words indeed ".repeat(20), 0.9, 0.0).map(|_| ()),
            Some(())
        );
        let letters: String = ('a'..='z').cycle().take(400).collect();
        assert_eq!(heard(&letters, 0.9, 0.0), None);
    }

    #[test]
    fn the_stuck_record_is_lifted() {
        assert_eq!(text("no no no").as_deref(), Some("no no no"));
        let (stuck, sure) =
            heard("I see, okay. okay, okay okay Okay.", 0.8, 0.0).expect("there are words");
        assert_eq!(stuck, "I see, okay.");
        assert!(sure < 0.5, "and it is doubted");
        assert_eq!(
            text(&"go on then ".repeat(5)).as_deref(),
            Some("go on then")
        );
    }
}
