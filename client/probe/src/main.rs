//! `probe`: a caller without a browser.

fn main() {}
