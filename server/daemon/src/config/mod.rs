//! What the server is told: defaults, then the file, then the environment, then the command line.

mod check;
mod choices;
pub(crate) mod keys;
mod mistakes;
mod order;

pub(crate) use choices::{
    Ending, Isolation, KokoroRuntime, Language, Recognition, Spare, Synthesis, VoiceDetection,
};
use keys::KEYS;
pub(crate) use mistakes::Mistakes;
pub(crate) use order::Order;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// The file that stands beside the server when none is named.
pub(crate) const FILE: &str = "repartee.toml";
/// Shipped, and printed by `repartee check --sample`: every key with its default and its reason.
pub(crate) const SAMPLE: &str = include_str!("../../repartee.sample.toml");

/// What the engines' process is told of it (`engines.isolation`) leaves every secret out.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    #[serde(skip)]
    pub(crate) key: Option<String>,
    pub(crate) allow_origins: Vec<String>,
    pub(crate) most_calls: usize,
    /// In percent of the engines' time; 0: no limit.
    pub(crate) most_load: u64,
    pub(crate) longest_call_minutes: u64,
    pub(crate) drain_seconds: u64,
    /// 0: the port of `listen`.
    pub(crate) media_port: u16,
    pub(crate) public_addresses: Vec<IpAddr>,
    pub(crate) voice_detector: VoiceDetection,
    pub(crate) endpointer: Ending,
    pub(crate) recognizer: Order<Recognition>,
    /// 0: one for each core.
    pub(crate) recognizer_threads: usize,
    pub(crate) language_model: Order<Language>,
    pub(crate) synthesizer: Order<Synthesis>,
    pub(crate) isolation: Isolation,
    pub(crate) spare: Spare,
    pub(crate) whisper_model: Option<PathBuf>,
    pub(crate) whisper_language: Option<String>,
    pub(crate) llama_model: Option<PathBuf>,
    pub(crate) llama_replies: usize,
    pub(crate) llama_context_tokens: usize,
    pub(crate) kokoro_model: Option<PathBuf>,
    pub(crate) kokoro_voices: Option<PathBuf>,
    pub(crate) kokoro_voice: Option<String>,
    pub(crate) kokoro_runtime: KokoroRuntime,
    pub(crate) kokoro_library: Option<PathBuf>,
    pub(crate) models_set: Option<String>,
    pub(crate) models_offer: bool,
    pub(crate) models_mirror: Option<String>,
    pub(crate) models_manifest: Option<PathBuf>,
    pub(crate) knowledge: Option<PathBuf>,
    pub(crate) llm_url: Option<String>,
    pub(crate) llm_model: Option<String>,
    pub(crate) llm_first_word_seconds: u64,
    #[serde(skip)]
    pub(crate) llm_key: Option<String>,
    pub(crate) llm_key_variable: Option<String>,
    pub(crate) stt_url: Option<String>,
    pub(crate) stt_model: Option<String>,
    pub(crate) stt_language: Option<String>,
    #[serde(skip)]
    pub(crate) stt_key: Option<String>,
    pub(crate) stt_key_variable: Option<String>,
    pub(crate) tts_url: Option<String>,
    pub(crate) tts_model: Option<String>,
    pub(crate) tts_voice: Option<String>,
    pub(crate) tts_wav: bool,
    #[serde(skip)]
    pub(crate) tts_key: Option<String>,
    pub(crate) tts_key_variable: Option<String>,
    pub(crate) greeting: Option<String>,
    pub(crate) ask_again: bool,
    /// A reply is begun before it is certain that the caller has finished.
    pub(crate) speculation: bool,
    pub(crate) relay_urls: Vec<String>,
    #[serde(skip)]
    pub(crate) relay_secret: Option<String>,
    pub(crate) relay_minutes: u64,
    pub(crate) data: Option<PathBuf>,
    pub(crate) journals: Option<PathBuf>,
    /// `--lan`, of the command line alone: a key is minted where none is set.
    pub(crate) lan: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            key: None,
            allow_origins: Vec::new(),
            most_calls: 100,
            most_load: 0,
            longest_call_minutes: 0,
            drain_seconds: 10,
            media_port: 0,
            public_addresses: Vec::new(),
            voice_detector: VoiceDetection::Silero,
            endpointer: Ending::Rules,
            recognizer: Order::of(Recognition::PocketSphinx),
            recognizer_threads: 0,
            language_model: Order::of(Language::Quote),
            synthesizer: Order::of(Synthesis::Flite),
            isolation: Isolation::None,
            spare: Spare::Auto,
            whisper_model: None,
            whisper_language: None,
            llama_model: None,
            llama_replies: 4,
            llama_context_tokens: 4096,
            kokoro_model: None,
            kokoro_voices: None,
            kokoro_voice: None,
            kokoro_runtime: KokoroRuntime::Auto,
            kokoro_library: None,
            models_set: None,
            models_offer: false,
            models_mirror: None,
            models_manifest: None,
            knowledge: None,
            llm_url: None,
            llm_model: None,
            llm_first_word_seconds: 10,
            llm_key: None,
            llm_key_variable: None,
            stt_url: None,
            stt_model: None,
            stt_language: None,
            stt_key: None,
            stt_key_variable: None,
            tts_url: None,
            tts_model: None,
            tts_voice: None,
            tts_wav: false,
            tts_key: None,
            tts_key_variable: None,
            greeting: None,
            ask_again: true,
            speculation: true,
            relay_urls: Vec::new(),
            relay_secret: None,
            relay_minutes: 60,
            data: None,
            journals: None,
            lan: false,
        }
    }
}

impl Config {
    /// Reads the file (or the default one, where it stands), the environment and what was typed.
    /// Every mistake is named, not only the first; what hangs together is checked once all are in.
    pub(crate) fn read(
        file: Option<&Path>,
        environment: impl Fn(&str) -> Option<String>,
        typed: impl FnOnce(&mut Self, &mut Mistakes),
    ) -> Result<Self, Mistakes> {
        let (mut config, mut mistakes) = (Self::default(), Mistakes::default());
        let beside = Path::new(FILE);
        if let Some(path) = file.or_else(|| beside.exists().then_some(beside)) {
            match std::fs::read_to_string(path) {
                Ok(text) => config.take_file(&path.display().to_string(), &text, &mut mistakes),
                Err(error) => mistakes.add(path.display(), format!("cannot be read: {error}")),
            }
        }
        config.take_environment(&environment, &mut mistakes);
        typed(&mut config, &mut mistakes);
        config.take_set();
        config.take_keys(&environment, &mut mistakes);
        config.check(&mut mistakes);
        mistakes.none_or(config)
    }

    pub(crate) fn take_file(&mut self, name: &str, text: &str, mistakes: &mut Mistakes) {
        match text.parse::<toml::Table>() {
            Ok(table) => self.take_table(name, "", &table, mistakes),
            Err(error) => mistakes.add(name, error.to_string().trim_end()),
        }
    }

    fn take_table(&mut self, file: &str, within: &str, table: &toml::Table, out: &mut Mistakes) {
        for (name, value) in table {
            let path = if within.is_empty() {
                name.clone()
            } else {
                format!("{within}.{name}")
            };
            let place = format!("{file}: {path}");
            if let Some(key) = KEYS.iter().find(|key| key.path == path) {
                if let Err(wrong) = (key.set)(self, value) {
                    out.add(place, wrong);
                }
            } else if let (true, toml::Value::Table(inner)) = (keys::is_section(&path), value) {
                self.take_table(file, &path, inner, out);
            } else if keys::is_section(&path) {
                out.add(
                    place,
                    format!("is a section: write its keys under [{path}]"),
                );
            } else {
                out.add(place, keys::unknown(&path));
            }
        }
    }

    fn take_environment(
        &mut self,
        environment: impl Fn(&str) -> Option<String>,
        mistakes: &mut Mistakes,
    ) {
        for key in KEYS {
            let name = keys::variable(key.path);
            let Some(text) = environment(&name).filter(|text| !text.is_empty()) else {
                continue;
            };
            if let Err(wrong) = (key.set)(self, &keys::value_of(&text, key.kind)) {
                mistakes.add(format!("environment variable {name}"), wrong);
            }
        }
        // The names that every OpenAI client knows.
        if self.llm_url.is_none()
            && let Some(url) = environment("OPENAI_BASE_URL").filter(|url| !url.is_empty())
        {
            match keys::url(&url) {
                Ok(()) => self.take_llm(url),
                Err(wrong) => mistakes.add("environment variable OPENAI_BASE_URL", wrong),
            }
        }
        // As `repartee serve --key` has it.
        if let Some(key) = environment("REPARTEE_KEY").filter(|key| !key.trim().is_empty()) {
            self.key = Some(key.trim().to_owned());
        }
    }

    /// Who names a chat server wants its words.
    pub(crate) fn take_llm(&mut self, url: String) {
        self.llm_url = Some(url);
        self.language_model.lead(Language::Remote);
    }

    /// ... a transcription server, its ears,
    pub(crate) fn take_stt(&mut self, url: String) {
        self.stt_url = Some(url);
        self.recognizer.lead(Recognition::Remote);
    }

    /// ... and a speech server, its voice.
    pub(crate) fn take_tts(&mut self, url: String) {
        self.tts_url = Some(url);
        self.synthesizer.lead(Synthesis::Remote);
    }

    /// A set takes the place of the built-in engines, and of no other that was chosen.
    fn take_set(&mut self) {
        if self.models_set.is_none() {
            return;
        }
        if self.recognizer == Recognition::PocketSphinx {
            self.recognizer.lead(Recognition::Whisper);
        }
        if self.language_model == Language::Quote {
            self.language_model.lead(Language::Llama);
        }
        if self.synthesizer == Synthesis::Flite {
            self.synthesizer.lead(Synthesis::Kokoro);
        }
    }

    /// Keys that stand in variables of their own; and those that were given for the same address before. Many have OpenAI's
    /// key in their environment: it is for OpenAI and for the address beside it, and chooses no engine by itself.
    fn take_keys(&mut self, environment: impl Fn(&str) -> Option<String>, mistakes: &mut Mistakes) {
        let servers = [
            (
                "llm",
                &self.llm_url,
                &self.llm_key_variable,
                &mut self.llm_key,
            ),
            (
                "stt",
                &self.stt_url,
                &self.stt_key_variable,
                &mut self.stt_key,
            ),
            (
                "tts",
                &self.tts_url,
                &self.tts_key_variable,
                &mut self.tts_key,
            ),
        ];
        let held = |name: &str| environment(name).filter(|key| !key.is_empty());
        // The chat server's address and key. It comes first, so the others find its key, wherever that stood.
        let mut known: Option<(String, String)> = None;
        for (section, url, variable, key) in servers {
            let Some(url) = url else { continue };
            if key.is_none() {
                *key = key_for(url, variable.as_deref(), known.as_ref(), held);
            }
            if let (Some(name), None) = (variable, key.as_ref()) {
                let wrong = format!("the environment has no variable {name}");
                mistakes.add(format!("{section}.key_variable"), wrong);
            }
            if section == "llm" {
                known = key.clone().map(|key| (url.clone(), key));
            }
        }
    }

    /// Who hears, in their order.
    pub(crate) fn recognizers(&self) -> Vec<Recognition> {
        self.recognizer
            .line(Recognition::Remote, Recognition::PocketSphinx)
    }

    /// Who finds the words, in their order.
    pub(crate) fn language_models(&self) -> Vec<Language> {
        self.language_model.line(Language::Remote, Language::Quote)
    }

    /// Who speaks, in their order.
    pub(crate) fn synthesizers(&self) -> Vec<Synthesis> {
        self.synthesizer.line(Synthesis::Remote, Synthesis::Flite)
    }

    /// All media goes through this one UDP port.
    pub(crate) fn media_port(&self) -> u16 {
        if self.media_port == 0 {
            self.listen.port()
        } else {
            self.media_port
        }
    }
}

/// Its own variable wins; then what was given for the same address, OpenAI's too; then the key that every OpenAI client knows.
fn key_for(
    url: &str,
    variable: Option<&str>,
    known: Option<&(String, String)>,
    held: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    if let Some(name) = variable {
        return held(name);
    }
    if let Some((_, key)) = known.filter(|(address, _)| address == url) {
        return Some(key.clone());
    }
    let beside = held("OPENAI_BASE_URL").is_some_and(|base| base == url);
    if check::is_openai(url) || beside {
        return held("OPENAI_API_KEY");
    }
    None
}

#[cfg(test)]
mod tests;
