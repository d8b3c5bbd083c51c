//! What of which phrase has left.

use crate::Tag;

/// So much of a phrase has left for the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Played {
    pub tag: Tag,
    /// From the beginning of the phrase.
    pub total_ms: u64,
    /// That was all of it.
    pub done: bool,
}

impl Played {
    /// It ended before any speech of it came.
    pub(crate) fn nothing_of(tag: Tag) -> Self {
        Self {
            tag,
            total_ms: 0,
            done: true,
        }
    }
}

/// A frame rarely touches more than two phrases; when more than this end in one, the rest wait for
/// the next.
pub(crate) const MOST: usize = 4;

/// The phrases that one frame touched.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Touched {
    reports: [Played; MOST],
    length: usize,
}

impl Touched {
    pub(crate) fn is_full(&self) -> bool {
        self.length == MOST
    }

    pub(crate) fn add(&mut self, report: Played) {
        debug_assert!(!self.is_full(), "the caller asks first");
        if let Some(place) = self.reports.get_mut(self.length) {
            *place = report;
            self.length += 1;
        }
    }

    pub(crate) fn as_slice(&self) -> &[Played] {
        &self.reports[..self.length]
    }
}
