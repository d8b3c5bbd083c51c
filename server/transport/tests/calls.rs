//! Whole calls against a second WebRTC stack, over loopback: what connects, flows, and is freed.

mod caller;

use bytes::Bytes;
use caller::{
    Caller, Wants, answer, call, connected, gone, loopback, next, next_audio, next_message, peers,
    transport,
};
use server_session::peer::{Answerer, FromPeer, Gone, Unanswerable};
use str0m::media::Direction;

#[tokio::test]
async fn audio_arrives_byte_for_byte_both_ways() {
    let transport = loopback().await;
    let (mut caller, mut peer) = call(&transport, Wants::default()).await;
    let said: Vec<Vec<u8>> = (0..50u8).map(|n| vec![0xF8, n, n ^ 0x5A, 7]).collect();
    let mut heard = Vec::new();
    let mut waiting = said.iter();
    let hear = async {
        while heard.len() < said.len() {
            heard.push(next_audio(&mut peer).await);
        }
    };
    let speak = async {
        let say_next = |caller: &mut Caller| {
            if let Some(packet) = waiting.next() {
                caller.speak(packet);
            }
            waiting.len() == 0
        };
        caller.until("all is said", say_next).await;
        caller.live().await;
    };
    tokio::select! { () = hear => {}, () = speak => {} }
    assert!(
        heard
            .iter()
            .map(|packet| packet.payload.to_vec())
            .eq(said.iter().cloned())
    );
    assert!(
        heard
            .windows(2)
            .all(|pair| pair[1].sequence == pair[0].sequence.wrapping_add(1))
    );
    assert!(
        heard
            .windows(2)
            .all(|pair| pair[1].timestamp == pair[0].timestamp.wrapping_add(960))
    );

    for (index, payload) in said.iter().enumerate().take(20) {
        peer.voice.audio(
            index as u32 * 960,
            index == 0,
            Bytes::copy_from_slice(payload),
        );
    }
    caller
        .until("all is heard", |caller| caller.heard.len() >= 20)
        .await;
    assert!(
        caller
            .heard
            .iter()
            .map(|(_, _, payload)| payload)
            .eq(said.iter().take(20))
    );
    assert!(
        caller
            .heard
            .windows(2)
            .all(|pair| pair[1].0 == pair[0].0.wrapping_add(1))
    );
    assert!(
        caller
            .heard
            .windows(2)
            .all(|pair| pair[1].1 == pair[0].1.wrapping_add(960))
    );
}

#[tokio::test]
async fn messages_run_both_ways_in_order_text_or_binary() {
    let transport = loopback().await;
    let (mut caller, mut peer) = call(&transport, Wants::default()).await;
    let channel = caller.channels[0];
    caller
        .until("the channel opens", |caller| caller.open.contains(&channel))
        .await;
    assert!(caller.say(channel, false, "{\"text\":\"grüß\"}".as_bytes()));
    assert!(caller.say(channel, true, b"{\"binary\":1}"));
    let (event, text, binary) = tokio::select! {
        events = async {
            let event = next(&mut peer).await;
            (event, next_message(&mut peer).await, next_message(&mut peer).await)
        } => events,
        () = caller.live() => unreachable!("the caller lives as long as it is asked to"),
    };
    assert!(matches!(event, FromPeer::ChannelOpen), "{event:?}");
    assert_eq!(
        (text.as_str(), binary.as_str()),
        ("{\"text\":\"grüß\"}", "{\"binary\":1}")
    );

    let long = "x".repeat(100_000);
    let sent: Vec<String> = (0..100)
        .map(|n| {
            if n == 50 {
                long.clone()
            } else {
                format!("{{\"n\":{n}}}")
            }
        })
        .collect();
    for message in &sent {
        peer.voice
            .message(message.clone())
            .expect("the queue has room");
    }
    caller
        .until("all messages arrive", |caller| {
            caller.messages.len() == sent.len()
        })
        .await;
    assert!(caller.messages.iter().map(|(_, text)| text).eq(sent.iter()));
    assert!(caller.messages.iter().all(|(id, _)| *id == channel));
}

#[tokio::test]
async fn a_message_longer_than_the_peer_takes_is_known_and_holds_up_no_other() {
    let transport = loopback().await;
    let (mut caller, offer) = Caller::new(Wants::default()).await;
    let lines = offer
        .lines()
        .filter(|line| !line.contains("max-message-size"));
    let small: String = lines
        .chain(["a=max-message-size:1000"])
        .map(|line| format!("{line}\r\n"))
        .collect();
    let peer = answer(&transport, &mut caller, &small).await;
    let (mut caller, mut peer) = connected(caller, peer).await;
    for message in ["x".repeat(1_000), "y".repeat(1_001), "after".to_owned()] {
        peer.voice.message(message).expect("the queue has room");
    }
    caller
        .until("what fits arrives", |caller| caller.messages.len() == 2)
        .await;
    assert_eq!(caller.messages[1].1, "after");
    let told = async {
        loop {
            if let FromPeer::TooLong { bytes } = next(&mut peer).await {
                return bytes;
            }
        }
    };
    assert_eq!(told.await, 1_001);
}

#[tokio::test]
async fn every_channel_is_heard_and_the_first_is_spoken_on() {
    let transport = loopback().await;
    let (mut caller, mut peer) = call(
        &transport,
        Wants {
            channels: 3,
            ..Wants::default()
        },
    )
    .await;
    caller
        .until("all channels open", |caller| caller.open.len() == 3)
        .await;
    for channel in caller.channels.clone() {
        assert!(caller.say(channel, false, b"hello"));
    }
    tokio::select! {
        () = async { for _ in 0..3 { assert_eq!(next_message(&mut peer).await, "hello"); } } => {}
        () = caller.live() => {}
    }
    peer.voice.message("answer".into()).expect("room");
    caller
        .until("an answer", |caller| !caller.messages.is_empty())
        .await;
    let first = caller.channels[0];
    assert_eq!(caller.messages, [(first, "answer".to_owned())]);
}

#[tokio::test]
async fn fifty_callers_share_one_port_and_hear_only_their_own() {
    let transport = loopback().await;
    let mut calls = Vec::new();
    for n in 0..50u8 {
        let transport = transport.clone();
        calls.push(tokio::spawn(async move {
            let (mut caller, mut peer) = call(&transport, Wants::default()).await;
            for round in 0..10u8 {
                caller.speak(&[n, round]);
                let packet = tokio::select! {
                    packet = next_audio(&mut peer) => packet,
                    () = caller.live() => unreachable!("it lives as long as it is asked to"),
                };
                assert_eq!(&packet.payload[..], [n, round]);
                peer.voice
                    .audio(u32::from(round) * 960, false, packet.payload);
            }
            caller
                .until("the echo", |caller| caller.heard.len() == 10)
                .await;
            assert!(caller.heard.iter().all(|(_, _, payload)| payload[0] == n));
            (caller, peer)
        }));
    }
    let mut held = Vec::new();
    for call in calls {
        held.push(call.await.expect("each call passes"));
    }
    assert_eq!(transport.peers(), 50);
    assert_eq!(transport.local_addrs().len(), 1);
    drop(held);
    peers(&transport, 0).await;
}

#[tokio::test]
async fn two_hundred_callers_come_and_go_and_nothing_stays() {
    let transport = transport(&["127.0.0.1:0"], 4).await;
    for round in 0..200 {
        let (caller, peer) = call(&transport, Wants::default()).await;
        // By turns: the session drops the peer, or says close and then waits for the end.
        if round % 2 == 0 {
            drop(peer);
        } else {
            let mut peer = peer;
            peer.voice.close();
            assert_eq!(gone(&mut peer).await, Gone::Closed);
        }
        drop(caller);
        peers(&transport, 0).await;
    }
}

#[tokio::test]
async fn an_offer_without_a_caller_ends_by_itself() {
    let transport = loopback().await;
    let (_caller, offer) = Caller::new(Wants::default()).await;
    let (_, mut peer) = transport.answer(&offer).await.expect("the offer is good");
    assert_eq!(transport.peers(), 1);
    assert_eq!(gone(&mut peer).await, Gone::Vanished);
    peers(&transport, 0).await;
}

#[tokio::test]
async fn a_caller_that_vanishes_is_told_and_freed() {
    let transport = loopback().await;
    let (caller, mut peer) = call(&transport, Wants::default()).await;
    drop(caller);
    assert_eq!(gone(&mut peer).await, Gone::Vanished);
    assert_eq!(transport.peers(), 0);
    assert!(peer.events.recv().await.is_none(), "nothing follows");
}

#[tokio::test]
async fn a_caller_that_says_goodbye_is_gone_before_it_is_missed() {
    let transport = loopback().await;
    let (mut caller, mut peer) = call(&transport, Wants::default()).await;
    caller
        .until("the channel opens", |caller| !caller.open.is_empty())
        .await;
    caller.rtc.close().expect("it was open");
    caller.until("the goodbye is sent", |_| true).await;
    drop(caller);
    assert_eq!(gone(&mut peer).await, Gone::Closed);
    assert_eq!(transport.peers(), 0);
}

#[tokio::test]
async fn a_full_server_refuses_and_has_room_again() {
    let transport = transport(&["127.0.0.1:0"], 1).await;
    let (_first, peer) = call(&transport, Wants::default()).await;
    let (_, offer) = Caller::new(Wants::default()).await;
    let refused = transport.answer(&offer).await.err();
    assert_eq!(refused, Some(Unanswerable::Full));
    drop(peer);
    peers(&transport, 0).await;
    call(&transport, Wants::default()).await;
}

#[tokio::test]
async fn both_families_share_the_port_and_an_ipv6_caller_connects() {
    let transport = transport(&["127.0.0.1:0", "[::1]:0"], 10).await;
    let bound = transport.local_addrs();
    assert_eq!(bound[0].port(), bound[1].port());
    let (mut caller, offer) = Caller::on("[::1]:0", Wants::default()).await;
    let peer = answer(&transport, &mut caller, &offer).await;
    let (mut caller, mut peer) = connected(caller, peer).await;
    caller.speak(b"six");
    let packet = tokio::select! {
        packet = next_audio(&mut peer) => packet,
        () = caller.live() => unreachable!("it lives as long as it is asked to"),
    };
    assert_eq!(&packet.payload[..], b"six");
}

#[tokio::test]
async fn a_wildcard_answers_from_the_address_that_was_asked() {
    let transport = transport(&["0.0.0.0:0"], 10).await;
    call(&transport, Wants::default()).await;
}

#[tokio::test]
async fn a_caller_that_only_sends_or_only_listens_is_served_that_way() {
    let transport = loopback().await;
    let wants = Wants {
        direction: Direction::SendOnly,
        ..Wants::default()
    };
    let (mut caller, mut peer) = call(&transport, wants).await;
    peer.voice
        .audio(0, true, Bytes::from_static(b"nobody listens"));
    caller.speak(b"hear me");
    let packet = tokio::select! {
        packet = next_audio(&mut peer) => packet,
        () = caller.live() => unreachable!("it lives as long as it is asked to"),
    };
    assert_eq!(&packet.payload[..], b"hear me");
    assert!(caller.heard.is_empty());

    let wants = Wants {
        direction: Direction::RecvOnly,
        ..Wants::default()
    };
    let (mut caller, peer) = call(&transport, wants).await;
    peer.voice.audio(0, true, Bytes::from_static(b"speech"));
    caller
        .until("speech", |caller| caller.heard.len() == 1)
        .await;
}

#[tokio::test]
async fn video_and_a_second_audio_are_refused_and_the_call_goes_on() {
    let transport = loopback().await;
    let wants = Wants {
        video_first: true,
        second_audio: true,
        ..Wants::default()
    };
    let (mut caller, offer) = Caller::new(wants).await;
    let (answer, peer) = transport.answer(&offer).await.expect("the offer is good");
    let lines: Vec<&str> = answer
        .lines()
        .filter(|line| line.starts_with("m="))
        .collect();
    assert_eq!(lines.len(), 4, "{answer}");
    assert!(
        lines[0].starts_with("m=video 0 ") && lines[2].starts_with("m=audio 0 "),
        "{lines:?}"
    );
    assert!(lines[1].starts_with("m=audio 9 ") && lines[3].starts_with("m=application 9 "));
    caller.accept(&answer);
    connected(caller, peer).await;
}

#[tokio::test]
async fn the_loss_that_the_caller_reports_is_known() {
    let transport = loopback().await;
    let (mut caller, peer) = call(&transport, Wants::default()).await;
    assert_eq!(peer.voice.loss(), 0.0);
    caller.loses = true;
    let mut timestamp = 0;
    let speak_until_reported = |_: &mut Caller| {
        timestamp += 960;
        peer.voice
            .audio(timestamp, false, Bytes::from_static(b"frame"));
        let loss = peer.voice.loss();
        loss > 0.3 && loss < 0.7
    };
    caller
        .until("half is reported lost", speak_until_reported)
        .await;
}
