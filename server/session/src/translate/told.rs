//! What the core tells, in the words of the event model and of the engines.

use models_engine as engine;
use server_conversation as core;
use server_conversation::Fact;
use signaling_protocol::model::{self, Event};

/// A fact in the event model's words.
pub(crate) fn event(fact: Fact) -> Event {
    match fact {
        Fact::Floor { from, to } => Event::Floor {
            from: floor(from),
            to: floor(to),
        },
        Fact::SpeechStarted { line, start, .. } => Event::SpeechStarted {
            line: line.0,
            start_ms: start.0,
        },
        Fact::SpeechStopped { line, end, .. } => Event::SpeechStopped {
            line: line.0,
            end_ms: end.0,
        },
        Fact::Committed { line, place, .. } => Event::Committed {
            line: line.0,
            place: place_out(place),
        },
        Fact::Cleared => Event::Cleared,
        Fact::Idle {
            line,
            place,
            start,
            end,
        } => Event::Idle {
            line: line.0,
            place: place_out(place),
            start_ms: start.0,
            end_ms: end.0,
        },
        Fact::Partial {
            line, text, stable, ..
        } => Event::Partial {
            line: line.0,
            text,
            stable,
        },
        Fact::Transcript { line, text, .. } => Event::Transcript {
            line: line.0,
            text,
            seconds: 0.0,
        },
        Fact::TranscriptFailed { line, message, .. } => Event::TranscriptFailed {
            line: line.0,
            message,
        },
        Fact::LineAdded {
            line,
            place,
            kind,
            text,
            token,
        } => {
            let (place, kind) = (place_out(place), kind_out(kind));
            Event::LineAdded {
                line: line.0,
                place,
                kind,
                text,
                token,
            }
        }
        Fact::LineDeleted { line } => Event::LineDeleted { line: line.0 },
        Fact::LineCut {
            line,
            heard,
            heard_for,
        } => Event::LineCut {
            line: line.0,
            heard,
            heard_ms: heard_for.0,
        },
        fact => reply_event(fact),
    }
}

fn reply_event(fact: Fact) -> Event {
    match fact {
        Fact::ReplyStarted {
            reply,
            line,
            modality,
            token,
            ..
        } => Event::ReplyStarted {
            reply: reply.0,
            line: line.map(|line| line.0),
            modality: modality_out(modality),
            token,
        },
        Fact::ReplyText { reply, text } => Event::ReplyText {
            reply: reply.0,
            text,
        },
        Fact::Cited {
            reply,
            source,
            heading,
            text,
        } => Event::Cited {
            reply: reply.0,
            source,
            heading,
            text,
        },
        Fact::CallStarted { reply, line, call } => Event::CallStarted {
            reply: reply.0,
            line: line.map(|line| line.0),
            call: model::Call {
                id: call.id,
                tool: call.tool,
            },
        },
        Fact::CallArguments { reply, call, text } => Event::CallArguments {
            reply: reply.0,
            call,
            text,
        },
        Fact::Called {
            reply,
            call,
            arguments,
            place,
        } => Event::Called {
            reply: reply.0,
            call,
            arguments,
            place: place_out(place),
        },
        Fact::ReplyComposed { reply, text } => Event::ReplyComposed {
            reply: reply.0,
            text,
        },
        Fact::PlayoutStarted { reply } => Event::PlayoutStarted { reply: reply.0 },
        Fact::Heard { reply, heard } => Event::Heard {
            reply: reply.0,
            heard,
        },
        Fact::PlayoutStopped { reply } => Event::PlayoutStopped { reply: reply.0 },
        Fact::PlayoutCleared { reply } => Event::PlayoutCleared { reply: reply.0 },
        Fact::ReplyEnded {
            reply,
            ending,
            text,
        } => Event::ReplyEnded {
            reply: reply.0,
            ending: ending_out(ending),
            text,
        },
        Fact::Reached {
            reply,
            stage,
            after,
        } => Event::Reached {
            reply: reply.0,
            stage: stage_out(stage),
            after_ms: after.0,
            gained_ms: None,
        },
        Fact::Speculated {
            reply,
            began,
            gained,
        } => Event::Reached {
            reply: reply.0,
            stage: model::Stage::Speculation,
            after_ms: began.0,
            gained_ms: Some(gained.0),
        },
        Fact::Refused { token, refusal } => Event::Refused {
            token,
            refusal: refusal_out(refusal),
        },
        Fact::Trouble { message } => Event::Notice {
            code: "trouble".to_owned(),
            message,
        },
        _ => unreachable!("every other fact has been told already"),
    }
}

pub(crate) fn prompt(prompt: core::Prompt) -> engine::Prompt {
    engine::Prompt {
        instructions: prompt.instructions,
        lines: prompt.lines.into_iter().map(line).collect(),
        passages: prompt.passages.into_iter().map(passage_out).collect(),
        max_tokens: prompt.max_tokens,
        tools: prompt.tools.into_iter().map(tool_out).collect(),
        tool_choice: match prompt.tool_choice {
            core::ToolChoice::Auto | core::ToolChoice::Never => engine::ToolChoice::Auto,
            core::ToolChoice::Always => engine::ToolChoice::Always,
            core::ToolChoice::This(tool) => engine::ToolChoice::This(tool),
        },
    }
}

/// What a call does to the world is the conversation's concern, not the model's.
fn tool_out(tool: core::Tool) -> engine::Tool {
    engine::Tool {
        name: tool.name,
        description: tool.description,
        parameters: tool.parameters,
    }
}

fn line(line: core::PromptLine) -> engine::Line {
    let author = match line.author {
        core::Author::System => engine::Author::System,
        core::Author::Caller => engine::Author::Caller,
        core::Author::Agent => engine::Author::Agent,
        core::Author::Tool => engine::Author::Tool,
    };
    engine::Line {
        author,
        text: line.text,
        cut: line.cut,
        call: line
            .call
            .map(|core::Call { id, tool }| engine::Call { id, tool }),
    }
}

fn passage_out(passage: core::Passage) -> engine::Passage {
    let core::Passage {
        source,
        heading,
        text,
        score,
        likeness,
    } = passage;
    engine::Passage {
        source,
        heading,
        text,
        score,
        likeness,
    }
}

fn author_out(author: core::Author) -> model::Author {
    match author {
        core::Author::System => model::Author::System,
        core::Author::Caller => model::Author::Caller,
        core::Author::Agent => model::Author::Agent,
        core::Author::Tool => model::Author::Tool,
    }
}

fn place_out(place: core::Place) -> model::Place {
    match place {
        core::Place::First => model::Place::First,
        core::Place::After(line) => model::Place::After(line.0),
        core::Place::Last => model::Place::Last,
    }
}

fn modality_out(modality: core::Modality) -> model::Modality {
    match modality {
        core::Modality::Audio => model::Modality::Audio,
        core::Modality::Text => model::Modality::Text,
    }
}

fn kind_out(kind: core::LineKind) -> model::LineKind {
    match kind {
        core::LineKind::Written(author) => model::LineKind::Written(author_out(author)),
        core::LineKind::Typed => model::LineKind::Typed,
        core::LineKind::Spoken => model::LineKind::Spoken,
        core::LineKind::Agent(modality) => model::LineKind::Agent(modality_out(modality)),
    }
}

fn ending_out(ending: core::Ending) -> model::Ending {
    match ending {
        core::Ending::Completed => model::Ending::Completed,
        core::Ending::BargedIn => model::Ending::BargedIn,
        core::Ending::Cancelled => model::Ending::Cancelled,
        core::Ending::Failed { message } => model::Ending::Failed { message },
    }
}

fn floor(floor: core::FloorName) -> model::Floor {
    match floor {
        core::FloorName::Open => model::Floor::Open,
        core::FloorName::Caller => model::Floor::Caller,
        core::FloorName::Awaiting => model::Floor::Awaiting,
        core::FloorName::Agent => model::Floor::Agent,
        core::FloorName::Contested => model::Floor::Contested,
    }
}

fn stage_out(stage: core::Stage) -> model::Stage {
    match stage {
        core::Stage::Endpointing => model::Stage::Endpointing,
        core::Stage::Recognition => model::Stage::Recognition,
        core::Stage::Retrieval => model::Stage::Retrieval,
        core::Stage::FirstWord => model::Stage::FirstWord,
        core::Stage::FirstSpeech => model::Stage::FirstSpeech,
        core::Stage::FirstSound => model::Stage::FirstSound,
    }
}

fn refusal_out(refusal: core::Refusal) -> model::Refusal {
    match refusal {
        core::Refusal::ReplyActive => model::Refusal::ReplyActive,
        core::Refusal::NoReplyActive => model::Refusal::NoReplyActive,
        core::Refusal::NoSuchLine => model::Refusal::NoSuchLine,
        core::Refusal::NothingToCommit => model::Refusal::NothingToCommit,
        core::Refusal::BeyondSpeech => model::Refusal::BeyondSpeech,
        core::Refusal::NotSpoken => model::Refusal::NotSpoken,
        core::Refusal::TooMuch => model::Refusal::TooMuch,
    }
}
