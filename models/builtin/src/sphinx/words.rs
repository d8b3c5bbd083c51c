//! What of a decoder's output are words of a caller.

use super::decoder::Word;

/// The words of a hypothesis in one line: no fillers, no marks of alternative pronunciations.
pub(super) fn tidy(hypothesis: &str) -> String {
    let words: Vec<&str> = hypothesis.split_whitespace().filter_map(word).collect();
    words.join(" ")
}

/// "read(2)" is "read"; "<sil>" and "[NOISE]" are none.
fn word(text: &str) -> Option<&str> {
    if text.starts_with(['<', '[', '+']) {
        return None;
    }
    let base = text.split('(').next().unwrap_or(text);
    (!base.is_empty()).then_some(base)
}

/// Short words that a cough, a breath or a hum is heard as, and that say nothing alone.
const EMPTY_WORDS: &str = " the a an if in is it of on or and as at to he she they them then than that \
    this i i'm i've oh ah uh huh eh hm hmm um mhm hey half fifth thigh life off for with was were be \
    but had has have her his him so you your we ";

/// Sounds between words that carry nothing.
const INTERJECTIONS: &str = " oh ah uh huh eh hm hmm um mhm ";

/// A doubtful interjection is breath or noise.
const DOUBTFUL: f64 = 0.4;

/// A lone word less likely than this is none.
const LEAST_ALONE: f64 = 0.15;

/// The longest a word may take, by its letters, in frames of 10 ms: noise stretches short words.
const FRAMES_A_WORD: i32 = 60;
const FRAMES_A_LETTER: i32 = 14;

/// Judges the words of a whole utterance: the line that was said, empty where it was but noise.
pub(super) fn said(heard: &[Word]) -> String {
    let mut words: Vec<(&str, &Word)> = heard
        .iter()
        .filter_map(|w| Some((word(&w.text)?, w)))
        .collect();
    words.retain(|(text, word)| !(within(INTERJECTIONS, text) && word.posterior < DOUBTFUL));
    let empty = words
        .iter()
        .filter(|(text, _)| within(EMPTY_WORDS, text))
        .count();
    let stretched = words
        .iter()
        .filter(|(text, word)| is_stretched(text, word))
        .count();
    let noise = match words.as_slice() {
        [] => true,
        [(text, word)] => {
            within(EMPTY_WORDS, text) || word.posterior < LEAST_ALONE || is_stretched(text, word)
        }
        more => (more.len() == 2 && empty == 2) || stretched * 2 > more.len(),
    };
    if noise {
        return String::new();
    }
    let line: Vec<&str> = words.iter().map(|(text, _)| *text).collect();
    line.join(" ")
}

fn within(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|listed| listed == word)
}

fn is_stretched(text: &str, word: &Word) -> bool {
    let letters = i32::try_from(text.len()).unwrap_or(i32::MAX);
    let longest = letters
        .saturating_mul(FRAMES_A_LETTER)
        .saturating_add(FRAMES_A_WORD);
    word.last_frame - word.first_frame > longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fillers_and_alternatives_go() {
        assert_eq!(
            tidy("<s> read(2) <sil> the [NOISE] page </s>"),
            "read the page"
        );
        assert_eq!(tidy("++um++ <sil>"), "");
        assert_eq!(tidy("+NSN+"), "");
    }

    fn heard(words: &[(&str, i32, f64)]) -> String {
        let mut frame = 0;
        let words = words.iter().map(|(text, frames, posterior)| {
            let first_frame = frame;
            frame += frames;
            Word {
                text: (*text).to_owned(),
                first_frame,
                last_frame: frame - 1,
                posterior: *posterior,
            }
        });
        said(&words.collect::<Vec<_>>())
    }

    #[test]
    fn what_noise_is_heard_as_is_nothing() {
        for noise in [
            &[("<s>", 13, 1.0), ("if", 93, 0.94), ("</s>", 17, 1.0)][..],
            &[("<s>", 13, 1.0), ("they", 46, 0.13)],
            &[("oh", 30, 0.9), ("the", 20, 0.9)],
            &[("yes", 140, 0.9)],
            &[("why", 130, 0.9), ("should", 160, 0.9), ("go", 20, 0.9)],
            &[],
        ] {
            assert_eq!(heard(noise), "", "{noise:?}");
        }
    }

    #[test]
    fn short_answers_are_heard() {
        for (words, line) in [
            (&[("yes", 50, 0.96)][..], "yes"),
            (&[("no", 29, 0.88), ("huh", 21, 0.02)], "no"),
            (&[("thank", 42, 0.99), ("you", 34, 1.0)], "thank you"),
            (&[("what", 40, 0.67)], "what"),
            (&[("go", 40, 0.9), ("on", 30, 0.9)], "go on"),
            (&[("hello(2)", 64, 1.0)], "hello"),
        ] {
            assert_eq!(heard(words), line);
        }
    }
}
