//! What the network does to packets, and what is no packet at all.

use crate::caller::{Caller, words};
use crate::house::{House, SPOKEN};
use crate::microphone::{Microphone, Route};
use bytes::Bytes;
use server_session::peer::{AudioPacket, FromPeer};

/// A fixed sequence that looks like none.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }

    fn packet(&mut self) -> AudioPacket {
        let length = self.roll() % 120;
        AudioPacket {
            sequence: self.roll() as u16,
            timestamp: self.roll(),
            payload: (0..length).map(|_| self.roll() as u8).collect::<Bytes>(),
        }
    }
}

async fn is_understood(caller: &mut Caller, microphone: &Microphone) {
    microphone.say(1_500);
    let transcript = caller.told("Transcript {").await;
    assert_eq!(words(&transcript, "text"), SPOKEN);
}

#[tokio::test]
async fn packets_that_come_twice_and_out_of_order_are_one_utterance() {
    let house = House::new();
    let mut caller = house.caller("a").await;
    let microphone = Microphone::through(&caller, Route::Jumbled);
    is_understood(&mut caller, &microphone).await;
    let ended = caller.reply_ends(1).await;
    assert!(ended.contains("ending: Completed"), "{ended}");
    let begun = caller.all_told();
    let begun = begun
        .iter()
        .filter(|told| told.starts_with("SpeechStarted"));
    assert_eq!(begun.count(), 1);
}

#[tokio::test]
async fn garbage_does_no_harm() {
    let house = House::new();
    let mut caller = house.caller("a").await;
    let mut dice = Dice(20_260_727);
    for _ in 0..400 {
        caller.does(FromPeer::Audio(dice.packet())).await;
        let payload = Bytes::new();
        caller
            .does(FromPeer::Audio(AudioPacket {
                payload,
                ..dice.packet()
            }))
            .await;
    }
    caller.sends("\u{0}{[not a command").await;
    caller.told("Misunderstood").await;
    caller.types("hello").await;
    loop {
        let ended = caller.told("ReplyEnded").await;
        if ended.contains("ending: Completed") && words(&ended, "text") == "hello" {
            break;
        }
    }
    let microphone = Microphone::of(&caller);
    is_understood(&mut caller, &microphone).await;
}
