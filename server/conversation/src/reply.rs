//! One thing the agent says: from the work on its words to what of it was heard.

use crate::calling::Calling;
use crate::history::Span;
use crate::output::Passage;
use crate::pacing::{Mark, Pacing};
use crate::patience as p;
use crate::phrase::Cutter;
use crate::utterance::{Said, Utterance};
use crate::words::asks;
use crate::{LineId, Millis, Modality, ReplyId, ReplyRequest};

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) id: ReplyId,
    /// None for an aside.
    pub(crate) line: Option<LineId>,
    /// The line stands in the history: from its first word on, where the reply may be a call alone.
    pub(crate) seated: bool,
    pub(crate) modality: Modality,
    pub(crate) request: ReplyRequest,
    /// The utterances that it answers.
    pub(crate) covers: Vec<Said>,
    /// The caller's last voice, or the request: the stages are counted from here.
    pub(crate) origin: Millis,
    /// Words of our own.
    pub(crate) own: bool,
    /// It is itself the news of a failure, or needs none.
    pub(crate) last_word: bool,
    pub(crate) work: Work,
    /// A search that was given up still runs until it answers or is cancelled.
    pub(crate) searching: bool,
    pub(crate) passages: Vec<Passage>,
    pub(crate) calls: Vec<Calling>,
    /// It called again what was called already: now it is to say so.
    pub(crate) only_words: bool,
    pub(crate) text: String,
    /// So many bytes of the text have been heard.
    pub(crate) heard: usize,
    /// ... and the client was told of so many.
    pub(crate) told: usize,
    /// Its first sound has left.
    pub(crate) playing: bool,
    /// Why its words end before their time.
    pub(crate) broken: Option<String>,
    /// When speech was last asked for, made or played.
    pub(crate) moved_at: Millis,
    phrases: Vec<Phrase>,
    issued: usize,
    cutter: Cutter,
    cut: usize,
}

/// How far the words have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// The caller's own words are still being recognised.
    Words,
    Searching {
        until: Millis,
    },
    Composing {
        until: Millis,
    },
    Composed,
}

/// A speakable piece: `words` of the text without the space around, `end` with it.
#[derive(Debug)]
struct Phrase {
    words: (usize, usize),
    end: usize,
    speech: Millis,
    pacing: Pacing,
    spoken: bool,
    played: Millis,
    done: bool,
}

/// What overdue work a reply has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overdue {
    Search,
    Compose,
    Speech,
}

/// A phrase to be spoken now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) index: u32,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn new(id: ReplyId, modality: Modality, request: ReplyRequest, now: Millis) -> Self {
        Self {
            id,
            line: None,
            seated: false,
            modality,
            request,
            covers: Vec::new(),
            origin: now,
            own: false,
            last_word: false,
            work: Work::Words,
            searching: false,
            passages: Vec::new(),
            calls: Vec::new(),
            only_words: false,
            text: String::new(),
            heard: 0,
            told: 0,
            playing: false,
            broken: None,
            moved_at: now,
            phrases: Vec::new(),
            issued: 0,
            cutter: Cutter::default(),
            cut: 0,
        }
    }

    /// More words, as far as there is room: answers what was taken.
    pub(crate) fn add<'a>(&mut self, text: &'a str) -> &'a str {
        let room = p::REPLY_TEXT - self.text.len();
        let taken = &text[..text.floor_char_boundary(room)];
        self.text.push_str(taken);
        match self.modality {
            Modality::Text => self.heard = self.text.len(),
            Modality::Audio => {
                self.cutter.push(taken);
                while let Some(length) = self.cutter.cut() {
                    self.cut_phrase(length);
                }
            }
        }
        taken
    }

    /// All words are there.
    pub(crate) fn compose(&mut self) {
        self.work = Work::Composed;
        while let Some(length) = self.cutter.finish() {
            self.cut_phrase(length);
        }
    }

    /// No more words will come: half a sentence is not spoken.
    pub(crate) fn break_off(&mut self, message: String) {
        self.work = Work::Composed;
        self.broken = Some(message);
    }

    fn cut_phrase(&mut self, length: usize) {
        let start = self.cut;
        self.cut += length;
        let raw = &self.text[start..self.cut];
        if raw.contains(char::is_alphanumeric) {
            let first = start + raw.len() - raw.trim_start().len();
            let words = (first, first + raw.trim().len());
            self.phrases.push(Phrase {
                words,
                end: self.cut,
                speech: Millis(0),
                pacing: Pacing::default(),
                spoken: false,
                played: Millis(0),
                done: false,
            });
        } else if let Some(last) = self.phrases.last_mut() {
            last.end = self.cut;
        }
    }

    /// The next phrase for the synthesizer, if it is time.
    pub(crate) fn due(&mut self, now: Millis) -> Option<Due> {
        let unplayed = self.phrases[..self.issued]
            .iter()
            .filter(|phrase| !phrase.done)
            .count();
        let phrase = self.phrases.get(self.issued)?;
        if unplayed >= p::AHEAD {
            return None;
        }
        let index = u32::try_from(self.issued).expect("a reply's text is bounded");
        self.issued += 1;
        self.moved_at = now;
        Some(Due {
            index,
            text: self.text[phrase.words.0..phrase.words.1].to_owned(),
        })
    }

    fn phrase(&mut self, index: u32) -> Option<&mut Phrase> {
        if self.is_issued(index) {
            self.phrases.get_mut(index as usize)
        } else {
            None
        }
    }

    pub(crate) fn is_issued(&self, index: u32) -> bool {
        usize::try_from(index).is_ok_and(|index| index < self.issued)
    }

    /// Its speech is being made.
    pub(crate) fn is_speaking(&self, index: u32) -> bool {
        self.is_issued(index) && !self.phrases[index as usize].spoken
    }

    /// Its speech will not come.
    pub(crate) fn give_up(&mut self, index: u32) {
        if let Some(phrase) = self.phrase(index) {
            phrase.spoken = true;
        }
    }

    /// Speech was made; true when it is the reply's first.
    pub(crate) fn spoke(&mut self, index: u32, total: Millis, all: bool, now: Millis) -> bool {
        let first = self
            .phrases
            .iter()
            .all(|phrase| phrase.speech == Millis(0) && !phrase.spoken);
        let Some(phrase) = self.phrase(index) else {
            return false;
        };
        phrase.speech = phrase.speech.max(total);
        phrase.spoken = all;
        self.moved_at = now;
        first
    }

    /// The voice tells its pace.
    pub(crate) fn marked(&mut self, index: u32, marks: &[Mark]) {
        if self.is_issued(index) {
            let phrase = &mut self.phrases[index as usize];
            let (start, end) = phrase.words;
            phrase.pacing.add(marks, &self.text[start..end]);
        }
    }

    /// Speech was played.
    pub(crate) fn played(&mut self, index: u32, total: Millis, done: bool, now: Millis) {
        let Some(phrase) = self.phrase(index) else {
            return;
        };
        phrase.played = phrase.played.max(total);
        phrase.done |= done;
        self.moved_at = now;
        self.heard = self.heard.max(self.heard_now());
    }

    /// Bytes heard: the phrases that are done, and of the next the words that were played.
    fn heard_now(&self) -> usize {
        let mut heard = 0;
        for phrase in &self.phrases {
            if !phrase.done {
                let (start, end) = phrase.words;
                let (words, lasts) = (&self.text[start..end], self.lasts(phrase));
                let part = phrase.pacing.words_within(words, phrase.played, lasts);
                return if part > 0 { start + part } else { heard };
            }
            heard = phrase.end;
        }
        heard
    }

    /// How long a phrase lasts. While it is still being made, as a slow voice would speak it: less
    /// is claimed to be heard, never more. Its last word is only heard when it is done.
    fn lasts(&self, phrase: &Phrase) -> Millis {
        let known = phrase.speech.max(phrase.played + Millis(1));
        if phrase.spoken {
            return known;
        }
        let (start, end) = phrase.words;
        known.max(Millis(self.text[start..end].chars().count() as u64 * 90))
    }

    /// How long it has been heard.
    pub(crate) fn heard_for(&self) -> Millis {
        self.phrases
            .iter()
            .fold(Millis(0), |sum, phrase| sum + phrase.played)
    }

    /// How much speech of it is known.
    pub(crate) fn spoken_for(&self) -> Millis {
        self.spans()
            .iter()
            .fold(Millis(0), |sum, span| sum + span.speech)
    }

    /// True when nothing is left to be done, composed or not in vain.
    pub(crate) fn finished(&self) -> bool {
        self.work == Work::Composed
            && self
                .phrases
                .iter()
                .all(|phrase| phrase.done && phrase.spoken)
    }

    /// It ends with a question, and this began over the last of it.
    pub(crate) fn is_answered_by(&self, utterance: &Utterance) -> bool {
        let made = self.work == Work::Composed && self.phrases.iter().all(|phrase| phrase.spoken);
        let over = utterance.over.filter(|(reply, _)| *reply == self.id);
        let late = over.is_some_and(|(_, heard)| self.spoken_for() - heard <= p::ANSWER);
        late && made && self.broken.is_none() && asks(&self.text) && utterance.spoken >= p::SPOKEN
    }

    pub(crate) fn was_spoken(&self) -> bool {
        self.issued > 0
    }

    /// Some engine still works on it.
    pub(crate) fn has_jobs(&self) -> bool {
        self.searching
            || matches!(self.work, Work::Composing { .. })
            || self.phrases[..self.issued]
                .iter()
                .any(|phrase| !phrase.spoken)
    }

    /// How it was spoken, for the history.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let span = |phrase: &Phrase| Span {
            start: phrase.words.0,
            words: self.text[phrase.words.0..phrase.words.1].to_owned(),
            end: phrase.end,
            speech: phrase.speech.max(phrase.played),
            pacing: phrase.pacing.clone(),
        };
        self.phrases[..self.issued].iter().map(span).collect()
    }

    /// Until when something must have happened. `held`: playout waits for the caller.
    pub(crate) fn deadline(&self, held: bool) -> Option<Millis> {
        let words = match self.work {
            Work::Searching { until } | Work::Composing { until } => Some(until),
            Work::Words | Work::Composed => None,
        };
        [words, self.speech_deadline(held)]
            .into_iter()
            .flatten()
            .min()
    }

    fn speech_deadline(&self, held: bool) -> Option<Millis> {
        let waiting = self.phrases[..self.issued]
            .iter()
            .any(|phrase| !phrase.done || !phrase.spoken);
        (waiting && !held).then_some(self.moved_at + p::SPEECH)
    }

    pub(crate) fn overdue(&self, now: Millis, held: bool) -> Option<Overdue> {
        match self.work {
            Work::Searching { until } if until <= now => Some(Overdue::Search),
            Work::Composing { until } if until <= now => Some(Overdue::Compose),
            _ => self
                .speech_deadline(held)
                .filter(|&until| until <= now)
                .map(|_| Overdue::Speech),
        }
    }
}
