//! A private folder for files that other programs read or write, gone when dropped.

use models_engine::Failure;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Only we may look inside: what people say may lie there for a moment.
pub(crate) struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    pub(crate) fn new() -> Result<Self, Failure> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let process = std::process::id();
        // Someone else's folder of that name is left alone; a few tries pass what a crash left.
        for _ in 0..64 {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let folder = std::env::temp_dir().join(format!("repartee-{process}-{count}"));
            match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => return Ok(Self { folder }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failure("create", &folder, &error)),
            }
        }
        Err(Failure::new(
            "no folder can be made for passing files: all names are taken",
        ))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &[u8]) -> Result<PathBuf, Failure> {
        let path = self.path(name);
        std::fs::write(&path, content).map_err(|error| failure("write", &path, &error))?;
        Ok(path)
    }
}

fn failure(deed: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot {deed} {}: {error}", path.display()))
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing more can be done about a folder that does not go.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_private_and_goes() {
        use std::os::unix::fs::PermissionsExt as _;
        let scratch = Scratch::new().expect("a folder");
        let file = scratch.write("a", b"text").expect("a file");
        let mode = std::fs::metadata(&scratch.folder)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
        assert_ne!(scratch.folder, Scratch::new().expect("another").folder);
        drop(scratch);
        assert!(!file.exists());
    }
}
