//! The voice detectors keep the contract, hear voice where it is, and silence costs nothing.

use models_builtin::speech::synthesizer;
use models_builtin::voice::{SILERO_FILE, voice_detectors};
use models_engine::contract::check_voice_detector;
use models_engine::{Cancel, Script, VoiceDetector};
use rten::{Model, ValueOrView};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensorView, Tensor};
use std::path::PathBuf;

fn speech() -> Vec<f32> {
    let voice = synthesizer().expect("flite or espeak-ng is installed");
    let script = Script {
        text: "What is the price of an electric bike for the whole day?".to_owned(),
        voice: Some("rms".to_owned()),
        speed: 1.0,
    };
    let mut samples = Vec::new();
    let spoken = voice.speak(
        &script,
        &mut |piece| samples.extend_from_slice(piece),
        &Cancel::new(),
    );
    assert_eq!(voice.rate(), 16_000, "flite is installed");
    spoken.expect("it speaks");
    samples
}

fn noise(samples: usize, level: f32) -> Vec<f32> {
    let mut seed = 7_u32;
    let next = |seed: &mut u32| {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((*seed >> 8) as f32 / (1 << 23) as f32 - 1.0) * level
    };
    (0..samples).map(|_| next(&mut seed)).collect()
}

/// The share of windows taken for voice.
fn voiced(detector: &mut dyn VoiceDetector, speech: &[f32]) -> f32 {
    let (mut voiced, mut all) = (0.0, 0.0);
    detector.push(speech, &mut |probability| {
        voiced += f32::from(u8::from(probability > 0.5));
        all += 1.0;
    });
    voiced / all
}

/// Where models/setup.sh puts them.
fn weights() -> Option<PathBuf> {
    let folder = std::env::var_os("REPARTEE_WEIGHTS")
        .map(PathBuf::from)
        .or_else(|| {
            let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
            let cache =
                cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
            Some(cache?.join("repartee/weights"))
        })?;
    folder.join(SILERO_FILE).is_file().then_some(folder)
}

fn check(detector: &mut dyn VoiceDetector) {
    let speech = speech();
    check_voice_detector(detector, &speech);
    let share = voiced(detector, &speech);
    assert!(share > 0.75, "of speech {share} is voice");
    detector.reset();
    let share = voiced(detector, &noise(32_000, 0.05));
    assert!(share < 0.2, "of noise {share} is voice");
    detector.reset();
    assert_eq!(voiced(detector, &vec![0.0; 32_000]), 0.0);
    // After a long silence, in which the gate was shut, speech is heard as at the beginning.
    let share = voiced(detector, &speech);
    assert!(share > 0.75, "after silence {share} of speech is voice");
    detector.push(
        &[f32::NAN, f32::INFINITY, -9.0, 9.0].repeat(500),
        &mut |p| {
            assert!((0.0..=1.0).contains(&p));
        },
    );
    assert!(
        voiced(detector, &speech) > 0.7,
        "what is no number spoils nothing"
    );
}

#[test]
fn earshot_hears_voice() {
    let detectors = voice_detectors(None);
    assert_eq!(detectors.card.name, "earshot");
    assert!(detectors.fallback.is_some());
    check((detectors.make)().as_mut());
}

#[test]
fn silero_hears_voice() {
    let Some(weights) = weights() else {
        eprintln!("not checked: models/setup.sh has not fetched Silero's weights");
        return;
    };
    let detectors = voice_detectors(Some(&weights));
    assert_eq!(detectors.fallback, None);
    assert_eq!(detectors.card.name, "Silero VAD v6.2");
    check((detectors.make)().as_mut());
}

#[test]
fn silero_says_what_its_graph_says() {
    let Some(weights) = weights() else {
        eprintln!("not checked: models/setup.sh has not fetched Silero's weights");
        return;
    };
    // Loud enough that the gate in front of it is open all the time.
    let mut sound = speech();
    let hiss = noise(sound.len(), 0.02);
    sound.iter_mut().zip(hiss).for_each(|(a, b)| *a += b);
    sound.extend(noise(16_000, 0.3));
    let mut said = Vec::new();
    let detectors = voice_detectors(Some(&weights));
    (detectors.make)().push(&sound, &mut |p| said.push(p));

    let graph = Model::load_file(weights.join(SILERO_FILE)).expect("it is a graph");
    let mut state: Tensor<f32> = Tensor::zeros(&[2, 1, 128]);
    let mut framed = vec![0.0; 64];
    for (window, said) in sound.as_chunks::<512>().0.iter().zip(&said) {
        framed.extend(window.map(|sample| sample.clamp(-1.0, 1.0)));
        let input = NdTensorView::from_data([1, 576], framed.as_slice());
        let inputs = vec![
            (graph.input_ids()[0], ValueOrView::from(input)),
            (graph.input_ids()[1], state.view().into()),
        ];
        let outputs = graph.output_ids().try_into().expect("two of them");
        let [probability, next] = graph.run_n(inputs, outputs, None).expect("it runs");
        state = next.try_into().expect("its state");
        let probability: Tensor<f32> = probability.try_into().expect("a number");
        let wanted = probability.iter().next().expect("one");
        assert!((said - wanted).abs() < 1e-4, "{said} {wanted}");
        framed.drain(..512);
    }
    assert_eq!(said.len(), sound.len() / 512);
    let (least, most) = said
        .iter()
        .fold((1.0_f32, 0.0_f32), |(a, b), p| (a.min(*p), b.max(*p)));
    assert!(most - least > 0.7, "{least} to {most}: it was given both");
}

#[test]
fn sessions_do_not_disturb_each_other() {
    let detectors = voice_detectors(weights().as_deref());
    let (mut a, mut b) = ((detectors.make)(), (detectors.make)());
    let speech = speech();
    let mut alone = Vec::new();
    a.push(&speech, &mut |p| alone.push(p));
    a.reset();
    let mut beside = Vec::new();
    for piece in speech.chunks(700) {
        a.push(piece, &mut |p| beside.push(p));
        b.push(&noise(700, 0.3), &mut |_| ());
    }
    assert_eq!(alone, beside);
}

#[test]
fn another_file_is_refused_and_said_so() {
    let folder = std::env::temp_dir().join(format!("repartee-voice-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(SILERO_FILE), b"not a graph").expect("a file");
    let detectors = voice_detectors(Some(&folder));
    let why = detectors.fallback.expect("a reason");
    assert!(why.contains("SHA-256") && why.contains("setup.sh"), "{why}");
    assert_eq!(detectors.card.name, "earshot");
    std::fs::remove_dir_all(&folder).expect("it goes");
}
