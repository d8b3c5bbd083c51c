//! Whole calls, with a far end made of channels and engines that follow a script.

mod caller;
mod endings;
mod fail_over;
mod failures;
mod floor;
mod house;
mod journals;
mod leaving;
mod microphone;
mod noise;
mod notices;
mod replies;
mod speculation;
mod tools;
