//! Calls to the real program whose engines run in a process of their own, which is killed again and again.

// Other tests lay files.
#[allow(dead_code)]
mod binary;
#[path = "binary/server.rs"]
// Other tests read what it prints.
#[allow(dead_code)]
mod server;
#[path = "binary/storm.rs"]
mod storm;

use client_probe::Speech;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use server::{PATIENCE, Server};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use storm::{Talk, engines_of, rage};

async fn serve(spare: &str) -> Server {
    let environment = [
        ("REPARTEE_ENGINES_ISOLATION", "process"),
        ("REPARTEE_ENGINES_SPARE", spare),
    ];
    let begun = Server::begin_with(&["--listen", "127.0.0.1:0"], &environment).await;
    begun.unwrap_or_else(|complaint| panic!("the server serves: {complaint}"))
}

fn http() -> reqwest::Client {
    // The first to install a provider wins; the others find one and are content.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let client = reqwest::Client::builder().timeout(PATIENCE);
    client.build().expect("a plain client")
}

async fn readiness(server: &Server) -> (u16, Value) {
    let answer = http().get(format!("{}/readyz", server.url)).send().await;
    let answer = answer.expect("the server answers");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("in JSON"))
}

/// What is awaited is the state; the ticks only spare the machine.
async fn until<F: Future<Output = bool>>(what: &str, mut over: impl FnMut() -> F) {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let asking = async {
        while !over().await {
            ticks.tick().await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, asking).await;
    waited.unwrap_or_else(|_| panic!("{what} did not come"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_deaths_lose_no_call_and_hardly_a_reply() {
    deaths_lose_no_call_and_hardly_a_reply("no", 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_do_they_where_a_second_child_stands_by_and_dies_too() {
    deaths_lose_no_call_and_hardly_a_reply("yes", 100).await;
}

async fn deaths_lose_no_call_and_hardly_a_reply(spare: &str, most: usize) {
    let server = serve(spare).await;
    let talk = Talk {
        speech: Speech::tone(440.0, 400),
        for_speech: "what is repartee".to_owned(),
        typed: "go on".to_owned(),
        for_typed: "go on".to_owned(),
    };
    let toll = rage(&server, &talk, 4, most).await;
    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    let (deaths, heard, apologised) = (
        count(&toll.deaths),
        count(&toll.heard),
        count(&toll.apologised),
    );
    let beside = count(&toll.beside);
    println!(
        "{deaths} deaths and {beside} beside: {heard} replies heard, {apologised} apologised for"
    );
    assert!(deaths >= most);
    assert!(apologised * 10 <= heard + apologised);
    assert_eq!(readiness(&server).await.0, 200);
    // The last one may be stopped, and nobody has noticed yet.
    until("the last death", || async {
        counted(&server, "repartee_engines_deaths_total ").await >= (deaths + beside) as f64
    })
    .await;
    let returns = counted(&server, "repartee_engines_return_seconds_count ").await;
    let sum = counted(&server, "repartee_engines_return_seconds_sum ").await;
    let slowest = counted(&server, "repartee_engines_slowest_return_seconds ").await;
    println!("{returns} returns, {sum} s in all, {slowest} s at most");
    // Who was struck beside another may have taken over from it by then.
    assert!((1.0..=(deaths + beside) as f64).contains(&returns));
    let replies = "repartee_run_seconds_count{engine=\"language_model\"}";
    assert!(counted(&server, replies).await >= most as f64);
    let refused = "repartee_jobs_refused_full_total{engine=\"synthesizer\"}";
    assert_eq!(counted(&server, refused).await, 0.0);
}

/// One number of the metrics.
async fn counted(server: &Server, name: &str) -> f64 {
    let page = http().get(format!("{}/metrics", server.url)).send().await;
    let page = page.expect("the server answers").text().await;
    let page = page.expect("it is text");
    let line = page.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|number| number.trim().parse().ok());
    number.unwrap_or_else(|| panic!("{name} is not in {page}"))
}

fn gone(child: Pid) -> bool {
    let line = std::fs::read_to_string(format!("/proc/{}/cmdline", child.as_raw_nonzero()));
    !line.is_ok_and(|line| line.contains("engines"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_engines_go_with_the_server_even_when_both_are_struck() {
    let server = serve("yes").await;
    until("a second child that is loaded", || async {
        counted(&server, "repartee_engines_spare ").await == 1.0
    })
    .await;
    let children = engines_of(server.pid());
    assert_eq!(children.len(), 2, "they run beside the server");
    for child in &children {
        kill_process(*child, Signal::STOP).expect("it lives");
    }
    let pid = Pid::from_raw(server.pid() as i32).expect("it has a number");
    kill_process(pid, Signal::KILL).expect("it lives");
    for child in children {
        until("the end of the engines", || async { gone(child) }).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn engines_that_die_without_end_are_said_to_and_come_back() {
    let server = serve("auto").await;
    assert_eq!(readiness(&server).await.0, 200);
    let killed = || async {
        for child in engines_of(server.pid()) {
            let _ = kill_process(child, Signal::KILL);
        }
        readiness(&server).await.0 == 503
    };
    until("a server that is not ready", killed).await;
    let (status, told) = readiness(&server).await;
    if status == 503 {
        let why = told["reason"].as_str().unwrap_or_default();
        assert!(
            why.contains("the engines ") && why.contains("SIGKILL"),
            "{told}"
        );
        let offer = http().post(format!("{}/v1/realtime/calls", server.url));
        let offer = offer
            .header("content-type", "application/sdp")
            .body("v=0\r\n");
        let answer = offer.send().await.expect("the server answers");
        assert!(answer.headers().contains_key("retry-after"), "{answer:?}");
    }
    until("a server that is ready", || async {
        readiness(&server).await.0 == 200
    })
    .await;
}

#[test]
fn nobody_starts_the_engines_by_hand() {
    let mut command = binary::repartee();
    let output = command
        .arg("engines")
        .stdin(std::process::Stdio::null())
        .output();
    let output = output.expect("it starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && complaint.contains("repartee serve"),
        "{complaint}"
    );
    let help = binary::repartee()
        .arg("--help")
        .output()
        .expect("it starts");
    assert!(!String::from_utf8_lossy(&help.stdout).contains("  engines"));
}
