//! Who is let in over the agent's voice, on sounds that are made here and in media time: no clock is read.

#[path = "../examples/barge/call.rs"]
#[allow(dead_code, reason = "what was observed is only shown, by the example")]
mod call;
#[path = "../examples/barge/score.rs"]
mod score;

use call::Outcome;
use client_probe::percentile;
use client_probe::sounds::{self, Kind};
use models_builtin::voice_detectors;
use score::{ECHOES, Score, Town};

/// A seed that nothing was tuned on.
const SEED: u64 = 2_026;

#[test]
fn speech_cuts_and_listening_noise_and_echoes_do_not() {
    let weights = dirs::cache_dir().map(|cache| cache.join("repartee/weights"));
    let detectors = voice_detectors(weights.as_deref());
    if let Some(why) = detectors.fallback {
        return eprintln!("not checked: {why}");
    }
    let all = match sounds::sounds(SEED, &std::env::temp_dir()) {
        Ok(all) => all,
        Err(trouble) => return eprintln!("not checked: {trouble}"),
    };
    assert!(all.len() >= 180);
    let voice = models_builtin::synthesizer().expect("flite made the sounds");
    let town = Town {
        detectors: detectors.make,
        recognizer: None,
        voice: voice.as_ref(),
    };
    let heard = all.iter().enumerate();
    let outcomes: Vec<(Kind, Outcome)> = heard
        .map(|(n, sound)| (sound.kind, town.hear(n, sound)))
        .collect();
    of_speech(&Score::of(&outcomes, Kind::cuts));
    of_sentences(&Score::of(&outcomes, |kind| kind == Kind::Sentence));
    of_the_rest(&outcomes);
    in_time(&Score::of(&outcomes, |_| true));
    for (softer_db, after_ms) in ECHOES {
        let echo = town.echo(softer_db, after_ms);
        let name = format!("an echo {softer_db} dB softer after {after_ms} ms");
        assert!(echo.cut_ms.is_none(), "{name} cuts");
        assert!(echo.contested <= 3, "{name}: {} times", echo.contested);
    }
}

/// Without a recognizer, to which single words are left.
fn of_speech(score: &Score) {
    println!("speech:    {score}");
    assert!(score.cut * 100 >= score.all * 90, "{score}");
    assert!(p95(&score.down_ms) <= 120.0, "{score}");
}

fn of_sentences(score: &Score) {
    println!("sentences: {score}");
    assert!(score.cut * 100 >= score.all * 95, "{score}");
}

fn of_the_rest(outcomes: &[(Kind, Outcome)]) {
    let others = Score::of(outcomes, |kind| !kind.cuts());
    println!("others:    {others}");
    assert!(others.cut * 100 <= others.all * 5, "{others}");
    let noise = Score::of(outcomes, |kind| !kind.cuts() && kind != Kind::Backchannel);
    println!("noise:     {noise}");
    assert!(noise.cut * 100 <= noise.all * 3, "{noise}");
}

fn in_time(score: &Score) {
    println!("all:       {score}");
    assert!(p95(&score.decided_ms) <= 500.0, "{score}");
    let half = percentile(&score.decided_ms, 0.5);
    assert!(half.is_some_and(|ms| ms <= 350.0), "{score}");
}

fn p95(values: &[f64]) -> f64 {
    percentile(values, 0.95).expect("some came about")
}
