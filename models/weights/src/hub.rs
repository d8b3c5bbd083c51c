//! The hub or its mirror: addresses, who is shown the token, and how one is sent on.

use crate::manifest::{Origin, WeightFile};
use crate::trouble::Trouble;
use reqwest::header::{HeaderValue, IF_RANGE, LOCATION, RANGE, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url};
use std::fmt;
use std::time::Duration;

/// A hub sends on to its store, and that perhaps to a nearer one.
const MOST_HOPS: usize = 8;
const CONNECT: Duration = Duration::from_secs(15);

#[derive(Clone, Debug)]
pub struct HubOptions {
    /// Takes the hub's place for every file.
    pub mirror: Option<String>,
    /// Shown to the hub alone.
    pub token: Option<Token>,
    /// Shown to the mirror, too.
    pub token_to_mirror: bool,
    /// A server that sends nothing for so long is given up.
    pub silence: Duration,
}

impl Default for HubOptions {
    fn default() -> Self {
        Self {
            mirror: None,
            token: None,
            token_to_mirror: false,
            silence: Duration::from_secs(30),
        }
    }
}

/// Never shown, not even by mistake.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A variable that is set to nothing is no token.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Where files come from.
#[derive(Debug)]
pub struct Hub {
    base: Url,
    /// The one host that may see the token.
    trusted: Option<Url>,
    token: Option<Token>,
    http: reqwest::Client,
    silence: Duration,
}

/// Which bytes are wanted, and of which version.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) from: u64,
    /// Not included.
    pub(crate) to: u64,
    pub(crate) version: Option<String>,
}

impl Hub {
    pub fn new(hub: &str, options: &HubOptions) -> Result<Self, Trouble> {
        let mirror = options.mirror.as_deref();
        let mirror = mirror.map(str::trim).filter(|mirror| !mirror.is_empty());
        let base = mirror.unwrap_or(hub);
        let base = address(base).map_err(|why| Trouble::BadMirror { why })?;
        let own = address(hub).map_err(|why| Trouble::BadMirror { why })?;
        let trusted = match (mirror.is_some(), options.token_to_mirror) {
            (true, true) => Some(base.clone()),
            (true, false) if !same_place(&base, &own) => None,
            _ => Some(own),
        };
        Ok(Self {
            http: client(&base, options.silence)?,
            base,
            trusted,
            token: options.token.clone(),
            silence: options.silence,
        })
    }

    /// Without a name and password that may stand in the address.
    pub fn host(&self) -> String {
        place(&self.base)
    }

    /// Whether what comes can be trusted on its way.
    pub(crate) fn is_secure(&self) -> bool {
        is_secure(self.base.as_str())
    }

    fn url(&self, origin: &Origin) -> Url {
        let mut url = self.base.clone();
        let base = self.base.path().trim_end_matches('/');
        let Origin {
            repo,
            revision,
            path,
            ..
        } = origin;
        url.set_path(&format!("{base}/{repo}/resolve/{revision}/{path}"));
        url
    }

    /// Whether anybody answers there at all, within this time.
    pub async fn answers(&self, within: Duration) -> bool {
        let asked = self.http.head(self.base.clone()).send();
        matches!(tokio::time::timeout(within, asked).await, Ok(Ok(_)))
    }

    /// Asks for a file, and follows to where it lies. What is no success is a trouble with a name.
    pub(crate) async fn ask(
        &self,
        file: &WeightFile,
        origin: &Origin,
        wanted: Option<&Wanted>,
    ) -> Result<Response, Trouble> {
        let mut url = self.url(origin);
        for _ in 0..MOST_HOPS {
            let response = self.get(&url, wanted).await?;
            if !response.status().is_redirection() {
                return self.accepted(response, file, origin);
            }
            url = next(&url, &response)?;
        }
        Err(Trouble::LostWay { host: self.host() })
    }

    async fn get(&self, url: &Url, wanted: Option<&Wanted>) -> Result<Response, Trouble> {
        let mut request = self.http.get(url.clone());
        if let Some(Wanted { from, to, version }) = wanted {
            request = request.header(RANGE, format!("bytes={from}-{}", to.saturating_sub(1)));
            if let Some(version) = version {
                request = request.header(IF_RANGE, version);
            }
        }
        if let Some(token) = self.token.as_ref().filter(|_| self.trusts(url))
            && let Ok(mut bearer) = HeaderValue::try_from(format!("Bearer {}", token.0))
        {
            bearer.set_sensitive(true);
            request = request.header(reqwest::header::AUTHORIZATION, bearer);
        }
        let sent = request.send().await;
        sent.map_err(|error| self.lost(&place(url), error))
    }

    fn trusts(&self, url: &Url) -> bool {
        let trusted = self.trusted.as_ref();
        is_secure(url.as_str()) && trusted.is_some_and(|trusted| same_place(trusted, url))
    }

    fn lost(&self, host: &str, error: reqwest::Error) -> Trouble {
        // An address may hold a password.
        let (host, error) = (host.to_owned(), error.without_url());
        if error.is_timeout() && !error.is_connect() {
            return self.stalled(host);
        }
        Trouble::Unreachable {
            host,
            why: root_cause(&error),
        }
    }

    pub(crate) fn stalled(&self, host: String) -> Trouble {
        Trouble::Stalled {
            host,
            waited: self.silence,
        }
    }

    fn accepted(
        &self,
        response: Response,
        file: &WeightFile,
        origin: &Origin,
    ) -> Result<Response, Trouble> {
        let host = place(response.url());
        let status = response.status();
        let after = response.headers().get(RETRY_AFTER);
        let after = after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        match status {
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => Ok(response),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Trouble::LoginNeeded {
                host,
                repo: origin.repo.clone(),
                with_token: self.token.is_some() && self.trusts(&self.base),
            }),
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                let Origin {
                    repo,
                    revision,
                    path,
                    ..
                } = origin;
                let what = format!("{path} in {repo} at {revision}");
                Err(Trouble::NotThere { host, what })
            }
            StatusCode::TOO_MANY_REQUESTS => Err(Trouble::TooMany {
                host,
                after: after.map(Duration::from_secs),
            }),
            // Nothing of what was asked for is there: another file, or another length.
            StatusCode::RANGE_NOT_SATISFIABLE => Err(Trouble::OtherPart {
                host,
                file: file.file.clone(),
            }),
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                Err(Trouble::Ailing {
                    host,
                    status: status.as_u16(),
                })
            }
            status => Err(Trouble::Strange {
                host,
                status: status.as_u16(),
            }),
        }
    }
}

fn client(base: &Url, silence: Duration) -> Result<reqwest::Client, Trouble> {
    // The first to install a provider wins; the others find one and are content.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let builder = || {
        let builder = reqwest::Client::builder()
            .user_agent(concat!("repartee/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .read_timeout(silence)
            // Where one is sent on to is looked at here first.
            .redirect(reqwest::redirect::Policy::none());
        if is_loopback(base) {
            builder.no_proxy()
        } else {
            builder
        }
    };
    let built = builder().build();
    // Plain HTTP needs no root certificates, and a bare machine has none.
    let built = match built {
        Err(_) if base.scheme() == "http" => builder().tls_certs_only([]).build(),
        built => built,
    };
    built.map_err(|error| Trouble::NoClient {
        why: root_cause(&error),
    })
}

/// Where a redirect leads. From https it leads to https, or to this machine.
fn next(from: &Url, response: &Response) -> Result<Url, Trouble> {
    let lost = || Trouble::LostWay { host: place(from) };
    let to = response.headers().get(LOCATION).ok_or_else(lost)?;
    let to = to.to_str().map_err(|_| lost())?;
    let to = from.join(to).map_err(|_| lost())?;
    match (from.scheme(), to.scheme()) {
        _ if to.host_str().is_none() => Err(lost()),
        (_, "https") | ("http", "http") => Ok(to),
        (_, "http") if is_loopback(&to) => Ok(to),
        (_, "http") => Err(Trouble::Insecure {
            from: place(from),
            to: place(&to),
        }),
        _ => Err(lost()),
    }
}

/// A base address, parsed; else what is wrong with it.
pub(crate) fn address(text: &str) -> Result<Url, String> {
    let wrong = || {
        format!(
            "\"{}\" is not an address such as \"https://hub.example\"",
            shown(text)
        )
    };
    let url = Url::parse(text.trim()).map_err(|_| wrong())?;
    let good = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    if good && url.query().is_none() && url.fragment().is_none() {
        Ok(url)
    } else {
        Err(wrong())
    }
}

/// A password that was typed into an address is not repeated.
fn shown(text: &str) -> &str {
    text.rsplit('@').next().unwrap_or(text)
}

/// Over https, or on this machine: nobody in between.
pub(crate) fn is_secure(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| url.scheme() == "https" || is_loopback(&url))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn same_place(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

pub(crate) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The innermost reason: the outer ones only say that a request failed, and repeat its address.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

#[cfg(test)]
mod tests;
