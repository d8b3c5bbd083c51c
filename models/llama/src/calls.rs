//! How a model is told of tools, how it writes their calls, and how those are read while they are written.
//!
//! Models differ in what they were trained to write. This is the widest known way, which every chat template takes
//! as plain words; a grammar sees to it that a call, once begun, is a whole one.

use crate::schema::{Rules, literal};
use models_engine::{Call, Tool, ToolChoice};
use serde_json::{Value, json};

pub(crate) const BEGIN: &str = "<tool_call>";
const END: &str = "</tool_call>";
const NAME: &str = "{\"name\": \"";
const ARGUMENTS: &str = "\", \"arguments\": ";

/// A grammar, and what a reply must have written for it to hold from there on; nothing: it holds from the first.
#[derive(Clone, Debug)]
pub(crate) struct Grammar {
    pub(crate) text: String,
    pub(crate) from_the_first: bool,
}

impl Grammar {
    pub(crate) const FIRST: &str = "root";
    /// Behind `BEGIN`.
    pub(crate) const BEHIND: &str = "behind";
    /// Behind `BEGIN` and the end of its line.
    pub(crate) const NEXT_LINE: &str = "nextline";

    pub(crate) fn of(tools: &[Tool], choice: &ToolChoice) -> Option<Self> {
        let offered = |tool: &&Tool| match choice {
            ToolChoice::This(name) => tool.name == *name,
            ToolChoice::Auto | ToolChoice::Always => true,
        };
        let mut rules = Rules::new();
        let calls: Vec<String> = tools
            .iter()
            .filter(offered)
            .map(|tool| {
                let schema = serde_json::from_str(&tool.parameters).unwrap_or(Value::Null);
                let arguments = rules.object(&schema);
                let name = Value::from(tool.name.as_str()).to_string();
                let head = literal(&format!("{{\"name\": {name}, \"arguments\": "));
                format!("{head} {arguments} \"}}\"")
            })
            .collect();
        if calls.is_empty() {
            return None;
        }
        let (begin, end) = (literal(BEGIN), literal(END));
        rules.rule("call", &calls.join(" | "));
        rules.rule(
            Self::NEXT_LINE,
            &format!("call \"\\n\" {end} (\"\\n\" {begin} \"\\n\" call \"\\n\" {end})*"),
        );
        rules.rule(Self::BEHIND, &format!("\"\\n\" {}", Self::NEXT_LINE));
        // Who is made to call makes one: forced further, a model does not know when to end.
        rules.rule(Self::FIRST, &format!("{begin} \"\\n\" call \"\\n\" {end}"));
        Some(Self {
            text: rules.text(),
            from_the_first: *choice != ToolChoice::Auto,
        })
    }
}

/// What the system says of the tools.
pub(crate) fn told(tools: &[Tool]) -> String {
    if tools.is_empty() {
        return String::new();
    }
    let line = |tool: &Tool| {
        let parameters: Value =
            serde_json::from_str(&tool.parameters).unwrap_or_else(|_| json!({}));
        let function = json!({
            "name": tool.name, "description": tool.description, "parameters": parameters,
        });
        json!({"type": "function", "function": function}).to_string()
    };
    let lines: Vec<String> = tools.iter().map(line).collect();
    format!(
        "You may call functions to help the caller. They are within <tools></tools>:\n<tools>\n{}\n</tools>\n\
        For each call write its name and arguments within {BEGIN}{END}, as:\n{BEGIN}\n{NAME}function{ARGUMENTS}{{}}}}\n{END}\n\
        What came of it follows within <tool_response></tool_response>. Say nothing of it before you know.",
        lines.join("\n")
    )
}

/// A call as the model has written it.
pub(crate) fn written(call: &Call, arguments: &str) -> String {
    let name = Value::from(call.tool.as_str()).to_string();
    format!("{BEGIN}\n{{\"name\": {name}, \"arguments\": {arguments}}}\n{END}")
}

pub(crate) fn result(output: &str) -> String {
    format!("<tool_response>\n{output}\n</tool_response>")
}

/// What a model wrote, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Words(String),
    Call(String),
    Arguments(String),
}

/// Reads a reply as it is written, and finds the calls in it.
#[derive(Default)]
pub(crate) struct Reader {
    held: String,
    at: At,
}

#[derive(Default)]
enum At {
    #[default]
    Words,
    /// Before the arguments.
    Head,
    Arguments(Nesting),
    /// Behind them.
    Tail,
}

/// Where in an object we are.
#[derive(Default)]
struct Nesting {
    depth: usize,
    within: bool,
    escaped: bool,
}

impl Nesting {
    /// True when the object ends with this.
    fn ends(&mut self, c: char) -> bool {
        match c {
            _ if self.escaped => self.escaped = false,
            '\\' if self.within => self.escaped = true,
            '"' => self.within = !self.within,
            '{' | '[' if !self.within => self.depth += 1,
            '}' | ']' if !self.within => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.depth == 0
    }
}

impl Reader {
    pub(crate) fn read(&mut self, text: &str) -> Vec<Part> {
        self.held.push_str(text);
        let mut parts = Vec::new();
        while self.step(&mut parts) {}
        parts
    }

    /// What is left are words; an error where a call was cut off.
    pub(crate) fn finish(&mut self) -> Result<Option<Part>, &'static str> {
        let held = std::mem::take(&mut self.held);
        match self.at {
            At::Words | At::Tail if held.is_empty() => Ok(None),
            At::Words => Ok(Some(Part::Words(held))),
            At::Tail => Ok(None),
            At::Head | At::Arguments(_) => {
                Err("the language model broke off in the call of a tool")
            }
        }
    }

    /// Takes what can be told now; true where more may be.
    fn step(&mut self, parts: &mut Vec<Part>) -> bool {
        match &mut self.at {
            At::Words => {
                if let Some(at) = self.held.find(BEGIN) {
                    push(parts, Part::Words, self.held[..at].to_owned());
                    self.held.drain(..at + BEGIN.len());
                    self.at = At::Head;
                    return true;
                }
                let safe = self.held.len() - beginning(&self.held, BEGIN);
                push(parts, Part::Words, self.held.drain(..safe).collect());
                false
            }
            At::Head => {
                let Some((name, rest)) = self
                    .held
                    .trim_start()
                    .strip_prefix(NAME)
                    .and_then(|rest| rest.split_once(ARGUMENTS))
                else {
                    return false;
                };
                let name: String = serde_json::from_str(&format!("\"{name}\"")).unwrap_or_default();
                let rest = rest.to_owned();
                parts.push(Part::Call(name));
                self.held = rest;
                self.at = At::Arguments(Nesting::default());
                true
            }
            At::Arguments(nesting) => {
                let end = self
                    .held
                    .char_indices()
                    .find(|(_, c)| nesting.ends(*c))
                    .map(|(at, c)| at + c.len_utf8());
                let told = self.held.drain(..end.unwrap_or(self.held.len())).collect();
                push(parts, Part::Arguments, told);
                if end.is_some() {
                    self.at = At::Tail;
                }
                end.is_some()
            }
            At::Tail => {
                let Some(at) = self.held.find(END) else {
                    return false;
                };
                self.held.drain(..at + END.len());
                self.at = At::Words;
                true
            }
        }
    }
}

fn push(parts: &mut Vec<Part>, part: impl Fn(String) -> Part, text: String) {
    if !text.is_empty() {
        parts.push(part(text));
    }
}

/// How many bytes at the end of `text` may be the beginning of `mark`.
fn beginning(text: &str, mark: &str) -> usize {
    let most = mark.len().min(text.len());
    (1..=most)
        .rev()
        .find(|length| text.as_bytes().ends_with(&mark.as_bytes()[..*length]))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, step: usize) -> (Vec<Part>, Result<Option<Part>, &'static str>) {
        let mut reader = Reader::default();
        let letters: Vec<char> = text.chars().collect();
        let mut parts: Vec<Part> = Vec::new();
        for piece in letters.chunks(step) {
            for part in reader.read(&piece.iter().collect::<String>()) {
                match (parts.last_mut(), part) {
                    (Some(Part::Words(before)), Part::Words(more))
                    | (Some(Part::Arguments(before)), Part::Arguments(more)) => {
                        before.push_str(&more)
                    }
                    (_, part) => parts.push(part),
                }
            }
        }
        let end = reader.finish();
        (parts, end)
    }

    #[test]
    fn calls_are_found_however_they_arrive() {
        let made = |tool: &str, arguments: &str| {
            let (id, tool) = (String::new(), tool.to_owned());
            written(&Call { id, tool }, arguments)
        };
        let first = r#"{"a": "} \" {", "b": [1, {"c": 2}]}"#;
        let text = format!(
            "Let me < see. {}\n{}",
            made("look \"up\"", first),
            made("b", "{}")
        );
        for step in 1..text.len() {
            let (parts, end) = read(&text, step);
            let expected = [
                Part::Words("Let me < see. ".to_owned()),
                Part::Call("look \"up\"".to_owned()),
                Part::Arguments(first.to_owned()),
                Part::Words("\n".to_owned()),
                Part::Call("b".to_owned()),
                Part::Arguments("{}".to_owned()),
            ];
            assert_eq!(
                (parts.as_slice(), end),
                (expected.as_slice(), Ok(None)),
                "by {step}"
            );
        }
    }

    #[test]
    fn a_call_that_is_cut_off_is_an_error_and_half_a_mark_is_words() {
        for cut in [
            "<tool_call>\n{\"na",
            "<tool_call>\n{\"name\": \"a\", \"arguments\": {\"b\": 1",
        ] {
            assert!(read(cut, 3).1.is_err(), "{cut}");
        }
        assert_eq!(
            read("a <tool", 2),
            (
                vec![Part::Words("a ".to_owned())],
                Ok(Some(Part::Words("<tool".to_owned())))
            )
        );
    }

    #[test]
    fn only_the_chosen_tool_is_in_the_grammar() {
        let tool = |name: &str| Tool {
            name: name.to_owned(),
            description: String::new(),
            parameters: "{}".to_owned(),
        };
        let tools = [tool("a\"b"), tool("c")];
        let grammar = |choice| Grammar::of(&tools, &choice);
        let auto = grammar(ToolChoice::Auto).expect("there are tools");
        assert!(
            !auto.from_the_first && auto.text.contains(r#"\"a\\\"b\""#),
            "{}",
            auto.text
        );
        let this = grammar(ToolChoice::This("c".to_owned())).expect("it is there");
        assert!(
            this.from_the_first && !this.text.contains("a\\\\"),
            "{}",
            this.text
        );
        assert!(grammar(ToolChoice::This("d".to_owned())).is_none());
        assert!(Grammar::of(&[], &ToolChoice::Always).is_none());
    }
}
