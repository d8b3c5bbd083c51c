//! The contracts of the engines that find and compose the answer: retriever, language model.

use super::{assert_cancelled, assert_card, cancelled};
use crate::{Cancel, LanguageModel, Piece, Prompt, Query, Retriever, Stopped};

/// Finds something for `question`, best first, within the limit; nothing for an empty query.
pub fn check_retriever(retriever: &dyn Retriever, question: &str) {
    assert_card(&retriever.card());
    let ask = |text: &str, limit| {
        let query = Query {
            text: text.to_owned(),
            limit,
        };
        retriever
            .retrieve(&query, &Cancel::new())
            .expect("a query is answered")
    };
    for empty in ["", "  \n", "?!"] {
        assert!(
            ask(empty, 5).is_empty(),
            "an empty query finds nothing: {empty:?}"
        );
    }
    let found = ask(question, 5);
    assert!(!found.is_empty(), "the question finds something");
    assert!(
        found.is_sorted_by(|a, b| a.score >= b.score),
        "best passages first"
    );
    assert_eq!(ask(question, 1), found[..1], "the limit cuts the tail off");
    assert!(ask(question, 0).is_empty(), "a limit of none is obeyed");
    let query = Query {
        text: question.to_owned(),
        limit: 5,
    };
    assert_cancelled("retrieve", retriever.retrieve(&query, &cancelled()));
}

/// Answers `prompt` in words, cites only what it was given, obeys cancel, and refuses a prompt in
/// which the caller said nothing.
pub fn check_language_model(model: &dyn LanguageModel, prompt: &Prompt) {
    assert_card(&model.card());
    let (pieces, result) = compose(model, prompt, &Cancel::new(), usize::MAX);
    result.expect("the prompt is answered");
    assert!(
        pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Text(text) if !text.trim().is_empty())),
        "an answer has words"
    );
    for piece in &pieces {
        match piece {
            Piece::Cite(index) => {
                assert!(
                    *index < prompt.passages.len(),
                    "only passages of the prompt are cited"
                );
            }
            Piece::Text(text) => assert!(!text.is_empty(), "a piece of text is not empty"),
            Piece::Call(tool) => assert!(
                prompt.tools.iter().any(|offered| offered.name == *tool),
                "only tools of the prompt are called, not {tool}"
            ),
            Piece::Arguments(_) => {}
        }
    }

    let (pieces, result) = compose(model, &Prompt::default(), &Cancel::new(), usize::MAX);
    assert!(
        matches!(result, Err(Stopped::Failed(_))) && pieces.is_empty(),
        "a prompt without a caller's line is refused, and nothing said to it"
    );
    check_language_cancel(model, prompt);
}

fn check_language_cancel(model: &dyn LanguageModel, prompt: &Prompt) {
    let (pieces, result) = compose(model, prompt, &cancelled(), usize::MAX);
    assert_cancelled("compose", result);
    assert!(pieces.is_empty(), "nothing is said once cancelled");
    for after in 1..=3 {
        let (pieces, result) = compose(model, prompt, &Cancel::new(), after);
        assert!(
            pieces.len() <= after,
            "nothing is said after the cancel: {pieces:?}"
        );
        assert!(
            !matches!(result, Err(Stopped::Failed(_))),
            "being cancelled is not a failure"
        );
    }
}

/// Composes, and cancels from within once `cancel_after` pieces are out.
fn compose(
    model: &dyn LanguageModel,
    prompt: &Prompt,
    cancel: &Cancel,
    cancel_after: usize,
) -> (Vec<Piece>, Result<(), Stopped>) {
    let mut pieces = Vec::new();
    let result = model.compose(
        prompt,
        &mut |piece| {
            pieces.push(piece);
            if pieces.len() >= cancel_after {
                cancel.cancel();
            }
        },
        cancel,
    );
    (pieces, result)
}
