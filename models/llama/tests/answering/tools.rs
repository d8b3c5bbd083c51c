//! The language model calls tools, and answers what came of it.

use crate::{compose, line, load, said, try_compose};
use models_engine::{Author, Call, Cancel, LanguageModel, Line, Piece, Stopped, Tool, ToolChoice};
use models_fixtures::llama::reply;

fn tool(name: &str, parameters: &str) -> Tool {
    Tool {
        name: name.to_owned(),
        description: "Tells of animals.".to_owned(),
        parameters: parameters.to_owned(),
    }
}

/// The fixture knows nothing of tools: whatever it writes is a whole call of one that it was offered, for the
/// grammar leaves it nothing else.
#[test]
fn a_call_that_must_be_made_holds_to_its_schema() {
    let llama = load();
    let schema = r#"{"type": "object", "required": ["animal", "count"], "properties": {
        "animal": {"enum": ["ducks", "geese"]}, "count": {"type": "integer"}, "wild": {"type": "boolean"}}}"#;
    let mut prompt = said("tell me of ducks");
    prompt.tools = vec![tool("other", "{}"), tool("look \"up\"", schema)];
    prompt.tool_choice = ToolChoice::This("look \"up\"".to_owned());
    let (mut called, mut arguments, mut words) = (Vec::new(), String::new(), String::new());
    let mut pieces = 0;
    let mut emit = |piece| match piece {
        Piece::Call(name) => called.push(name),
        Piece::Arguments(more) => {
            pieces += 1;
            arguments.push_str(&more);
        }
        Piece::Text(text) => words.push_str(&text),
        Piece::Cite(_) => {}
    };
    let result = llama.compose(&prompt, &mut emit, &Cancel::new());
    assert_eq!(result, Ok(()));
    assert_eq!(called, ["look \"up\""]);
    assert_eq!(words, "");
    assert!(pieces > 1, "the arguments come as they are written");
    let given: serde_json::Value = serde_json::from_str(&arguments).expect("arguments are JSON");
    assert!(["ducks", "geese"].contains(&given["animal"].as_str().expect("it is required")));
    assert!(given["count"].is_i64(), "{arguments}");
}

#[test]
fn what_came_of_a_call_is_answered_and_the_call_is_not_read_again() {
    let llama = load();
    let mut prompt = said("tell me of the garden");
    prompt.tools = vec![tool("look", "{}")];
    assert_eq!(compose(&llama, &prompt), reply("garden", "nothing"));
    let first = llama.counts();
    let call = |author, text: &str| Line {
        call: Some(Call {
            id: "call_1".to_owned(),
            tool: "look".to_owned(),
        }),
        ..line(author, text)
    };
    prompt.lines.push(call(Author::Agent, "{}"));
    prompt.lines.push(call(Author::Tool, "There are ducks."));
    assert_eq!(compose(&llama, &prompt), reply("ducks", "nothing"));
    let read = llama.counts().read - first.read;
    assert!(
        read < 120,
        "only the call and what came of it is read: {read}"
    );
}

#[test]
fn a_call_that_is_cut_off_is_a_failure() {
    let llama = load();
    let mut prompt = said("tell me of ducks");
    prompt.tools = vec![tool(
        "look",
        r#"{"properties": {"at": {"type": "string"}}, "required": ["at"]}"#,
    )];
    prompt.tool_choice = ToolChoice::Always;
    prompt.max_tokens = Some(40);
    let failed = try_compose(&llama, &prompt);
    assert!(matches!(failed, Err(Stopped::Failed(_))), "{failed:?}");
}

/// A client's schema never ends the process: what cannot be a grammar fails its one reply, or means any object.
#[test]
fn a_schema_that_makes_no_sense_costs_one_reply_at_most() {
    let llama = load();
    let circle = r##"{"properties": {"a": {"$ref": "#/$defs/a"}}, "required": ["a"], "$defs": {
        "a": {"anyOf": [{"$ref": "#/$defs/b"}]}, "b": {"anyOf": [{"$ref": "#/$defs/a"}]}}}"##;
    let deep = format!(
        "{}{{}}{}",
        r#"{"properties": {"a": "#.repeat(60),
        "}}".repeat(60)
    );
    let strange = r#"{"properties": {"\"\\\u0000é\n]": {"enum": ["\u0007\"", 1e999]}}, "required": ["\"\\\u0000é\n]"]}"#;
    for schema in [
        circle,
        &deep,
        strange,
        "[]",
        "not JSON",
        r#"{"properties": {"a": {"enum": []}}}"#,
    ] {
        let mut prompt = said("tell me of ducks");
        prompt.tools = vec![tool("look \"\\\n", schema)];
        prompt.tool_choice = ToolChoice::Always;
        let mut pieces = Vec::new();
        let result = llama.compose(&prompt, &mut |piece| pieces.push(piece), &Cancel::new());
        assert!(
            matches!(result, Ok(()) | Err(Stopped::Failed(_))),
            "{schema}: {result:?}"
        );
        assert_eq!(compose(&llama, &said("a train")), reply("train", "nothing"));
    }
}
