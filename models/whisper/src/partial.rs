//! The words so far, and which of them will not change any more.

use models_engine::Hypothesis;

/// Words are stable once two looks in a row agree on them; what was called stable stays so.
#[derive(Default)]
pub(crate) struct Partial {
    text: String,
    stable: usize,
}

impl Partial {
    /// The new words where they differ from those before.
    pub(crate) fn look(&mut self, text: &str) -> Option<Hypothesis> {
        let settled = agreed(&self.text, text);
        if text == self.text {
            self.stable = self.stable.max(settled);
            return None;
        }
        let rest = text.strip_prefix(&self.text[..self.stable])?;
        if self.stable > 0 && !rest.is_empty() && !rest.starts_with(' ') {
            return None;
        }
        self.stable = self.stable.max(settled);
        self.text = text.to_owned();
        Some(Hypothesis {
            text: self.text.clone(),
            stable: self.stable,
        })
    }
}

/// How many bytes of whole words both begin with. The last word may still grow, so it needs an end in both.
fn agreed(a: &str, b: &str) -> usize {
    let same = a.split(' ').zip(b.split(' ')).take_while(|(a, b)| a == b);
    let bytes: usize = same.map(|(word, _)| word.len() + 1).sum();
    bytes.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_two_looks_agree_on_are_stable() {
        let mut partial = Partial::default();
        let mut look = |text: &str| partial.look(text).map(|hypothesis| hypothesis.stable);
        assert_eq!(look(""), None);
        assert_eq!(look("what"), Some(0));
        assert_eq!(look("what is"), Some("what".len()));
        assert_eq!(look("what is"), None);
        assert_eq!(look("what is a"), Some("what is".len()));
        assert_eq!(look("what isn't"), None);
        assert_eq!(look("watt is"), None);
        assert_eq!(look("what is the"), Some("what is".len()));
    }
}
