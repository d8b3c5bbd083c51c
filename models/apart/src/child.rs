//! The child's side: loads what it is told to, and runs the engines for whoever holds the other end.

use crate::child_jobs::{Engines, Jobs, Voice};
use crate::crew::{Crew, Gauge, Seat, Start};
use crate::wire::{self, Answer, Order};
use models_engine::{LanguageModel, Recognizer, Synthesizer};
use std::io::{BufReader, ErrorKind};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::thread;

/// What the engines count, asked for at each heartbeat.
pub type Gauges = Arc<dyn Fn() -> Vec<Gauge> + Send + Sync>;

/// What is done once the engines are up, before or beside their first jobs.
pub type Warm = Box<dyn FnOnce() + Send>;

/// The engines of a child, each with how many jobs it takes at once.
#[derive(Default)]
pub struct Aboard {
    pub recognizer: Option<(Arc<dyn Recognizer>, usize)>,
    pub language_model: Option<(Arc<dyn LanguageModel>, usize)>,
    pub synthesizer: Option<(Arc<dyn Synthesizer>, usize)>,
    pub remarks: Vec<String>,
    pub gauges: Option<Gauges>,
    /// They hold memory of a GPU, too.
    pub gpu: bool,
    pub warm: Option<Warm>,
}

/// Serves whoever began this process, over its standard input, until they are gone. Then the process ends at once, even
/// in the middle of native code; it returns only when nobody is there from the beginning.
pub fn serve(load: impl FnOnce(&[u8], Start) -> Result<Aboard, String> + Send + 'static) -> String {
    let Some(stream) = server() else {
        return "the server starts this by itself; start it with `repartee serve`".to_owned();
    };
    die_with_the_server();
    match attend(&stream, load) {
        Err(error) if error.kind() == ErrorKind::InvalidData => error.to_string(),
        _ => leave(),
    }
}

fn server() -> Option<UnixStream> {
    let input = std::io::stdin().as_fd().try_clone_to_owned().ok()?;
    let stream = UnixStream::from(input);
    // Only a socket has an other end.
    stream.peer_addr().is_ok().then_some(stream)
}

/// Even while it is stopped, or busy in code that never returns.
#[cfg(target_os = "linux")]
fn die_with_the_server() {
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}

#[cfg(not(target_os = "linux"))]
fn die_with_the_server() {}

/// Without the farewells of native libraries, which may wait for threads that never end.
fn leave() -> ! {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort()
}

fn attend(
    stream: &UnixStream,
    load: impl FnOnce(&[u8], Start) -> Result<Aboard, String> + Send + 'static,
) -> std::io::Result<()> {
    let mut writer = stream.try_clone()?;
    wire::greet(&mut writer)?;
    let mut reader = BufReader::with_capacity(64 << 10, stream.try_clone()?);
    wire::greeted(&mut reader)?;
    let voice = Arc::new(Voice::new(writer));
    let engines = Arc::new(OnceLock::new());
    let mut jobs = Jobs::new(Arc::clone(&voice), Arc::clone(&engines));
    let mut load = Some(load);
    loop {
        match wire::receive(&mut reader)? {
            Order::Load { start, plan } => {
                if let Some(load) = load.take() {
                    let plan = plan.into_owned();
                    let load = move || load(&plan, start);
                    begin(load, &voice, &engines)?;
                }
            }
            Order::Ping { beat } => {
                let gauges = engines
                    .get()
                    .and_then(|aboard: &Engines| aboard.gauges.as_ref());
                let gauges = gauges.map(|gauges| gauges()).unwrap_or_default();
                voice.say(&Answer::Pong { beat, gauges });
            }
            order => jobs.obey(order),
        }
    }
}

/// Loads on a thread of its own: the heart beats meanwhile.
fn begin(
    load: impl FnOnce() -> Result<Aboard, String> + Send + 'static,
    voice: &Arc<Voice>,
    engines: &Arc<OnceLock<Engines>>,
) -> std::io::Result<()> {
    let (voice, engines) = (Arc::clone(voice), Arc::clone(engines));
    let broken = |_| Err("an engine broke down while loading".to_owned());
    let loads = move || match catch_unwind(AssertUnwindSafe(load)).unwrap_or_else(broken) {
        Ok(mut aboard) => {
            let (crew, warm) = (crew(&aboard), aboard.warm.take());
            let _ = engines.set(aboard.into());
            voice.say(&Answer::Loaded(Ok(Box::new(crew))));
            if let Some(warm) = warm {
                let _ = catch_unwind(AssertUnwindSafe(warm));
            }
        }
        Err(why) => voice.say(&Answer::Loaded(Err(why))),
    };
    let thread = thread::Builder::new().name("engines-loader".to_owned());
    thread.spawn(loads).map(drop)
}

fn crew(aboard: &Aboard) -> Crew {
    let voice = aboard.synthesizer.as_ref().map(|(engine, _)| engine);
    Crew {
        recognizer: aboard.recognizer.as_ref().map(|(engine, threads)| Seat {
            card: engine.card(),
            threads: *threads,
        }),
        language_model: aboard
            .language_model
            .as_ref()
            .map(|(engine, threads)| Seat {
                card: engine.card(),
                threads: *threads,
            }),
        synthesizer: aboard.synthesizer.as_ref().map(|(engine, threads)| Seat {
            card: engine.card(),
            threads: *threads,
        }),
        rate: voice.map_or(0, |voice| voice.rate()),
        voices: voice.map(|voice| voice.voices()).unwrap_or_default(),
        remarks: aboard.remarks.clone(),
        memory_bytes: memory(&std::fs::read_to_string("/proc/self/status").unwrap_or_default()),
        gpu: aboard.gpu,
    }
}

/// `RssAnon:     123456 kB`
fn memory(status: &str) -> u64 {
    let mut lines = status.lines();
    let number = lines.find_map(|line| {
        let number = line.strip_prefix("RssAnon:")?.trim();
        number.strip_suffix("kB")?.trim().parse::<u64>().ok()
    });
    number.unwrap_or_default().saturating_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::memory;

    #[test]
    fn memory_is_read_as_the_kernel_writes_it() {
        let told = "VmRSS:\t  9 kB\nRssAnon:\t    1234 kB\nRssFile:\t 7 kB\n";
        assert_eq!(memory(told), 1_234 * 1_024);
        for strange in ["", "RssAnon:", "RssAnon: many kB", "RssAnon: 5 MB"] {
            assert_eq!(memory(strange), 0, "{strange}");
        }
    }
}
