//! The language model's side here: a reply that was cut off is composed anew where nobody will notice.

use crate::errand::{Errand, Interrupted, TRIES};
use crate::keeper::Apart;
use crate::wire::{Order, Said};
use models_engine::{Cancel, Card, LanguageModel, Piece, Prompt, Stopped};
use std::borrow::Cow;

pub(crate) struct ApartLanguage {
    apart: Apart,
    card: Card,
}

impl ApartLanguage {
    pub(crate) fn new(apart: Apart, card: Card) -> Self {
        Self { apart, card }
    }
}

impl LanguageModel for ApartLanguage {
    fn card(&self) -> Card {
        self.card.clone()
    }

    fn compose(
        &self,
        prompt: &Prompt,
        emit: &mut dyn FnMut(Piece),
        cancel: &Cancel,
    ) -> Result<(), Stopped> {
        cancel.check()?;
        let shared = self.apart.shared();
        let mut given = Given::default();
        for tried in 1..=TRIES {
            let errand = shared.ask(cancel, |job| Order::Compose {
                job,
                prompt: Cow::Borrowed(prompt),
            })?;
            match follow(&errand, &mut given, emit, cancel)? {
                Followed::Ended(ended) => return ended,
                Followed::Lost if given.cannot_be_repeated() || tried == TRIES => break,
                Followed::Lost => shared.once_more(),
                Followed::Differs => break,
            }
        }
        shared.gave_up();
        Err(Stopped::failed(
            "the language model broke down in the middle of a reply",
        ))
    }
}

enum Followed {
    Ended(Result<(), Stopped>),
    Lost,
    /// The model does not say again what the caller has heard already.
    Differs,
}

fn follow(
    errand: &Errand,
    given: &mut Given,
    emit: &mut dyn FnMut(Piece),
    cancel: &Cancel,
) -> Result<Followed, Stopped> {
    given.begin();
    loop {
        match errand.next(cancel) {
            Ok(Said::Piece(piece)) => match given.what_is_new(piece) {
                Ok(Some(piece)) => {
                    cancel.check()?;
                    emit(piece);
                }
                Ok(None) => {}
                Err(Diverged) => return Ok(Followed::Differs),
            },
            Ok(Said::Composed(Ok(()))) if given.is_behind() => return Ok(Followed::Differs),
            Ok(Said::Composed(ended)) => return Ok(Followed::Ended(ended)),
            Ok(_) => {}
            Err(Interrupted::Cancelled) => return Err(Stopped::Cancelled),
            Err(Interrupted::Lost) => return Ok(Followed::Lost),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Diverged;

/// What was given out of a reply already. Begun anew, a reply must say the same up to there: words that were heard
/// cannot be taken back.
#[derive(Default)]
struct Given {
    text: String,
    cited: Vec<usize>,
    /// A call was begun. It may have been made: it is never told twice.
    called: bool,
    /// The text of this try.
    now: String,
}

impl Given {
    fn begin(&mut self) {
        self.now.clear();
    }

    fn cannot_be_repeated(&self) -> bool {
        self.called
    }

    /// This try has not yet said all that was given before.
    fn is_behind(&self) -> bool {
        self.now.len() < self.text.len()
    }

    fn what_is_new(&mut self, piece: Piece) -> Result<Option<Piece>, Diverged> {
        match piece {
            Piece::Text(text) => self.text(&text),
            Piece::Cite(passage) if self.cited.contains(&passage) => Ok(None),
            Piece::Cite(passage) => {
                self.cited.push(passage);
                Ok(Some(Piece::Cite(passage)))
            }
            Piece::Call(_) | Piece::Arguments(_) if self.is_behind() => Err(Diverged),
            call => {
                self.called = true;
                Ok(Some(call))
            }
        }
    }

    fn text(&mut self, text: &str) -> Result<Option<Piece>, Diverged> {
        let behind = self.is_behind();
        self.now.push_str(text);
        if self.is_behind() || (behind && self.now == self.text) {
            return match self.text.starts_with(&self.now) {
                true => Ok(None),
                false => Err(Diverged),
            };
        }
        let Some(new) = self.now.strip_prefix(self.text.as_str()) else {
            return Err(Diverged);
        };
        let new = new.to_owned();
        self.text.push_str(&new);
        Ok(Some(Piece::Text(new)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &str) -> Piece {
        Piece::Text(words.to_owned())
    }

    #[test]
    fn a_reply_goes_on_where_it_was_cut_off() {
        let mut given = Given::default();
        assert_eq!(given.what_is_new(Piece::Cite(0)), Ok(Some(Piece::Cite(0))));
        assert_eq!(given.what_is_new(text("one ")), Ok(Some(text("one "))));
        assert_eq!(given.what_is_new(text("two ")), Ok(Some(text("two "))));
        given.begin();
        assert_eq!(given.what_is_new(Piece::Cite(0)), Ok(None));
        assert_eq!(given.what_is_new(text("one two th")), Ok(Some(text("th"))));
        assert_eq!(given.what_is_new(text("ree")), Ok(Some(text("ree"))));
        assert!(!given.is_behind());
        given.begin();
        assert!(given.is_behind());
        assert_eq!(given.what_is_new(text("one two three")), Ok(None));
        assert_eq!(given.what_is_new(text(".")), Ok(Some(text("."))));
    }

    #[test]
    fn other_words_are_no_repetition() {
        for other in ["two", "one four five", "ones"] {
            let mut given = Given::default();
            assert!(given.what_is_new(text("one two")).is_ok());
            given.begin();
            assert_eq!(given.what_is_new(text(other)), Err(Diverged), "{other}");
        }
    }

    #[test]
    fn a_call_is_told_once() {
        let mut given = Given::default();
        let call = Piece::Call("open_door".to_owned());
        assert_eq!(given.what_is_new(call.clone()), Ok(Some(call.clone())));
        assert!(given.cannot_be_repeated());
        let mut given = Given::default();
        assert!(given.what_is_new(text("Wait. ")).is_ok());
        given.begin();
        assert_eq!(given.what_is_new(call), Err(Diverged));
    }
}
