//! One phrase: made plain, cut, pronounced, run and joined, each clause emitted as soon as it is there.

use crate::clause::{Clause, End, clauses};
use crate::graph::MOST_PHONEMES;
use crate::join::trimmed;
use crate::marks::marks;
use crate::pronounce::{Sound, plain};
use crate::vocabulary::{SPACE, is_sound, number};
use crate::{Blend, Cancel, Kokoro, PIECE, Phrase, Script, Stopped};
use models_engine::Spoken;
use models_spoken::spoken;

/// What the network says at once, nearly always a clause.
struct Run {
    phonemes: Vec<i64>,
    /// For each word that ends in it, how many phonemes there are by then.
    words: Vec<usize>,
    end: End,
}

impl Kokoro {
    /// Speaks the phrase.
    pub(crate) fn say(
        &self,
        script: &Script,
        emit: &mut dyn FnMut(&[f32]),
        cancel: &Cancel,
    ) -> Result<Spoken, Stopped> {
        let voice = self.voices.choose(script.voice.as_deref());
        let phrase = Phrase {
            voice: voice.name.clone(),
            percent: percent(script.speed),
            text: plain(&spoken(&script.text)),
        };
        let known = self.cache().find(&phrase);
        if let Some(known) = known {
            pieces(&known.samples, emit, cancel)?;
            return Ok(told(
                &script.text,
                &phrase.text,
                known.samples.len(),
                &known.words,
            ));
        }
        let (mut said, mut words) = (Vec::new(), Vec::new());
        for clause in clauses(&phrase.text, self.lengths()) {
            cancel.check()?;
            for run in self.runs(&clause, &voice) {
                let speed = phrase.percent as f32 / 100.0;
                let (speech, ends) = self.run(&run, &voice, speed, cancel)?;
                pieces(&speech, emit, cancel)?;
                words.extend(ends.into_iter().map(|end| said.len() + end));
                said.extend_from_slice(&speech);
            }
        }
        let spoken = told(&script.text, &phrase.text, said.len(), &words);
        self.cache().keep(phrase, &said, &words);
        Ok(spoken)
    }

    /// Its sound, and where in it each of its words ends.
    fn run(
        &self,
        run: &Run,
        voice: &Blend,
        speed: f32,
        cancel: &Cancel,
    ) -> Result<(Vec<f32>, Vec<usize>), Stopped> {
        let count = run.phonemes.len();
        if !run.phonemes.iter().any(|number| is_sound(*number)) {
            return Ok((Vec::new(), vec![0; run.words.len()]));
        }
        let lane = self.lanes.enter(cancel)?;
        let style = voice.style(count);
        let speech = self.graph.speak(&run.phonemes, style, speed, cancel)?;
        drop(lane);
        let trimmed = trimmed(&speech.samples, run.end);
        let ends = run.words.iter().map(|word| match &speech.ends {
            _ if *word == 0 => 0,
            Some(ends) => ends[word - 1].saturating_sub(trimmed.before),
            // An estimate: no phoneme is longer than another.
            None => trimmed.sounds_until * word / count,
        });
        let ends = ends.map(|end| end.min(trimmed.samples.len())).collect();
        Ok((trimmed.samples, ends))
    }

    /// A clause in as many runs as its phonemes need.
    fn runs(&self, clause: &Clause<'_>, voice: &Blend) -> Vec<Run> {
        let sounds = self.pronouncer(voice).sounds(clause.text);
        let mut runs = vec![Run::new(clause.end)];
        let mut open = false;
        for sound in &sounds {
            let numbers = numbers(sound);
            // One word beyond the limit is cut itself.
            for part in numbers.chunks(MOST_PHONEMES) {
                let last = runs.last_mut().expect("there is one");
                if last.phonemes.len() + part.len() > MOST_PHONEMES {
                    last.end = End::Word;
                    runs.push(Run::new(clause.end));
                }
                let last = runs.last_mut().expect("there is one");
                last.phonemes.extend_from_slice(part);
            }
            open = !sound.spaced;
            if sound.spaced {
                runs.last_mut().expect("there is one").close();
            }
        }
        let last = runs.last_mut().expect("there is one");
        if open {
            last.close();
        }
        // Rules that see other words than there are tell nothing of when each is said.
        let words = clause.text.split_whitespace().count();
        if runs.iter().map(|run| run.words.len()).sum::<usize>() != words {
            runs.iter_mut().for_each(|run| run.words.clear());
            let last = runs.last_mut().expect("there is one");
            last.words = vec![last.phonemes.len(); words];
        }
        runs
    }
}

impl Run {
    fn new(end: End) -> Self {
        Self {
            phonemes: Vec::new(),
            words: Vec::new(),
            end,
        }
    }

    /// A word ends here.
    fn close(&mut self) {
        self.words.push(self.phonemes.len());
    }
}

fn told(text: &str, said: &str, samples: usize, words: &[usize]) -> Spoken {
    Spoken {
        samples,
        marks: marks(text, said, words),
    }
}

fn numbers(sound: &Sound) -> Vec<i64> {
    let symbols = sound.phonemes.chars().filter_map(number);
    symbols.chain(sound.spaced.then_some(SPACE)).collect()
}

/// Emits 20 ms at a time.
fn pieces(samples: &[f32], emit: &mut dyn FnMut(&[f32]), cancel: &Cancel) -> Result<(), Stopped> {
    for piece in samples.chunks(PIECE) {
        cancel.check()?;
        emit(piece);
    }
    Ok(())
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
