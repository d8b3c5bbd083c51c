//! What the core answered, one output a line.

use server_conversation::{Fact, Output};

/// One output on one line.
pub(crate) fn shown(output: &Output) -> Option<String> {
    Some(match output {
        Output::Listen { utterance, from } => format!("listen u{utterance} from {}", from.0),
        Output::Judge {
            utterance,
            partial,
            silence,
            speech,
        } => {
            format!(
                "judge u{utterance} {partial:?} silence {} speech {}",
                silence.0, speech.0
            )
        }
        Output::Settle { utterance, mark } => format!("settle u{utterance} as {mark}"),
        Output::Hold { reply, utterance } => format!("hold r{reply} for u{utterance}"),
        Output::Release { reply } => format!("release r{reply}"),
        Output::Discard { reply, worked } => format!("discard r{reply} after {}", worked.0),
        Output::Finish { utterance } => format!("finish u{utterance}"),
        Output::Forget { utterance } => format!("forget u{utterance}"),
        Output::Search {
            reply,
            query,
            limit,
        } => format!("search r{reply} {query:?} {limit}"),
        Output::Compose { reply, prompt } => {
            let lines = prompt.lines.iter().map(|line| {
                let call = line.call.as_ref().map_or("", |call| &call.id);
                format!(
                    "{:?}{}{}{call}: {}",
                    line.author,
                    if line.cut { " (cut)" } else { "" },
                    if call.is_empty() { "" } else { " " },
                    line.text
                )
            });
            let lines: Vec<String> = lines.collect();
            format!(
                "compose r{reply} [{}] passages {}{}",
                lines.join(" | "),
                prompt.passages.len(),
                if prompt.tools.is_empty() {
                    ""
                } else {
                    " and tools"
                },
            )
        }
        Output::Speak { phrase, text, .. } => {
            format!("speak r{}.{} {text:?}", phrase.reply, phrase.index)
        }
        Output::Duck { reply } => format!("duck r{reply}"),
        Output::Restore { reply } => format!("restore r{reply}"),
        Output::Silence { reply } => format!("silence r{reply}"),
        Output::Cancel { reply } => format!("cancel r{reply}"),
        Output::End => "end".to_owned(),
        Output::Tell(Fact::Reached { .. }) => return None,
        Output::Tell(Fact::Floor { from, to }) => format!("* {from:?} -> {to:?}"),
        Output::Tell(fact) => format!("- {}", plain(&format!("{fact:?}"))),
    })
}

/// Debug's words without its ceremony.
fn plain(debug: &str) -> String {
    debug
        .replace("UtteranceId(", "u(")
        .replace("LineId(", "l(")
        .replace("ReplyId(", "r(")
        .replace("Millis(", "ms(")
        .replace("token: None, ", "")
}
