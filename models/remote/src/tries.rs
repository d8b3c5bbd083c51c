//! How often a request is made again that the server has not begun to answer, and when.

use std::time::Duration;

/// Once may be an accident of the moment, twice is none.
const AGAIN: u32 = 2;

/// What a refusal says of another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Another {
    /// It would do no good, or might do something twice.
    Never,
    Soon,
    /// As the server asked.
    After(Duration),
}

impl Another {
    /// Of an answer with this status and `Retry-After`. A date would need the server's clock: it is taken for far off.
    pub(crate) fn of(status: u16, retry_after: Option<&str>) -> Self {
        if !matches!(status, 429 | 503) {
            return Self::Never;
        }
        let Some(asked) = retry_after else {
            return Self::Soon;
        };
        let seconds = asked.trim().parse::<f64>().ok();
        let wait = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        wait.map_or(Self::Never, Self::After)
    }
}

#[derive(Debug)]
pub(crate) struct Tries {
    left: u32,
    pause: Duration,
    /// All pauses together.
    within: Duration,
}

impl Tries {
    pub(crate) fn new(pause: Duration, within: Duration) -> Self {
        Self {
            left: AGAIN,
            pause,
            within,
        }
    }

    /// How long to wait before the next try; `None` when there is to be none.
    pub(crate) fn next(&mut self, another: Another) -> Option<Duration> {
        let wait = match another {
            Another::Never => return None,
            Another::Soon => self.pause,
            Another::After(wait) => wait,
        };
        let rest = self.within.checked_sub(wait)?;
        self.left = self.left.checked_sub(1)?;
        (self.within, self.pause) = (rest, self.pause * 3);
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_millis(100);
    const WITHIN: Duration = Duration::from_secs(2);

    #[test]
    fn only_a_busy_server_is_asked_again_and_when_it_says() {
        let table = [
            (429, None, Another::Soon),
            (503, None, Another::Soon),
            (429, Some("1"), Another::After(Duration::from_secs(1))),
            (
                503,
                Some(" 0.5 "),
                Another::After(Duration::from_millis(500)),
            ),
            (429, Some("-1"), Another::Never),
            (429, Some("NaN"), Another::Never),
            (429, Some("Wed, 21 Oct 2026 07:28:00 GMT"), Another::Never),
            (500, Some("1"), Another::Never),
            (401, None, Another::Never),
            (200, None, Another::Never),
        ];
        for (status, asked, another) in table {
            assert_eq!(Another::of(status, asked), another, "{status} {asked:?}");
        }
    }

    #[test]
    fn tries_end_by_number_and_by_time() {
        let mut tries = Tries::new(PAUSE, WITHIN);
        let waits: Vec<_> = std::iter::from_fn(|| tries.next(Another::Soon)).collect();
        assert_eq!(waits, [PAUSE, PAUSE * 3]);
        let mut tries = Tries::new(PAUSE, WITHIN);
        assert_eq!(tries.next(Another::Never), None);
        let wait = |seconds| Another::After(Duration::from_secs(seconds));
        assert_eq!(tries.next(wait(3)), None, "nobody waits so long");
        assert_eq!(tries.next(wait(2)), Some(WITHIN));
        assert_eq!(tries.next(wait(1)), None, "the time is spent");
    }
}
