//! One thing the caller says: while it is being said, and until it is settled.

use crate::ear::Window;
use crate::patience as p;
use crate::words::{Wish, real_words, says_something, wish};
use crate::{LineId, Millis, ReplyId, UtteranceId};

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
    /// The reply that it began over, and how much of that was heard by then.
    pub(crate) over: Option<(ReplyId, Millis)>,
    pub(crate) partial: String,
    /// Why its words will never come.
    pub(crate) deaf: Option<String>,
    /// How long the detector was sure, and the part of it in which the sound was a voice's by its pitch.
    voice: Millis,
    pub(crate) spoken: Millis,
    loudest_dbfs: f32,
    /// That it is something said, by how it sounds so far.
    intent: f32,
    /// Where something was last heard, voice or not, in media time.
    sounded: Millis,
    /// The same to the instant, and how far that is known.
    sounded_instant: Millis,
    followed: Millis,
    pause: Option<Pause>,
    /// How often its end was guessed at.
    guesses: u32,
}

/// What is known of the present pause.
#[derive(Debug, Default)]
struct Pause {
    /// At which silence the endpointer was last asked.
    asked: Option<Millis>,
    finished: Option<f32>,
    settling: Settling,
}

/// How far the guess has come that this pause is the end.
#[derive(Debug, Default)]
enum Settling {
    #[default]
    Unasked,
    /// The recogniser was asked for the words as though it were.
    Asked {
        mark: u32,
    },
    Settled {
        text: String,
    },
    /// A reply was begun.
    Guessed,
}

/// The three silences of a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pauses {
    pub(crate) shortest: Millis,
    pub(crate) usual: Millis,
    pub(crate) longest: Millis,
}

impl Pauses {
    /// For a caller who wants so much patience.
    pub(crate) fn of(self, patience: Millis) -> Self {
        let usual = self.usual.max(patience.min(self.longest));
        Self { usual, ..self }
    }
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
            over: None,
            partial: String::new(),
            deaf: None,
            voice: window_end - opening.began,
            spoken: Millis(0),
            loudest_dbfs: -120.0,
            intent: 0.5,
            sounded: window_end,
            sounded_instant: window_end,
            followed: window_end,
            pause: None,
            guesses: 0,
        }
    }

    /// The next window of the caller's sound.
    pub(crate) fn hear(&mut self, window: &Window, threshold: f32, now: Millis) {
        self.loudest_dbfs = self.loudest_dbfs.max(window.level_dbfs);
        // Detectors remember: a window may be called voice that is silent already.
        let faded = window.level_dbfs < self.loudest_dbfs - p::FADED_DB;
        let going_on = window.probability >= threshold - p::HYSTERESIS;
        let silent = faded && !window.loud;
        let voice = !silent && (window.voiced || (self.pause.is_none() && going_on));
        if voice {
            let after = window.end - self.voice_ends_in(window);
            self.last_voice = window.end - after;
            self.last_voice_at = now - after;
            self.pause = None;
        } else {
            self.pause.get_or_insert_default();
        }
        let lasts = window.end - window.start;
        // The detector takes its time over a soft beginning; the pitch tells sooner.
        let sings = window.loud && window.voicing >= p::SINGING;
        if voice && !faded {
            self.voice = self.voice + lasts;
        }
        if !faded && (sings || (voice && window.voicing >= p::VOICING)) {
            self.spoken = self.spoken + lasts;
        }
        let noise = self.voiced() && !sings && window.probability < p::NOISE_PROBABILITY;
        if window.loud && !faded && !noise {
            self.sounded = window.end;
        }
        // When the sound is long over, nothing is known of it any more.
        if window.end - self.sounded <= p::REMEMBERED {
            self.intent = window.intent;
        }
    }

    /// A window of voice may be silent already in its second half.
    fn voice_ends_in(&self, window: &Window) -> Millis {
        match self.followed >= window.end {
            true => self
                .sounded_instant
                .clamp(self.last_voice.min(window.end), window.end),
            false => window.end,
        }
    }

    /// An instant that ends at `end`. True when it was silent.
    pub(crate) fn follow(&mut self, level_dbfs: f32, loud: bool, end: Millis) -> bool {
        let silent = !loud && level_dbfs < self.loudest_dbfs - p::FADED_DB;
        self.followed = end;
        if !silent {
            self.sounded_instant = end;
        }
        silent
    }

    /// Some of it was voice, by the detector's word.
    fn voiced(&self) -> bool {
        self.voice > Millis(0)
    }

    /// Nothing of it had a pitch.
    pub(crate) fn is_noise(&self) -> bool {
        self.spoken == Millis(0)
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
            && (pause.asked.is_some() || matches!(pause.settling, Settling::Settled { .. }))
            && finished.is_finite()
        {
            pause.finished = Some(finished);
        }
    }

    /// Whether the words as though it ended now are to be asked for, and by which number.
    pub(crate) fn settle(&mut self, silence: Millis) -> Option<u32> {
        let pause = self.pause.as_mut()?;
        let unasked = matches!(pause.settling, Settling::Unasked) && self.deaf.is_none();
        if !unasked || silence < p::GUESS || self.guesses >= p::GUESSES {
            return None;
        }
        self.guesses += 1;
        pause.settling = Settling::Asked { mark: self.guesses };
        Some(self.guesses)
    }

    /// Those words; true when they are of the present pause.
    pub(crate) fn settled(&mut self, mark: u32, text: &str) -> bool {
        let Some(pause) = self.pause.as_mut().filter(|_| self.deaf.is_none()) else {
            return false;
        };
        let asked = matches!(pause.settling, Settling::Asked { mark: asked } if asked == mark);
        if asked {
            let text = text.to_owned();
            pause.settling = Settling::Settled { text };
        }
        asked
    }

    /// The words of what is likely to be all of it, once in a pause.
    pub(crate) fn guess(&mut self) -> Option<String> {
        let pause = self.pause.as_mut()?;
        let likely = pause
            .finished
            .is_some_and(|finished| finished >= p::UNFINISHED);
        if !likely || !matches!(pause.settling, Settling::Settled { .. }) {
            return None;
        }
        match std::mem::replace(&mut pause.settling, Settling::Guessed) {
            Settling::Settled { text } => Some(text),
            _ => None,
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
        silence + p::NEARLY >= enough
    }

    /// Is this sound, up to `end`, a wish to speak?
    pub(crate) fn verdict(&self, end: Millis) -> Verdict {
        let (lasted, quiet) = (end - self.began, end - self.sounded);
        let (mut cuts, listens) = p::sure(lasted);
        if quiet > p::BREATH {
            cuts += p::BREATHLESS;
        }
        if wish(&self.partial) == Wish::Listens {
            cuts = cuts.max(p::DESPITE_WORDS);
        }
        let speech = self.spoken >= p::SPOKEN;
        let speaks = lasted >= p::WORDS_FROM && self.says_a_word();
        let claims = speech && self.voice >= p::WORD && (speaks || self.intent >= cuts);
        if claims || (lasted >= p::DECIDE && self.intent >= p::WHISPERED) {
            return Verdict::BargeIn;
        }
        let over = quiet >= self.enough_quiet() || lasted >= p::DECIDE;
        let noise = self.is_noise() && lasted >= self.longest_noise();
        if !speech && (over || noise) {
            return Verdict::Nothing;
        }
        let dull = over && self.intent <= p::DULL;
        // Whoever is not cut for by then may still mean it: late words, or more of them, will tell.
        match self.intent <= listens || dull || lasted >= p::DECIDE {
            true => Verdict::Backchannel,
            false => Verdict::Undecided,
        }
    }

    /// By the recognizer's guess, where the sound does not speak against it.
    fn says_a_word(&self) -> bool {
        says_something(&self.partial) && self.intent >= p::LIKELY
    }

    fn enough_quiet(&self) -> Millis {
        match self.is_noise() || self.spoken >= p::SPOKEN {
            true => p::CONTEST_QUIET,
            // The first vowel of "excuse me" is short, and the stop behind it long.
            false => p::CONTEST_QUIET_DOUBT,
        }
    }

    /// How long a sound without a pitch may go on; the detector's word buys it some time.
    fn longest_noise(&self) -> Millis {
        match self.voiced() {
            true => p::NOISE_DOUBT,
            false => p::NOISE,
        }
    }

    /// The same for a caller who was found to be only listening.
    pub(crate) fn second_verdict(&self, end: Millis) -> Verdict {
        let (lasted, wish) = (end - self.began, wish(&self.partial));
        let many = real_words(&self.partial) >= p::MANY_WORDS;
        if wish == Wish::Speaks && (self.intent >= p::LIKELY_LATER || many) {
            return Verdict::BargeIn;
        }
        let patience = match wish {
            Wish::Unknown => p::LATE_WORDS,
            _ => p::BACKCHANNEL_QUIET,
        };
        let longest = match self.intent {
            ..p::DULL => p::BACKCHANNEL,
            ..p::LIKELIER => p::BACKCHANNEL_DOUBT,
            _ => Millis(0),
        };
        match self.pausing() {
            true if self.silence(end) >= patience => Verdict::Nothing,
            false if lasted >= longest => Verdict::BargeIn,
            _ => Verdict::Undecided,
        }
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
        /// The recogniser does not believe them itself.
        misheard: bool,
    },
    Typed,
}

impl Said {
    pub(crate) fn pending(&self) -> bool {
        matches!(self.words, Words::Pending { .. })
    }
}
