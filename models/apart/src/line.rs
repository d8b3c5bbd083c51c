//! The server's end of the socket to one child: orders go out, answers find the job that they are for.

use crate::crew::Gauge;
use crate::wire::{self, Answer, JobId, LONGEST, Order, Said};
use models_engine::Stopped;
use std::collections::HashMap;
use std::io::{BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Parts of one job that may wait to be taken: minutes of speech. Who takes nothing for longer loses the job, and
/// holds up no other.
const UNTAKEN: usize = 8_192;

/// Frames that may wait to be written.
const UNWRITTEN: usize = 256;

/// Numbers from which a child's gauges are cut off.
const GAUGES: usize = 64;

/// Why an order or an answer did not come through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The child is gone, or what it says makes no sense.
    Lost,
    /// The order cannot be sent at all; trying again would not help.
    Unsendable(String),
}

/// What the child's end says that belongs to no job.
pub(crate) enum News {
    Loaded(Result<Box<crate::Crew>, String>),
    /// A job came to an end, and whether it did what it was asked.
    Ended {
        done: bool,
    },
    /// Nothing more will come.
    Broken(String),
}

enum Waiting {
    /// Somebody takes what this job says.
    Wanted(SyncSender<Said>),
    /// Cancelled so many heartbeats ago; its end has not come yet.
    Leaving(u32),
}

pub(crate) struct Line {
    stream: UnixStream,
    /// To the thread that writes: a child that takes nothing must hold up neither the keeper nor a cancel.
    frames: SyncSender<Vec<u8>>,
    jobs: Mutex<HashMap<JobId, Waiting>>,
    next: AtomicU64,
    /// The last heartbeat that was answered.
    beat: AtomicU64,
    broken: AtomicBool,
    /// Somebody waits in vain: the child is to be killed.
    condemned: AtomicBool,
    gauges: Mutex<Vec<Gauge>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Line {
    /// Greets the child; `attend` must be given a thread.
    pub(crate) fn new(stream: UnixStream) -> std::io::Result<Self> {
        let (frames, written) = sync_channel(UNWRITTEN);
        let mut greeting = Vec::new();
        wire::greet(&mut greeting)?;
        let _ = frames.try_send(greeting);
        let writer = stream.try_clone()?;
        let thread = std::thread::Builder::new().name("engines-mouth".to_owned());
        thread.spawn(move || write_out(writer, &written))?;
        Ok(Self {
            stream,
            frames,
            jobs: Mutex::default(),
            next: AtomicU64::new(1),
            beat: AtomicU64::new(0),
            broken: AtomicBool::new(false),
            condemned: AtomicBool::new(false),
            gauges: Mutex::default(),
        })
    }

    /// Hears the child out, to its end. What belongs to no job is told to `tell`.
    pub(crate) fn attend(&self, tell: &mut dyn FnMut(News)) {
        let ended = self.hear_out(tell);
        self.broken.store(true, Ordering::Release);
        // Whoever waits for an answer finds that nobody holds the other end.
        held(&self.jobs).clear();
        let how = match ended.kind() {
            // It is gone: how, its status tells.
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => String::new(),
            _ => ended.to_string(),
        };
        tell(News::Broken(how));
    }

    fn hear_out(&self, tell: &mut dyn FnMut(News)) -> std::io::Error {
        let mut reader = match self.stream.try_clone() {
            Ok(stream) => BufReader::with_capacity(64 << 10, stream),
            Err(error) => return error,
        };
        if let Err(error) = wire::greeted(&mut reader) {
            return error;
        }
        loop {
            match wire::receive(&mut reader) {
                Ok(Answer::Loaded(crew)) => tell(News::Loaded(crew)),
                Ok(Answer::Pong { beat, mut gauges }) => {
                    gauges.truncate(GAUGES);
                    *held(&self.gauges) = gauges;
                    self.beat.fetch_max(beat, Ordering::AcqRel);
                }
                Ok(Answer::Job { job, said }) => self.deliver(job, said, tell),
                Err(error) => return error,
            }
        }
    }

    fn deliver(&self, job: JobId, said: Said, tell: &mut dyn FnMut(News)) {
        let (end, done) = (said.is_end(), said.is_done());
        let mut jobs = held(&self.jobs);
        let Some(waiting) = jobs.get(&job) else {
            return;
        };
        let taken = match waiting {
            Waiting::Wanted(to) => !matches!(to.try_send(said), Err(TrySendError::Full(_))),
            Waiting::Leaving(_) => true,
        };
        if end || !taken {
            jobs.remove(&job);
        }
        drop(jobs);
        if !taken {
            let _ = self.send(&Order::Cancel { job });
        }
        if end {
            tell(News::Ended { done });
        }
    }

    /// A number for a new job, and where its answers will be.
    pub(crate) fn job(&self) -> (JobId, Receiver<Said>) {
        let job = self.next.fetch_add(1, Ordering::Relaxed);
        let (to, answers) = sync_channel(UNTAKEN);
        let mut jobs = held(&self.jobs);
        // One that comes just as the line breaks is lost, too: nobody would clear it.
        if !self.is_broken() {
            jobs.insert(job, Waiting::Wanted(to));
        }
        (job, answers)
    }

    /// Waits while too much is unwritten; a child that takes nothing is killed, and then this fails.
    pub(crate) fn send(&self, order: &Order<'_>) -> Result<(), Cut> {
        let frame = wire::frame(order).map_err(|_| {
            Cut::Unsendable(format!("the request is longer than {} MB", LONGEST >> 20))
        })?;
        self.frames.send(frame).map_err(|_| Cut::Lost)
    }

    /// A job that somebody has left: its end is awaited, and nothing else of it.
    pub(crate) fn leave(&self, job: JobId) {
        let mut jobs = held(&self.jobs);
        let Some(waiting) = jobs.get_mut(&job) else {
            return;
        };
        *waiting = Waiting::Leaving(0);
        drop(jobs);
        let _ = self.send(&Order::Cancel { job });
    }

    /// One heartbeat more. Never waits: where too much is unwritten, the beat is not sent, and so not answered.
    pub(crate) fn ping(&self, beat: u64) {
        if let Ok(frame) = wire::frame(&Order::Ping { beat }) {
            let _ = self.frames.try_send(frame);
        }
    }

    pub(crate) fn answered(&self) -> u64 {
        self.beat.load(Ordering::Acquire)
    }

    /// Ages the jobs that were left; how long the oldest has been leaving, in heartbeats.
    pub(crate) fn overstaying(&self) -> u32 {
        let mut oldest = 0;
        for waiting in held(&self.jobs).values_mut() {
            if let Waiting::Leaving(beats) = waiting {
                *beats += 1;
                oldest = oldest.max(*beats);
            }
        }
        oldest
    }

    pub(crate) fn is_at_work(&self) -> bool {
        !held(&self.jobs).is_empty()
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    /// Something may be asked of this child.
    pub(crate) fn is_sound(&self) -> bool {
        !self.is_broken() && !self.is_condemned()
    }

    pub(crate) fn condemn(&self) {
        self.condemned.store(true, Ordering::Release);
    }

    pub(crate) fn is_condemned(&self) -> bool {
        self.condemned.load(Ordering::Acquire)
    }

    pub(crate) fn gauges(&self) -> Vec<Gauge> {
        held(&self.gauges).clone()
    }

    /// Nothing goes through any more, in either direction.
    pub(crate) fn close(&self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}

/// Until the line is dropped, or nobody takes anything at its other end any more.
fn write_out(mut stream: UnixStream, frames: &Receiver<Vec<u8>>) {
    while let Ok(frame) = frames.recv() {
        if stream.write_all(&frame).is_err() {
            // Then the thread that listens notices it, too.
            let _ = stream.shutdown(std::net::Shutdown::Both);
            return;
        }
    }
}

impl From<Cut> for Stopped {
    fn from(cut: Cut) -> Self {
        match cut {
            Cut::Lost => Self::failed("the engines broke down while they were at it"),
            Cut::Unsendable(why) => Self::failed(why),
        }
    }
}
