//! How much one client may make us keep, each with its reason.

/// Browsers announce `a=max-message-size:262144`: what we were sent must fit when we echo it,
/// with the names that an echo adds.
pub const LARGEST_MESSAGE_BYTES: usize = 256_000;
/// `session.updated` carries the whole session in one message, merged from many.
pub(super) const LARGEST_SESSION_BYTES: usize = 240_000;
/// OpenAI's own bound.
pub(super) const MOST_TOKENS: u64 = 4_096;
/// OpenAI's own bound for tools is 128.
pub(super) const MOST_TOOLS: usize = 128;
/// Parts of a message, items of a request: nobody sends more by intent.
pub(super) const MOST_PARTS: usize = 64;
pub(super) const MOST_INPUTS: usize = 256;
/// The core's own history is shorter; older items are forgotten here and cannot be retrieved.
pub(super) const MOST_ITEMS: usize = 1_024;
pub(super) const LARGEST_STORE_BYTES: usize = 4_000_000;
/// Commands that were not answered yet. A core that answers at once needs a handful.
pub(super) const MOST_PENDING: usize = 256;
/// Replies whose events may still come: one holds the floor, a few run beside it.
pub(super) const MOST_REPLIES: usize = 32;
/// Transcripts that came before their item: one each, forgotten in order.
pub(super) const MOST_EARLY: usize = 8;
/// A reply's text on the wire, in one `done` event; far above what `max_output_tokens` allows.
pub(super) const LARGEST_REPLY_BYTES: usize = 100_000;
