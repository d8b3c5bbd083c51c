//! What the client asks and the engines find, in the core's words.

use models_engine as engine;
use server_conversation as core;
use server_conversation::{Input, LineId, Millis, ReplyId};
use signaling_protocol::model::{self, Command};

/// What the client asks becomes an input; settings need the session's own share and go their own way.
pub(crate) fn input(command: Command) -> Input {
    match command {
        Command::Configure { .. } => unreachable!("settings are taken by the session"),
        Command::Type { token, text } => Input::Typed { token, text },
        Command::Write { token, said, place } => Input::Write {
            token,
            line: line_in(said),
            place: place_in(place),
        },
        Command::Delete { token, line } => Input::Delete {
            token,
            line: LineId(line),
        },
        Command::Truncate {
            token,
            line,
            heard_ms,
        } => Input::Truncate {
            token,
            line: LineId(line),
            heard: Millis(heard_ms),
        },
        Command::Respond { token, request } => Input::Respond {
            token,
            request: ask(request),
        },
        Command::Cancel { token, reply } => Input::CancelReply {
            token,
            reply: reply.map(ReplyId),
        },
        Command::ClearPlayout { token } => Input::ClearPlayout { token },
        Command::Commit { token } => Input::Commit { token },
        Command::Clear { token } => Input::Clear { token },
    }
}

/// The session's settings in the core's terms. `listening`: a recognizer is there.
pub fn conversation_settings(
    settings: &model::Settings,
    listening: bool,
    speaking: bool,
) -> core::Settings {
    let (endpointing, ears) = endpointing(settings.endpointing, listening);
    core::Settings {
        instructions: settings.instructions.clone(),
        modality: if speaking {
            modality_in(settings.modality)
        } else {
            core::Modality::Text
        },
        voice: settings.voice.clone(),
        speed: settings.speed,
        endpointing,
        ears,
        max_tokens: settings.max_tokens,
        tools: settings.tools.iter().cloned().map(tool_in).collect(),
        tool_choice: choice_in(settings.tool_choice.clone()),
        parallel_calls: settings.parallel_calls,
        ..core::Settings::default()
    }
}

fn endpointing(asked: model::Endpointing, listening: bool) -> (core::Endpointing, core::Ears) {
    let ears = core::Ears {
        listening,
        ..core::Settings::default().ears
    };
    match asked {
        model::Endpointing::Silence {
            threshold,
            preroll_ms,
            silence_ms,
            idle_ms,
            respond,
            interrupt,
        } => {
            let silence = Millis(u64::from(silence_ms));
            let automatic = core::Endpointing::Automatic {
                shortest: silence,
                usual: silence,
                longest: silence,
                idle: idle_ms.map(|idle| Millis(u64::from(idle))),
                respond,
                interrupt,
            };
            (
                automatic,
                core::Ears {
                    threshold,
                    preroll: Millis(u64::from(preroll_ms)),
                    listening,
                },
            )
        }
        model::Endpointing::Meaning {
            eagerness,
            respond,
            interrupt,
        } => {
            let (shortest, usual, longest) = patience(eagerness);
            let automatic = core::Endpointing::Automatic {
                shortest: Millis(shortest),
                usual: Millis(usual),
                longest: Millis(longest),
                idle: None,
                respond,
                interrupt,
            };
            (automatic, ears)
        }
        model::Endpointing::Manual => (core::Endpointing::Manual, ears),
    }
}

/// Silence in milliseconds that ends a complete, an unclear and an unfinished utterance.
fn patience(eagerness: model::Eagerness) -> (u64, u64, u64) {
    match eagerness {
        model::Eagerness::High => (200, 450, 800),
        model::Eagerness::Medium | model::Eagerness::Auto => (320, 800, 1_200),
        model::Eagerness::Low => (600, 1_200, 2_000),
    }
}

pub(crate) fn passage_in(passage: engine::Passage) -> core::Passage {
    let engine::Passage {
        source,
        heading,
        text,
        score,
        likeness,
    } = passage;
    core::Passage {
        source,
        heading,
        text,
        score,
        likeness,
    }
}

fn ask(request: model::ReplyRequest) -> core::ReplyRequest {
    let lines = |lines: Vec<_>| lines.into_iter().map(line_in).collect();
    let tools = |tools: Vec<_>| tools.into_iter().map(tool_in).collect();
    core::ReplyRequest {
        instructions: request.instructions,
        modality: request.modality.map(modality_in),
        voice: request.voice,
        max_tokens: request.max_tokens,
        aside: request.aside,
        lines: request.lines.map(lines),
        tools: request.tools.map(tools),
        tool_choice: request.tool_choice.map(choice_in),
    }
}

fn line_in(said: model::Said) -> core::PromptLine {
    core::PromptLine {
        author: author_in(said.author),
        text: said.text,
        cut: false,
        call: said
            .call
            .map(|model::Call { id, tool }| core::Call { id, tool }),
    }
}

fn tool_in(tool: model::Tool) -> core::Tool {
    core::Tool {
        name: tool.name,
        description: tool.description,
        parameters: tool.parameters,
        effect: match tool.effect {
            model::Effect::Reads => core::Effect::Reads,
            model::Effect::Repeats => core::Effect::Repeats,
            model::Effect::Writes => core::Effect::Writes,
        },
    }
}

fn choice_in(choice: model::ToolChoice) -> core::ToolChoice {
    match choice {
        model::ToolChoice::Auto => core::ToolChoice::Auto,
        model::ToolChoice::Never => core::ToolChoice::Never,
        model::ToolChoice::Always => core::ToolChoice::Always,
        model::ToolChoice::This(tool) => core::ToolChoice::This(tool),
    }
}

fn author_in(author: model::Author) -> core::Author {
    match author {
        model::Author::System => core::Author::System,
        model::Author::Caller => core::Author::Caller,
        model::Author::Agent => core::Author::Agent,
        model::Author::Tool => core::Author::Tool,
    }
}

fn place_in(place: model::Place) -> core::Place {
    match place {
        model::Place::First => core::Place::First,
        model::Place::After(line) => core::Place::After(LineId(line)),
        model::Place::Last => core::Place::Last,
    }
}

fn modality_in(modality: model::Modality) -> core::Modality {
    match modality {
        model::Modality::Audio => core::Modality::Audio,
        model::Modality::Text => core::Modality::Text,
    }
}
