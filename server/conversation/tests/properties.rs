//! What must hold for any text that a model may compose: nothing lost, nothing invented.

use proptest::prelude::*;
use server_conversation::{
    Conversation, Effect, Fact, HearingEvent, Input, Millis, Output, PhraseEvent, PhraseId,
    ReplyEvent, ReplyId, Settings, Tool, UtteranceId,
};

/// Words, numbers, marks and signs of all kinds, in pieces as a model emits them.
fn pieces() -> impl Strategy<Value = Vec<String>> {
    let piece = prop_oneof![
        4 => "[a-zA-Z]{1,9} ",
        2 => "[,.!?;:—…\"')*]{1,2} ?",
        2 => prop::sample::select(vec![
            "$3.50 ", "1,000 ", "Dr. ", "e.g. ", "https://a.example/x?y=1. ", "你好。", "👨‍👩‍👧 ", "e\u{301}", "\n", "  ",
        ])
        .prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ];
    prop::collection::vec(piece, 0..60)
}

struct Told {
    core: Conversation,
    spoken: Vec<(PhraseId, String)>,
    text: String,
    heard: Vec<usize>,
    ended: Option<String>,
}

impl Told {
    fn begin() -> Self {
        let core = Conversation::new(Settings {
            passages: 0,
            ..Settings::default()
        });
        let mut told = Self {
            core,
            spoken: Vec::new(),
            text: String::new(),
            heard: Vec::new(),
            ended: None,
        };
        told.give(Input::Typed {
            token: 1,
            text: "speak".to_owned(),
        });
        told
    }

    fn give(&mut self, input: Input) {
        self.core.handle(Millis(1), input);
        while let Some(output) = self.core.poll_output() {
            match output {
                Output::Speak { phrase, text, .. } => self.spoken.push((phrase, text)),
                Output::Tell(Fact::ReplyText {
                    reply: ReplyId(1),
                    text,
                }) => self.text.push_str(&text),
                Output::Tell(Fact::Heard {
                    reply: ReplyId(1),
                    heard,
                }) => self.heard.push(heard),
                Output::Tell(Fact::ReplyEnded {
                    reply: ReplyId(1),
                    text,
                    ..
                }) => self.ended = Some(text),
                _ => {}
            }
        }
    }

    fn compose(&mut self, pieces: &[String]) {
        for text in pieces {
            self.give(Input::Reply(
                ReplyId(1),
                ReplyEvent::Text { text: text.clone() },
            ));
        }
        self.give(Input::Reply(ReplyId(1), ReplyEvent::Composed));
    }

    /// Plays the phrase in tenths.
    fn play(&mut self, phrase: PhraseId, tenths: u64) {
        let total = Millis(1_000);
        self.give(Input::Phrase(phrase, PhraseEvent::Spoken { total }));
        for tenth in 0..=tenths {
            let played = PhraseEvent::Played {
                total: Millis(tenth * 100),
                done: tenth == 10,
            };
            self.give(Input::Phrase(phrase, played));
        }
    }
}

/// What an engine may say of a reply, in any order and as often as it likes.
fn engine_event() -> impl Strategy<Value = Input> {
    let reply = |event| Input::Reply(ReplyId(1), event);
    let phrase = |event| {
        let (reply, index) = (ReplyId(1), 0);
        Input::Phrase(PhraseId { reply, index }, event)
    };
    let total = Millis(900);
    let message = || "no".to_owned();
    prop_oneof![
        4 => "[a-z]{1,30}[.,] ".prop_map(move |text| reply(ReplyEvent::Text { text })),
        1 => Just(reply(ReplyEvent::Found { passages: Vec::new() })),
        1 => (0..9_usize).prop_map(move |passage| reply(ReplyEvent::Cite { passage })),
        2 => "look|set|book|nothing".prop_map(move |tool| reply(ReplyEvent::Call { tool })),
        2 => "[{}\"a ]{0,4}".prop_map(move |text| reply(ReplyEvent::Arguments { text })),
        1 => Just(reply(ReplyEvent::Composed)),
        1 => Just(reply(ReplyEvent::Failed { message: message() })),
        1 => Just(phrase(PhraseEvent::Speech { total })),
        1 => Just(phrase(PhraseEvent::Spoken { total })),
        1 => Just(phrase(PhraseEvent::Played { total, done: true })),
        1 => Just(phrase(PhraseEvent::Failed { message: message() })),
    ]
}

/// A conversation in which the caller has paused, and reply 1 is kept back.
fn held(passages: usize, calls: bool) -> (Conversation, u64) {
    let tool = Tool {
        name: "look".to_owned(),
        description: String::new(),
        parameters: "{}".to_owned(),
        effect: Effect::Reads,
    };
    let mut core = Conversation::new(Settings {
        speculation: true,
        passages,
        tools: if calls { vec![tool] } else { Vec::new() },
        ..Settings::default()
    });
    let mut now = 0;
    for window in 0..22 {
        now += 32;
        let probability = if window < 18 { 0.9 } else { 0.0 };
        let (voicing, level_dbfs, end) = (probability, -20.0, Millis(now));
        let voice = Input::Voice {
            probability,
            voicing,
            intent: probability,
            level_dbfs,
            echo_dbfs: -120.0,
            end,
        };
        core.handle(Millis(now), voice);
        while core.poll_output().is_some() {}
    }
    let of = |event| Input::Hearing(UtteranceId(1), event);
    let (mark, text) = (1, "look it up".to_owned());
    core.handle(Millis(now), of(HearingEvent::Settled { mark, text }));
    while core.poll_output().is_some() {}
    core.handle(Millis(now), of(HearingEvent::Judged { finished: 0.5 }));
    let outputs: Vec<Output> = std::iter::from_fn(|| core.poll_output()).collect();
    let holds = |output: &Output| matches!(output, Output::Hold { .. });
    assert!(outputs.iter().any(holds), "{outputs:?}");
    (core, now)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_that_is_composed_is_spoken_and_heard_in_order(pieces in pieces()) {
        let whole = pieces.concat();
        let mut told = Told::begin();
        told.compose(&pieces);
        prop_assert!(told.spoken.len() <= 4, "no page is spoken in advance");
        let mut next = 0;
        while told.ended.is_none() && next < told.spoken.len() {
            let (phrase, text) = told.spoken[next].clone();
            prop_assert_eq!(phrase.index as usize, next);
            prop_assert!(text.contains(char::is_alphanumeric), "{:?} cannot be spoken", text);
            prop_assert!(text.chars().count() <= 720, "{} characters", text.chars().count());
            told.play(phrase, 10);
            next += 1;
        }
        prop_assert_eq!(&told.text, &whole);
        let speakable = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let spoken: String = told.spoken.iter().take(next).map(|(_, text)| speakable(text)).collect();
        let expected = speakable(&whole);
        if !whole.trim().is_empty() {
            prop_assert_eq!(&spoken[..expected.len()], expected);
            prop_assert_eq!(told.ended.as_deref(), Some(whole.as_str()));
            prop_assert_eq!(told.heard.last().copied().unwrap_or(whole.len()), whole.len());
        }
        prop_assert!(told.heard.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn what_is_cut_was_heard(pieces in pieces(), phrases in 0_usize..4, tenths in 0_u64..10) {
        let whole = pieces.concat();
        let mut told = Told::begin();
        told.compose(&pieces);
        for next in 0..phrases {
            if let Some((phrase, _)) = told.spoken.get(next).cloned() {
                told.play(phrase, if next + 1 == phrases { tenths } else { 10 });
            }
        }
        told.give(Input::HangUp);
        let ended = told.ended.expect("every reply ends");
        prop_assert!(whole.starts_with(&ended));
        // Never past the words of the phrase that was being played.
        let most: usize = told.spoken.iter().take(phrases).map(|(_, text)| text.len()).sum();
        let least_unheard = whole.chars().filter(|c| !c.is_alphanumeric()).map(char::len_utf8).sum::<usize>();
        prop_assert!(phrases == 0 || ended.len() <= most + least_unheard);
    }

    #[test]
    fn probabilities_and_times_of_any_kind_are_survived(
        windows in prop::collection::vec((any::<[f32; 3]>(), any::<u32>(), 0_u64..5_000), 0..80)
    ) {
        let mut core = Conversation::new(Settings { speculation: true, ..Settings::default() });
        for ([probability, voicing, level_dbfs], end, now) in windows {
            core.handle(Millis(now), Input::Voice { probability, voicing, intent: voicing, level_dbfs, echo_dbfs: -level_dbfs, end: Millis(u64::from(end)) });
            while core.poll_output().is_some() {}
            core.handle(Millis(now), Input::Level { level_dbfs: probability, echo_dbfs: voicing, end: Millis(u64::from(end) + now) });
            while core.poll_output().is_some() {}
        }
        core.handle(Millis(9_000), Input::HangUp);
        let outputs: Vec<Output> = std::iter::from_fn(|| core.poll_output()).collect();
        prop_assert_eq!(outputs.last(), Some(&Output::End));
    }

    #[test]
    fn whatever_engines_say_of_a_reply_that_is_kept_back_stays_here(
        events in prop::collection::vec(engine_event(), 0..40),
        (passages, calls) in (0_usize..3, any::<bool>()),
        confirms in any::<bool>(),
    ) {
        let (mut core, mut now) = held(passages, calls);
        let mut told = Vec::new();
        let mut take = |core: &mut Conversation, now: u64, input: Input| {
            core.handle(Millis(now), input);
            let outputs = std::iter::from_fn(|| core.poll_output());
            let facts = outputs.filter_map(|output| match output {
                Output::Tell(fact) => Some(fact),
                _ => None,
            });
            told.extend(facts.filter(|fact| fact.reply() == Some(ReplyId(1))));
            told.len()
        };
        for event in events {
            now += 1;
            prop_assert_eq!(take(&mut core, now, event), 0);
        }
        if confirms {
            take(&mut core, now, Input::Commit { token: 1 });
            let (text, confidence) = ("Look it up!".to_owned(), 1.0);
            let words = HearingEvent::Transcript { text, confidence };
            take(&mut core, now, Input::Hearing(UtteranceId(1), words));
        }
        core.handle(Millis(now), Input::HangUp);
        let outputs: Vec<Output> = std::iter::from_fn(|| core.poll_output()).collect();
        prop_assert_eq!(outputs.last(), Some(&Output::End));
    }
}
