//! Engines behind an HTTP address against servers of ours, which do what a test tells them: well and badly.

mod chat;
mod failing;
mod hearing;
mod speaking;
mod stand_in;
mod trying;
