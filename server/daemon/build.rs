//! Lets the program find ggml's libraries beside itself, wherever it is installed.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_NATIVE").is_none() {
        return;
    }
    let apple = std::env::var("CARGO_CFG_TARGET_VENDOR").is_ok_and(|vendor| vendor == "apple");
    let beside = if apple { "@loader_path" } else { "$ORIGIN" };
    println!("cargo:rustc-link-arg-bins=-Wl,-rpath,{beside}");
}
