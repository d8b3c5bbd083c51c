//! What a peer costs: `cargo test -p server-transport --test peer_cost -- --ignored --nocapture`.

mod caller;

use caller::{Caller, Wants, answer, call, connected, loopback, peers};
use std::time::{Duration, Instant};

/// Processor time of this process, both ends of every call.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("this is Linux");
    let after = stat.rsplit(')').next().expect("the name is in brackets");
    let ticks: u64 = after
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|n| n.parse::<u64>().expect("ticks"))
        .sum();
    Duration::from_millis(ticks * 10)
}

fn percentile(times: &mut [Duration], share: f64) -> Duration {
    times.sort();
    times[((times.len() - 1) as f64 * share) as usize]
}

#[tokio::test]
#[ignore = "it measures, it does not judge"]
async fn setting_up() {
    let transport = loopback().await;
    let before = cpu();
    let (mut answers, mut connects) = (Vec::new(), Vec::new());
    for _ in 0..50 {
        let (mut caller, offer) = Caller::new(Wants::default()).await;
        let start = Instant::now();
        let peer = answer(&transport, &mut caller, &offer).await;
        answers.push(start.elapsed());
        let held = connected(caller, peer).await;
        connects.push(start.elapsed());
        drop(held);
        peers(&transport, 0).await;
    }
    println!(
        "answer p50 {:?} p95 {:?}",
        percentile(&mut answers, 0.5),
        percentile(&mut answers, 0.95)
    );
    println!(
        "connected p50 {:?} p95 {:?}",
        percentile(&mut connects, 0.5),
        percentile(&mut connects, 0.95)
    );
    println!("both ends: {:?} of CPU a call", (cpu() - before) / 50);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it measures, it does not judge"]
async fn an_idle_peer() {
    let transport = loopback().await;
    let mut calls = Vec::new();
    for _ in 0..50 {
        let (mut caller, peer) = call(&transport, Wants::default()).await;
        calls.push(tokio::spawn(async move {
            caller.live().await;
            drop(peer);
        }));
    }
    let before = cpu();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let share = (cpu() - before).as_secs_f64() / 10.0 / 50.0;
    println!("both ends, idle: {:.3} % of a core a peer", share * 100.0);
    calls.iter().for_each(|call| call.abort());
}
