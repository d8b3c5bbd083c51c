//! Passages found by what they mean, where no word of the question stands in them.

use models_engine::{Cancel, Card, Embedder, Grade, Passage, Query, Retriever};
use models_knowledge::Knowledge;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Knows three things that may be spoken of, each by a few words.
#[derive(Default)]
struct Tiny {
    asked: Arc<AtomicUsize>,
}

const THINGS: [&[&str]; 3] = [
    &["closes", "shut", "evening"],
    &["costs", "price", "cheap"],
    &["dog", "pet", "puppy"],
];

impl Embedder for Tiny {
    fn card(&self) -> Card {
        Card::new("tiny", Grade::Scripted)
    }

    fn embed(&self, text: &str) -> Vec<f32> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let text = text.to_lowercase();
        let held = |thing: &&[&str]| thing.iter().any(|word| text.contains(word));
        let mut place: Vec<f32> = THINGS.iter().map(|thing| f32::from(held(thing))).collect();
        place.push(if place.iter().all(|x| *x == 0.0) {
            1.0
        } else {
            0.0
        });
        let length = place.iter().map(|x| x * x).sum::<f32>().sqrt();
        place.iter().map(|x| x / length).collect()
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("repartee-meaning-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("the test may write here");
        let text = "# The baths\n\n## Hours\n\nThe hall closes at nine. Towels are white.\n\n\
                    ## Money\n\nA swim costs four euros.\n\n## Guests\n\nA dog waits outside.\n";
        fs::write(path.join("baths.md"), text).expect("the test may write here");
        Self(path)
    }

    fn open(&self) -> Knowledge {
        Knowledge::open(&self.0).expect("it is good").0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn ask(knowledge: &Knowledge, text: &str) -> Vec<Passage> {
    let query = Query {
        text: text.to_owned(),
        limit: 2,
    };
    let found = knowledge.retrieve(&query, &Cancel::new());
    found.expect("nobody cancels")
}

#[test]
fn other_words_of_the_same_meaning_find_the_passage() {
    let folder = Folder::new("other");
    let knowledge = folder.open();
    let question = "may my puppy come?";
    let before = ask(&knowledge, question);
    assert!(before.iter().all(|passage| passage.likeness.is_empty()));
    knowledge.learn(Arc::new(Tiny::default()), None);
    let found = ask(&knowledge, question);
    assert_eq!(found[0].text, "A dog waits outside.");
    assert!((found[0].likeness[0] - 1.0).abs() < 1e-5, "{found:?}");
    assert!(knowledge.card().name.contains("tiny"));
}

#[test]
fn each_sentence_has_a_likeness_of_its_own() {
    let folder = Folder::new("each");
    let knowledge = folder.open();
    knowledge.learn(Arc::new(Tiny::default()), None);
    let found = ask(&knowledge, "when do you shut the hall?");
    assert_eq!(found[0].likeness.len(), 2, "{found:?}");
    assert!(found[0].likeness[0] > 0.9 && found[0].likeness[1] < 0.1);
}

#[test]
fn what_leans_on_the_question_before_is_placed_with_it() {
    let folder = Folder::new("leans");
    let knowledge = folder.open();
    knowledge.learn(Arc::new(Tiny::default()), None);
    let found = ask(&knowledge, "is it cheap?\nand for children?");
    assert_eq!(found[0].text, "A swim costs four euros.");
}

#[test]
fn what_was_learnt_once_is_remembered() {
    let folder = Folder::new("cache");
    let cache = folder.0.join("deep/baths.places");
    let asked = Arc::new(AtomicUsize::new(0));
    let learn = || {
        let knowledge = folder.open();
        asked.store(0, Ordering::Relaxed);
        let asked = Arc::clone(&asked);
        knowledge.learn(Arc::new(Tiny { asked }), Some(&cache));
        knowledge
    };
    learn();
    assert_eq!(
        asked.load(Ordering::Relaxed),
        8,
        "each sentence with its heading and without"
    );
    let knowledge = learn();
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    let found = ask(&knowledge, "may my puppy come?");
    assert_eq!(found[0].text, "A dog waits outside.");
    fs::write(&cache, "broken").expect("the test may write here");
    learn();
    assert_eq!(
        asked.load(Ordering::Relaxed),
        8,
        "a broken cache is learnt anew"
    );
    fs::write(folder.0.join("more.md"), "# More\n\nThe price is low.")
        .expect("the test may write here");
    learn();
    assert_eq!(asked.load(Ordering::Relaxed), 2, "only what is new");
}
