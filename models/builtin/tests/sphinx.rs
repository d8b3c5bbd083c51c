//! PocketSphinx keeps the contract, knows the knowledge base's words, and hears no words in noise.

use models_builtin::speech::ChildVoice;
use models_builtin::{Sphinx, SphinxOptions};
use models_engine::contract::check_recognizer;
use models_engine::{
    CallerId, Cancel, Hint, Hypothesis, Recognizer, Script, Stopped, Synthesizer, Transcript,
};
use std::sync::OnceLock;

/// Loading takes most of a second, so all tests share it: each takes the one decoder in its own time.
fn sphinx() -> &'static Sphinx {
    static SPHINX: OnceLock<Sphinx> = OnceLock::new();
    SPHINX.get_or_init(|| {
        let knowledge = [
            "Repartee is a voice server that answers questions about your own documents.",
            "To change the voice, set the key voice in the file repartee.toml.",
            "Kubernetes restarts the container when the health check fails.",
        ];
        Sphinx::load(&SphinxOptions {
            knowledge: knowledge.map(str::to_owned).to_vec(),
            decoders: 4,
        })
        .expect("libpocketsphinx3 and pocketsphinx-en-us are installed")
    })
}

fn say(text: &str) -> Vec<f32> {
    let script = Script {
        text: text.to_owned(),
        voice: Some("rms".to_owned()),
        speed: 1.0,
    };
    let mut samples = vec![0.0; 3_200];
    ChildVoice::flite()
        .speak(
            &script,
            &mut |piece| samples.extend_from_slice(piece),
            &Cancel::new(),
        )
        .expect("flite is installed");
    samples.extend([0.0; 4_800]);
    samples
}

fn hear(speech: &[f32]) -> (Vec<Hypothesis>, Transcript) {
    hear_of(None, speech)
}

fn hear_of(caller: Option<CallerId>, speech: &[f32]) -> (Vec<Hypothesis>, Transcript) {
    let hint = Hint {
        caller,
        ..Hint::default()
    };
    let mut listening = sphinx().listen(&hint).expect("a decoder is idle");
    let mut partials = Vec::new();
    for frame in speech.chunks(320) {
        partials.extend(listening.push(frame, &Cancel::new()).expect("it hears"));
    }
    (partials, listening.finish(&Cancel::new()).expect("it ends"))
}

/// Below it `server/conversation` asks the caller to say it again.
const BELIEVED: f32 = 0.42;

fn random(samples: usize, level: f32) -> Vec<f32> {
    let mut seed = 9_u32;
    let next = |seed: &mut u32| {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((*seed >> 8) as f32 / (1 << 23) as f32 - 1.0) * level
    };
    (0..samples).map(|_| next(&mut seed)).collect()
}

#[test]
fn it_keeps_the_contract() {
    check_recognizer(sphinx(), &say("hello how are you today"));
}

#[test]
fn words_of_the_knowledge_base_are_heard() {
    for question in ["what is repartee", "how do i change the voice"] {
        let (partials, transcript) = hear(&say(question));
        assert_eq!(transcript.text, question);
        assert!(
            transcript.confidence > BELIEVED,
            "{}",
            transcript.confidence
        );
        assert!(
            partials.len() >= 3,
            "words come while they are spoken: {partials:?}"
        );
    }
    let (_, transcript) = hear(&say("does kubernetes restart the container"));
    assert!(
        transcript.text.contains("kubernetes"),
        "{}",
        transcript.text
    );
}

/// The core asks for most of them again.
#[test]
fn words_lost_in_noise_are_seldom_believed() {
    let questions = [
        "what is repartee",
        "how do i change the voice",
        "does kubernetes restart the container",
        "where does the health check fail",
    ];
    let believed = |question: &&str| {
        let speech = say(question);
        let noise = random(speech.len(), 0.08);
        let noisy: Vec<f32> = speech.iter().zip(noise).map(|(a, b)| a + b).collect();
        let (_, transcript) = hear(&noisy);
        assert_ne!(transcript.text, *question, "the noise is loud");
        transcript.confidence >= BELIEVED
    };
    let believed = questions.iter().filter(|question| believed(question));
    assert!(believed.count() <= 1);
}

#[test]
fn two_callers_at_once_do_not_disturb_each_other() {
    let (a, b) = (say("what is repartee"), say("how do i change the voice"));
    let mut first = sphinx()
        .listen(&Hint::default())
        .expect("a decoder is idle");
    let mut second = sphinx().listen(&Hint::default()).expect("another is idle");
    let cancel = Cancel::new();
    for n in 0..a.len().max(b.len()).div_ceil(320) {
        for (listening, speech) in [(&mut first, &a), (&mut second, &b)] {
            let from = (n * 320).min(speech.len());
            let piece = &speech[from..(from + 320).min(speech.len())];
            listening.push(piece, &cancel).expect("it hears");
        }
    }
    assert_eq!(
        first.finish(&cancel).expect("it ends").text,
        "what is repartee"
    );
    assert_eq!(
        second.finish(&cancel).expect("it ends").text,
        "how do i change the voice"
    );
}

#[test]
fn a_caller_on_an_odd_line_becomes_known_and_nobody_else_does() {
    // A line that takes the low sounds away, as a cheap microphone does.
    let thin = |speech: Vec<f32>| {
        let before = std::iter::once(0.0).chain(speech.clone());
        let pairs = speech.iter().zip(before);
        pairs.map(|(now, before)| now - 0.97 * before).collect()
    };
    let question: Vec<f32> = thin(say("what is repartee"));
    let story: Vec<f32> = thin(say("i would like to know how i can change the voice"));
    let sure = |caller| hear_of(caller, &question).1.confidence;
    let (odd, other) = (Some(CallerId(1)), Some(CallerId(2)));
    let stranger = sure(None);
    let first = sure(odd);
    assert_eq!(first, stranger);
    for _ in 0..2 {
        hear_of(odd, &story);
    }
    // How much it helps, the example `wer` prints; here: what was learnt is used, and for nobody else.
    assert_ne!(sure(odd), stranger);
    assert_eq!(sure(other), stranger);
}

#[test]
fn noise_holds_no_words() {
    let fading = |ms: usize, level: f32| {
        let noise = random(ms * 16, level);
        let length = noise.len() as f32;
        let fade = |(n, s): (usize, f32)| s * (-4.0 * n as f32 / length).exp();
        noise
            .into_iter()
            .enumerate()
            .map(fade)
            .collect::<Vec<f32>>()
    };
    let mut click = vec![0.0; 8_000];
    click[4_000..4_008].fill(0.7);
    for (name, sound) in [
        ("silence", vec![0.0; 16_000]),
        ("hiss", random(16_000, 0.003)),
        ("white noise", random(16_000, 0.1)),
        ("loud white noise", random(32_000, 0.4)),
        ("a click", click),
        ("a short cough", fading(150, 0.8)),
        ("a cough", fading(300, 0.6)),
        ("a long cough", fading(500, 0.5)),
    ] {
        let padded = [vec![0.0; 3_200], sound, vec![0.0; 4_800]].concat();
        assert_eq!(hear(&padded).1.text, "", "{name}");
    }
}

#[test]
fn decoders_come_back_and_no_more_are_lent_than_there_are() {
    let one = Sphinx::load(&SphinxOptions {
        knowledge: Vec::new(),
        decoders: 1,
    })
    .expect("it loads without any knowledge");
    assert_eq!(one.decoders(), 1);
    for _ in 0..3 {
        let listening = one.listen(&Hint::default()).expect("it is idle");
        let more = one.listen(&Hint::default());
        assert!(matches!(more, Err(Stopped::Failed(_))), "only one is there");
        drop(listening);
    }
    let mut listening = one.listen(&Hint::default()).expect("it is idle");
    let cancel = Cancel::new();
    cancel.cancel();
    assert_eq!(
        listening.push(&[0.1; 320], &cancel),
        Err(Stopped::Cancelled)
    );
    assert_eq!(listening.finish(&cancel), Err(Stopped::Cancelled));
    assert!(one.listen(&Hint::default()).is_ok());
}
