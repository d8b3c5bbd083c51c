//! What can go wrong at a chat server, each in a sentence that says what to do.
//!
//! A server's own words are not repeated, only its short codes: they may quote what the caller said, and
//! that reaches no log.

use std::time::Duration;

use models_engine::Failure;
use reqwest::Url;

use crate::reply;

const ERROR_LIMIT_BYTES: usize = 64 * 1024;

/// Where the server is, for requests and for sentences.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    base: Url,
}

impl Place {
    pub(crate) fn parse(base_url: &str) -> Result<Self, Failure> {
        let wrong = || {
            Failure::new(format!(
                "{base_url:?} is no address of a chat server: give one like http://localhost:11434/v1."
            ))
        };
        let base = Url::parse(base_url.trim()).map_err(|_| wrong())?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(wrong());
        }
        Ok(Self { base })
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

    /// Without a name and password that may stand in the address.
    pub(crate) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or("");
        match self.base.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    pub(crate) fn unreachable(&self, err: &reqwest::Error) -> Failure {
        let what = match err.is_timeout() {
            true => "does not answer",
            false => "cannot be reached",
        };
        self.sentence(&format!(
            "{what} ({}): start it, or correct its address",
            root_cause(err)
        ))
    }

    pub(crate) fn stalled(&self, waited: Duration) -> Failure {
        let seconds = waited.as_secs_f32();
        self.sentence(&format!(
            "said nothing for {seconds} s: it may be overloaded or still loading its model"
        ))
    }

    pub(crate) fn broken(&self) -> Failure {
        self.sentence("broke off in the middle of its answer: look at its log")
    }

    pub(crate) fn no_chat(&self) -> Failure {
        self.sentence("sent something that is no chat answer: check that the address ends in /v1 or where its OpenAI API begins")
    }

    pub(crate) fn no_models(&self) -> Failure {
        self.sentence("lists no model: pull one there, or name one with --llm-model")
    }

    pub(crate) fn empty(&self) -> Failure {
        self.sentence("answered without words: try another model with --llm-model")
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
    ) -> Failure {
        let status = response.status().as_u16();
        let body = reply::read(response, ERROR_LIMIT_BYTES)
            .await
            .unwrap_or_default();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        let code = code(&body["error"]);
        self.sentence(&match (status, model) {
            (401 | 403, _) => format!("did not accept the key{code}: set OPENAI_API_KEY to one that it knows"),
            (404, Some(model)) => format!(
                "knows no model {model:?}, or has no chat API at this address{code}: name another with --llm-model, pull it there, or correct the address"
            ),
            (404, None) => format!("has no list of models at this address{code}: correct the address, or name the model with --llm-model"),
            (429, _) => format!("is asked too often, or its quota is used up{code}: wait, or raise its limits"),
            (500.., _) => format!("failed inside with HTTP {status}{code}: look at its log"),
            _ => format!("refused the request with HTTP {status}{code}: check its address and the model's name"),
        })
    }

    fn sentence(&self, what: &str) -> Failure {
        Failure::new(format!(
            "The language model server at {} {what}.",
            self.host()
        ))
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

/// The innermost reason: "Connection refused" rather than "error sending request".
fn root_cause(err: &dyn std::error::Error) -> String {
    let mut cause = err;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn place(url: &str) -> Place {
        Place::parse(url).expect("a good address")
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
            let failure = Place::parse(bad).expect_err("no address");
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
