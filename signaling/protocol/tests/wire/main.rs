//! The Realtime dialect on the wire: whole calls written down, bad input, and arbitrary input.

mod arbitrary;
mod bad_event;
mod bad_input;
mod bad_session;
mod calls;
mod calls_of_clients;
mod golden;
mod script;
