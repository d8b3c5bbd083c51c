//! What a bad network or a bad peer does harms nobody else, and nothing panics.

mod caller;

use bytes::Bytes;
use caller::{Caller, Wants, call, gone, loopback, next, next_audio, peers, port_of};
use server_session::peer::{Answerer, FromPeer, Gone, Peer, Stalled, Unanswerable};
use server_transport::Transport;
use std::sync::Arc;
use tokio::net::UdpSocket;

/// A call works when a packet comes back.
async fn still_works(caller: &mut Caller, peer: &mut Peer) {
    caller.heard.clear();
    caller.speak(b"are you there");
    let packet = tokio::select! {
        packet = next_audio(peer) => packet,
        () = caller.live() => unreachable!("it lives as long as it is asked to"),
    };
    assert_eq!(&packet.payload[..], b"are you there");
    peer.voice.audio(0, false, Bytes::from_static(b"yes"));
    caller
        .until("an echo", |caller| !caller.heard.is_empty())
        .await;
}

/// Pseudo-random bytes from a fixed seed.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    std::iter::repeat_with(step).take(length).collect()
}

#[tokio::test]
async fn garbage_from_strangers_is_counted_and_changes_nothing() {
    let transport = loopback().await;
    let (mut caller, mut peer) = call(&transport, Wants::default()).await;
    let stranger = UdpSocket::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let mut sent = 0;
    for n in 0..500u64 {
        let mut datagram = noise(n, (n as usize * 7) % 1500);
        // STUN, DTLS and RTP by their first byte, too.
        if let (Some(first), kind @ 1..) = (datagram.first_mut(), n % 5) {
            *first = [0, 0, 21, 22, 128][kind as usize];
        }
        stranger
            .send_to(&datagram, port_of(&transport))
            .await
            .expect("loopback works");
        sent += 1;
        if n % 50 == 0 {
            still_works(&mut caller, &mut peer).await;
        }
    }
    still_works(&mut caller, &mut peer).await;
    let counts = transport.counts();
    assert!(
        counts.strangers > 0 && counts.strangers <= sent,
        "{counts:?} of {sent}"
    );
    assert_eq!(transport.peers(), 1);
}

#[tokio::test]
async fn garbage_from_the_callers_own_address_changes_nothing() {
    let transport = loopback().await;
    let (mut caller, mut peer) = call(&transport, Wants::default()).await;
    for n in 0..300u64 {
        let mut datagram = noise(n, 1 + (n as usize * 5) % 1400);
        datagram[0] = [0, 1, 20, 21, 22, 23, 128, 129, 144, 191][(n % 10) as usize];
        if n % 3 == 0 && datagram.len() > 8 {
            datagram[4..8].copy_from_slice(&[0x21, 0x12, 0xA4, 0x42]);
        }
        if datagram.len() > 5 && matches!(datagram[0], 20..=23) {
            datagram[1..5].copy_from_slice(&[0xFE, 0xFD, 0, 1]);
        }
        let to = port_of(&transport);
        caller
            .socket
            .send_to(&datagram, to)
            .await
            .expect("loopback works");
        if n % 50 == 0 {
            still_works(&mut caller, &mut peer).await;
        }
    }
    still_works(&mut caller, &mut peer).await;
}

#[tokio::test]
async fn a_replayed_packet_is_heard_once() {
    let transport = loopback().await;
    let (mut caller, mut peer) = call(&transport, Wants::default()).await;
    still_works(&mut caller, &mut peer).await;
    caller.replays = true;
    for n in 0..20u8 {
        caller.speak(&[n]);
        caller
            .until("the packet leaves, several times", |_| true)
            .await;
        let packet = tokio::select! {
            packet = next_audio(&mut peer) => packet,
            () = caller.live() => unreachable!("it lives as long as it is asked to"),
        };
        assert_eq!(&packet.payload[..], [n]);
    }
}

#[tokio::test]
async fn a_flood_of_messages_ends_that_call_alone() {
    let transport = loopback().await;
    let (mut good, mut good_peer) = call(&transport, Wants::default()).await;
    let (mut bad, mut bad_peer) = call(&transport, Wants::default()).await;
    let channel = bad.channels[0];
    bad.until("the channel opens", |caller| caller.open.contains(&channel))
        .await;
    let flood = async {
        loop {
            bad.until("a burst", |caller| {
                (0..50).for_each(|_| _ = caller.say(channel, false, b"{}"));
                true
            })
            .await;
            let live = bad.live();
            tokio::select! { () = live => {}, () = tokio::task::yield_now() => {} }
        }
    };
    let ended = tokio::select! {
        ended = gone(&mut bad_peer) => ended,
        () = flood => unreachable!("it floods until it is stopped"),
    };
    assert_eq!(ended, Gone::Flooded);
    still_works(&mut good, &mut good_peer).await;
    assert_eq!(transport.peers(), 1);
}

#[tokio::test]
async fn too_many_channels_end_the_call() {
    let transport = loopback().await;
    let (mut caller, mut peer) = call(
        &transport,
        Wants {
            channels: 12,
            ..Wants::default()
        },
    )
    .await;
    let ended = tokio::select! {
        ended = gone(&mut peer) => ended,
        () = caller.live() => unreachable!("it lives as long as it is asked to"),
    };
    assert_eq!(ended, Gone::Flooded);
}

#[tokio::test]
async fn a_session_that_takes_nothing_loses_only_old_audio() {
    let transport = loopback().await;
    let (mut caller, mut peer) = call(&transport, Wants::default()).await;
    let channel = caller.channels[0];
    caller
        .until("the channel opens", |caller| caller.open.contains(&channel))
        .await;
    assert!(caller.say(channel, false, b"kept"));
    for n in 0..200u8 {
        caller.speak(&[n]);
        let mut turns = 0;
        let pace = |_: &mut Caller| {
            turns += 1;
            turns > 1
        };
        caller.until("the packet leaves", pace).await;
    }
    assert!(caller.say(channel, false, b"last"));
    let mut audio = Vec::new();
    let mut messages = Vec::new();
    let read = async {
        while messages.len() < 2 || audio.last() != Some(&199) {
            match next(&mut peer).await {
                FromPeer::Audio(packet) => audio.push(packet.payload[0]),
                FromPeer::Message(text) => messages.push(text),
                FromPeer::Gone(gone) => panic!("gone: {gone:?}"),
                _ => {}
            }
        }
    };
    tokio::select! { () = read => {}, () = caller.live() => {} }
    assert_eq!(messages, ["kept", "last"]);
    assert!(
        audio.windows(2).all(|pair| pair[0] < pair[1]),
        "in order: {audio:?}"
    );
}

#[tokio::test]
async fn a_peer_that_stops_reading_stalls() {
    let transport = loopback().await;
    let (mut caller, peer) = call(&transport, Wants::default()).await;
    let channel = caller.channels[0];
    caller
        .until("the channel opens", |caller| caller.open.contains(&channel))
        .await;
    // The caller does nothing any more, so that nothing is acknowledged.
    let message = "x".repeat(10_000);
    let stalled = (0..100_000).find_map(|_| peer.voice.message(message.clone()).err());
    assert_eq!(stalled, Some(Stalled));
    assert!(caller.is_connected);
}

#[tokio::test]
async fn hostile_offers_get_a_sentence_and_leave_nothing() {
    let transport = loopback().await;
    let (_caller, good) = Caller::new(Wants::default()).await;
    let mut hostile: Vec<String> = [
        "",
        "v=0",
        "\0",
        "{}",
        "v=0\r\nm=audio",
        "v=0\r\nm=audio 9 X Y\r\n",
    ]
    .map(str::to_owned)
    .to_vec();
    hostile.push("v=0\r\n".repeat(1_000_000 / 5));
    hostile.extend((0..200).map(|n| String::from_utf8_lossy(&noise(n, 2000)).into_owned()));
    let lines: Vec<&str> = good.split_inclusive("\r\n").collect();
    // A good offer without one of its lines: answered or refused, but never a panic.
    let crippled = (0..lines.len()).map(|n| [&lines[..n], &lines[n + 1..]].concat().concat());
    for offer in &hostile {
        let refused = transport.answer(offer).await.err();
        assert!(
            matches!(refused, Some(Unanswerable::Offer(_))),
            "{refused:?}"
        );
    }
    for offer in crippled {
        let answered = transport.answer(&offer).await;
        assert!(!matches!(answered, Err(Unanswerable::Server(_))), "{offer}");
    }
    peers(&transport, 0).await;
}

#[tokio::test]
async fn a_caller_who_gives_up_while_being_answered_leaves_nothing() {
    let transport = loopback().await;
    for _ in 0..20 {
        let (_caller, offer) = Caller::new(Wants::default()).await;
        let transport: &Arc<Transport> = &transport;
        tokio::select! {
            biased;
            _ = transport.answer(&offer) => {}
            () = tokio::task::yield_now() => {}
        }
    }
    peers(&transport, 0).await;
}
