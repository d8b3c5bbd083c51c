//! Which ggml it is.

/// The llama-cpp-sys-2 whose ggml this is. Whoever compiles against its headers says so and is checked.
pub const ONE_GGML: &str = "0.1.161";

/// Where its plugins lie beside the program: those of another version are never looked at.
pub const FOLDER: &str = "ggml-0.1.161";
