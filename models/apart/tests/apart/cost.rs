//! What it costs to ask another process.

use crate::house::{House, patience};
use std::time::Instant;

/// `cargo test -p models-apart --test apart -- --ignored --nocapture what_a_job_costs`
#[test]
#[ignore = "it measures"]
fn what_a_job_costs_more_than_at_home() {
    if std::env::var_os(crate::house::CHILD).is_some() {
        return;
    }
    let house = House::open(patience());
    let mut times = Vec::new();
    for _ in 0..2_000 {
        let begun = Instant::now();
        assert!(house.compose("hello").1.is_ok());
        times.push(begun.elapsed());
    }
    times.sort();
    let of = |permille: usize| times[times.len() * permille / 1_000];
    println!("a reply of one word: {:?} p50, {:?} p99", of(500), of(990));
}
