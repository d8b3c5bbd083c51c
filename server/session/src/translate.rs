//! Between the conversation's words and the event model's: the same things, on two sides of a wall.

use models_engine as engine;
use server_conversation as core;
use server_conversation::{Fact, Input, LineId, Millis, ReplyId};
use signaling_protocol::model::{self, Command, Event};

/// What the client asks becomes an input; settings need the session's own share and go their own way.
pub(crate) fn input(command: Command) -> Input {
    match command {
        Command::Configure { .. } => unreachable!("settings are taken by the session"),
        Command::Type { token, text } => Input::Typed { token, text },
        Command::Write {
            token,
            author,
            text,
            place,
        } => Input::Write {
            token,
            author: author_in(author),
            text,
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
    greeting: Option<&str>,
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
        greeting: greeting.map(str::to_owned),
        voice: settings.voice.clone(),
        speed: settings.speed,
        endpointing,
        ears,
        max_tokens: settings.max_tokens,
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
        Fact::Idle { line, start, end } => Event::Idle {
            line: line.0,
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
    }
}

fn line(line: core::PromptLine) -> engine::Line {
    let author = match line.author {
        core::Author::System => engine::Author::System,
        core::Author::Caller => engine::Author::Caller,
        core::Author::Agent => engine::Author::Agent,
    };
    engine::Line {
        author,
        text: line.text,
        cut: line.cut,
    }
}

fn passage_out(passage: core::Passage) -> engine::Passage {
    let core::Passage {
        source,
        heading,
        text,
        score,
    } = passage;
    engine::Passage {
        source,
        heading,
        text,
        score,
    }
}

pub(crate) fn passage_in(passage: engine::Passage) -> core::Passage {
    let engine::Passage {
        source,
        heading,
        text,
        score,
    } = passage;
    core::Passage {
        source,
        heading,
        text,
        score,
    }
}

fn ask(request: model::ReplyRequest) -> core::ReplyRequest {
    let lines = request.lines.map(|lines| {
        lines
            .into_iter()
            .map(|(author, text)| (author_in(author), text))
            .collect()
    });
    core::ReplyRequest {
        instructions: request.instructions,
        modality: request.modality.map(modality_in),
        voice: request.voice,
        max_tokens: request.max_tokens,
        aside: request.aside,
        lines,
    }
}

fn author_in(author: model::Author) -> core::Author {
    match author {
        model::Author::System => core::Author::System,
        model::Author::Caller => core::Author::Caller,
        model::Author::Agent => core::Author::Agent,
    }
}

fn author_out(author: core::Author) -> model::Author {
    match author {
        core::Author::System => model::Author::System,
        core::Author::Caller => model::Author::Caller,
        core::Author::Agent => model::Author::Agent,
    }
}

fn place_in(place: model::Place) -> core::Place {
    match place {
        model::Place::First => core::Place::First,
        model::Place::After(line) => core::Place::After(LineId(line)),
        model::Place::Last => core::Place::Last,
    }
}

fn place_out(place: core::Place) -> model::Place {
    match place {
        core::Place::First => model::Place::First,
        core::Place::After(line) => model::Place::After(line.0),
        core::Place::Last => model::Place::Last,
    }
}

fn modality_in(modality: model::Modality) -> core::Modality {
    match modality {
        model::Modality::Audio => core::Modality::Audio,
        model::Modality::Text => core::Modality::Text,
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
