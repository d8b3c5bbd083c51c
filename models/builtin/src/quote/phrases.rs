//! The fixed phrases of the quoting language model: all that it says in words of its own.

pub(super) const WELCOME: &str = "Hello. What would you like to know?";
pub(super) const WELL: &str = "I'm well, thank you. What would you like to know?";
pub(super) const HERE: &str = "Yes, I'm here. What would you like to know?";
pub(super) const THANKED: &str = "You're welcome.";
pub(super) const GOODBYE: &str = "Goodbye.";
pub(super) const ABLE: &str = "I answer questions from the documents that I was given, in their own words. When they don't say, I tell you so. You can cut in at any time.";
pub(super) const SELF: &str = "I'm a voice assistant, a program. I answer from the documents that I was given, in their own words.";
pub(super) const PACE: &str =
    "I can't change my pace by myself. It can be set on the page, or by the session.";
pub(super) const STOPPED: &str = "All right.";
pub(super) const UNKNOWN: &str = "I don't find anything about that in what I was given.";
pub(super) const UNCLEAR: &str =
    "I didn't catch what you would like to know. Could you say it another way?";
pub(super) const NOTHING_SAID: &str = "I have not said anything yet.";

pub(super) const ALL: &[&str] = &[
    WELCOME,
    WELL,
    HERE,
    THANKED,
    GOODBYE,
    ABLE,
    SELF,
    PACE,
    STOPPED,
    UNKNOWN,
    UNCLEAR,
    NOTHING_SAID,
];
