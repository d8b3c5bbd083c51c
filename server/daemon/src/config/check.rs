//! What each value alone cannot show: what hangs together, and does not.

use super::{Config, Language, Mistakes, Recognition, Synthesis};

/// The one server whose key every OpenAI client knows where to find.
pub(super) fn is_openai(url: &str) -> bool {
    let host = url.strip_prefix("https://").unwrap_or_default();
    host == "api.openai.com" || host.starts_with("api.openai.com/")
}

impl Config {
    /// What each value alone cannot show.
    pub(super) fn check(&self, mistakes: &mut Mistakes) {
        if self.lan && self.listen.ip().is_loopback() {
            mistakes.add(
                "--lan",
                format!(
                    "no phone reaches {}: leave --listen out, or name an address such as 0.0.0.0:8080",
                    self.listen
                ),
            );
        }
        if !self.listen.ip().is_loopback() && self.key.is_none() && !self.lan {
            mistakes.add(
                "server.key",
                format!(
                    "{} can be reached from other machines, so a key is needed: set server.key or \
                     REPARTEE_SERVER_KEY, give --key, use --lan to have one minted, or listen on 127.0.0.1",
                    self.listen
                ),
            );
        }
        self.check_key(mistakes);
        self.check_media(mistakes);
        self.check_servers(mistakes);
        self.check_models(mistakes);
        if !self.relay_urls.is_empty() && self.relay_secret.is_none() {
            mistakes.add(
                "relay.secret",
                "is needed with relay.urls: the relay's static-auth-secret",
            );
        }
        if let Some(folder) = &self.knowledge
            && !folder.is_dir()
        {
            mistakes.add(
                "knowledge.folder",
                format!("{} is not a folder", folder.display()),
            );
        }
    }

    /// A header carries nothing else as text, so no client could show it.
    fn check_key(&self, mistakes: &mut Mistakes) {
        let shown = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        if self.key.as_ref().is_some_and(|key| !key.bytes().all(shown)) {
            mistakes.add(
                "server.key",
                "no client can show this one in a header: take letters, digits and signs of ASCII, for \
                 example from openssl rand -hex 16",
            );
        }
    }

    fn check_media(&self, mistakes: &mut Mistakes) {
        let listen = self.listen.ip();
        for ip in crate::media::unreachable(listen, &self.public_addresses) {
            let kind = if ip.is_ipv4() { "IPv4" } else { "IPv6" };
            mistakes.add(
                "media.public_addresses",
                format!(
                    "{ip} is {kind}, and nothing listens for {kind} on {listen}: leave it out, or set server.listen to \
                     [::]:{}, which takes both kinds",
                    self.listen.port()
                ),
            );
        }
    }

    fn check_servers(&self, mistakes: &mut Mistakes) {
        let wanting = [
            (
                "recognizer",
                "stt",
                self.recognizer.has(Recognition::Remote),
                &self.stt_url,
            ),
            (
                "language_model",
                "llm",
                self.language_model.has(Language::Remote),
                &self.llm_url,
            ),
            (
                "synthesizer",
                "tts",
                self.synthesizer.has(Synthesis::Remote),
                &self.tts_url,
            ),
        ];
        for (seam, section, remote, url) in wanting {
            if remote && url.is_none() {
                let wrong = format!("\"remote\" needs {section}.url (or --{section} URL)");
                mistakes.add(format!("engines.{seam}"), wrong);
            }
        }
    }

    fn check_models(&self, mistakes: &mut Mistakes) {
        let unset = self.models_set.is_none();
        if self.recognizer.has(Recognition::Whisper) && self.whisper_model.is_none() && unset {
            mistakes.add(
                "engines.recognizer",
                "\"whisper\" needs whisper.model or models.set",
            );
        }
        if self.language_model.has(Language::Llama) && self.llama_model.is_none() && unset {
            mistakes.add(
                "engines.language_model",
                "\"llama\" needs llama.model or models.set",
            );
        }
        if self.synthesizer.has(Synthesis::Kokoro) && self.kokoro_model.is_none() && unset {
            mistakes.add(
                "engines.synthesizer",
                "\"kokoro\" needs kokoro.model or models.set",
            );
        }
        let manifest = match crate::models::manifest(self.models_manifest.as_deref()) {
            Ok(manifest) => manifest,
            Err(wrong) => return mistakes.add("models.manifest", wrong),
        };
        let set = self.models_set.as_deref().unwrap_or_default();
        if !unset && manifest.set(set).is_none() {
            let names = manifest.sets.iter().map(|set| set.name.as_str());
            let names = names.collect::<Vec<_>>().join(", ");
            mistakes.add("models.set", format!("\"{set}\" is none of: {names}"));
        }
    }
}
