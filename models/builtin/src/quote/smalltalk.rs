//! What is said beside questions: greetings, thanks, "repeat that".

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
        }
    }
}

/// Said beside the matter itself; taken off before the phrases are looked up.
const FILLERS: &[&str] = &[
    "um", "uh", "er", "erm", "hmm", "oh", "ah", "well", "so", "ok", "okay", "please", "repartee",
    "now", "then", "just", "alright", "and", "but", "sorry",
];

const PHRASES: &[(Smalltalk, &[&str])] = &[
    (
        Smalltalk::Greeting,
        &[
            "hello",
            "hi",
            "hey",
            "hello there",
            "hi there",
            "hey there",
            "good morning",
            "good afternoon",
            "good evening",
            "good day",
            "greetings",
            "hello hello",
            "howdy",
            "nice to meet you",
        ],
    ),
    (
        Smalltalk::Wellbeing,
        &[
            "how are you",
            "how are you doing",
            "how are you today",
            "hello how are you",
            "hi how are you",
            "how do you do",
            "how is it going",
            "hows it going",
            "what's up",
            "hey how are you",
        ],
    ),
    (
        Smalltalk::Presence,
        &[
            "are you there",
            "can you hear me",
            "do you hear me",
            "is anybody there",
            "is anyone there",
            "hello are you there",
            "hello can you hear me",
            "are you still there",
            "are you listening",
            "testing",
            "test",
            "testing testing",
            "is this working",
        ],
    ),
    (
        Smalltalk::Thanks,
        &[
            "thanks",
            "thank you",
            "thank you very much",
            "thanks a lot",
            "many thanks",
            "thank you so much",
            "great thanks",
            "great thank you",
            "perfect thank you",
            "perfect thanks",
            "cheers",
            "thanks for that",
            "thank you for your help",
            "thanks for your help",
            "that's great thanks",
            "that is great thank you",
            "that's helpful thank you",
            "no thank you",
            "no thanks",
            "yes thank you",
            "good thank you",
            "thank",
            "that's very helpful",
            "that was helpful",
            "very good",
            "great",
            "perfect",
            "excellent",
            "good",
        ],
    ),
    (
        Smalltalk::Goodbye,
        &[
            "goodbye",
            "good bye",
            "bye",
            "bye bye",
            "see you",
            "see you later",
            "good night",
            "that's all",
            "that is all",
            "that will be all",
            "that's all thanks",
            "that's all thank you",
            "thanks bye",
            "thank you bye",
            "thank you goodbye",
            "thanks goodbye",
            "have a nice day",
            "hang up",
            "farewell",
            "talk to you later",
            "that's everything",
            "that's it",
            "that's it thanks",
        ],
    ),
    (
        Smalltalk::Abilities,
        &[
            "what can you do",
            "what can i ask",
            "what can i ask you",
            "what do you do",
            "what do you know",
            "help",
            "help me",
            "can you help me",
            "how can you help",
            "how can you help me",
            "what are you for",
            "what do you know about",
            "what can you help with",
            "what can you help me with",
            "what can you tell me",
            "what questions can i ask",
            "what questions can you answer",
            "how does this work",
            "what should i ask",
            "what can you answer",
            "what can you talk about",
            "can you help",
            "i need help",
            "what can i say",
        ],
    ),
    (
        Smalltalk::Identity,
        &[
            "who are you",
            "what are you",
            "are you a robot",
            "are you human",
            "are you a human",
            "are you real",
            "are you a person",
            "are you a real person",
            "what is your name",
            "what's your name",
            "are you an ai",
            "are you a machine",
            "who am i talking to",
            "who am i speaking to",
            "who is this",
            "are you a computer",
            "who is there",
            "am i talking to a robot",
            "am i talking to a person",
            "do you have a name",
        ],
    ),
    (
        Smalltalk::Repeat,
        &[
            "repeat",
            "repeat that",
            "repeat it",
            "can you repeat that",
            "could you repeat that",
            "say that again",
            "can you say that again",
            "could you say that again",
            "say it again",
            "say again",
            "again",
            "pardon",
            "pardon me",
            "once more",
            "1 more time",
            "what did you say",
            "what was that",
            "come again",
            "what",
            "can you repeat",
            "could you repeat",
            "can you repeat it",
            "could you repeat it",
            "repeat that again",
            "i didn't hear that",
            "i didn't hear you",
            "i did not hear that",
            "i didn't catch that",
            "i did not catch that",
            "what did you just say",
            "would you repeat that",
            "tell me again",
            "i beg your pardon",
            "excuse me",
            "can you say it again",
            "i missed that",
            "repeat the answer",
            "repeat your answer",
            "repeat what you said",
            "can you repeat the answer",
            "sorry what",
            "say that 1 more time",
            "could you say it again",
            "can you repeat your answer",
            "could you repeat your answer",
        ],
    ),
    (
        Smalltalk::Stop,
        &[
            "stop",
            "stop it",
            "stop talking",
            "be quiet",
            "quiet",
            "silence",
            "shut up",
            "never mind",
            "nevermind",
            "forget it",
            "enough",
            "that's enough",
            "cancel",
            "cancel that",
            "hold on",
            "wait",
            "wait a minute",
            "wait a moment",
            "1 moment",
            "hang on",
            "stop please",
            "no",
            "yes",
            "yeah",
            "nope",
            "yep",
            "i see",
            "right",
            "all right",
            "got it",
            "understood",
            "sure",
        ],
    ),
];

/// A line made of these words alone is about how we speak.
const PACE_WORDS: &[&str] = &[
    "slower", "slow", "slowly", "faster", "fast", "quicker", "quickly", "speak", "speaking",
    "talk", "talking", "down", "up", "more", "too", "a", "little", "bit", "much", "not", "so",
    "can", "could", "you", "please", "your", "are", "go", "would", "that", "is", "it", "say", "be",
    "your", "speed", "pace", "voice", "than", "i", "want", "to", "way", "u", "read", "this",
];
const PACE_NAMES: &[&str] = &[
    "slower", "slow", "slowly", "faster", "quicker", "quickly", "fast",
];

pub(super) fn of(line: &str) -> Option<Smalltalk> {
    let said = spoken(line);
    if said.is_empty() {
        return None;
    }
    let text = said.join(" ");
    PHRASES
        .iter()
        .find(|(_, phrases)| {
            phrases
                .iter()
                .any(|phrase| spoken(phrase).join(" ") == text)
        })
        .map(|(smalltalk, _)| *smalltalk)
        .or_else(|| about_pace(&said).then_some(Smalltalk::Pace))
}

fn about_pace(said: &[String]) -> bool {
    said.iter().all(|word| PACE_WORDS.contains(&word.as_str()))
        && said.iter().any(|word| PACE_NAMES.contains(&word.as_str()))
        && said.len() <= 9
        && said
            .first()
            .is_some_and(|word| word != "how" && word != "is")
}

fn spoken(line: &str) -> Vec<String> {
    let mut said: Vec<String> = words(line)
        .into_iter()
        .map(|word| word.text)
        .filter(|word| !FILLERS.contains(&word.as_str()))
        .collect();
    if said.is_empty() {
        // "Sorry?" and "well?" are all filler, and still said.
        said = words(line).into_iter().map(|word| word.text).collect();
    }
    said
}

const MORE: &[&str] = &[
    "tell me more",
    "more",
    "go on",
    "continue",
    "what else",
    "anything else",
    "is there anything else",
    "is there more",
    "tell me more about it",
    "tell me more about that",
    "can you tell me more",
    "keep going",
    "more please",
    "and what else",
    "more details",
];

/// "Tell me more": what was not yet said about the last question.
pub(super) fn asks_for_more(said: &[&str]) -> bool {
    said.last().is_some_and(|last| {
        let text = spoken(last).join(" ");
        MORE.iter().any(|phrase| spoken(phrase).join(" ") == text)
    })
}

#[cfg(test)]
mod tests {
    use super::{Smalltalk, asks_for_more, of};

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
        assert!(asks_for_more(&["what is it", "Tell me more, please."]));
        assert!(!asks_for_more(&["tell me more about rooms"]));
    }
}
