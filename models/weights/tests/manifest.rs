//! The shipped manifest keeps its own rules, and a broken one is told what is wrong and where.

use models_weights::{Kind, Manifest, Shelf};
use std::collections::BTreeSet;

const SETUP: &str = include_str!("../../setup.sh");

#[test]
fn the_shipped_manifest_is_whole() {
    let manifest = Manifest::embedded();
    assert_eq!(manifest.hub, "https://huggingface.co");
    let names: Vec<&str> = manifest.sets.iter().map(|set| set.name.as_str()).collect();
    assert_eq!(names, ["small", "standard", "best"], "the small ones first");
    let kinds = BTreeSet::from(["whisper", "llama", "kokoro", "kokoro-voice"]);
    for set in &manifest.sets {
        let files = manifest.files_of(set);
        let found = files
            .iter()
            .map(|file| file.kind.name())
            .collect::<BTreeSet<_>>();
        assert_eq!((files.len(), found), (4, kinds.clone()), "{}", set.name);
    }
    for file in &manifest.files {
        let name = &file.name;
        let free = matches!(file.licence.as_str(), "MIT" | "Apache-2.0" | "BSD-2-Clause");
        assert!(
            free,
            "{name}: {} is no free licence that we know",
            file.licence
        );
        assert!(file.memory_bytes > 0, "{name} needs memory");
        assert!(
            file.origin.as_ref().is_none_or(|origin| origin.pinned),
            "{name}"
        );
    }
    let set = |name| manifest.set(name).expect("it is there");
    assert!(manifest.memory_of(set("small")) < 4_000_000_000, "a laptop");
    assert!(
        manifest.memory_of(set("standard")) < 12_000_000_000,
        "a consumer's GPU"
    );
    assert!(manifest.bytes_of(set("best")) > manifest.bytes_of(set("standard")));
}

#[test]
fn setup_fetches_the_files_that_the_manifest_knows() {
    let manifest = Manifest::embedded();
    for file in manifest
        .files
        .iter()
        .filter(|file| file.kind == Kind::Builtin)
    {
        let package = file.package.as_ref().expect("it is in a package");
        let hash = file.sha256.expect("it is known").to_string();
        for part in [
            &hash,
            &package.name,
            &package.version,
            &package.path,
            &file.file,
        ] {
            assert!(
                SETUP.contains(part.as_str()),
                "models/setup.sh does not know {part}"
            );
        }
    }
}

const GOOD: &str = r#"hub = "https://hub.example"
[[sets]]
name = "one"
for = "tests"
files = ["ear"]
[[files]]
name = "ear"
kind = "whisper"
file = "ear.bin"
repo = "owner/name"
revision = "0123456789abcdef0123456789abcdef01234567"
path = "deep/ear.bin"
bytes = 5
sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
licence = "MIT"
memory_mb = 1
"#;

#[test]
fn each_mistake_is_named_with_its_line() {
    Manifest::parse("own.toml", GOOD).expect("it is good");
    let table = [
        (
            "hub = \"https://hub.example\"",
            "hub = \"http://hub.example\"",
            1,
            "is not https",
        ),
        (
            "hub = \"https://hub.example\"",
            "hub = \"hub.example\"",
            1,
            "is not an address",
        ),
        (
            "files = [\"ear\"]",
            "files = [\"eye\"]",
            5,
            "there is no file \"eye\"",
        ),
        ("files = [\"ear\"]", "files = []", 3, "a set needs files"),
        (
            "name = \"one\"",
            "name = \"ear\"",
            3,
            "names something else already",
        ),
        (
            "kind = \"whisper\"",
            "kind = \"wisper\"",
            8,
            "none of: whisper, llama",
        ),
        (
            "file = \"ear.bin\"",
            "file = \"../ear.bin\"",
            9,
            "must be letters",
        ),
        (
            "file = \"ear.bin\"",
            "file = \"a/b/ear.bin\"",
            9,
            "perhaps with one folder before it",
        ),
        (
            "file = \"ear.bin\"",
            "file = \"pins.toml\"",
            9,
            "the folder uses itself",
        ),
        (
            "file = \"ear.bin\"",
            "file = \"ear.part\"",
            9,
            "the folder uses itself",
        ),
        ("\"owner/name\"", "\"name\"", 10, "is not \"owner/name\""),
        ("\"owner/name\"", "\"../name\"", 10, "is not \"owner/name\""),
        (
            "\"0123456789abcdef0123456789abcdef01234567\"",
            "\"main\"",
            11,
            "pinned = false",
        ),
        ("\"deep/ear.bin\"", "\"../ear.bin\"", 12, "is not a path"),
        ("path = \"deep/ear.bin\"\n", "", 6, "belong together"),
        ("bytes = 5\n", "", 6, "a file needs its size"),
        ("bytes = 5", "bytes = \"5\"", 13, "expected u64"),
        (
            "sha256 = \"0",
            "sha256 = \"X",
            14,
            "leave it out where nobody publishes it",
        ),
        ("\"MIT\"", "\" \"", 15, "licence: name it"),
        ("licence = \"MIT\"\n", "", 6, "missing field `licence`"),
        (
            "memory_mb = 1",
            "memory_gb = 1",
            16,
            "unknown field `memory_gb`",
        ),
        ("hub = ", "hub ", 1, "expected"),
    ];
    for (right, wrong, line, part) in table {
        assert!(GOOD.contains(right), "{right}");
        let text = GOOD.replacen(right, wrong, 1);
        let mistakes = Manifest::parse("own.toml", &text)
            .expect_err(wrong)
            .to_string();
        assert!(
            mistakes.contains(&format!("own.toml line {line}: ")),
            "{wrong}: {mistakes}"
        );
        assert!(mistakes.contains(part), "{wrong}: {mistakes}");
    }
    let twice = format!(
        "{GOOD}{}",
        &GOOD[GOOD.find("[[files]]").expect("it has a file")..]
    );
    let mistakes = Manifest::parse("own.toml", &twice)
        .expect_err("twice")
        .to_string();
    assert!(
        mistakes.contains("line 18: \"ear\" stands here twice"),
        "{mistakes}"
    );
    assert!(
        mistakes.contains("line 20: \"ear.bin\" stands here twice"),
        "{mistakes}"
    );
}

#[test]
fn what_another_whole_set_needs_stays() {
    let folder = std::env::temp_dir().join(format!("repartee-shared-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temp folder is writable");
    let file = |name: &str| {
        format!(
            "[[files]]\nname = \"{name}\"\nkind = \"llama\"\nfile = \"{name}.bin\"\npackage = {{ name = \"p\", \
             version = \"1\", path = \"x\" }}\nbytes = 1\nlicence = \"MIT\"\nmemory_mb = 1\n"
        )
    };
    let set = |name: &str, files: &str| {
        format!("[[sets]]\nname = \"{name}\"\nfor = \"tests\"\nfiles = {files}\n")
    };
    let text = format!(
        "hub = \"https://hub.example\"\n{}{}{}{}{}",
        set("one", "[\"a\", \"b\"]"),
        set("two", "[\"b\", \"c\"]"),
        file("a"),
        file("b"),
        file("c")
    );
    let manifest = Manifest::parse("own.toml", &text).expect("it is good");
    let lay = |name: &str| std::fs::write(folder.join(name), b"x").expect("it can be written");
    ["a.bin", "b.bin", "c.bin"].iter().copied().for_each(lay);
    let mut shelf = Shelf::open(&folder, manifest).expect("it opens");
    let removed = shelf
        .remove(&["one".to_owned()], false)
        .expect("it is removed");
    let told = removed
        .iter()
        .map(|file| (file.name.as_str(), file.needed_by.as_deref()));
    assert_eq!(told.collect::<Vec<_>>(), [("a", None), ("b", Some("two"))]);
    assert!(!folder.join("a.bin").exists() && folder.join("b.bin").exists());
    // Now that the set one is not whole any more, it keeps nothing back.
    let removed = shelf
        .remove(&["two".to_owned()], false)
        .expect("it is removed");
    assert!(
        removed.iter().all(|file| file.needed_by.is_none()),
        "{removed:?}"
    );
    assert!(!folder.join("b.bin").exists());
    std::fs::remove_dir_all(&folder).ok();
}
