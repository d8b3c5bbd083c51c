//! The built program, kept from what the tester's own machine has set.

use std::path::PathBuf;
use std::process::Command;

/// The program, with nothing said to it yet.
pub(crate) fn repartee() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repartee"));
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        let ours = told.starts_with("REPARTEE_") && told != "REPARTEE_WEIGHTS";
        if ours || told.starts_with("OPENAI_") || told == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command
}

/// A folder for one test, gone afterwards.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let name = format!("repartee-{test}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("the temp folder is writable");
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        let path = self.0.join(name);
        path.to_str().expect("a readable path").to_owned()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("the temp folder is writable");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}
