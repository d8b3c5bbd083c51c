//! The built-in engines by hand: say, hear, ask, and a journal told again.

use crate::assemble;
use crate::command_line::{Ask, Hear, Replay, Say};
use crate::{meaning, print};
use models_builtin::quote::Quoter;
use models_engine::{
    Cancel, Hint, LISTENING_RATE, LanguageModel, Passage, Piece, Prompt, Query, Recognizer,
    Retriever, Script,
};
use models_knowledge::Knowledge;
use std::path::{Path, PathBuf};

pub(crate) fn say(say: &Say) -> Result<(), String> {
    let engine = models_builtin::synthesizer().map_err(|failure| failure.message)?;
    let voices = engine.voices();
    if let Some(voice) = say.voice.as_ref().filter(|voice| !voices.contains(voice)) {
        return Err(format!(
            "there is no voice \"{voice}\"; there are: {}",
            voices.join(", ")
        ));
    }
    if !(0.25..=1.5).contains(&say.speed) {
        return Err(format!("--speed {} is not between 0.25 and 1.5", say.speed));
    }
    let script = Script {
        text: say.text.clone(),
        voice: say.voice.clone(),
        speed: say.speed,
    };
    let mut samples = Vec::new();
    engine
        .speak(
            &script,
            &mut |speech| samples.extend_from_slice(speech),
            &Cancel::new(),
        )
        .map_err(|stopped| stopped.to_string())?;
    write_wav(&say.file, engine.rate(), &samples)?;
    let seconds = samples.len() as f32 / engine.rate() as f32;
    let (file, name) = (say.file.display(), engine.card().name);
    print(&format!("{file}: {seconds:.1} s by {name}"));
    Ok(())
}

pub(crate) fn hear(hear: &Hear) -> Result<(), String> {
    let speech = read_wav(&hear.file)?;
    let knowledge = knowledge(hear.knowledge.as_ref())?;
    let engine = assemble::sphinx(&knowledge, 1)?;
    let cancel = Cancel::new();
    let mut listening = engine
        .listen(&Hint::default())
        .map_err(|stopped| stopped.to_string())?;
    for piece in speech.chunks(LISTENING_RATE as usize / 10) {
        listening
            .push(piece, &cancel)
            .map_err(|stopped| stopped.to_string())?;
    }
    let transcript = listening
        .finish(&cancel)
        .map_err(|stopped| stopped.to_string())?;
    if transcript.text.is_empty() {
        eprintln!("No speech was found in {}.", hear.file.display());
    }
    print(&transcript.text);
    Ok(())
}

pub(crate) fn ask(ask: &Ask) -> Result<(), String> {
    let knowledge = knowledge(ask.knowledge.as_ref())?;
    let quoter = Quoter::new();
    if let Err(reason) = meaning::learn(&knowledge, ask.knowledge.as_deref(), Some(&quoter)) {
        eprintln!("The knowledge is searched by words alone: {reason}.");
    }
    let (text, cancel) = (ask.question.clone(), Cancel::new());
    let limit = quoter.passages();
    let passages = knowledge
        .retrieve(
            &Query {
                text: text.clone(),
                limit,
            },
            &cancel,
        )
        .map_err(|stopped| stopped.to_string())?;
    let prompt = Prompt {
        passages,
        ..Prompt::asking(text)
    };
    let (mut answer, mut sources) = (String::new(), Vec::new());
    let mut emit = |piece| match piece {
        Piece::Text(text) => answer.push_str(&text),
        Piece::Cite(index) => sources.extend(prompt.passages.get(index).map(source)),
        Piece::Call(_) | Piece::Arguments(_) => {}
    };
    quoter
        .compose(&prompt, &mut emit, &cancel)
        .map_err(|stopped| stopped.to_string())?;
    print(answer.trim());
    for source in sources {
        print(&format!("  — {source}"));
    }
    Ok(())
}

fn source(passage: &Passage) -> String {
    match passage.heading.as_str() {
        "" => passage.source.clone(),
        heading => format!("{}, {heading}", passage.source),
    }
}

pub(crate) fn replay(replay: &Replay) -> Result<(), String> {
    let file = &replay.journal;
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let told = server_session::Replay::of(&text)
        .map_err(|error| format!("{} cannot be replayed: {error}", file.display()))?;
    if replay.outputs {
        print!("{}", told.outputs);
    }
    eprintln!(
        "{} inputs; outputs then {}, now {}",
        told.inputs, told.then, told.now
    );
    if told.agrees() {
        Ok(())
    } else {
        Err("the outputs differ: this is not the conversation that was held".to_owned())
    }
}

fn knowledge(folder: Option<&PathBuf>) -> Result<Knowledge, String> {
    let Some(folder) = folder else {
        return Ok(Knowledge::embedded());
    };
    let (knowledge, warnings) = Knowledge::open(folder).map_err(|error| error.to_string())?;
    for warning in warnings {
        eprintln!("{warning}");
    }
    Ok(knowledge)
}

fn write_wav(file: &Path, rate: u32, samples: &[f32]) -> Result<(), String> {
    let wrong = |error: hound::Error| format!("{} cannot be written: {error}", file.display());
    let (channels, bits_per_sample, sample_format) = (1, 16, hound::SampleFormat::Int);
    let spec = hound::WavSpec {
        channels,
        sample_rate: rate,
        bits_per_sample,
        sample_format,
    };
    let mut writer = hound::WavWriter::create(file, spec).map_err(wrong)?;
    for sample in samples {
        let level = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16;
        writer.write_sample(level).map_err(wrong)?;
    }
    writer.finalize().map_err(wrong)
}

/// One channel at the listening rate, whatever the file's own are.
fn read_wav(file: &Path) -> Result<Vec<f32>, String> {
    let wrong = |error: hound::Error| {
        format!(
            "{} is not a WAV file that can be read: {error}",
            file.display()
        )
    };
    let mut reader = hound::WavReader::open(file).map_err(wrong)?;
    let spec = reader.spec();
    let samples: Vec<f32> = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>(),
        hound::SampleFormat::Int => {
            let full = (1_i64 << (spec.bits_per_sample - 1)) as f32;
            reader
                .samples::<i32>()
                .map(|sample| sample.map(|s| s as f32 / full))
                .collect()
        }
    }
    .map_err(wrong)?;
    let channels = usize::from(spec.channels).max(1);
    let mono: Vec<f32> = samples
        .chunks(channels)
        .map(|all| all.iter().sum::<f32>() / channels as f32)
        .collect();
    server_audio::resample(&mono, spec.sample_rate, LISTENING_RATE)
        .map_err(|error| format!("{}: {error}", file.display()))
}
