//! No frame allocates once a call is under way, in either direction.

mod signal;

use server_audio::{Inbound, Outbound};
use signal::{packets, tag, voice};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    // A thread that is ending has no counter any more, and no test either.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

#[allow(unsafe_code, reason = "an allocator cannot be written without")]
// SAFETY: everything is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(run: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.with(Cell::get);
    run();
    ALLOCATIONS.with(Cell::get) - before
}

#[test]
fn the_counter_counts() {
    let counted = allocations(|| drop(std::hint::black_box(vec![1_u8; 100])));
    assert_eq!(counted, 1);
}

/// Ten seconds of packets, one in nine lost, one in eleven swapped with the one after it, and a pause.
#[test]
fn packets_in_do_not_allocate() {
    let mut outbound = Outbound::new().expect("libopus is there");
    outbound.set_loss(0.1);
    let sent = packets(&mut outbound, 48_000, &voice(48_000, 10_000));
    let mut inbound = Inbound::new().expect("libopus is there");
    let mut heard = 0;
    let counted = allocations(|| {
        for at in 0..sent.len() {
            let now_ms = at as u64 * 20;
            let at = match at % 11 {
                5 => at + 1,
                6 => at - 1,
                _ => at,
            };
            let pause = 200..260;
            let packet = sent.get(at).filter(|_| at % 9 != 0 && !pause.contains(&at));
            if let Some(Some(packet)) = packet {
                inbound.packet(now_ms, at as u16, at as u32 * 960, packet);
            }
            inbound.poll(now_ms, &mut |speech, _| heard += speech.len());
            inbound.since(now_ms.saturating_sub(300), &mut |speech| {
                heard += speech.len()
            });
        }
    });
    let counts = inbound.counts();
    assert!(heard > 150_000 && counts.recovered > 10 && counts.silent_samples > 10_000);
    assert_eq!(counted, 0);
}

/// Phrases at three rates, ducked and restored, then a long silence.
#[test]
fn frames_out_do_not_allocate() {
    let mut outbound = Outbound::new().expect("libopus is there");
    for (phrase, rate) in [(0, 16_000), (1, 22_050), (2, 48_000), (3, 16_000)] {
        let speech = voice(rate, 2_000);
        assert!(outbound.push(tag(1, phrase), rate, &speech), "room");
        outbound.end(tag(1, phrase));
    }
    let mut packet = Vec::new();
    outbound.frame(&mut packet);
    let mut sent = 0;
    let counted = allocations(|| {
        for at in 0..600 {
            match at {
                100 => outbound.duck(),
                150 => outbound.restore(),
                _ => {}
            }
            sent += usize::from(outbound.frame(&mut packet).sent);
        }
    });
    assert!((395..420).contains(&sent), "{sent}");
    assert_eq!(counted, 0);
}
