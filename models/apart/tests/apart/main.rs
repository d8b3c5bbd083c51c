//! Engines in another process: they keep their contracts, and die without anybody's losing a word.

mod contracts;
mod cost;
mod dying;
mod fate;
mod house;
mod keeping;
mod settling;
mod standing_by;

/// The other process: this program, begun by a test through `house`.
#[test]
#[ignore = "it is the child of the other tests"]
fn the_child() {
    if let Ok(mode) = std::env::var(house::CHILD) {
        panic!(
            "{}",
            models_apart::serve(move |plan, start| fate::load(&mode, plan, start))
        );
    }
}
