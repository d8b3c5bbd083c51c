//! Offers that today's browsers do not write, but others do: the calls work all the same.

mod caller;

use caller::{Caller, Wants, connected, loopback, next_message};
use server_session::peer::{Answerer, Peer};

/// A message each way.
async fn talk(mut caller: Caller, mut peer: Peer) {
    let channel = caller.channels[0];
    caller
        .until("the channel opens", |caller| caller.open.contains(&channel))
        .await;
    assert!(caller.say(channel, false, b"hello"));
    let text = tokio::select! {
        text = next_message(&mut peer) => text,
        () = caller.live() => unreachable!("it lives as long as it is asked to"),
    };
    assert_eq!(text, "hello");
    peer.voice.message("answer".into()).expect("room");
    caller
        .until("an answer", |caller| !caller.messages.is_empty())
        .await;
}

#[tokio::test]
async fn channels_in_the_words_of_older_drafts_work() {
    let transport = loopback().await;
    let (mut caller, offer) = Caller::new(Wants::default()).await;
    let today = ["UDP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:5000"];
    let older = ["DTLS/SCTP 5000", "a=sctpmap:5000 webrtc-datachannel 65535"];
    let offer = offer
        .replace(today[0], older[0])
        .replace(today[1], older[1]);
    assert!(older.iter().all(|words| offer.contains(words)), "{offer}");
    let (answer, peer) = transport.answer(&offer).await.expect("the offer is good");
    assert!(older.iter().all(|words| answer.contains(words)), "{answer}");
    // The caller has forgotten those words.
    let answer = answer
        .replace(older[0], today[0])
        .replace(older[1], today[1]);
    caller.accept(&answer);
    let (caller, peer) = connected(caller, peer).await;
    talk(caller, peer).await;
}

fn value<'a>(offer: &'a str, key: &str) -> &'a str {
    offer
        .lines()
        .find_map(|line| line.strip_prefix(key))
        .expect("the caller says it")
}

/// Only the first section of the bundle has the transport that the caller is really at.
#[tokio::test]
async fn the_transport_of_the_first_in_the_bundle_is_the_one() {
    let transport = loopback().await;
    for channels_first in [false, true] {
        let (mut caller, offer) = Caller::new(Wants::default()).await;
        let (ufrag, password) = (value(&offer, "a=ice-ufrag:"), value(&offer, "a=ice-pwd:"));
        let elsewhere = |part: &str| {
            part.replace(ufrag, "elsewhere")
                .replace(password, "anotherTransportOfItsOwn")
        };
        let (audio, channels) = offer.split_once("m=application").expect("it has both");
        let bundle = value(&offer, "a=group:BUNDLE ");
        let (first, second) = bundle.split_once(' ').expect("two sections");
        let turned = format!("{second} {first}");
        let text = if channels_first {
            let audio = elsewhere(audio).replace(bundle, &turned);
            format!("{audio}m=application{channels}")
        } else {
            format!("{audio}m=application{}", elsewhere(channels))
        };
        let (answer, peer) = transport.answer(&text).await.expect("the offer is good");
        assert_eq!(answer.contains(&turned), channels_first, "{answer}");
        // The caller knows of its own order only.
        caller.accept(&answer.replace(&turned, bundle));
        let (caller, peer) = connected(caller, peer).await;
        talk(caller, peer).await;
    }
}
