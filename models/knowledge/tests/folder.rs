//! Folders as people leave them: what cannot be read is named, and the rest still answers.

use std::fs;
use std::path::{Path, PathBuf};

use models_engine::{Cancel, Query, Retriever, Stopped};
use models_knowledge::{Knowledge, KnowledgeError};

/// A folder of its own for one test, removed when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("the test may write below the target folder");
        Self(path)
    }

    fn with(self, name: &str, content: &[u8]) -> Self {
        let path = self.0.join(name);
        let above = path.parent().expect("a file stands in a folder");
        fs::create_dir_all(above).expect("the test may write here");
        fs::write(path, content).expect("the test may write here");
        self
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn found(knowledge: &Knowledge, text: &str) -> Vec<(String, String, String)> {
    let query = Query {
        text: text.to_owned(),
        limit: 5,
    };
    let passages = knowledge
        .retrieve(&query, &Cancel::new())
        .expect("nobody cancels");
    passages
        .into_iter()
        .map(|one| (one.source, one.heading, one.text))
        .collect()
}

fn opened(folder: &Folder) -> (Knowledge, Vec<String>) {
    let (knowledge, warnings) = Knowledge::open(&folder.0).expect("something in it is good");
    (
        knowledge,
        warnings.iter().map(ToString::to_string).collect(),
    )
}

#[test]
fn what_cannot_be_used_is_named_and_the_rest_answers() {
    let folder = Folder::new("mixed")
        .with(
            "good.md",
            b"# Lamps\n\nThe lamp has a warranty of two years.",
        )
        .with("deep/er/notes.TXT", b"\xef\xbb\xbfThe cellar is dry.")
        .with("empty.md", b"  \n\n")
        .with("picture.md", &[0xff, 0xfe, 0x00, 0x9f, 0x92, 0x96])
        .with(
            "slip.md",
            b"Tea is served at four, after a long day in the garden of the old mill. Caf\xe9 too.",
        )
        .with("huge.md", &vec![b'a'; 3 * 1024 * 1024])
        .with("table.csv", b"not,ours")
        .with(".hidden.md", b"The password is swordfish.");
    std::os::unix::fs::symlink(folder.0.join("good.md"), folder.0.join("link.md"))
        .expect("the test may write here");
    let (knowledge, warnings) = opened(&folder);
    for (source, reason) in [
        ("empty.md", "empty"),
        ("picture.md", "not text in UTF-8"),
        ("slip.md", "not wholly UTF-8"),
        ("huge.md", "larger than 2 MiB"),
        ("link.md", "symbolic link"),
    ] {
        let named = |warning: &&String| warning.starts_with(source) && warning.contains(reason);
        assert_eq!(
            warnings.iter().filter(named).count(),
            1,
            "{source}: {warnings:?}"
        );
    }
    assert_eq!(warnings.len(), 5, "{warnings:?}");
    assert_eq!(
        found(&knowledge, "how long is the lamp's warranty")[0].0,
        "good.md"
    );
    assert_eq!(
        found(&knowledge, "is the cellar dry")[0].0,
        "deep/er/notes.TXT"
    );
    assert_eq!(found(&knowledge, "when is tea served")[0].0, "slip.md");
    assert!(found(&knowledge, "swordfish").is_empty());
}

#[test]
fn a_folder_without_anything_is_an_error_that_says_why() {
    let folder = Folder::new("nothing").with("empty.md", b"");
    let Err(KnowledgeError::Nothing { warnings, .. }) = Knowledge::open(&folder.0) else {
        panic!("there is nothing to know");
    };
    assert_eq!(warnings.len(), 1);
    let missing = Knowledge::open(&folder.0.join("missing"));
    assert!(matches!(missing, Err(KnowledgeError::Unreadable { .. })));
    let markup =
        Folder::new("markup").with("only.md", b"# Heading\n\n```\ncode\nmore\n```\n\n---\n");
    assert!(matches!(
        Knowledge::open(&markup.0),
        Err(KnowledgeError::Nothing { .. })
    ));
}

#[test]
fn markdown_becomes_sentences_that_stand_by_themselves() {
    let folder = Folder::new("markdown").with(
        "guide.md",
        b"# Guide\n\n## Packing\n\nBring:\n\n- a towel\n- [sun cream](http://example.org)\n\n\
          ## Fares\n\n| Trip | Price |\n|---|---|\n| Island | 12 \xe2\x82\xac |\n| Bay | 8 \xe2\x82\xac |\n\n\
          **Q: May I fish?**\nA: Yes, with *your own* rod.\n\n\
          ## Code\n\nRun it:\n\n```sh\nmake run\n```\n\n```\nlong\ncode\n```\n\n<!-- not said -->\n",
    );
    let (knowledge, warnings) = opened(&folder);
    assert!(warnings.is_empty());
    assert_eq!(
        knowledge.sentences(),
        [
            "Bring: a towel; sun cream.",
            "Trip: Island; Price: 12 \u{20ac}.",
            "Trip: Bay; Price: 8 \u{20ac}.",
            "Yes, with your own rod.",
            "Run it: make run",
        ]
    );
    assert_eq!(
        knowledge.headings(),
        ["Guide", "Packing", "Fares", "May I fish?", "Code"]
    );
    let fishing = found(&knowledge, "is fishing allowed");
    assert_eq!(fishing[0].1, "Guide \u{203a} Fares \u{203a} May I fish?");
}

#[test]
fn words_misheard_or_misspelt_still_find_the_place() {
    let folder = Folder::new("ears")
        .with("a.md", b"# Bath\n\nThe sauna opens at four.")
        .with("b.md", b"# Desk\n\nA reservation needs a deposit.");
    let (knowledge, _) = opened(&folder);
    assert_eq!(found(&knowledge, "when does the sona open")[0].0, "a.md");
    assert_eq!(found(&knowledge, "is there a son a")[0].0, "a.md");
    assert_eq!(found(&knowledge, "reservaton")[0].0, "b.md");
    assert_eq!(found(&knowledge, "down payment when booking")[0].0, "b.md");
}

#[test]
fn nothing_is_found_for_nothing() {
    let knowledge = Knowledge::embedded();
    for text in [
        "",
        "   ",
        "?!",
        "the of and",
        "xylophone quagmire",
        &"a".repeat(100_000),
    ] {
        assert!(found(&knowledge, text).is_empty(), "{text:.20}");
    }
    let none = Query {
        text: "what is repartee".to_owned(),
        limit: 0,
    };
    assert_eq!(knowledge.retrieve(&none, &Cancel::new()), Ok(Vec::new()));
}

#[test]
fn a_cancelled_search_finds_nothing() {
    let cancel = Cancel::new();
    cancel.cancel();
    let query = Query {
        text: "what is repartee".to_owned(),
        limit: 5,
    };
    assert_eq!(
        Knowledge::embedded().retrieve(&query, &cancel),
        Err(Stopped::Cancelled)
    );
}

#[test]
fn the_embedded_knowledge_is_about_repartee() {
    let knowledge = Knowledge::embedded();
    assert!(
        found(&knowledge, "what is repartee")[0]
            .2
            .contains("voice-AI media server")
    );
    assert!(
        found(&knowledge, "how do I change the voice")[0]
            .2
            .contains("another voice")
    );
    assert!(knowledge.len() > 20 && !knowledge.is_empty());
}

#[test]
fn a_bold_line_with_nothing_below_it_is_said() {
    let folder = Folder::new("bold").with(
        "desk.md",
        b"# Desk\n\n**Closed on public holidays**\n\n**Parking**\n\nIt is free.\n\n\
          ## Paying\n\nPay by transfer.\n\nIBAN DE89 3704 0044 0532 0130 00\n",
    );
    let (knowledge, _) = opened(&folder);
    assert_eq!(
        knowledge.sentences(),
        [
            "Closed on public holidays",
            "It is free.",
            "Pay by transfer.",
            "IBAN DE89 3704 0044 0532 0130 00",
        ]
    );
    assert_eq!(knowledge.headings(), ["Desk", "Parking", "Paying"]);
}

#[test]
fn a_line_in_capitals_that_gives_a_figure_is_said() {
    let folder = Folder::new("capitals").with(
        "desk.txt",
        b"PAYING\n\nIBAN: DE89 3704 0044 0532 0130 00\n\nThe account is the choir's.\n\n\
          CHAPTER 2: PRICES\n\nA day is 12 euros.\n\nOPENING HOURS:\n\nNine to five.\n",
    );
    let (knowledge, _) = opened(&folder);
    assert_eq!(
        knowledge.sentences(),
        [
            "IBAN: DE89 3704 0044 0532 0130 00",
            "The account is the choir's.",
            "A day is 12 euros.",
            "OPENING HOURS:",
            "Nine to five.",
        ]
    );
    assert_eq!(
        knowledge.headings(),
        ["Desk", "PAYING", "CHAPTER 2: PRICES"]
    );
}

#[test]
fn a_text_file_has_the_title_of_its_head_and_loses_no_fact() {
    let folder = Folder::new("notes")
        .with(
            "a.txt",
            b"---\nTitle: The fair\nTags: fair\n---\nCome in.\n",
        )
        .with("hours.txt", b"Opening hours: 9 to 5\nParking: free\n")
        .with(
            "inn.txt",
            b"The inn opens at nine.\n---\nDogs are welcome.\n---\nNo smoking.\n",
        )
        .with("park.txt", b"---\nBikes: free\n---\n")
        .with("z.txt", b"Title: Pool rules\nAuthor: Jane\n\nNo diving.\n");
    let (knowledge, _) = opened(&folder);
    assert_eq!(
        knowledge.sentences(),
        [
            "Come in.",
            "Opening hours: 9 to 5",
            "Parking: free",
            "The inn opens at nine.",
            "Dogs are welcome.",
            "No smoking.",
            "Bikes: free",
            "Author: Jane",
            "No diving.",
        ]
    );
    let headings = ["The fair", "Hours", "Inn", "Park", "Pool rules"];
    assert_eq!(knowledge.headings(), headings);
}

#[test]
fn the_text_of_html_is_said() {
    let folder = Folder::new("html").with(
        "router.md",
        b"# Router\n\n<details><summary>How do I reset it?</summary>\n\nHold the button.\n\n</details>\n\n\
          <p>The cable &amp; the plug\nare in the box.</p>\n\n\
          <table>\n<tr><td>Weight</td><td>300 g</td></tr>\n</table>\n",
    );
    let (knowledge, _) = opened(&folder);
    assert_eq!(
        knowledge.sentences(),
        [
            "Hold the button.",
            "The cable & the plug are in the box.",
            "Weight: 300 g",
        ]
    );
    assert_eq!(knowledge.headings(), ["Router", "How do I reset it?"]);
}

#[test]
fn a_file_in_utf_16_is_named_and_left_out() {
    let wide: Vec<u8> = "Parking is free."
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let folder = Folder::new("wide")
        .with("good.md", b"The cellar is dry.")
        .with("wide.txt", &wide);
    let (knowledge, warnings) = opened(&folder);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].starts_with("wide.txt") && warnings[0].contains("save it as UTF-8"));
    assert_eq!(knowledge.sentences(), ["The cellar is dry."]);
}

#[test]
fn a_long_story_does_not_cut_off_the_question_after_it() {
    let folder = Folder::new("story").with(
        "good.md",
        b"# Lamps\n\nThe lamp has a warranty of two years.",
    );
    let (knowledge, _) = opened(&folder);
    let story = "the sea was rough ".repeat(400);
    let asked = format!("{story}\nhow long is the lamp's warranty");
    assert_eq!(found(&knowledge, &asked)[0].0, "good.md");
}
