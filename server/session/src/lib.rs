//! One task a caller: carries facts in and orders out.

pub mod peer;
