//! A recognizer that says what its script says, and an endpointer that goes by the same.

use super::{Conduct, VOICED, card, loudness};
use crate::{
    Ability, Cancel, Card, Endpointer, Evidence, Hint, Hypothesis, LISTENING_RATE, Listening,
    Probability, Recognizer, Stopped, Transcript,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a scripted recognizer knows of an utterance so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Heard {
    /// How many utterances with words came before this one, over all callers.
    pub before: usize,
    pub samples: usize,
    /// Of these, how many were in a piece louder than [`VOICED`].
    pub voiced: usize,
    /// The root mean square of the loudest piece pushed.
    pub loudest: f32,
    pub finished: bool,
}

type Says = dyn Fn(&Heard) -> String + Send + Sync;

/// Hears what its script says.
#[derive(Clone)]
pub struct ScriptedRecognizer {
    says: Arc<Says>,
    before: Arc<AtomicUsize>,
    conduct: Conduct,
}

/// How much voice one more word of a fixed text takes to be heard: 200 ms.
const WORD: usize = LISTENING_RATE as usize / 5;

impl ScriptedRecognizer {
    /// The words so far are whatever `says` makes of what was heard.
    pub fn by(says: impl Fn(&Heard) -> String + Send + Sync + 'static) -> Self {
        Self {
            says: Arc::new(says),
            before: Arc::default(),
            conduct: Conduct::plain(),
        }
    }

    /// Hears `text` in every utterance that holds voice: a word more every 200 ms of voice, and the
    /// whole at the end.
    pub fn hearing(text: impl Into<String>) -> Self {
        Self::one_by_one(vec![text.into()])
    }

    /// Hears the first text in the first utterance that holds voice, and so on; the last one again
    /// when the list is over.
    pub fn one_by_one(texts: Vec<String>) -> Self {
        Self::by(move |heard| {
            let text = texts.get(heard.before).or(texts.last());
            text.map_or_else(String::new, |text| words_heard(text, heard))
        })
    }

    pub fn conduct(mut self, conduct: Conduct) -> Self {
        self.conduct = conduct;
        self
    }
}

fn words_heard(text: &str, heard: &Heard) -> String {
    match (heard.voiced, heard.finished) {
        (0, _) => String::new(),
        (_, true) => text.to_owned(),
        (voiced, false) => {
            let words: Vec<&str> = text.split_whitespace().take(voiced / WORD).collect();
            words.join(" ")
        }
    }
}

impl Recognizer for ScriptedRecognizer {
    fn card(&self) -> Card {
        card("scripted recognizer").with(Ability::Partials)
    }

    fn listen(&self, _hint: &Hint) -> Result<Box<dyn Listening + '_>, Stopped> {
        Ok(Box::new(ScriptedListening {
            recognizer: self,
            heard: Heard {
                before: self.before.load(Ordering::Relaxed),
                ..Heard::default()
            },
            text: String::new(),
            pushes: 0,
        }))
    }
}

struct ScriptedListening<'a> {
    recognizer: &'a ScriptedRecognizer,
    heard: Heard,
    text: String,
    pushes: usize,
}

impl Listening for ScriptedListening<'_> {
    fn push(&mut self, speech: &[f32], cancel: &Cancel) -> Result<Option<Hypothesis>, Stopped> {
        self.recognizer.conduct.pass(self.pushes, cancel)?;
        self.pushes += 1;
        let loud = loudness(speech);
        self.heard.samples += speech.len();
        self.heard.voiced += if loud > VOICED { speech.len() } else { 0 };
        self.heard.loudest = self.heard.loudest.max(loud);
        let text = (self.recognizer.says)(&self.heard);
        if text == self.text {
            return Ok(None);
        }
        let stable = same_words(&self.text, &text);
        self.text.clone_from(&text);
        Ok(Some(Hypothesis { text, stable }))
    }

    fn settle(&mut self, cancel: &Cancel) -> Result<Option<String>, Stopped> {
        self.recognizer.conduct.pass(self.pushes, cancel)?;
        let as_finished = Heard {
            finished: true,
            ..self.heard
        };
        let heard = self.heard.samples > 0;
        let text = heard.then(|| (self.recognizer.says)(&as_finished));
        Ok(Some(text.unwrap_or_default()))
    }

    fn finish(mut self: Box<Self>, cancel: &Cancel) -> Result<Transcript, Stopped> {
        self.recognizer.conduct.pass(self.pushes, cancel)?;
        self.heard.finished = true;
        let text = if self.heard.samples == 0 {
            String::new()
        } else {
            (self.recognizer.says)(&self.heard)
        };
        if text.is_empty() {
            return Ok(Transcript::default());
        }
        self.recognizer.before.fetch_add(1, Ordering::Relaxed);
        Ok(Transcript {
            text,
            confidence: 1.0,
        })
    }
}

/// How many bytes of `new` are whole words that `old` had, too.
fn same_words(old: &str, new: &str) -> usize {
    let mut same = 0;
    for (a, b) in old.split(' ').zip(new.split(' ')) {
        if a != b {
            break;
        }
        same += b.len() + 1;
    }
    same.saturating_sub(1).min(new.len())
}

/// Judges by the rule given.
#[derive(Clone)]
pub struct ScriptedEndpointer {
    judge: Arc<dyn Fn(&Evidence<'_>) -> Probability + Send + Sync>,
    listen: Option<Arc<Listens>>,
}

type Listens = dyn Fn(&[f32]) -> Probability + Send + Sync;

impl ScriptedEndpointer {
    pub fn always(probability: Probability) -> Self {
        Self::by(move |_| probability)
    }

    pub fn by(judge: impl Fn(&Evidence<'_>) -> Probability + Send + Sync + 'static) -> Self {
        Self {
            judge: Arc::new(judge),
            listen: None,
        }
    }

    /// It listens to the sound, too, and finds this in it.
    pub fn listening(
        mut self,
        listen: impl Fn(&[f32]) -> Probability + Send + Sync + 'static,
    ) -> Self {
        self.listen = Some(Arc::new(listen));
        self
    }
}

impl Endpointer for ScriptedEndpointer {
    fn card(&self) -> Card {
        card("scripted endpointer")
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Probability {
        (self.judge)(evidence).clamp(0.0, 1.0)
    }

    fn listens(&self) -> bool {
        self.listen.is_some()
    }

    fn listen(&self, speech: &[f32]) -> Option<Probability> {
        let listen = self.listen.as_ref().filter(|_| !speech.is_empty())?;
        Some(listen(speech).clamp(0.0, 1.0))
    }
}
