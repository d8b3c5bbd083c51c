//! The tools that a client declares, and whether one is to be called.

use super::fields::{Fields, invalid, list, one_of, quote};
use crate::Bad;
use crate::model::{Effect, Tool, ToolChoice};
use serde_json::Value;

/// The tools as they were sent, and those of them that can be called: the functions.
pub(super) fn tools(value: &Value, path: String, most: usize) -> Result<(Value, Vec<Tool>), Bad> {
    let mut tools: Vec<Tool> = Vec::new();
    for (index, sent) in list(value, most, path.clone())?.iter().enumerate() {
        let fields = Fields::of(sent, format!("{path}[{index}]"))?;
        let Some(tool) = tool(&fields)? else {
            continue;
        };
        if tools.iter().any(|before| before.name == tool.name) {
            let message = format!("Two tools are called '{}'.", quote(&tool.name));
            return Err(invalid(message, fields.at("name")));
        }
        tools.push(tool);
    }
    Ok((value.clone(), tools))
}

/// A function; none for a server of tools.
fn tool(tool: &Fields<'_>) -> Result<Option<Tool>, Bad> {
    if !tool.required_one_of("type", &[("function", true), ("mcp", false)])? {
        return mcp(tool).map(|()| None);
    }
    tool.only(&[
        "type",
        "name",
        "description",
        "parameters",
        "strict",
        "annotations",
    ])?;
    tool.flag("strict")?;
    tool.object("parameters")?;
    let parameters = tool.get("parameters").map(Value::to_string);
    Ok(Some(Tool {
        name: tool.required_id("name")?.to_owned(),
        description: tool.text("description")?.unwrap_or_default().to_owned(),
        parameters: parameters.unwrap_or_else(|| r#"{"type":"object","properties":{}}"#.to_owned()),
        effect: effect(tool)?,
    }))
}

/// In the words of MCP's own annotations. Whoever says nothing means a tool that writes.
fn effect(tool: &Fields<'_>) -> Result<Effect, Bad> {
    let Some(hints) = tool.object("annotations")? else {
        return Ok(Effect::Writes);
    };
    hints.text("title")?;
    hints.flag("destructiveHint")?;
    hints.flag("openWorldHint")?;
    let reads = hints.flag("readOnlyHint")?.unwrap_or(false);
    let repeats = hints.flag("idempotentHint")?.unwrap_or(false);
    Ok(match (reads, repeats) {
        (true, _) => Effect::Reads,
        (false, true) => Effect::Repeats,
        (false, false) => Effect::Writes,
    })
}

fn mcp(tool: &Fields<'_>) -> Result<(), Bad> {
    for name in [
        "server_url",
        "server_description",
        "connector_id",
        "authorization",
    ] {
        tool.text(name)?;
    }
    tool.required_id("server_label").map(drop)
}

/// Whether `tools` holds a server of tools: there is none to call here.
pub(super) fn has_mcp(tools: &Value) -> bool {
    let is = |tool: &Value| tool["type"] == "mcp";
    tools.as_array().is_some_and(|tools| tools.iter().any(is))
}

/// As it was sent, and what it means.
pub(super) fn tool_choice(value: &Value, path: String) -> Result<(Value, ToolChoice), Bad> {
    if value.is_string() {
        let names = [
            ("auto", ToolChoice::Auto),
            ("none", ToolChoice::Never),
            ("required", ToolChoice::Always),
        ];
        return Ok((value.clone(), one_of(value, &names, path)?));
    }
    let fields = Fields::of(value, path)?;
    fields.only(&["type", "name", "server_label"])?;
    let choice = if fields.required_one_of("type", &[("function", true), ("mcp", false)])? {
        ToolChoice::This(fields.required_id("name")?.to_owned())
    } else {
        fields.required_id("server_label")?;
        fields.id("name")?;
        ToolChoice::Auto
    };
    Ok((value.clone(), choice))
}

/// A chosen tool must be there.
pub(super) fn check_choice(choice: &ToolChoice, tools: &[Tool], path: &str) -> Result<(), Bad> {
    match choice {
        ToolChoice::This(name) if !tools.iter().any(|tool| tool.name == *name) => {
            let message = format!("No tool is called '{}'.", quote(name));
            Err(invalid(message, format!("{path}.name")))
        }
        _ => Ok(()),
    }
}
