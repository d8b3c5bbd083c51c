//! The quoting language model beside questions: small talk, repeating, cancelling, and odd prompts.

use models_builtin::Quoter;
use models_engine::{Author, Cancel, LanguageModel, Line, Passage, Piece, Prompt, Stopped};

fn line(author: Author, text: &str) -> Line {
    Line {
        author,
        text: text.to_owned(),
        cut: false,
        call: None,
    }
}

fn passage(heading: &str, text: &str) -> Passage {
    Passage {
        source: "notes.md".to_owned(),
        heading: heading.to_owned(),
        text: text.to_owned(),
        score: 1.0,
        likeness: Vec::new(),
    }
}

fn pieces(lines: &[Line], passages: &[Passage]) -> Vec<Piece> {
    let prompt = Prompt {
        lines: lines.to_vec(),
        passages: passages.to_vec(),
        ..Prompt::default()
    };
    let mut pieces = Vec::new();
    Quoter::new()
        .compose(&prompt, &mut |piece| pieces.push(piece), &Cancel::new())
        .expect("nobody cancels");
    pieces
}

fn said(lines: &[Line], passages: &[Passage]) -> String {
    pieces(lines, passages)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Text(text) => Some(text),
            Piece::Cite(_) | Piece::Call(_) | Piece::Arguments(_) => None,
        })
        .collect()
}

fn asked(text: &str) -> String {
    said(
        &[line(Author::Caller, text)],
        &[passage("Mill", "The mill opens at nine.")],
    )
}

#[test]
fn small_talk_is_answered_and_cites_nothing() {
    for (text, start) in [
        ("hello", "Hello."),
        ("Thank you very much!", "You're welcome."),
        ("good bye", "Goodbye."),
        ("what can you do", "I answer questions"),
        ("Who are you?", "I'm a voice assistant"),
        ("slower please", "I can't change my pace"),
        ("can you speak a little faster", "I can't change my pace"),
        ("stop", "All right."),
        ("can you hear me", "Yes, I'm here."),
    ] {
        assert!(asked(text).starts_with(start), "{text}: {}", asked(text));
    }
    assert_eq!(
        asked("Hello, when does the mill open?"),
        "The mill opens at nine."
    );
}

#[test]
fn what_was_heard_is_said_again() {
    let lines = [
        line(Author::Caller, "when does the mill open"),
        Line {
            cut: true,
            ..line(Author::Agent, "The mill opens")
        },
        line(Author::Caller, "could you repeat that please"),
    ];
    assert_eq!(said(&lines, &[]), "The mill opens");
    assert_eq!(said(&lines[2..], &[]), "I have not said anything yet.");
}

#[test]
fn more_is_what_was_not_said_yet() {
    let passages = [passage(
        "Mill",
        "The mill opens at nine. Flour is sold in the yard of the mill.",
    )];
    let lines = [
        line(Author::Caller, "tell me about the mill"),
        line(Author::Agent, "The mill opens at nine."),
        line(Author::Caller, "tell me more"),
    ];
    assert_eq!(
        said(&lines, &passages),
        "Flour is sold in the yard of the mill."
    );
}

#[test]
fn a_short_answer_is_said_with_the_sentence_beside_it() {
    let beside = "The mill opens at nine. Ring the bell at the gate.";
    let apart = "The mill opens at nine.\nRing the bell at the gate.";
    let lines = [line(Author::Caller, "when does the mill open")];
    assert_eq!(said(&lines, &[passage("Mill", beside)]), beside);
    let alone = "The mill opens at nine.";
    assert_eq!(said(&lines, &[passage("Mill", apart)]), alone);
}

#[test]
fn a_quotation_names_its_passage_first() {
    let passages = [
        passage("Bakery", "Bread is baked at five."),
        passage("Mill", "The mill opens at nine."),
    ];
    let pieces = pieces(
        &[line(Author::Caller, "when does the mill open")],
        &passages,
    );
    assert_eq!(
        pieces,
        [
            Piece::Cite(1),
            Piece::Text("The mill opens at nine.".to_owned())
        ]
    );
}

#[test]
fn odd_prompts_do_no_harm() {
    assert_eq!(said(&[], &[]), "Hello. What would you like to know?");
    let mill = "when does the mill open";
    let unknown = "I don't find anything about that in what I was given.";
    assert_eq!(said(&[line(Author::Caller, mill)], &[]), unknown);
    assert_eq!(
        said(&[line(Author::Caller, mill)], &[passage("", "")]),
        unknown
    );
    let odd = passage("››\u{0}", "?!…\n\n\u{202e}.. . \u{fffd}");
    assert_eq!(said(&[line(Author::Caller, mill)], &[odd]), unknown);
    let long = "mill ".repeat(50_000);
    let _ = said(&[line(Author::Caller, &long)], &[passage("Mill", &long)]);
    let only_marks = said(&[line(Author::Caller, "?!")], &[]);
    assert!(only_marks.starts_with("I didn't catch"), "{only_marks}");
}

#[test]
fn nothing_is_said_after_cancelling() {
    let prompt = Prompt {
        lines: vec![line(Author::Caller, "when does the mill open")],
        passages: vec![passage("Mill", "The mill opens at nine.")],
        ..Prompt::default()
    };
    let cancel = Cancel::new();
    let mut count = 0;
    let result = Quoter::new().compose(
        &prompt,
        &mut |_| {
            count += 1;
            cancel.cancel();
        },
        &cancel,
    );
    assert_eq!((result, count), (Err(Stopped::Cancelled), 1));
}
