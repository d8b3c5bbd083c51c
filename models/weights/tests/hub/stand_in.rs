//! A hub of ours, which does what a test tells it to and remembers what it was asked.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use models_weights::{
    HubOptions, Manifest, Progress, PullOptions, Sha256Hash, Shelf, Step, WeightFile,
};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a test waits for at most before it fails; nothing is timed by it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;
type Answer = Arc<dyn Fn(Asked) -> Answering + Send + Sync>;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
}

impl Asked {
    pub(crate) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The bytes asked for, the last one included.
    pub(crate) fn range(&self) -> Option<(usize, usize)> {
        let range = self.header(header::RANGE)?.strip_prefix("bytes=")?;
        let (first, last) = range.split_once('-')?;
        Some((first.parse().ok()?, last.parse().ok()?))
    }

    /// Not the question how long the file is.
    pub(crate) fn is_for_content(&self) -> bool {
        self.range() != Some((0, 0))
    }
}

pub(crate) struct StandIn {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    _runtime: tokio::runtime::Runtime,
}

impl StandIn {
    pub(crate) fn serve(answer: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> Self {
        Self::serve_later(move |asked| {
            let response = answer(&asked);
            Box::pin(std::future::ready(response))
        })
    }

    pub(crate) fn serve_later(answer: impl Fn(Asked) -> Answering + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime for the stand-in");
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let desk = (Arc::new(answer) as Answer, Arc::clone(&asked));
        let router = axum::Router::new().fallback(reception).with_state(desk);
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            asked,
            _runtime: runtime,
        }
    }

    /// One that has this file and behaves.
    pub(crate) fn holding(bytes: Vec<u8>) -> Self {
        Self::serve(move |asked| good(&bytes, asked, Some("\"one\"")))
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Where each request for content began.
    pub(crate) fn began(&self) -> Vec<usize> {
        let content = self.asked().into_iter().filter(Asked::is_for_content);
        content
            .map(|asked| asked.range().map_or(0, |(first, _)| first))
            .collect()
    }
}

async fn reception(
    State((answer, asked)): State<(Answer, Arc<Mutex<Vec<Asked>>>)>,
    request: Request,
) -> Response {
    let one = Asked {
        path: request.uri().path().to_owned(),
        headers: request.headers().clone(),
    };
    asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(one.clone());
    answer(one).await
}

/// What a server that knows ranges and versions answers.
pub(crate) fn good(bytes: &[u8], asked: &Asked, version: Option<&'static str>) -> Response {
    let changed = asked
        .header(header::IF_RANGE)
        .is_some_and(|told| Some(told) != version);
    let Some((first, last)) = asked.range().filter(|_| !changed) else {
        return whole(bytes, version);
    };
    let last = last.min(bytes.len() - 1);
    let range = format!("bytes {first}-{last}/{}", bytes.len());
    let body = Bytes::copy_from_slice(&bytes[first..=last]);
    let headers = [(header::CONTENT_RANGE, range)];
    marked(
        (StatusCode::PARTIAL_CONTENT, headers, body).into_response(),
        version,
    )
}

pub(crate) fn whole(bytes: &[u8], version: Option<&'static str>) -> Response {
    marked(Bytes::copy_from_slice(bytes).into_response(), version)
}

fn marked(mut response: Response, version: Option<&'static str>) -> Response {
    if let Some(version) = version {
        let version = version.parse().expect("a mark is a header's value");
        response.headers_mut().insert(header::ETAG, version);
    }
    response
}

/// The same answer, but its body breaks off after so many bytes.
pub(crate) fn broken(response: Response, bytes: Vec<u8>) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let first = stream::iter([Ok(Bytes::from(bytes))]);
    let then = stream::once(async {
        // What has been sent leaves before the connection does.
        for _ in 0..16 {
            tokio::task::yield_now().await;
        }
        Err(std::io::Error::other("cable pulled"))
    });
    Response::from_parts(parts, Body::from_stream(first.chain(then)))
}

/// A body without a length in front of it.
pub(crate) fn endless(response: Response, bytes: Vec<u8>) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let pieces = [Ok::<_, std::io::Error>(Bytes::from(bytes))];
    Response::from_parts(parts, Body::from_stream(stream::iter(pieces)))
}

/// No two places alike, so that no part can take another's.
pub(crate) fn content(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    };
    (0..length).map(next).collect()
}

/// What a file of the manifest may say of itself.
#[derive(Clone, Copy)]
pub(crate) struct Facts {
    pub(crate) bytes: u64,
    pub(crate) sha256: Option<Sha256Hash>,
}

impl Facts {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let sha256 = Some(Sha256Hash::of_bytes(bytes));
        Self {
            bytes: bytes.len() as u64,
            sha256,
        }
    }

    pub(crate) fn unpublished(bytes: &[u8]) -> Self {
        Self {
            sha256: None,
            ..Self::of(bytes)
        }
    }
}

/// A folder and a manifest of one file, "ear", for one test; the folder is gone afterwards.
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    hub: String,
    facts: Facts,
}

impl Place {
    pub(crate) fn new(hub: &str, facts: Facts) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("repartee-weights-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::remove_dir_all(&folder).ok();
        Self {
            folder,
            hub: hub.to_owned(),
            facts,
        }
    }

    pub(crate) fn manifest(&self) -> Manifest {
        let Facts { bytes, sha256 } = self.facts;
        let sha256 = sha256.map_or(String::new(), |hash| format!("sha256 = \"{hash}\"\n"));
        let hub = &self.hub;
        let text = format!(
            "hub = \"{hub}\"\n[[sets]]\nname = \"both\"\nfor = \"tests\"\nfiles = [\"ear\"]\n[[files]]\nname = \"ear\"\n\
             kind = \"whisper\"\nfile = \"ear.bin\"\nrepo = \"owner/name\"\nrevision = \"main\"\npinned = false\n\
             path = \"deep/ear.bin\"\nbytes = {bytes}\n{sha256}licence = \"MIT\"\nmemory_mb = 1\n"
        );
        Manifest::parse("test.toml", &text).unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    pub(crate) fn shelf(&self) -> Shelf {
        Shelf::open(&self.folder, self.manifest()).unwrap_or_else(|trouble| panic!("{trouble}"))
    }

    pub(crate) fn ear(&self) -> WeightFile {
        self.manifest()
            .file("ear")
            .cloned()
            .expect("it is in the manifest")
    }

    pub(crate) fn pull(&self) -> Result<models_weights::Pulled, models_weights::Trouble> {
        self.pull_with(&quick())
    }

    pub(crate) fn pull_with(
        &self,
        options: &PullOptions,
    ) -> Result<models_weights::Pulled, models_weights::Trouble> {
        self.shelf()
            .pull(&[&self.ear()], options, &models_weights::Silent)
    }

    pub(crate) fn read(&self) -> Option<Vec<u8>> {
        std::fs::read(self.folder.join("ear.bin")).ok()
    }

    /// What lies in the folder, but what it keeps for itself.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        names.sort();
        names
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// Nothing waits, and parts are small.
pub(crate) fn quick() -> PullOptions {
    PullOptions {
        hub: HubOptions {
            silence: PATIENCE,
            ..HubOptions::default()
        },
        part_bytes: 1000,
        attempts: 3,
        backoff: Duration::ZERO,
        ..PullOptions::default()
    }
}

/// Remembers what it was told.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) steps: Mutex<Vec<(String, Step)>>,
    pub(crate) told: Mutex<Vec<String>>,
    pub(crate) at: Mutex<Vec<u64>>,
}

impl Progress for Notes {
    fn begin(&self, file: &str, step: Step, _: u64) {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        steps.push((file.to_owned(), step));
    }
    fn at(&self, done_bytes: u64) {
        self.at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(done_bytes);
    }
    fn end(&self) {}
    fn tell(&self, sentence: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.push(sentence.to_owned());
    }
}
