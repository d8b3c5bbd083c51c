//! The caller against a server of ours: a whole call, on a good network and a bad one, and what it says when there is none.

mod stand_in;

use std::time::Duration;

use client_probe::{
    Call, CallOptions, Churn, Crowd, Door, Impairment, Manner, Report, Script, Speech, churn,
    gather, perform,
};
use serde_json::json;
use stand_in::StandIn;

/// What a test waits for at most before it fails; nothing is timed by it.
const PATIENCE: Duration = Duration::from_secs(30);

fn door(url: &str) -> Door {
    Door::new(url, None, false).expect("the address is good")
}

async fn talk(server: &StandIn, options: &CallOptions, script: Script) -> Report {
    let call = Call::place(&door(&server.url), options)
        .await
        .expect("the server answers");
    let script = Script {
        patience: PATIENCE,
        ..script
    };
    perform(call, &script)
        .await
        .expect("the script is performed")
}

fn check_reply(report: &Report, exchange: usize) {
    assert_eq!(report.trouble, None);
    let exchange = &report.exchanges[exchange];
    assert_eq!(exchange.replies.len(), 1, "{report}");
    assert_eq!(exchange.replies[0].text, "Beep.");
    assert_eq!(exchange.replies[0].status.as_deref(), Some("completed"));
    assert!(exchange.voice_to_voice_ms.is_some(), "{report}");
    // One second was sent; the first frames of a codec are soft.
    assert!(
        (900..=1_040).contains(&exchange.reply_voiced_ms),
        "{report}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn says_and_types_and_hears_the_replies() {
    let server = StandIn::serve().await;
    let script = Script {
        say: vec![Speech::tone(440.0, 400), Speech::tone(330.0, 400)],
        type_texts: vec!["hello".to_owned()],
        ..Script::default()
    };
    let report = talk(&server, &CallOptions::default(), script).await;
    for exchange in 0..3 {
        check_reply(&report, exchange);
    }
    let manners: Vec<_> = report
        .exchanges
        .iter()
        .map(|exchange| exchange.manner)
        .collect();
    assert_eq!(manners, [Manner::Spoken, Manner::Spoken, Manner::Typed]);
    assert_eq!(report.exchanges[0].understood, ["beep"]);
    assert_eq!(report.exchanges[2].typed.as_deref(), Some("hello"));
    assert_eq!(report.summary.voice_to_voice.count, 3);
    assert_eq!(report.summary.stages["first_sound"].p50_ms, Some(300.0));
    assert_eq!(*server.hangups.lock().expect("not poisoned"), ["rtc_1"]);
    let events = server.events.lock().expect("not poisoned");
    assert_eq!(*events, [json!({"type": "repartee.type", "text": "hello"})]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_network_is_bad_and_the_reply_is_heard_all_the_same() {
    let server = StandIn::serve().await;
    let options = CallOptions {
        impairment: Impairment {
            loss_percent: 5.0,
            jitter_ms: 20,
            reorder_percent: 5.0,
            seed: 1,
        },
        ..CallOptions::default()
    };
    let script = Script {
        say: vec![Speech::tone(440.0, 1_000)],
        ..Script::default()
    };
    let report = talk(&server, &options, script).await;
    assert_eq!(report.trouble, None);
    let voiced_ms = report.exchanges[0].reply_voiced_ms;
    assert!((800..=1_040).contains(&voiced_ms), "{report}");
    assert!(report.traffic.dropped_on_purpose > 0 && report.traffic.reordered_on_purpose > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_gets_no_reply_and_says_what_was_missing() {
    let server = StandIn::serve().await;
    let call = Call::place(&door(&server.url), &CallOptions::default())
        .await
        .expect("it answers");
    let script = Script {
        say: vec![Speech::silence(200)],
        patience: Duration::from_secs(1),
        ..Script::default()
    };
    let report = perform(call, &script)
        .await
        .expect("the script is performed");
    let trouble = report.trouble.as_deref().unwrap_or("");
    assert!(
        trouble.contains("No reply to what was said within 1 s"),
        "{trouble}"
    );
    assert!(report.exchanges[0].replies.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_is_answered_and_a_churn_leaves_nobody() {
    let server = StandIn::serve().await;
    let crowd = Crowd {
        door: door(&server.url),
        options: CallOptions::default(),
        calls: 3,
        speeches: vec![Speech::tone(440.0, 300)],
        length: Duration::ZERO,
        pid: Some(std::process::id()),
    };
    let report = gather(&crowd).await;
    report.verdict().expect("everyone is answered");
    assert_eq!((report.held, report.utterances >= 2), (3, true), "{report}");
    assert_eq!(report.utterances, report.replies_heard);
    assert!(
        report.speaking_percent > 1.0 && report.hearing_percent > 5.0,
        "{report}"
    );

    let cycles = Churn {
        door: door(&server.url),
        options: CallOptions {
            deaf: true,
            ..CallOptions::default()
        },
        cycles: 8,
        at_once: 2,
        pid: None,
    };
    let report = churn(&cycles).await;
    report.verdict().expect("every cycle completes");
    assert_eq!((report.completed, report.setup_p50_ms.is_some()), (8, true));
    assert_eq!(server.hangups.lock().expect("not poisoned").len(), 3 + 8);
}

#[tokio::test]
async fn a_refusal_says_what_to_do() {
    let json = r#"{"error":{"message":"A key is needed."}}"#;
    let table = [
        (401, json, "A key is needed. Give its key with --key"),
        (503, "", "/readyz"),
        (400, "<html>", "HTTP 400: <html>"),
        (
            201,
            "this is no SDP",
            "Check that --url points at a Repartee server",
        ),
    ];
    for (code, body, wanted) in table {
        let url = StandIn::refuse(code, body).await;
        let trouble = Call::place(&door(&url), &CallOptions::default())
            .await
            .err();
        let sentence = trouble.expect("it is refused").to_string();
        assert!(sentence.contains(wanted), "{code}: {sentence}");
    }
}

#[tokio::test]
async fn nobody_there_is_said_at_once() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", free.local_addr().expect("it is bound"));
    drop(free);
    let trouble = Call::place(&door(&url), &CallOptions::default())
        .await
        .err();
    let sentence = trouble.expect("nobody answers").to_string();
    assert!(
        sentence.contains("repartee serve") && sentence.contains("refused"),
        "{sentence}"
    );
}
