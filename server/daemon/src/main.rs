//! `repartee`: configuration, assembly, HTTP, shutdown.

fn main() {}
