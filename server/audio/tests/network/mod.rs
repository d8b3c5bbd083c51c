//! A network that loses, delays, reorders and repeats, the same way for the same seed; and a caller's
//! side that listens through it in virtual time.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test takes what it needs of this"
)]

use server_audio::Inbound;

/// SplitMix64: small, and good enough to be unlucky.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

#[derive(Clone, Debug)]
pub struct Packet {
    pub arrives_ms: u64,
    pub sequence: u16,
    pub timestamp: u32,
    pub payload: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Impairment {
    pub loss_percent: u64,
    /// Each packet is delayed by 0 to this, without overtaking.
    pub jitter_ms: u64,
    /// So many packets in a hundred are held back by 20 to 60 ms, and overtaken.
    pub reorder_percent: u64,
    pub duplicate_percent: u64,
}

/// One packet every 20 ms from the given sequence number and timestamp on; nothing in the place of
/// `None`, which takes time but no number, as DTX does.
pub fn stream(packets: &[Option<Vec<u8>>], sequence: u16, timestamp: u32) -> Vec<Packet> {
    let mut numbers = 0_u16;
    let mut stream = Vec::new();
    for (at, payload) in packets.iter().enumerate() {
        let Some(payload) = payload else {
            continue;
        };
        stream.push(Packet {
            arrives_ms: at as u64 * 20,
            sequence: sequence.wrapping_add(numbers),
            timestamp: timestamp.wrapping_add(at as u32 * 960),
            payload: payload.clone(),
        });
        numbers += 1;
    }
    stream
}

impl Impairment {
    /// What arrives, in the order of arrival. The first and the last packet always do, so that what
    /// lies between is known.
    pub fn carry(&self, stream: &[Packet], dice: &mut Dice) -> Vec<Packet> {
        let last = stream.len() - 1;
        let mut arriving = Vec::new();
        let mut queue_ms = 0;
        for (at, packet) in stream.iter().enumerate() {
            let inner = at != 0 && at != last;
            if inner && dice.percent(self.loss_percent) {
                continue;
            }
            let mut packet = packet.clone();
            packet.arrives_ms += dice.below(self.jitter_ms + 1);
            queue_ms = packet.arrives_ms.max(queue_ms);
            packet.arrives_ms = queue_ms;
            if inner && dice.percent(self.reorder_percent) {
                packet.arrives_ms += 20 + dice.below(41);
            }
            if dice.percent(self.duplicate_percent) {
                let mut again = packet.clone();
                again.arrives_ms += dice.below(100);
                arriving.push(again);
            }
            arriving.push(packet);
        }
        arriving.sort_by_key(|packet| packet.arrives_ms);
        arriving
    }
}

/// What `poll` handed out, and when.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    pub speech: Vec<f32>,
    /// The clock, and the media time reached.
    pub times: Vec<(u64, u64)>,
}

/// Polls after each packet and at each deadline, as a session does, until `until_ms`.
pub fn listen(inbound: &mut Inbound, arriving: &[Packet], until_ms: u64) -> Heard {
    let mut heard = Heard::default();
    let mut now_ms = 0;
    for packet in arriving {
        wait(inbound, &mut now_ms, packet.arrives_ms, &mut heard);
        now_ms = packet.arrives_ms;
        inbound.packet(now_ms, packet.sequence, packet.timestamp, &packet.payload);
        poll(inbound, now_ms, &mut heard);
    }
    wait(inbound, &mut now_ms, until_ms, &mut heard);
    heard
}

fn wait(inbound: &mut Inbound, now_ms: &mut u64, until_ms: u64, heard: &mut Heard) {
    while let Some(due_ms) = inbound.deadline().filter(|due_ms| *due_ms < until_ms) {
        assert!(due_ms > *now_ms, "a deadline lies ahead once it was polled");
        *now_ms = due_ms;
        poll(inbound, due_ms, heard);
    }
}

fn poll(inbound: &mut Inbound, now_ms: u64, heard: &mut Heard) {
    inbound.poll(now_ms, &mut |speech, end_ms| {
        heard.speech.extend_from_slice(speech);
        assert_eq!(heard.speech.len() as u64 / 16, end_ms, "media time adds up");
        heard.times.push((now_ms, end_ms));
    });
}
