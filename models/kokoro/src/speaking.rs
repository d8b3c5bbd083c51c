//! One phrase: made plain, cut, pronounced, run and joined, each clause emitted as soon as it is there.

use crate::clause::{Clause, End, clauses};
use crate::graph::MOST_PHONEMES;
use crate::join::trimmed;
use crate::pronounce::{Sound, plain};
use crate::vocabulary::{SPACE, is_sound, number};
use crate::{Blend, Cancel, Kokoro, PIECE, Phrase, Script, Stopped};
use models_spoken::spoken;

impl Kokoro {
    /// Speaks the phrase; the answer is how many samples were emitted.
    pub(crate) fn say(
        &self,
        script: &Script,
        emit: &mut dyn FnMut(&[f32]),
        cancel: &Cancel,
    ) -> Result<usize, Stopped> {
        let voice = self.voices.choose(script.voice.as_deref());
        let phrase = Phrase {
            voice: voice.name.clone(),
            percent: percent(script.speed),
            text: plain(&spoken(&script.text)),
        };
        let known = self.cache().find(&phrase);
        if let Some(samples) = known {
            return pieces(&samples, emit, cancel);
        }
        let mut said = Vec::new();
        for clause in clauses(&phrase.text, self.lengths()) {
            cancel.check()?;
            for (phonemes, end) in self.runs(&clause, &voice) {
                let style = voice.style(phonemes.len());
                let speed = phrase.percent as f32 / 100.0;
                let lane = self.lanes.enter(cancel)?;
                let samples = self.graph.speak(&phonemes, style, speed, cancel)?;
                drop(lane);
                let samples = trimmed(&samples, end);
                pieces(&samples, emit, cancel)?;
                said.extend_from_slice(&samples);
            }
        }
        self.cache().keep(phrase, &said);
        Ok(said.len())
    }

    /// The phonemes of a clause in as many runs as they need, nearly always one.
    fn runs(&self, clause: &Clause<'_>, voice: &Blend) -> Vec<(Vec<i64>, End)> {
        let sounds = self.pronouncer(voice).sounds(clause.text);
        let (mut runs, mut run) = (Vec::new(), Vec::new());
        for numbers in sounds.iter().map(numbers) {
            // One word beyond the limit is cut itself.
            for part in numbers.chunks(MOST_PHONEMES) {
                if run.len() + part.len() > MOST_PHONEMES {
                    runs.push((std::mem::take(&mut run), End::Word));
                }
                run.extend_from_slice(part);
            }
        }
        runs.push((run, clause.end));
        runs.retain(|(run, _)| run.iter().any(|number| is_sound(*number)));
        runs
    }
}

fn numbers(sound: &Sound) -> Vec<i64> {
    let symbols = sound.phonemes.chars().filter_map(number);
    symbols.chain(sound.spaced.then_some(SPACE)).collect()
}

/// Emits 20 ms at a time; the answer is how many samples there were.
fn pieces(
    samples: &[f32],
    emit: &mut dyn FnMut(&[f32]),
    cancel: &Cancel,
) -> Result<usize, Stopped> {
    for piece in samples.chunks(PIECE) {
        cancel.check()?;
        emit(piece);
    }
    Ok(samples.len())
}

/// The speed as whole percent within what may be asked for, so that phrases can be compared.
fn percent(speed: f32) -> u32 {
    let speed = if speed.is_nan() { 1.0 } else { speed };
    (speed.clamp(0.25, 1.5) * 100.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KokoroOptions, Runtime};
    use models_fixtures::kokoro::{Export, speaking, voice};

    #[test]
    fn a_short_phrase_said_before_needs_no_run() {
        let folder = std::env::temp_dir().join(format!("repartee-cached-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("voices")).expect("the temp folder is writable");
        let model = folder.join("kokoro.onnx");
        std::fs::write(&model, speaking(Export::HUB)).expect("it is writable");
        std::fs::write(folder.join("voices/af_heart.bin"), voice(0.0)).expect("it is writable");
        let options = KokoroOptions {
            runtime: Runtime::Rten,
            ..KokoroOptions::new(model, folder.join("voices"))
        };
        let kokoro = Kokoro::load(&options).expect("it loads");
        std::fs::remove_dir_all(&folder).ok();

        let say = |text: &str, speed, cancel: &Cancel| {
            let script = Script {
                text: text.to_owned(),
                voice: None,
                speed,
            };
            let mut samples = Vec::new();
            let mut emit = |piece: &[f32]| samples.extend_from_slice(piece);
            kokoro.say(&script, &mut emit, cancel).map(|_| samples)
        };
        let first = say("One moment.", 1.0, &Cancel::new());
        let lanes = [(); 2].map(|()| kokoro.lanes.enter(&Cancel::new()));
        assert_eq!(say("One moment.", 1.0, &Cancel::new()), first);
        for (text, speed) in [("One moment!", 1.0), ("One moment.", 1.2)] {
            let cancel = Cancel::new();
            std::thread::scope(|scope| {
                let waiting = scope.spawn(|| say(text, speed, &cancel));
                while kokoro.lanes.nobody_waits() {
                    std::thread::yield_now();
                }
                cancel.cancel();
                let stopped = waiting.join().expect("it ends");
                assert_eq!(
                    stopped,
                    Err(Stopped::Cancelled),
                    "{text} at {speed} is another"
                );
            });
        }
        drop(lanes);
    }
}
