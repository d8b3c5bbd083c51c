//! How a reply goes on with another model behind words that may have been heard.

use models_engine::{Author, Line, Prompt};
use std::borrow::Cow;

/// Where the words of two models meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// Nothing was said: the next model answers as if it were the first.
    Start,
    /// Whole sentences were said, and the next model is told so: nobody hears the joint.
    Between,
    /// A sentence broke off: it is said anew.
    Within,
    /// The next model cannot be told what was said: it answers anew, behind whole sentences ...
    AnewBetween,
    /// ... or behind half a sentence.
    AnewWithin,
}

impl Joint {
    /// `told`: the next model follows instructions.
    pub(super) fn after(said: &str, told: bool) -> Self {
        match (said.trim().is_empty(), is_whole(said), told) {
            (true, _, _) => Self::Start,
            (false, true, true) => Self::Between,
            (false, false, true) => Self::Within,
            (false, true, false) => Self::AnewBetween,
            (false, false, false) => Self::AnewWithin,
        }
    }

    /// What the caller hears in between.
    pub(super) fn words(self, said: &str) -> Option<&'static str> {
        let words = match self {
            Self::Start => "",
            Self::Between => " ",
            Self::AnewBetween => " Sorry, once more: ",
            Self::Within | Self::AnewWithin => " ... Sorry, once more: ",
        };
        let words = match said.ends_with(char::is_whitespace) {
            true => words.trim_start(),
            false => words,
        };
        (!words.is_empty()).then_some(words)
    }

    fn request(self) -> Option<&'static str> {
        match self {
            Self::Start | Self::AnewBetween | Self::AnewWithin => None,
            Self::Between => Some(
                "[Your line was cut off behind these words. Say only what is still missing. Do not greet, do not \
                 apologise and do not repeat what you have said.]",
            ),
            Self::Within => Some(
                "[Your line was cut off in the middle of your last sentence. Say that sentence once more, whole, and go \
                 on from there. Do not greet, do not apologise and do not repeat what came before it.]",
            ),
        }
    }
}

/// It ends with a sentence, so far as marks can tell.
fn is_whole(said: &str) -> bool {
    let closing = ['"', '\'', ')', ']', '”', '’', '»'];
    said.trim_end()
        .trim_end_matches(closing)
        .ends_with(['.', '!', '?', '…', '。', '！', '？'])
}

/// The prompt for the next model: the same, and where it can be told, what was said before it.
pub(super) fn prompt_after<'a>(prompt: &'a Prompt, said: &str, joint: Joint) -> Cow<'a, Prompt> {
    let Some(request) = joint.request() else {
        return Cow::Borrowed(prompt);
    };
    let line = |author, text: &str| Line {
        author,
        text: text.to_owned(),
        cut: false,
        call: None,
    };
    let mut prompt = prompt.clone();
    prompt.lines.push(line(Author::Agent, said.trim()));
    prompt.lines.push(line(Author::Caller, request));
    Cow::Owned(prompt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_joint_follows_what_was_said_and_who_goes_on() {
        let table = [
            ("", true, Joint::Start),
            (" ", false, Joint::Start),
            ("We open at nine.", true, Joint::Between),
            ("We open at nine. ", true, Joint::Between),
            ("He said \"nine.\"", true, Joint::Between),
            ("We open at ni", true, Joint::Within),
            ("We open at nine. We cl", true, Joint::Within),
            ("We open at nine.", false, Joint::AnewBetween),
            ("We open at ni", false, Joint::AnewWithin),
        ];
        for (said, told, joint) in table {
            assert_eq!(Joint::after(said, told), joint, "{said:?} {told}");
        }
    }

    #[test]
    fn there_is_one_space_at_the_joint() {
        let words = |said: &str, told| Joint::after(said, told).words(said);
        assert_eq!(words("", true), None);
        assert_eq!(words("We open.", true), Some(" "));
        assert_eq!(words("We open. ", true), None);
        assert_eq!(words("We op", true), Some(" ... Sorry, once more: "));
        assert_eq!(words("We open at ", true), Some("... Sorry, once more: "));
        assert_eq!(words("We open. ", false), Some("Sorry, once more: "));
    }

    #[test]
    fn a_model_that_can_be_told_learns_what_was_said() {
        let prompt = Prompt::default();
        let same = prompt_after(&prompt, "We open at ni", Joint::AnewWithin);
        assert_eq!(*same, prompt, "this one cannot");
        let told = prompt_after(&prompt, "We open at ni", Joint::Within);
        let authors: Vec<_> = told.lines.iter().map(|line| line.author).collect();
        assert_eq!(authors, [Author::Agent, Author::Caller]);
        assert_eq!(told.lines[0].text, "We open at ni");
    }
}
