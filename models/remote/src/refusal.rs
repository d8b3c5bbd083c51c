//! What can go wrong at another server, each in a sentence that says what to do.
//!
//! A server's own words are not repeated, only its short codes: they may quote what the caller said, and
//! that reaches no log.

use std::time::Duration;

use models_engine::{Failure, Stopped};
use reqwest::Url;

use crate::body;
use crate::tries::Another;

const ERROR_LIMIT_BYTES: usize = 64 * 1024;

/// What a server is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Chat,
    Transcription,
    Speech,
}

impl Service {
    fn server(self) -> &'static str {
        match self {
            Self::Chat => "language model server",
            Self::Transcription => "transcription server",
            Self::Speech => "voice server",
        }
    }

    /// What it sends when all is well.
    fn answer(self) -> &'static str {
        match self {
            Self::Chat => "chat answer",
            Self::Transcription => "transcript",
            Self::Speech => "sound",
        }
    }

    fn section(self) -> &'static str {
        match self {
            Self::Chat => "llm",
            Self::Transcription => "stt",
            Self::Speech => "tts",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Chat => "llm.key or REPARTEE_LLM_KEY",
            Self::Transcription => "stt.key or REPARTEE_STT_KEY",
            Self::Speech => "tts.key or REPARTEE_TTS_KEY",
        }
    }
}

/// Why a request failed, and what that says of the server and of another try.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) failure: Failure,
    /// The request was at fault: the server is well.
    pub(crate) is_ours: bool,
    pub(crate) another: Another,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            is_ours: false,
            another: Another::Never,
        }
    }
}

/// How a step of a job ends early.
#[derive(Clone, Debug)]
pub(crate) enum Halt {
    Cancelled,
    Trouble(Trouble),
}

impl From<Trouble> for Halt {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::Trouble(failure.into())
    }
}

/// Of `Cancel::check`, which knows no other end.
impl From<Stopped> for Halt {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Cancelled => Self::Cancelled,
            Stopped::Failed(failure) => failure.into(),
        }
    }
}

impl From<Halt> for Stopped {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Cancelled => Self::Cancelled,
            Halt::Trouble(trouble) => Self::Failed(trouble.failure),
        }
    }
}

/// Where the server is, for requests and for sentences.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    base: Url,
    service: Service,
}

impl Place {
    pub(crate) fn parse(base_url: &str, service: Service) -> Result<Self, Failure> {
        let wrong = || {
            Failure::new(format!(
                "{base_url:?} is no address of a {}: give one like http://localhost:11434/v1.",
                service.server()
            ))
        };
        let base = Url::parse(base_url.trim()).map_err(|_| wrong())?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(wrong());
        }
        Ok(Self { base, service })
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!(
            "{}/{path}",
            self.base.path().trim_end_matches('/')
        ));
        url
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.base.scheme() == "https"
    }

    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.base.host_str().unwrap_or("");
        let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    pub(crate) fn is_openai(&self) -> bool {
        self.base.host_str() == Some("api.openai.com")
    }

    /// OpenAI lists models of every kind, whichever is asked for.
    pub(crate) fn usual_model(&self) -> Option<&'static str> {
        match self.service {
            Service::Transcription if self.is_openai() => Some("whisper-1"),
            Service::Speech if self.is_openai() => Some("gpt-4o-mini-tts"),
            Service::Chat | Service::Transcription | Service::Speech => None,
        }
    }

    /// Without a name and password that may stand in the address.
    pub(crate) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or("");
        match self.base.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Only where the connection was refused has nothing been asked yet for certain.
    pub(crate) fn unreachable(&self, err: &reqwest::Error) -> Trouble {
        let (cause, refused) = root_cause(err);
        let failure = self.sentence(&match (err.is_timeout(), err.is_connect()) {
            (true, _) => format!("does not answer ({cause}): start it, or correct its address"),
            (_, true) => format!("cannot be reached ({cause}): start it, or correct its address"),
            _ => format!("closed the line before it answered ({cause}): look at its log"),
        });
        let another = match refused {
            true => Another::Soon,
            false => Another::Never,
        };
        Trouble {
            another,
            ..failure.into()
        }
    }

    pub(crate) fn stalled(&self, waited: Duration) -> Failure {
        let seconds = waited.as_secs_f32();
        self.sentence(&format!(
            "said nothing for {seconds} s: it may be overloaded or still loading its model"
        ))
    }

    pub(crate) fn resting(&self, wait: Duration) -> Failure {
        let seconds = wait.as_secs_f32().ceil();
        self.sentence(&format!(
            "has failed again and again: it is left alone, and tried again in {seconds} s"
        ))
    }

    pub(crate) fn broken(&self) -> Failure {
        self.sentence("broke off in the middle of its answer: look at its log")
    }

    pub(crate) fn no_answer(&self) -> Failure {
        let answer = self.service.answer();
        self.sentence(&format!(
            "sent something that is no {answer}: check that the address ends in /v1 or where its OpenAI API begins"
        ))
    }

    /// Sound, but none that can be played.
    pub(crate) fn strange_sound(&self, kind: &str) -> Failure {
        self.sentence(&format!(
            "sent {kind} and not 16-bit samples: see tts.format, or name another model with --tts-model"
        ))
    }

    pub(crate) fn too_slow(&self) -> Failure {
        self.sentence("speaks more slowly than can be listened to: it may be overloaded")
    }

    pub(crate) fn no_models(&self) -> Failure {
        let section = self.service.section();
        self.sentence(&format!(
            "lists no model: pull one there, or name one with --{section}-model"
        ))
    }

    pub(crate) fn empty(&self) -> Failure {
        let what = match self.service {
            Service::Speech => "sound",
            Service::Chat | Service::Transcription => "words",
        };
        let section = self.service.section();
        self.sentence(&format!(
            "answered without {what}: try another model with --{section}-model"
        ))
    }

    pub(crate) fn too_much(&self) -> Failure {
        self.sentence("sent more than any spoken answer needs: look at its log")
    }

    /// An error inside the stream.
    pub(crate) fn failed(&self, error: &serde_json::Value) -> Failure {
        let code = code(error);
        self.sentence(&format!("failed while it answered{code}: look at its log"))
    }

    /// An answer with an HTTP status that is no success.
    pub(crate) async fn refused(
        &self,
        response: reqwest::Response,
        model: Option<&str>,
    ) -> Trouble {
        let status = response.status().as_u16();
        let retry_after = response.headers().get(reqwest::header::RETRY_AFTER);
        let retry_after = retry_after.map(|value| value.to_str().unwrap_or("strange"));
        let another = Another::of(status, retry_after);
        let body = body::read(response, ERROR_LIMIT_BYTES)
            .await
            .unwrap_or_default();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        let said = self.said_of(status, model, &code(&body["error"]));
        Trouble {
            failure: self.sentence(&said),
            is_ours: matches!(status, 400 | 413 | 422),
            another,
        }
    }

    fn said_of(&self, status: u16, model: Option<&str>, code: &str) -> String {
        let (section, key) = (self.service.section(), self.service.key());
        match (status, model) {
            (300..=399, _) => format!(
                "sends elsewhere with HTTP {status}{code}, where nothing is sent: correct its address"
            ),
            (401 | 403, _) => {
                format!("did not accept the key{code}: set {key} to one that it knows")
            }
            (404, Some(model)) => format!(
                "knows no model {model:?}, or has no such API at this address{code}: name another with --{section}-model, pull it there, or correct the address"
            ),
            (404, None) => format!(
                "has no list of models at this address{code}: correct the address, or name the model with --{section}-model"
            ),
            (429, _) => format!(
                "is asked too often, or its quota is used up{code}: wait, or raise its limits"
            ),
            (500.., _) => format!("failed inside with HTTP {status}{code}: look at its log"),
            _ => format!(
                "refused the request with HTTP {status}{code}: check its address and the model's name"
            ),
        }
    }

    fn sentence(&self, what: &str) -> Failure {
        let (server, host) = (self.service.server(), self.host());
        Failure::new(format!("The {server} at {host} {what}."))
    }
}

/// The server's short code, if it looks like one.
fn code(error: &serde_json::Value) -> String {
    let short = |name: &str| {
        let text = error[name].as_str()?;
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        (plain && (1..=60).contains(&text.len())).then(|| format!(" ({text})"))
    };
    short("code").or_else(|| short("type")).unwrap_or_default()
}

/// The innermost reason: "Connection refused" rather than "error sending request"; and whether it is that one.
fn root_cause(err: &(dyn std::error::Error + 'static)) -> (String, bool) {
    let mut cause: &(dyn std::error::Error + 'static) = err;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let kind = cause.downcast_ref().map(std::io::Error::kind);
    let refused = kind == Some(std::io::ErrorKind::ConnectionRefused);
    (cause.to_string(), refused)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn place(url: &str) -> Place {
        Place::parse(url, Service::Chat).expect("a good address")
    }

    #[test]
    fn paths_are_put_behind_the_base() {
        for base in ["http://localhost:11434/v1", "http://localhost:11434/v1/"] {
            assert_eq!(
                place(base).url("models").as_str(),
                "http://localhost:11434/v1/models"
            );
        }
        assert_eq!(place("http://h").url("models").as_str(), "http://h/models");
    }

    #[test]
    fn a_bad_address_is_named_and_a_password_is_not() {
        for bad in ["", "localhost:11434", "ftp://x/v1", "/v1"] {
            let failure = Place::parse(bad, Service::Chat).expect_err("no address");
            assert!(
                failure.message.contains("http://localhost:11434/v1"),
                "{failure}"
            );
        }
        assert_eq!(place("http://me:secret@host:1/v1").host(), "host:1");
    }

    #[test]
    fn loopback_is_known_in_all_its_spellings() {
        for url in [
            "http://localhost/v1",
            "http://127.0.0.1:1/v1",
            "http://[::1]/v1",
        ] {
            assert!(place(url).is_loopback(), "{url}");
        }
        assert!(!place("http://10.0.0.1/v1").is_loopback());
    }

    #[test]
    fn only_short_codes_are_repeated() {
        assert_eq!(
            code(&json!({"code": "model_not_found"})),
            " (model_not_found)"
        );
        assert_eq!(
            code(&json!({"type": "server_error", "code": null})),
            " (server_error)"
        );
        assert_eq!(code(&json!({"code": "the caller said hello"})), "");
        assert_eq!(code(&json!("text")), "");
    }
}
