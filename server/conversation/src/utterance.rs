//! One thing the caller says: while it is being said, and until it is settled.

use crate::ear::Window;
use crate::patience as p;
use crate::words::{Wish, wish};
use crate::{LineId, Millis, UtteranceId};

/// An utterance that is still being said.
#[derive(Debug)]
pub(crate) struct Utterance {
    pub(crate) id: UtteranceId,
    /// Where it will stand.
    pub(crate) line: LineId,
    /// Where listening began, pre-roll included, in media time.
    pub(crate) from: Millis,
    /// Where the voice began, in media time.
    began: Millis,
    /// Where the voice was last heard, in media time, and when, by the clock.
    last_voice: Millis,
    pub(crate) last_voice_at: Millis,
    /// The client knows of it.
    pub(crate) told: bool,
    /// The caller went on after a short pause: one thought with the line before.
    pub(crate) goes_on: bool,
    pub(crate) partial: String,
    /// Why its words will never come.
    pub(crate) deaf: Option<String>,
    voice: Millis,
    windows: u32,
    probabilities: f32,
    pause: Option<Pause>,
}

/// What is known of the present pause.
#[derive(Debug, Default)]
struct Pause {
    /// At which silence the endpointer was last asked.
    asked: Option<Millis>,
    finished: Option<f32>,
}

/// The three silences of a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pauses {
    pub(crate) shortest: Millis,
    pub(crate) usual: Millis,
    pub(crate) longest: Millis,
}

/// What became of a sound over the agent's voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Undecided,
    BargeIn,
    /// A cough or a click.
    Nothing,
    /// The caller only shows that they listen.
    Backchannel,
}

/// Where and when an utterance begins.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) id: UtteranceId,
    pub(crate) line: LineId,
    pub(crate) from: Millis,
    pub(crate) began: Millis,
    pub(crate) goes_on: bool,
}

impl Utterance {
    pub(crate) fn new(opening: Opening, window_end: Millis, now: Millis) -> Self {
        Self {
            id: opening.id,
            line: opening.line,
            from: opening.from,
            began: opening.began,
            last_voice: window_end,
            last_voice_at: now,
            told: false,
            goes_on: opening.goes_on,
            partial: String::new(),
            deaf: None,
            voice: window_end - opening.began,
            windows: 0,
            probabilities: 0.0,
            pause: None,
        }
    }

    /// The next window of the caller's sound.
    pub(crate) fn hear(&mut self, window: &Window, threshold: f32, now: Millis) {
        self.windows += 1;
        self.probabilities += window.probability;
        let going_on = window.probability >= threshold - p::HYSTERESIS;
        if window.voiced || (self.pause.is_none() && going_on) {
            self.last_voice = window.end;
            self.last_voice_at = now;
            self.voice = self.voice + (window.end - window.start);
            self.pause = None;
        } else {
            self.pause.get_or_insert_default();
        }
    }

    pub(crate) fn silence(&self, end: Millis) -> Millis {
        end - self.last_voice
    }

    /// How long the caller spoke, pauses included.
    pub(crate) fn speech(&self) -> Millis {
        self.last_voice - self.began
    }

    pub(crate) fn lasted(&self, end: Millis) -> Millis {
        end - self.from
    }

    pub(crate) fn pausing(&self) -> bool {
        self.pause.is_some()
    }

    /// True when the endpointer is to be asked now; `news` when the words have changed.
    pub(crate) fn ask(&mut self, silence: Millis, news: bool) -> bool {
        let Some(pause) = self.pause.as_mut() else {
            return false;
        };
        let due = match pause.asked {
            None => silence >= p::JUDGE_FIRST,
            Some(asked) => news || silence >= asked + p::JUDGE_AGAIN,
        };
        if due {
            pause.asked = Some(silence);
        }
        due
    }

    /// The endpointer's answer; of an earlier pause it means nothing.
    pub(crate) fn judged(&mut self, finished: f32) {
        if let Some(pause) = self.pause.as_mut()
            && pause.asked.is_some()
            && finished.is_finite()
        {
            pause.finished = Some(finished);
        }
    }

    /// True when this silence ends it.
    pub(crate) fn over(&self, silence: Millis, pauses: Pauses) -> bool {
        let Some(pause) = self.pause.as_ref() else {
            return false;
        };
        let enough = match pause.finished {
            Some(finished) if finished >= p::FINISHED => pauses.shortest,
            Some(finished) if finished < p::UNFINISHED => pauses.longest,
            _ => pauses.usual,
        };
        silence >= enough
    }

    /// Is this sound, up to `end`, a wish to speak? `threshold` of the ears.
    pub(crate) fn verdict(&self, end: Millis, threshold: f32) -> Verdict {
        let wish = wish(&self.partial);
        if wish == Wish::Speaks && self.voice >= p::WORD {
            return Verdict::BargeIn;
        }
        let lasted = end - self.began;
        if lasted >= p::CONFIRM && !self.pausing() && self.convinces(threshold) {
            return if wish == Wish::Listens {
                Verdict::Backchannel
            } else {
                Verdict::BargeIn
            };
        }
        let quiet = if self.voice <= p::CLICK {
            p::CLICK_QUIET
        } else {
            p::COUGH_QUIET
        };
        if lasted >= p::CONTEST || self.silence(end) >= quiet {
            return Verdict::Nothing;
        }
        Verdict::Undecided
    }

    /// The same for a caller who was found to be only listening.
    pub(crate) fn second_verdict(&self, end: Millis) -> Verdict {
        if wish(&self.partial) == Wish::Speaks {
            return Verdict::BargeIn;
        }
        match self.pausing() {
            true if self.silence(end) >= p::COUGH_QUIET => Verdict::Nothing,
            false if end - self.began >= p::BACKCHANNEL => Verdict::BargeIn,
            _ => Verdict::Undecided,
        }
    }

    fn convinces(&self, threshold: f32) -> bool {
        let windows = self.windows.max(1);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a contest has some dozen windows"
        )]
        let mean = self.probabilities / windows as f32;
        mean >= (threshold + p::CONTEST_MARGIN).min(0.9)
    }
}

/// An utterance that is complete, and not settled yet.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) id: UtteranceId,
    pub(crate) line: LineId,
    /// The caller's last voice, or when they typed.
    pub(crate) at: Millis,
    pub(crate) committed_at: Millis,
    pub(crate) words: Words,
    /// The session answers it without being asked.
    pub(crate) wants_reply: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// The recogniser has until then.
    Pending {
        until: Millis,
    },
    Spoken {
        at: Millis,
    },
    Typed,
}

impl Said {
    pub(crate) fn pending(&self) -> bool {
        matches!(self.words, Words::Pending { .. })
    }
}
