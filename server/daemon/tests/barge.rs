//! Who is let in over the agent's voice, on sounds that are made here and in media time: no clock is read.

#[path = "../examples/barge/call.rs"]
#[allow(dead_code, reason = "echoes are only reported, by the example")]
mod call;
#[path = "../examples/barge/score.rs"]
mod score;

use call::Outcome;
use client_probe::sounds::{self, Kind};
use models_builtin::voice_detectors;
use score::{Score, Town};

/// A seed that nothing was tuned on.
const SEED: u64 = 2_026;

#[test]
fn speech_cuts_and_noise_does_not() {
    let weights = dirs::cache_dir().map(|cache| cache.join("repartee/weights"));
    let detectors = voice_detectors(weights.as_deref());
    if let Some(why) = detectors.fallback {
        return eprintln!("not checked: {why}");
    }
    let all = match sounds::sounds(SEED, &std::env::temp_dir()) {
        Ok(all) => all,
        Err(trouble) => return eprintln!("not checked: {trouble}"),
    };
    assert!(all.len() >= 120);
    let voice = models_builtin::synthesizer().expect("flite made the sounds");
    let town = Town {
        detectors: detectors.make,
        recognizer: None,
        voice: voice.as_ref(),
    };
    let heard = all.iter().enumerate();
    let outcomes: Vec<(Kind, Outcome)> = heard
        .filter(|(_, sound)| !matches!(sound.kind, Kind::Word | Kind::Backchannel))
        .map(|(n, sound)| (sound.kind, town.hear(n, sound)))
        .collect();

    let speech = Score::of(&outcomes, Kind::cuts);
    println!("speech: {speech}");
    assert!(speech.cut * 100 >= speech.all * 95, "{speech}");
    let noise = Score::of(&outcomes, |kind| !kind.cuts());
    println!("noise:  {noise}");
    assert!(noise.cut * 100 <= noise.all * 5, "{noise}");
    for (name, score, p95_ms) in [("speech", &speech, 500.0), ("noise", &noise, 560.0)] {
        let decided = client_probe::percentile(&score.decided_ms, 0.95);
        assert!(decided.is_some_and(|ms| ms <= p95_ms), "{name}: {score}");
    }
    for (times, p95_ms) in [
        (&speech.down_ms, 180.0),
        (&speech.down_from_pitch_ms, 120.0),
    ] {
        let down = client_probe::percentile(times, 0.95);
        assert!(down.is_some_and(|ms| ms <= p95_ms), "{speech}");
    }
}
