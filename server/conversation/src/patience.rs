//! Every duration and bound that the conversation knows, each with its reason.

use crate::Millis;

/// Words that the recognizer believes less than this are other words than were said: of 71 sentences that it took
/// wholly for others in noise all were below 0.42, of 52 that it took rightly none.
pub(crate) const BELIEVED: f32 = 0.42;

/// Windows that are looked at for an onset, and how many of them must be voice: about 100 ms of
/// voice open an utterance in the quiet, where a mistake costs nothing but an empty transcript.
pub(crate) const ONSET_WINDOWS: usize = 4;
pub(crate) const ONSET_VOICED: usize = 3;

/// A window's length until two of them have told it.
pub(crate) const WINDOW: Millis = Millis(32);
/// A longer jump in media time is a gap in the sound, not one long window.
pub(crate) const GAP: Millis = Millis(500);
/// While someone speaks, so much less than the threshold still counts: voices swing within words.
pub(crate) const HYSTERESIS: f32 = 0.15;

/// A sound this loud, and this far above the noise of the line, may be the first consonant of a word:
/// "s" and "f" are no voice for up to 200 ms, and the agent is to be down by then.
pub(crate) const LOUD_DBFS: f32 = -54.0;
pub(crate) const LOUD_OVER_FLOOR_DB: f32 = 15.0;
/// The noise of the line follows what is quieter at once, and what is louder by 3 dB a second.
pub(crate) const FLOOR_RISES_DB: f32 = 0.1;
/// A click has fallen by more than this one window later.
pub(crate) const CLICK_FALLS_DB: f32 = 6.0;
/// A window of voice that repeats itself so strongly at a voice's pitch has a pitch; hoarse vowels do.
pub(crate) const VOICING: f32 = 0.5;
/// So strongly nothing but a voice or a tone does: it counts before the detector is sure.
pub(crate) const SINGING: f32 = 0.85;
/// So far below its loudest window a sound is over: vowels stand 10 to 25 dB above their consonants.
pub(crate) const FADED_DB: f32 = 26.0;
/// Once there was voice, what is less probable is the noise behind it.
pub(crate) const NOISE_PROBABILITY: f32 = 0.2;
/// So much of a sound must have a pitch to be speech. The voiced end of a cough is shorter.
pub(crate) const SPOKEN: Millis = Millis(128);

/// A glimpse is of the last 10 ms of a packet, and half of them have begun in the 10 ms before.
pub(crate) const GLIMPSE: Millis = Millis(20);
/// A mere sound lowers the agent's voice where it is so loud, and so far above the noise of the line: the
/// voice is lowered for less than it is cut for, as that can be taken back.
pub(crate) const ONSET_DBFS: f32 = -58.0;
pub(crate) const ONSET_OVER_FLOOR_DB: f32 = 12.0;
/// Each that came to nothing asks for so much more next time, up to this, and sinks by 3 dB a second.
pub(crate) const WARY_DB: f32 = 6.0;
pub(crate) const WARIEST_DB: f32 = 24.0;
pub(crate) const WARY_SINKS_DB: f32 = 0.1;
/// The agent's own voice comes back at the level that is expected, give or take this.
pub(crate) const ECHO_MARGIN_DB: f32 = 7.0;

/// How sure one must be, by the sound so far, that it is something said, and how unsure, that it is a
/// listener's: very sure at first, for nothing is lost by a few more windows, and hardly when it is due.
pub(crate) fn sure(lasted: Millis) -> (f32, f32) {
    match lasted.0 {
        ..256 => (2.0, -1.0),
        256..320 => (0.97, 0.01),
        320..384 => (0.90, 0.02),
        384..432 => (0.75, 0.10),
        _ => (0.5, 0.5),
    }
}
/// Then it is decided: with the way to us within 500 ms of the first sample.
pub(crate) const DECIDE: Millis = Millis(432);
/// So sure, it may even be without a voice.
pub(crate) const WHISPERED: f32 = 0.95;
/// Words that the recognizer guesses are believed where the sound is no "mm-hm".
pub(crate) const LIKELY: f32 = 0.3;
/// What goes on is the likelier to be something said: after so long a silence, so much more is asked.
pub(crate) const BREATH: Millis = Millis(64);
pub(crate) const BREATHLESS: f32 = 0.2;
/// The words so far are "yeah" or "okay": so sure the sound must be against them.
pub(crate) const DESPITE_WORDS: f32 = 0.75;
/// Guesses at less than this are of a first syllable, and as often of an echo.
pub(crate) const WORDS_FROM: Millis = Millis(320);
/// Of one who was found to be listening more is asked.
pub(crate) const LIKELY_LATER: f32 = 0.45;
/// Against it so many words are needed: a recognizer makes up to three of an "mm-hm".
pub(crate) const MANY_WORDS: usize = 4;
/// So long after a sound it is still known what it was like.
pub(crate) const REMEMBERED: Millis = Millis(160);
/// A sound that is over and likely a listener's needs no more time.
pub(crate) const DULL: f32 = 0.2;
/// So likely something said, a sound cuts after all.
pub(crate) const LIKELIER: f32 = 0.6;
/// Nothing but noise for so long is a cough: no word begins with a longer consonant ...
pub(crate) const NOISE: Millis = Millis(200);
/// ... and where the detector takes it for voice, this long: it believes some coughs, whatever their length.
pub(crate) const NOISE_DOUBT: Millis = Millis(300);
/// A silence of this length ends a contest: the stops within words are shorter,
pub(crate) const CONTEST_QUIET: Millis = Millis(96);
/// or at most so long, where half a syllable came before.
pub(crate) const CONTEST_QUIET_DOUBT: Millis = Millis(128);
/// The same by the clock, if the caller's sound stops coming in the middle of a contest.
pub(crate) const CONTEST_CLOCK: Millis = Millis(600);
/// No word is shorter: "words" in less voice were a click.
pub(crate) const WORD: Millis = Millis(150);
/// After a backchannel this silence means that no more follows ...
pub(crate) const BACKCHANNEL_QUIET: Millis = Millis(190);
/// ... but where its words are not known yet, they may still turn out to be a wish.
pub(crate) const LATE_WORDS: Millis = Millis(600);
/// "mm-hm, yeah, right" may go on beside the agent so long; then the caller wants to speak ...
pub(crate) const BACKCHANNEL: Millis = Millis(1_200);
/// ... and where it may be something else, so long.
pub(crate) const BACKCHANNEL_DOUBT: Millis = Millis(700);
/// Who answers a question often begins over its last word or two: a sound over so much of its end is an answer,
/// and no backchannel.
pub(crate) const ANSWER: Millis = Millis(600);

/// At this silence the endpointer is asked first: less is found within words.
pub(crate) const JUDGE_FIRST: Millis = Millis(190);
/// ... and again each time that the silence has grown by this.
pub(crate) const JUDGE_AGAIN: Millis = Millis(175);
/// From here on the endpointer is believed that the caller has finished, and below, that not.
pub(crate) const FINISHED: f32 = 0.7;
pub(crate) const UNFINISHED: f32 = 0.3;
/// Sound comes in packets of 20 ms, as a rule: a silence that lacks no more than half of one is nearer to what was asked for
/// than the next would be.
pub(crate) const NEARLY: Millis = Millis(10);
/// What a session may ask of its pauses: a shorter one cuts words, a longer one looks dead.
pub(crate) const PAUSE_SHORTEST: Millis = Millis(100);
pub(crate) const PAUSE_LONGEST: Millis = Millis(10_000);
/// One utterance: beyond, a radio is on. Recognisers degrade long before.
pub(crate) const UTTERANCE: Millis = Millis(60_000);
/// If no sound comes for this long while the caller speaks, the line is dead and counts as silence.
pub(crate) const DEAF: Millis = Millis(1_500);

/// So many of a caller's own pauses are remembered, shorter ones apart ...
pub(crate) const HABIT_PAUSES: usize = 8;
pub(crate) const HABIT_LEAST: Millis = Millis(160);
/// ... and where it is not clear that they have finished, they are given so much more than those.
pub(crate) const HABIT_MARGIN: Millis = Millis(100);

/// At this silence the end is guessed at, and a reply begun that is kept back: stops within words are
/// shorter than 100 ms. What engines need up to 0.4 s for is ready when a silence of 0.5 s is over.
pub(crate) const GUESS: Millis = Millis(128);
/// Guesses at the end of one utterance: who pauses more often is waited for.
pub(crate) const GUESSES: u32 = 8;
/// What a reply that is kept back may call, and cite: more is not guessed at.
pub(crate) const PUT_OFF: usize = 16;

/// The words of a finished utterance: a busy pool of recognisers makes callers wait their turn.
pub(crate) const TRANSCRIPT: Millis = Millis(10_000);
/// Passages help an answer, but no answer waits for them longer than this.
pub(crate) const SEARCH: Millis = Millis(800);
/// A model's first word, and each further piece: a cold remote model takes seconds.
pub(crate) const COMPOSE: Millis = Millis(15_000);
/// Speech that is neither made nor played for this long will not come.
pub(crate) const SPEECH: Millis = Millis(8_000);

/// Phrases handed to the synthesizer before they are due: enough to never run dry, and not so
/// many that a barge-in wastes a page of work.
pub(crate) const AHEAD: usize = 4;
/// A caller who is not there is asked so often in a row, then left in peace.
pub(crate) const IDLE_TIMES: u32 = 3;
/// The least that `idle` may be set to: below, the agent would talk to itself.
pub(crate) const IDLE_LEAST: Millis = Millis(1_000);

/// Utterances that wait for words or for a reply; the oldest is given up for a new one.
pub(crate) const WAITING: usize = 8;
/// Replies beside the floor at one time.
pub(crate) const ASIDES: usize = 4;
/// One text of the client, in bytes: several pages.
pub(crate) const TEXT: usize = 32 * 1024;
/// One reply, in bytes: an hour of speech. What a model says beyond is dropped.
pub(crate) const REPLY_TEXT: usize = 48 * 1024;
/// Calls of tools in one reply; what a model calls beyond is dropped.
pub(crate) const CALLS: usize = 16;
/// The arguments of one call, in bytes: a longer one is dropped, for it cannot be cut.
pub(crate) const ARGUMENTS: usize = 32 * 1024;
/// Calls that write and are remembered, so that none is made twice; the oldest is forgotten.
pub(crate) const WRITES: usize = 64;
/// Lines of history; the oldest goes.
pub(crate) const LINES: usize = 400;
/// History told to a model, in bytes, the newest lines first.
pub(crate) const PROMPT: usize = 48 * 1024;
/// Outputs of one input: ending a session full of asides, utterances and phrases takes this many.
pub(crate) const OUTPUTS: usize = 128;
