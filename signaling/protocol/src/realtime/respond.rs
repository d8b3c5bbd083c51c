//! `response.create`: what the client wishes of one response.

use super::fields::Fields;
use super::item;
use super::limits::{MOST_INPUTS, MOST_TOKENS, MOST_TOOLS};
use super::pending::Wish;
use super::{Realtime, tools, wishes};
use crate::Bad;
use crate::model::{ReplyRequest, Said};
use serde_json::Value;

impl Realtime {
    pub(super) fn wish(&self, event: &Fields<'_>) -> Result<(ReplyRequest, Wish), Bad> {
        let Some(wanted) = event.object("response")? else {
            return Ok(Default::default());
        };
        wanted.only(&[
            "instructions",
            "output_modalities",
            "audio",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "max_output_tokens",
            "reasoning",
            "prompt",
            "metadata",
            "conversation",
            "input",
        ])?;
        check_echoed(&wanted)?;
        let wish = Wish {
            metadata: read(&wanted, "metadata", wishes::metadata)?.unwrap_or_default(),
            modality: read(&wanted, "output_modalities", wishes::modality)?,
            voice: voice(&wanted)?,
            max_tokens: read(&wanted, "max_output_tokens", |value, path| {
                wishes::max_tokens(value, path, MOST_TOKENS)
            })?,
        };
        let tools = read(&wanted, "tools", |value, path| {
            tools::tools(value, path, MOST_TOOLS).map(|(_, tools)| tools)
        })?;
        let tool_choice = read(&wanted, "tool_choice", |value, path| {
            tools::tool_choice(value, path).map(|(_, choice)| choice)
        })?;
        if let Some(choice) = &tool_choice {
            let offered = tools.as_deref().unwrap_or(self.session.functions());
            tools::check_choice(choice, offered, "response.tool_choice")?;
        }
        let request = ReplyRequest {
            instructions: wanted.text("instructions")?.map(str::to_owned),
            modality: wish.modality,
            voice: wish.voice.clone(),
            max_tokens: wish.max_tokens.flatten(),
            aside: wanted
                .one_of("conversation", &[("auto", false), ("none", true)])?
                .unwrap_or(false),
            lines: self.input(&wanted)?,
            tools,
            tool_choice,
        };
        Ok((request, wish))
    }

    /// The lines that take the place of the history, references looked up.
    fn input(&self, wanted: &Fields<'_>) -> Result<Option<Vec<Said>>, Bad> {
        let Some(input) = wanted.list("input", MOST_INPUTS)? else {
            return Ok(None);
        };
        let one = |(index, value)| {
            let fields = Fields::of(value, format!("{}[{index}]", wanted.at("input")))?;
            if fields.raw("type").and_then(Value::as_str) == Some("item_reference") {
                return self.referred(&fields);
            }
            item::parse(&fields).map(|(_, body)| body.said())
        };
        input
            .iter()
            .enumerate()
            .map(one)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    fn referred(&self, fields: &Fields<'_>) -> Result<Said, Bad> {
        fields.only(&["type", "id"])?;
        let id = fields.required_id("id")?;
        let found = self.replies.item(id).or_else(|| self.store.by_id(id));
        found.map(|item| item.body.said()).ok_or_else(|| Bad {
            code: "invalid_value",
            message: format!(
                "No item with the id '{}' is in this conversation.",
                super::fields::quote(id)
            ),
            param: Some(fields.at("id")),
        })
    }
}

fn read<T>(
    fields: &Fields<'_>,
    name: &str,
    read: impl Fn(&Value, String) -> Result<T, Bad>,
) -> Result<Option<T>, Bad> {
    fields
        .get(name)
        .map(|value| read(value, fields.at(name)))
        .transpose()
}

/// Fields that change nothing in a reply here, checked all the same.
fn check_echoed(wanted: &Fields<'_>) -> Result<(), Bad> {
    wanted.flag("parallel_tool_calls")?;
    read(wanted, "reasoning", wishes::reasoning)?;
    read(wanted, "prompt", wishes::prompt)?;
    Ok(())
}

/// What of it is checked and has no effect here.
pub(super) fn unmet(event: &Fields<'_>) -> Vec<String> {
    let Ok(Some(wanted)) = event.object("response") else {
        return Vec::new();
    };
    let asks =
        |value: &Value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
    let serial = wanted.raw("parallel_tool_calls") == Some(&Value::Bool(false));
    let servers = wanted.raw("tools").is_some_and(tools::has_mcp);
    let names = ["reasoning", "prompt"].into_iter();
    names
        .filter(|name| wanted.raw(name).is_some_and(asks))
        .chain(serial.then_some("parallel_tool_calls"))
        .chain(servers.then_some("tools of the type mcp"))
        .map(|name| wanted.at(name))
        .collect()
}

fn voice(wanted: &Fields<'_>) -> Result<Option<String>, Bad> {
    let Some(audio) = wanted.object("audio")? else {
        return Ok(None);
    };
    audio.only(&["output"])?;
    let Some(output) = audio.object("output")? else {
        return Ok(None);
    };
    output.only(&["format", "voice"])?;
    read(&output, "format", wishes::format)?;
    read(&output, "voice", wishes::voice)
}
