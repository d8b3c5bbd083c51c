//! Every key: its path in the file, what it takes, and where it goes.

use super::{
    Config, Ending, Isolation, KokoroRuntime, Language, Order, Recognition, Spare, Synthesis,
    VoiceDetection,
};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use toml::Value;

type Wrong = String;

/// How a value is written, in the file and in an environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    /// In a variable: separated by commas.
    List,
}

pub(crate) struct Key {
    pub(crate) path: &'static str,
    pub(crate) kind: Kind,
    pub(crate) set: fn(&mut Config, &Value) -> Result<(), Wrong>,
}

macro_rules! keys {
    ($($path:literal $kind:ident |$config:ident, $value:ident| $set:expr;)*) => {
        pub(crate) const KEYS: &[Key] = &[$(Key {
            path: $path,
            kind: Kind::$kind,
            set: |$config, $value| { $set; Ok(()) },
        }),*];
    };
}

keys! {
    "server.listen" Text |c, v| c.listen = address(v)?;
    "server.key" Text |c, v| c.key = filled(v)?;
    "server.allow_origins" List |c, v| c.allow_origins = origins(v)?;
    "server.most_calls" Number |c, v| c.most_calls = number(v, 1, 100_000)? as usize;
    "server.most_load" Number |c, v| c.most_load = number(v, 0, 100)?;
    "server.longest_call_minutes" Number |c, v| c.longest_call_minutes = number(v, 0, 10_080)?;
    "server.drain_seconds" Number |c, v| c.drain_seconds = number(v, 0, 3_600)?;
    "media.port" Number |c, v| c.media_port = number(v, 0, 65_535)? as u16;
    "media.public_addresses" List |c, v| c.public_addresses = addresses(v)?;
    "engines.voice_detector" Text |c, v| c.voice_detector = choice(v, &[
        ("silero", VoiceDetection::Silero),
        ("earshot", VoiceDetection::Earshot),
        ("scripted", VoiceDetection::Scripted),
    ])?;
    "engines.endpointer" Text |c, v| c.endpointer = choice(v, &[
        ("rules", Ending::Rules),
        ("smart-turn", Ending::SmartTurn),
    ])?;
    "engines.recognizer" Text |c, v| c.recognizer = order(v, &[
        ("pocketsphinx", Recognition::PocketSphinx),
        ("whisper", Recognition::Whisper),
        ("remote", Recognition::Remote),
        ("none", Recognition::None),
        ("scripted", Recognition::Scripted),
    ])?;
    "engines.recognizer_threads" Number |c, v| c.recognizer_threads = number(v, 0, 256)? as usize;
    "engines.language_model" Text |c, v| c.language_model = order(v, &[
        ("quote", Language::Quote),
        ("llama", Language::Llama),
        ("remote", Language::Remote),
        ("scripted", Language::Scripted),
    ])?;
    "engines.synthesizer" Text |c, v| c.synthesizer = order(v, &[
        ("flite", Synthesis::Flite),
        ("kokoro", Synthesis::Kokoro),
        ("remote", Synthesis::Remote),
        ("none", Synthesis::None),
        ("scripted", Synthesis::Scripted),
    ])?;
    "engines.isolation" Text |c, v| c.isolation = choice(v, &[
        ("none", Isolation::None),
        ("process", Isolation::Process),
    ])?;
    "engines.spare" Text |c, v| c.spare = choice(v, &[
        ("auto", Spare::Auto),
        ("yes", Spare::Yes),
        ("no", Spare::No),
    ])?;
    "whisper.model" Text |c, v| {
        if let Some(text) = filled(v)? {
            c.whisper_model = Some(PathBuf::from(text));
            c.recognizer.lead(Recognition::Whisper);
        }
    };
    "whisper.language" Text |c, v| c.whisper_language = filled(v)?;
    "llama.model" Text |c, v| {
        if let Some(text) = filled(v)? {
            c.llama_model = Some(PathBuf::from(text));
            c.language_model.lead(Language::Llama);
        }
    };
    "llama.replies" Number |c, v| c.llama_replies = number(v, 1, 256)? as usize;
    "llama.context_tokens" Number |c, v| c.llama_context_tokens = number(v, 512, 1_000_000)? as usize;
    "kokoro.model" Text |c, v| {
        if let Some(text) = filled(v)? {
            c.kokoro_model = Some(PathBuf::from(text));
            c.synthesizer.lead(Synthesis::Kokoro);
        }
    };
    "kokoro.voices" Text |c, v| c.kokoro_voices = filled(v)?.map(PathBuf::from);
    "kokoro.voice" Text |c, v| c.kokoro_voice = filled(v)?;
    "kokoro.runtime" Text |c, v| c.kokoro_runtime = choice(v, &[
        ("auto", KokoroRuntime::Auto),
        ("rten", KokoroRuntime::Rten),
        ("ort", KokoroRuntime::Ort),
    ])?;
    "kokoro.library" Text |c, v| c.kokoro_library = filled(v)?.map(PathBuf::from);
    "models.set" Text |c, v| c.models_set = filled(v)?;
    "models.offer" Text |c, v| c.models_offer = choice(v, &[("no", false), ("yes", true)])?;
    "models.mirror" Text |c, v| {
        c.models_mirror = filled(v)?;
        c.models_mirror.as_deref().map_or(Ok(()), url)?;
    };
    "models.manifest" Text |c, v| c.models_manifest = filled(v)?.map(PathBuf::from);
    "knowledge.folder" Text |c, v| c.knowledge = filled(v)?.map(PathBuf::from);
    "llm.url" Text |c, v| {
        if let Some(text) = filled(v)? {
            url(&text)?;
            c.take_llm(text);
        }
    };
    "llm.model" Text |c, v| c.llm_model = filled(v)?;
    // A conversation waits 15 s for a word, and the engine behind needs some of them.
    "llm.first_word_seconds" Number |c, v| c.llm_first_word_seconds = number(v, 1, 14)?;
    "llm.key" Text |c, v| c.llm_key = filled(v)?;
    "llm.key_variable" Text |c, v| c.llm_key_variable = filled(v)?;
    "stt.url" Text |c, v| {
        if let Some(text) = filled(v)? {
            url(&text)?;
            c.take_stt(text);
        }
    };
    "stt.model" Text |c, v| c.stt_model = filled(v)?;
    "stt.language" Text |c, v| c.stt_language = filled(v)?;
    "stt.key" Text |c, v| c.stt_key = filled(v)?;
    "stt.key_variable" Text |c, v| c.stt_key_variable = filled(v)?;
    "tts.url" Text |c, v| {
        if let Some(text) = filled(v)? {
            url(&text)?;
            c.take_tts(text);
        }
    };
    "tts.model" Text |c, v| c.tts_model = filled(v)?;
    "tts.voice" Text |c, v| c.tts_voice = filled(v)?;
    "tts.format" Text |c, v| c.tts_wav = choice(v, &[("pcm", false), ("wav", true)])?;
    "tts.key" Text |c, v| c.tts_key = filled(v)?;
    "tts.key_variable" Text |c, v| c.tts_key_variable = filled(v)?;
    "conversation.greeting" Text |c, v| c.greeting = filled(v)?;
    "conversation.ask_again" Text |c, v| c.ask_again = choice(v, &[("yes", true), ("no", false)])?;
    "conversation.speculation" Text |c, v| c.speculation = choice(v, &[("on", true), ("off", false)])?;
    "relay.urls" List |c, v| c.relay_urls = texts(v)?;
    "relay.secret" Text |c, v| c.relay_secret = filled(v)?;
    "relay.minutes" Number |c, v| c.relay_minutes = number(v, 1, 1_440)?;
    "storage.data" Text |c, v| c.data = filled(v)?.map(PathBuf::from);
    "storage.journals" Text |c, v| c.journals = filled(v)?.map(PathBuf::from);
}

pub(crate) fn is_section(path: &str) -> bool {
    KEYS.iter().any(|key| {
        key.path
            .split_once('.')
            .is_some_and(|(section, _)| section == path)
    })
}

/// `server.listen` is `REPARTEE_SERVER_LISTEN`.
pub(crate) fn variable(path: &str) -> String {
    format!("REPARTEE_{}", path.replace('.', "_").to_ascii_uppercase())
}

/// An environment variable's text in the file's terms.
pub(crate) fn value_of(text: &str, kind: Kind) -> Value {
    match kind {
        Kind::Text => Value::String(text.to_owned()),
        Kind::Number => text
            .parse()
            .map_or_else(|_| Value::String(text.to_owned()), Value::Integer),
        Kind::List => {
            let items = text
                .split(',')
                .map(|item| Value::String(item.trim().to_owned()));
            Value::Array(items.collect())
        }
    }
}

/// Names the nearest key: most unknown ones are slips.
pub(crate) fn unknown(path: &str) -> Wrong {
    let last = path.rsplit('.').next().unwrap_or(path);
    let near = KEYS
        .iter()
        .map(|key| (distance(key.path, path), key.path))
        .min();
    let moved = KEYS
        .iter()
        .find(|key| key.path.rsplit('.').next() == Some(last));
    match (moved, near) {
        (Some(key), _) => format!("there is no such key; did you mean {}?", key.path),
        (None, Some((steps, name))) if steps <= 4 => {
            format!("there is no such key; did you mean {name}?")
        }
        _ => "there is no such key".to_owned(),
    }
}

/// Levenshtein's: how many letters to change.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in other.chars().enumerate() {
            let change = diagonal + usize::from(a != b);
            diagonal = std::mem::replace(&mut row[j + 1], 0);
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

fn text(value: &Value) -> Result<&str, Wrong> {
    value
        .as_str()
        .ok_or_else(|| format!("{value} is not text; write it in quotes"))
}

/// Empty text means: not set.
fn filled(value: &Value) -> Result<Option<String>, Wrong> {
    let text = text(value)?.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn texts(value: &Value) -> Result<Vec<String>, Wrong> {
    let list = value
        .as_array()
        .ok_or_else(|| format!("{value} is not a list such as [\"a\"]"))?;
    list.iter()
        .map(|item| text(item).map(str::to_owned))
        .collect()
}

fn origins(value: &Value) -> Result<Vec<String>, Wrong> {
    let origins = texts(value)?;
    origins.iter().try_for_each(|text| origin(text))?;
    Ok(origins)
}

/// What a browser sends as `Origin`: one with a path, or a star, would never match.
pub(crate) fn origin(text: &str) -> Result<(), Wrong> {
    let (scheme, host) = text.split_once("://").unwrap_or_default();
    let host = host.strip_suffix('/').unwrap_or(host);
    let strange = |c: char| c == '/' || c == '*' || c == '?' || c == '#' || c.is_whitespace();
    if scheme.is_empty() || host.is_empty() || host.contains(strange) {
        return Err(format!(
            "\"{text}\" is not a web origin such as \"https://shop.example\" or \"http://192.0.2.7:3000\""
        ));
    }
    Ok(())
}

fn number(value: &Value, least: u64, most: u64) -> Result<u64, Wrong> {
    let wrong = || format!("{value} is not a whole number from {least} to {most}");
    let number = value
        .as_integer()
        .and_then(|number| u64::try_from(number).ok())
        .ok_or_else(wrong)?;
    if (least..=most).contains(&number) {
        Ok(number)
    } else {
        Err(wrong())
    }
}

fn address(value: &Value) -> Result<SocketAddr, Wrong> {
    text(value)?
        .parse()
        .map_err(|_| format!("{value} is not an address with a port, such as \"127.0.0.1:8080\""))
}

fn addresses(value: &Value) -> Result<Vec<IpAddr>, Wrong> {
    let wrong = |text: &str| format!("\"{text}\" is not an IP address such as \"203.0.113.7\"");
    texts(value)?
        .iter()
        .map(|text| text.parse().map_err(|_| wrong(text)))
        .collect()
}

pub(crate) fn url(text: &str) -> Result<(), Wrong> {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    if rest.is_some_and(|host| !host.is_empty() && !host.starts_with('/')) {
        Ok(())
    } else {
        Err(format!(
            "\"{text}\" is not a URL such as \"http://localhost:11434/v1\""
        ))
    }
}

fn choice<T: Copy>(value: &Value, choices: &[(&str, T)]) -> Result<T, Wrong> {
    let text = text(value)?;
    choices
        .iter()
        .find(|(name, _)| *name == text)
        .map(|(_, choice)| *choice)
        .ok_or_else(|| {
            // Scripted engines are for tests and are not offered.
            let names = choices
                .iter()
                .map(|(name, _)| *name)
                .filter(|name| *name != "scripted");
            format!(
                "\"{text}\" is none of: {}",
                names.collect::<Vec<_>>().join(", ")
            )
        })
}

/// One name, or several in the order in which they take over from one another: a list, or parted by commas.
fn order<T: Copy + PartialEq>(value: &Value, choices: &[(&str, T)]) -> Result<Order<T>, Wrong> {
    let names = match value {
        Value::Array(_) => texts(value)?,
        _ => {
            let names = text(value)?.split(',');
            names.map(|name| name.trim().to_owned()).collect()
        }
    };
    let chosen: Result<Vec<T>, Wrong> = names
        .iter()
        .map(|name| choice(&Value::String(name.clone()), choices))
        .collect();
    let chosen = chosen?;
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            return Err(format!("\"{name}\" stands there twice"));
        }
        if name == "none" && names.len() > 1 {
            return Err("\"none\" stands alone".to_owned());
        }
    }
    match (chosen.split_first(), value) {
        (None, _) => Err("an empty list: name at least one".to_owned()),
        (Some((&first, [])), Value::String(_)) => Ok(Order::of(first)),
        (Some((&first, behind)), _) => Ok(Order::in_full(first, behind.to_vec())),
    }
}
