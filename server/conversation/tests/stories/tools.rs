//! What a story's tools are, and the judge of their calls: none that writes is made twice for one wish, nor
//! before the caller has heard what was said.

use server_conversation::{
    Author, Call, Effect, Ending, Fact, Input, Output, Prompt, ReplyId, Tool,
};
use std::collections::BTreeMap;

pub(crate) const NAMES: &[&str] = &["look", "set", "book"];
pub(crate) const ARGUMENTS: &[&str] = &[
    "{}",
    "{\"day\": \"Monday\"}",
    "{\"day\":\"Monday\"}",
    "",
    "{\"day\": \"Mon",
];

pub(crate) fn tools() -> Vec<Tool> {
    let effects = [Effect::Reads, Effect::Repeats, Effect::Writes];
    let tool = |(name, effect): (&&str, Effect)| Tool {
        name: (*name).to_owned(),
        description: String::new(),
        parameters: "{}".to_owned(),
        effect,
    };
    NAMES.iter().zip(effects).map(tool).collect()
}

#[derive(Default)]
pub(crate) struct Tools {
    calls: BTreeMap<String, Call>,
    results: Vec<String>,
    /// The reply on the floor: of any other the caller hears nothing.
    holder: Option<ReplyId>,
    /// What wrote, and which reply was told what came of it.
    written: Vec<(String, String, Option<ReplyId>)>,
}

type Verdict = Result<(), String>;

fn claim(holds: bool, why: &str) -> Verdict {
    if holds { Ok(()) } else { Err(why.to_owned()) }
}

impl Tools {
    pub(crate) fn input(&mut self, input: &Input) {
        if let Input::Write { line, .. } = input
            && let Some(call) = &line.call
        {
            self.calls.insert(call.id.clone(), call.clone());
            if line.author == Author::Tool {
                self.results.push(call.id.clone());
            }
        }
    }

    /// `unheard`: words of the reply that calls have not reached the caller.
    pub(crate) fn output(&mut self, output: &Output, unheard: impl Fn(ReplyId) -> bool) -> Verdict {
        match output {
            Output::Compose { reply, prompt } => {
                if self.holder == Some(*reply) {
                    self.tell_results(*reply);
                }
                self.prompt(prompt)
            }
            Output::Release { reply } => {
                self.tell_results(*reply);
                Ok(())
            }
            Output::Tell(Fact::ReplyStarted {
                reply,
                line: Some(_),
                ..
            }) => {
                self.holder = Some(*reply);
                Ok(())
            }
            Output::Tell(Fact::CallStarted { call, .. }) => {
                let before = self.calls.insert(call.id.clone(), call.clone());
                claim(before.is_none(), "9: two calls have one name")
            }
            Output::Tell(Fact::Called {
                reply,
                call,
                arguments,
                ..
            }) => self.called(call, arguments, unheard(*reply)),
            Output::Tell(Fact::ReplyEnded {
                reply,
                ending: Ending::Completed,
                ..
            }) => {
                self.written.retain(|(_, _, told)| *told != Some(*reply));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn tell_results(&mut self, reply: ReplyId) {
        for (id, _, told) in &mut self.written {
            if self.results.contains(id) {
                *told = Some(reply);
            }
        }
    }

    fn called(&mut self, id: &str, arguments: &str, unheard: bool) -> Verdict {
        let call = self
            .calls
            .get(id)
            .ok_or("9: a call was made that never began")?;
        if call.tool != "book" {
            return Ok(());
        }
        claim(!unheard, "9: a tool wrote before the caller had heard why")?;
        claim(
            arguments.ends_with('}'),
            "9: a call has no arguments, or half of them",
        )?;
        let arguments: String = arguments.split(' ').collect();
        let twice = self
            .written
            .iter()
            .any(|(_, before, _)| *before == arguments);
        claim(!twice, "9: a tool wrote twice")?;
        self.written.push((id.to_owned(), arguments, None));
        Ok(())
    }

    /// Each result stands after its call, with nothing but calls and results between, and each call has one.
    fn prompt(&self, prompt: &Prompt) -> Verdict {
        let mut open: Vec<&str> = Vec::new();
        for line in &prompt.lines {
            match (&line.call, line.author) {
                (Some(call), Author::Tool) => {
                    let at = open.iter().position(|open| *open == call.id);
                    open.remove(at.ok_or("9: a result stands without its call")?);
                }
                (Some(call), _) => {
                    claim(
                        self.calls.contains_key(&call.id),
                        "9: a call was told that never was",
                    )?;
                    open.push(&call.id);
                }
                (None, _) => claim(open.is_empty(), "9: a call was told without a result")?,
            }
        }
        claim(open.is_empty(), "9: a call was told without a result")
    }
}
