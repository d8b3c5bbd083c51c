//! Whole calls, written down: what the client sends, what the session is asked to do, what happens,
//! what the client is told. `UPDATE_GOLDEN=1 cargo test -p signaling-protocol` writes them anew.

use crate::calls;
use crate::script::Script;
use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "golden files are files")]
#[test]
fn every_call_reads_as_it_is_written_down() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for (name, call) in calls::ALL {
        let mut script = Script::new();
        call(&mut script);
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("golden")
            .join(format!("{name}.txt"));
        let now = script.written();
        if update {
            std::fs::write(&path, now).expect("the golden folder is writable");
        }
        let then = std::fs::read_to_string(&path).unwrap_or_default();
        if let Some((line, (then, now))) = then
            .lines()
            .zip(now.lines())
            .enumerate()
            .find(|(_, (then, now))| then != now)
        {
            wrong.push(format!(
                "{name}, line {}:\n  was {then}\n  is  {now}",
                line + 1
            ));
        } else if then.lines().count() != now.lines().count() {
            wrong.push(format!(
                "{name}: {} lines, was {}",
                now.lines().count(),
                then.lines().count()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A file that no call writes is a test that was lost.
#[test]
fn every_file_has_its_call() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    for entry in std::fs::read_dir(folder).expect("the golden folder is there") {
        let name = entry
            .expect("it can be read")
            .file_name()
            .into_string()
            .expect("names are ASCII");
        let known = calls::ALL
            .iter()
            .any(|(call, _)| name == format!("{call}.txt"));
        assert!(known, "golden/{name} belongs to no call");
    }
}
