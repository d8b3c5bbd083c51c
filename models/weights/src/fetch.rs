//! One file, fetched in parts at once, each tried again where it breaks off.

mod answer;

use crate::digest::Sha256Hash;
use crate::hub::{Hub, Wanted, place};
use crate::ledger::{Ledger, Part};
use crate::manifest::{Origin, WeightFile};
use crate::progress::{Progress, Step};
use crate::pull::{PullOptions, room, within};
use crate::size::size;
use crate::trouble::Trouble;
use answer::Opening;
use futures_util::future::try_join_all;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So much of a part may have to come again after a kill.
const RECORD_BYTES: u64 = 8 << 20;
/// A server that is not even found is not asked as often as one that breaks off.
const MOST_KNOCKS: u32 = 3;
/// A file that changes more often while it is fetched is left alone.
const MOST_CHANGES: usize = 3;

/// A file, where it comes from, and where it goes.
pub(crate) struct Fetch<'a> {
    pub(crate) hub: &'a Hub,
    pub(crate) file: &'a WeightFile,
    pub(crate) origin: &'a Origin,
    pub(crate) right: Option<Sha256Hash>,
    pub(crate) part: PathBuf,
    pub(crate) ledger: PathBuf,
    pub(crate) options: &'a PullOptions,
    pub(crate) progress: &'a dyn Progress,
}

/// Why fetching a part ends before its end.
enum Stop {
    Trouble(Trouble),
    /// The server sends the whole file whatever part it is asked for.
    RangeIgnored,
    /// The file is another one than when it was begun.
    Changed,
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// One try at the whole file.
struct Job<'a> {
    fetch: &'a Fetch<'a>,
    disk: File,
    /// Parts can be asked for, and what has come can be gone on with.
    split: bool,
    account: Mutex<Account>,
}

struct Account {
    ledger: Ledger,
    /// The next part that nobody works at.
    next: usize,
    /// Come since the ledger was last written.
    unrecorded: u64,
}

impl Fetch<'_> {
    /// Afterwards all bytes are in the `.part` file; whether they are the right ones is not looked at here.
    pub(crate) async fn run(&self) -> Result<(), Trouble> {
        let mut ranges = true;
        for _ in 0..MOST_CHANGES {
            let mut opening = self.open().await?;
            opening.ranges &= ranges;
            let job = Job::begin(self, opening)?;
            match job.run().await {
                Ok(()) => return Ok(()),
                Err(Stop::RangeIgnored) => ranges = false,
                Err(Stop::Changed) => self.progress.tell(&format!(
                    "{} changed at {}: from the beginning",
                    self.file.file,
                    self.hub.host()
                )),
                Err(Stop::Trouble(trouble)) => {
                    job.leave(&trouble);
                    return Err(trouble);
                }
            }
            self.forget();
        }
        let (host, file) = (self.hub.host(), self.file.file.clone());
        Err(Trouble::Changed { host, file })
    }

    async fn open(&self) -> Result<Opening, Trouble> {
        let mut failures = 0;
        loop {
            let first = Wanted {
                from: 0,
                to: 1,
                version: None,
            };
            let asked = self.hub.ask(self.file, self.origin, Some(&first)).await;
            match asked.and_then(|response| Opening::of(&response, self.file)) {
                Ok(opening) => return Ok(opening),
                Err(trouble) => self.wait(trouble, &mut failures).await?,
            }
        }
    }

    /// Before another try, if there may be one.
    async fn wait(&self, trouble: Trouble, failures: &mut u32) -> Result<(), Trouble> {
        *failures += 1;
        let most = match trouble {
            Trouble::Unreachable { .. } => self.options.attempts.min(MOST_KNOCKS),
            _ => self.options.attempts,
        };
        if !trouble.may_pass() || *failures >= most {
            return Err(trouble);
        }
        let longer = self.options.backoff * (1 << (*failures - 1).min(6));
        let asked = trouble.asks_to_wait().unwrap_or_default();
        let next = *failures + 1;
        self.progress.tell(&format!(
            "{}: {}, try {next} of {most}",
            self.file.file,
            trouble.short()
        ));
        tokio::time::sleep(longer.max(asked)).await;
        Ok(())
    }

    pub(crate) fn forget(&self) {
        std::fs::remove_file(&self.part).ok();
        std::fs::remove_file(&self.ledger).ok();
    }

    /// What an earlier pull left, if it is of this file and of this version.
    fn left(&self, opening: &Opening) -> Option<Ledger> {
        let mut ledger = Ledger::read(&self.ledger)?;
        let length = self.part.metadata().ok()?.len();
        let same = opening.version.is_some() && ledger.version == opening.version;
        // Where the right hash is known, it judges in the end; else nothing but the server's mark can.
        let fits = ledger.is_of(self.origin) && ledger.total == opening.total;
        if !fits || length != opening.total || !(same || self.right.is_some()) {
            return None;
        }
        ledger.version.clone_from(&opening.version);
        Some(ledger)
    }
}

impl<'a> Job<'a> {
    fn begin(fetch: &'a Fetch<'a>, opening: Opening) -> Result<Self, Trouble> {
        let split = opening.ranges && (fetch.right.is_some() || opening.version.is_some());
        let left = split.then(|| fetch.left(&opening)).flatten();
        if let Some(left) = left.as_ref().filter(|left| left.done() > 0) {
            let (done, total) = (size(left.done()), size(left.total));
            let file = &fetch.file.file;
            fetch
                .progress
                .tell(&format!("{file}: going on at {done} of {total}"));
        }
        let fresh = left.is_none();
        let part_bytes = if split {
            fetch.options.part_bytes
        } else {
            opening.total
        };
        let ledger = left.unwrap_or_else(|| {
            Ledger::new(fetch.origin, opening.total, opening.version, part_bytes)
        });
        if fresh {
            // Before the bytes: a ledger never speaks of other ones. And what lies there may be a link to elsewhere.
            fetch.forget();
        }
        // Where only the approximate size was known, the server's word is the first that can be relied on.
        room(within(&fetch.part), ledger.total - ledger.done())?;
        let disk =
            create(&fetch.part, ledger.total).map_err(|error| Trouble::disk(&fetch.part, error))?;
        fetch
            .progress
            .begin(&fetch.file.file, Step::Fetching, ledger.total);
        fetch.progress.at(ledger.done());
        let account = Mutex::new(Account {
            ledger,
            next: 0,
            unrecorded: 0,
        });
        let job = Self {
            fetch,
            disk,
            split,
            account,
        };
        job.record()?;
        Ok(job)
    }

    async fn run(&self) -> Result<(), Stop> {
        let workers = if self.split {
            self.fetch.options.parallel.max(1)
        } else {
            1
        };
        let done = try_join_all((0..workers).map(|_| self.work())).await;
        self.fetch.progress.end();
        done?;
        self.record()?;
        Ok(())
    }

    async fn work(&self) -> Result<(), Stop> {
        while let Some(index) = self.take() {
            let mut failures = 0;
            loop {
                let before = self.part(index).done;
                let Err(stop) = self.attempt(index).await else {
                    break;
                };
                let Stop::Trouble(trouble) = stop else {
                    return Err(stop);
                };
                let part = self.part(index);
                // Slow is not broken: who came a good way on is as patient as at first.
                if self.split && 4 * (part.done - before) >= part.to - part.from {
                    failures = 0;
                }
                self.fetch.wait(trouble, &mut failures).await?;
            }
        }
        Ok(())
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn part(&self, index: usize) -> Part {
        self.account().ledger.parts[index]
    }

    /// The next part that is not whole.
    fn take(&self) -> Option<usize> {
        let mut account = self.account();
        let rest = account.ledger.parts.iter().enumerate().skip(account.next);
        let mut open = rest.filter(|(_, part)| part.done < part.to - part.from);
        let found = open.next().map(|(index, _)| index);
        account.next = found.map_or(account.ledger.parts.len(), |index| index + 1);
        found
    }

    async fn attempt(&self, index: usize) -> Result<(), Stop> {
        if !self.split {
            self.account().ledger.parts[index].done = 0;
        }
        let Part { from, to, done } = self.part(index);
        let (mut at, version) = (from + done, self.account().ledger.version.clone());
        let wanted = self.split.then_some(Wanted {
            from: at,
            to,
            version,
        });
        let Fetch {
            hub, file, origin, ..
        } = self.fetch;
        let mut response = hub.ask(file, origin, wanted.as_ref()).await?;
        let total = self.account().ledger.total;
        answer::check(&response, wanted.as_ref(), total, file)?;
        let host = place(response.url());
        loop {
            // Reading on after the end, too: who sends more than was said is not trusted with the rest.
            let read = response.chunk().await;
            let Some(bytes) = read.map_err(|error| self.broke_off(&host, &error))? else {
                break;
            };
            if at + bytes.len() as u64 > to {
                return Err(Trouble::TooMuch {
                    host,
                    file: file.file.clone(),
                }
                .into());
            }
            let written = self.disk.write_all_at(&bytes, at);
            written.map_err(|error| Trouble::disk(&self.fetch.part, error))?;
            at += bytes.len() as u64;
            self.came(index, bytes.len() as u64)?;
        }
        if at < to {
            return Err(self.cut_short(&host).into());
        }
        Ok(())
    }

    fn came(&self, index: usize, bytes: u64) -> Result<(), Trouble> {
        let (done, record) = {
            let mut account = self.account();
            account.ledger.parts[index].done += bytes;
            account.unrecorded += bytes;
            (account.ledger.done(), account.unrecorded >= RECORD_BYTES)
        };
        self.fetch.progress.at(done);
        if record { self.record() } else { Ok(()) }
    }

    /// First the bytes, then the word that they are there: a ledger never says too much.
    fn record(&self) -> Result<(), Trouble> {
        if !self.split {
            return Ok(());
        }
        let ledger = {
            let mut account = self.account();
            account.unrecorded = 0;
            account.ledger.clone()
        };
        self.disk
            .sync_data()
            .and_then(|()| ledger.write(&self.fetch.ledger))
            .map_err(|error| Trouble::disk(&self.fetch.ledger, error))
    }

    fn broke_off(&self, host: &str, error: &reqwest::Error) -> Trouble {
        if error.is_timeout() {
            return self.fetch.hub.stalled(host.to_owned());
        }
        self.cut_short(host)
    }

    fn cut_short(&self, host: &str) -> Trouble {
        let ledger = &self.account().ledger;
        Trouble::CutShort {
            host: host.to_owned(),
            file: self.fetch.file.file.clone(),
            done: ledger.done(),
            total: ledger.total,
        }
    }

    /// What has come is kept for the next pull, unless it cannot be trusted.
    fn leave(&self, trouble: &Trouble) {
        let lied = matches!(
            trouble,
            Trouble::TooMuch { .. } | Trouble::OtherLength { .. } | Trouble::OtherPart { .. }
        );
        if lied || !self.split {
            self.fetch.forget();
        } else {
            // On a full disk the ledger stays as it was last written.
            self.record().ok();
        }
    }
}

/// As long as it will be from the start: parts are written where they belong.
fn create(path: &Path, total: u64) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    let file = options
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    file.set_len(total)?;
    Ok(file)
}
