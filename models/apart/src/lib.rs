//! Native engines in a process of their own: when their code crashes or hangs, no call is lost.
//!
//! The server holds [`Apart`], whose engines fill the seams as any others do. Behind them a child of the same program
//! runs [`serve`] at the other end of a socket that has no name. A child that dies, or answers no heartbeat while it
//! works, is begun anew; what was asked of it is asked again where nothing is lost by it, so that a session notices
//! nothing but the delay.

mod berth;
mod child;
mod child_jobs;
mod crew;
mod errand;
mod keeper;
mod language;
mod line;
mod pulse;
mod recognizer;
mod seats;
mod synthesizer;
mod watch;
mod wire;

pub use berth::Returns;
pub use child::{Aboard, Gauges, Warm, serve};
pub use crew::{Crew, Gauge, Seat, Start};
pub use keeper::{Account, Apart, Patience, Program};
