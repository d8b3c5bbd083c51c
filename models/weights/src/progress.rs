//! What whoever waits for a download wants to see.

/// Told of one file at a time.
pub trait Progress: Sync {
    fn begin(&self, file: &str, step: Step, total_bytes: u64);
    /// May go back: what a server cut short or changed comes again.
    fn at(&self, done_bytes: u64);
    fn end(&self);
    /// A whole sentence, worth keeping after the bar has gone.
    fn tell(&self, sentence: &str);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Fetching,
    Checking,
}

/// For those who do not wait.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: Step, _: u64) {}
    fn at(&self, _: u64) {}
    fn end(&self) {}
    fn tell(&self, _: &str) {}
}
