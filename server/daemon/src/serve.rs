//! `repartee serve`: everything put together, from the first port to the last goodbye.

use crate::assemble::{Assembled, assemble};
use crate::command_line::Serve;
use crate::config::Config;
use crate::reception::{self, House};
use crate::{doors, lan, media, models, page, print, read_config};
use axum_server::Handle;
use models_host::Admission;
use server_session::{Lobby, LobbyOptions, SessionOptions, Speculation};
use server_transport::Transport;
use signaling_service::{IceOptions, ServiceOptions};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

const A_DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn serve(serve: &Serve) -> Result<(), String> {
    let mut config = read_config(serve.config.as_deref(), |config, mistakes| {
        serve.apply(config, mistakes);
    })?;
    let lan = if config.lan {
        let lan = lan::prepare(
            &data_folder(&config)?,
            config.listen.ip(),
            config.key.as_deref(),
        )?;
        config.key = Some(lan.key.clone());
        Some(lan)
    } else {
        None
    };
    if let Some(folder) = &config.journals {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{} cannot be used: {error}", folder.display()))?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(carriers())
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime did not start: {error}"))?;
    runtime.block_on(run(config, lan))
}

/// Half of the cores carry the calls, the others are the engines'. A packet that is handed from core to core costs more than
/// what is done with it.
fn carriers() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2))
}

fn data_folder(config: &Config) -> Result<PathBuf, String> {
    config
        .data
        .clone()
        .or_else(|| dirs::data_dir().map(|data| data.join("repartee")))
        .ok_or_else(|| "no data folder is known: name one with --data".to_owned())
}

async fn run(config: Config, lan: Option<lan::Lan>) -> Result<(), String> {
    let listener = doors::listen(config.listen)?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let transport = media::bind(&config, address).await?;
    let lobby = Lobby::new(lobby_options(&config));
    let engines = Arc::new(OnceLock::new());
    let (apart, counted) = (Arc::new(OnceLock::new()), Arc::new(OnceLock::new()));
    let admission = Arc::new(Mutex::new(Admission::new(most_load(&config))));
    let house = House {
        answerer: transport.clone(),
        lobby: Arc::clone(&lobby),
        engines: Arc::clone(&engines),
        apart: Arc::clone(&apart),
        gauges: Arc::clone(&counted),
        admission: Arc::clone(&admission),
        longest_call: longest_call(&config).unwrap_or(A_DAY),
    };
    let router = signaling_service::router(service_options(&config, address), Arc::new(house));
    let handle = Handle::new();
    let router = page::with_page(router);
    let (lan, patience) = (lan.as_ref(), doors::PATIENCE);
    let serving = doors::open(listener, router, handle.clone(), lan, patience).await?;
    let serving = tokio::spawn(serving);
    let scheme = if lan.is_some() { "https" } else { "http" };
    tracing::info!("loading the engines");
    let loaded = tokio::task::spawn_blocking({
        let config = config.clone();
        move || assemble(&config)
    });
    let Assembled {
        engines: ready,
        remarks,
        apart: child,
        gauges,
    } = loaded
        .await
        .map_err(|_| "an engine broke down while loading".to_owned())??;
    for remark in remarks {
        tracing::warn!("{remark}");
    }
    let roll = ready.roll();
    for engine in &roll {
        tracing::info!(seam = engine.seam, grade = engine.grade, "{}", engine.name);
    }
    if let Some(child) = child {
        let _ = apart.set(child);
    }
    if let Some(gauges) = gauges {
        let _ = counted.set(gauges);
    }
    tokio::spawn(reception::watch(
        ready.clone(),
        Arc::clone(&lobby),
        admission,
    ));
    let _ = engines.set((ready, roll));
    announce(scheme, address, lan);
    // Nobody waits for it, and it dies with the runtime.
    tokio::spawn(models::offer(config.clone()));
    told_to_stop().await?;
    print("\nHanging up. Ctrl-C again leaves at once.");
    let deadline = Duration::from_secs(config.drain_seconds);
    tokio::select! {
        () = lobby.drain("the server is shutting down", deadline) => {}
        stopped = told_to_stop() => stopped?,
    }
    hung_up(&transport).await;
    handle.graceful_shutdown(Some(Duration::from_secs(1)));
    let _ = serving.await;
    Ok(())
}

/// Each peer is told that the line is closed before the sockets are: else it waits for a server that
/// is gone.
async fn hung_up(transport: &Transport) {
    let told = async {
        while transport.peers() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(1), told).await;
}

fn lobby_options(config: &Config) -> LobbyOptions {
    LobbyOptions {
        most_calls: config.most_calls,
        session: SessionOptions {
            greeting: config.greeting.clone(),
            ask_again: config.ask_again,
            journals: config.journals.clone(),
            longest: longest_call(config),
            speculation: Speculation::switched(config.speculation),
        },
    }
}

fn longest_call(config: &Config) -> Option<Duration> {
    let minutes = config.longest_call_minutes;
    (minutes > 0).then(|| Duration::from_secs(60 * minutes))
}

/// The share of the engines' time that calls may use; more than all of it where no limit is set.
fn most_load(config: &Config) -> f64 {
    match config.most_load {
        0 => f64::INFINITY,
        percent => percent as f64 / 100.0,
    }
}

fn service_options(config: &Config, address: SocketAddr) -> ServiceOptions {
    ServiceOptions {
        keys: config.key.iter().cloned().collect(),
        loopback: address.ip().is_loopback(),
        allow_origins: config.allow_origins.clone(),
        ice: IceOptions {
            stun: Vec::new(),
            turn: config.relay_urls.clone(),
            secret: config.relay_secret.clone(),
            ttl_s: 60 * config.relay_minutes,
        },
    }
}

fn announce(scheme: &str, address: SocketAddr, lan: Option<&lan::Lan>) {
    match lan {
        Some(lan) => print(&lan::invitation(lan, address.port())),
        None => {
            let host = match address.ip() {
                IpAddr::V4(ip) if ip.is_unspecified() => "localhost".to_owned(),
                IpAddr::V6(ip) => format!("[{ip}]"),
                ip => ip.to_string(),
            };
            let port = address.port();
            print(&format!(
                "\n  Open {scheme}://{host}:{port}/ and press Call.\n"
            ));
        }
    }
    print("  Ctrl-C hangs up.");
}

/// Ctrl-C, or what a service manager sends.
async fn told_to_stop() -> Result<(), String> {
    let wrong = |error: std::io::Error| format!("signals cannot be caught: {error}");
    let mut terminate = signal(SignalKind::terminate()).map_err(wrong)?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(wrong),
        _ = terminate.recv() => Ok(()),
    }
}
