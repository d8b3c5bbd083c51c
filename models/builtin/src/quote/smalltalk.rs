//! What is said beside questions: greetings, thanks, "repeat that".

use std::collections::HashMap;
use std::sync::OnceLock;

use models_engine::wording::words;

use super::phrases;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Smalltalk {
    Greeting,
    Wellbeing,
    Presence,
    Thanks,
    Goodbye,
    Abilities,
    Identity,
    Repeat,
    Pace,
    Stop,
    /// "Tell me more": what was not yet said about the last question.
    More,
}

impl Smalltalk {
    pub(super) fn reply(self) -> &'static str {
        match self {
            Self::Greeting => phrases::WELCOME,
            Self::Wellbeing => phrases::WELL,
            Self::Presence => phrases::HERE,
            Self::Thanks => phrases::THANKED,
            Self::Goodbye => phrases::GOODBYE,
            Self::Abilities => phrases::ABLE,
            Self::Identity => phrases::SELF,
            Self::Repeat => phrases::NOTHING_SAID,
            Self::Pace => phrases::PACE,
            Self::Stop => phrases::STOPPED,
            Self::More => phrases::UNKNOWN,
        }
    }
}

/// Said beside the matter itself; taken off before the phrases are looked up.
const FILLERS: &str =
    "um uh er erm hmm oh ah well so ok okay please repartee now then just alright and but sorry";

/// The kinds as the list names them.
const KINDS: &[(&str, Smalltalk)] = &[
    ("[Greeting]", Smalltalk::Greeting),
    ("[Wellbeing]", Smalltalk::Wellbeing),
    ("[Presence]", Smalltalk::Presence),
    ("[Thanks]", Smalltalk::Thanks),
    ("[Goodbye]", Smalltalk::Goodbye),
    ("[Abilities]", Smalltalk::Abilities),
    ("[Identity]", Smalltalk::Identity),
    ("[Repeat]", Smalltalk::Repeat),
    ("[Stop]", Smalltalk::Stop),
    ("[More]", Smalltalk::More),
];

/// Every phrase of the list, as it is left without fillers.
fn phrases() -> &'static HashMap<String, Smalltalk> {
    static PHRASES: OnceLock<HashMap<String, Smalltalk>> = OnceLock::new();
    PHRASES.get_or_init(|| {
        let mut kind = None;
        let mut phrases = HashMap::new();
        for line in include_str!("smalltalk.txt").lines() {
            if let Some((_, named)) = KINDS.iter().find(|(name, _)| *name == line) {
                kind = Some(*named);
            } else if let Some(kind) = kind.filter(|_| !line.is_empty()) {
                phrases.entry(spoken(line).join(" ")).or_insert(kind);
            }
        }
        phrases
    })
}

/// A line made of these words alone is about how we speak.
const PACE_WORDS: &str = "slower slow slowly faster fast quicker quickly speak speaking talk talking down up more \
    too a little bit much not so can could you please your are go would that is it say be \
    speed pace voice than i want to way u read this";
const PACE_NAMES: &str = "slower slow slowly faster quicker quickly fast";

pub(super) fn of(line: &str) -> Option<Smalltalk> {
    let said = spoken(line);
    let known = phrases().get(&said.join(" ")).copied();
    known.or_else(|| about_pace(&said).then_some(Smalltalk::Pace))
}

fn listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}

fn about_pace(said: &[String]) -> bool {
    said.iter().all(|word| listed(PACE_WORDS, word))
        && said.iter().any(|word| listed(PACE_NAMES, word))
        && said.len() <= 9
        && said
            .first()
            .is_some_and(|word| word != "how" && word != "is")
}

fn spoken(line: &str) -> Vec<String> {
    let mut said: Vec<String> = words(line)
        .into_iter()
        .map(|word| word.text)
        .filter(|word| !listed(FILLERS, word))
        .collect();
    if said.is_empty() {
        // "Sorry?" and "well?" are all filler, and still said.
        said = words(line).into_iter().map(|word| word.text).collect();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::{Smalltalk, of};

    #[test]
    fn small_talk_is_known_however_it_is_written() {
        for (line, kind) in [
            ("Hello!", Smalltalk::Greeting),
            ("uh thank you very much", Smalltalk::Thanks),
            ("Could you repeat that, please?", Smalltalk::Repeat),
            ("Sorry, what did you say?", Smalltalk::Repeat),
            ("can you speak a bit slower", Smalltalk::Pace),
            ("Not so fast!", Smalltalk::Pace),
            ("What can you do?", Smalltalk::Abilities),
            ("who are you", Smalltalk::Identity),
            ("okay bye", Smalltalk::Goodbye),
            ("Stop.", Smalltalk::Stop),
        ] {
            assert_eq!(of(line), Some(kind), "{line}");
        }
    }

    #[test]
    fn questions_are_no_small_talk() {
        for line in [
            "Hello, when is breakfast?",
            "how fast is delivery",
            "what is repartee",
            "Is it fast?",
            "stop the machine",
            "",
        ] {
            assert_eq!(of(line), None, "{line}");
        }
        assert_eq!(of("Tell me more, please."), Some(Smalltalk::More));
        assert_eq!(of("tell me more about rooms"), None);
    }
}
