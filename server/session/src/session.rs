//! The loop: one `select!`, one reading of the clock a pass, one input, every output.

use crate::acting::Acting;
use crate::endings::Ending;
use crate::engines::Engines;
use crate::journal::Journal;
use crate::listening::Ears;
use crate::peer::{FromPeer, Gone, Peer, ToPeer};
use crate::reports::Report;
use crate::speaking::Mouth;
use crate::speculation::Speculation;
use crate::translate;
use crate::wire::Wire;
use models_host::{Hearing, Job};
use server_audio::AudioError;
use server_conversation::{Conversation, Input, Millis, ReplyId, UtteranceId};
use signaling_protocol::Dialect;
use signaling_protocol::model::{Command, Event, ReplyRequest, Settings};
use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// A caller who has not connected by then never will.
const CONNECT: Duration = Duration::from_secs(30);
/// So long the last words have to reach the peer before the line is closed.
const FAREWELL: Duration = Duration::from_millis(250);
/// An event of so many bytes is longer than what is said of it.
const LONG_EVENT: usize = 512;
/// Reports of engines that may wait for the session.
const MAILBOX: usize = 256;

#[derive(Clone, Debug, Default)]
pub struct SessionOptions {
    /// Spoken when the caller arrives.
    pub greeting: Option<String>,
    /// A caller who was hardly understood is asked to say it again.
    pub ask_again: bool,
    /// Journals go to disk only when a folder is named.
    pub journals: Option<PathBuf>,
    /// The longest that one call may last.
    pub longest: Option<Duration>,
    /// A likely end of an utterance is acted on before it is certain.
    pub speculation: Speculation,
}

/// From the house to a running session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    HangUp,
    /// Tell the caller, let the reply end, and leave by the deadline.
    SayGoodbye {
        reason: String,
        deadline: Duration,
    },
}

pub(crate) struct Session {
    pub(crate) call: String,
    start: Instant,
    pub(crate) options: SessionOptions,
    pub(crate) settings: Settings,
    pub(crate) engines: Engines,
    pub(crate) acting: Acting,
    core: Conversation,
    /// Kept where it will be written.
    journal: Option<Journal>,
    pub(crate) wire: Wire,
    pub(crate) ears: Ears,
    pub(crate) mouth: Mouth,
    peer: Arc<dyn ToPeer>,
    pub(crate) inputs: VecDeque<Input>,
    /// Utterances that are over and whose transcript is awaited.
    pub(crate) finishing: HashMap<UtteranceId, Hearing>,
    /// The pause that the endpointer was last asked about.
    pub(crate) ending: Option<Ending>,
    /// What replies are waiting for: what is searched for them, and their words. A search that takes too long is not waited for.
    pub(crate) searching: HashMap<ReplyId, Job>,
    pub(crate) composing: HashMap<ReplyId, Job>,
    reports: mpsc::Receiver<Report>,
    pub(crate) mailbox: mpsc::Sender<Report>,
    connected: bool,
    leave_at: Option<Instant>,
    /// The house has asked for the call's end: the last words are given time to arrive.
    taking_leave: bool,
    /// The conversation is over.
    over: bool,
    /// Where the last utterance began and ended, in media time.
    pub(crate) spoken: (Millis, Millis),
    ended: bool,
}

impl Session {
    pub(crate) fn new(
        call: &str,
        peer: &Peer,
        dialect: Box<dyn Dialect>,
        settings: Settings,
        engines: Engines,
        options: SessionOptions,
    ) -> Result<Self, AudioError> {
        let (mailbox, reports) = mpsc::channel(MAILBOX);
        let voice = Arc::clone(&peer.voice);
        let start = Instant::now();
        let own = core_settings(&settings, &options, &engines);
        let mut session = Self {
            call: call.to_owned(),
            start,
            core: Conversation::new(own.clone()),
            journal: options.journals.is_some().then(|| Journal::new(own)),
            wire: Wire::new(dialect, Arc::clone(&voice)),
            ears: Ears::new(
                (engines.voice_detectors)(),
                engines.sound_endpointer.is_some(),
            )?,
            mouth: Mouth::new(Arc::clone(&voice))?,
            peer: voice,
            inputs: VecDeque::new(),
            finishing: HashMap::new(),
            ending: None,
            searching: HashMap::new(),
            composing: HashMap::new(),
            reports,
            mailbox,
            connected: false,
            leave_at: Some(start + CONNECT),
            taking_leave: false,
            over: false,
            spoken: (Millis(0), Millis(0)),
            ended: false,
            options,
            settings,
            engines,
            acting: Acting::default(),
        };
        session.tell_shortcomings();
        Ok(session)
    }

    pub(crate) async fn run(mut self, mut peer: Peer, mut orders: mpsc::Receiver<Order>) {
        tracing::info!(call = self.call, "call begins");
        while !self.ended {
            let wake = self.wake_at();
            tokio::select! {
                event = peer.events.recv() => self.on_peer(event.unwrap_or(FromPeer::Gone(Gone::Closed))),
                report = self.reports.recv() => self.on_report(report),
                Some(order) = orders.recv() => self.on_order(order),
                () = sleep_until(wake) => {}
            }
            self.on_time();
            self.settle();
        }
        self.peer.close();
        tracing::info!(
            call = self.call,
            seconds = self.start.elapsed().as_secs(),
            "call ends"
        );
        self.options.speculation.report();
        self.keep_journal().await;
    }

    fn on_peer(&mut self, event: FromPeer) {
        match event {
            FromPeer::Connected => {
                if !std::mem::replace(&mut self.connected, true) {
                    // Whoever comes while the server says goodbye does not stay.
                    if !self.taking_leave {
                        self.leave_at = self.options.longest.map(|longest| self.start + longest);
                    }
                    self.inputs.push_back(Input::Connected);
                }
            }
            FromPeer::Audio(packet) => {
                self.mouth.heard(self.now_us());
                self.ears.packet(self.now(), &packet);
            }
            FromPeer::ChannelOpen => self.wire.open(&Event::Hello {
                engines: self.engines.roll_of(self.acting),
            }),
            FromPeer::Message(message) => {
                for command in self.wire.hear(&message) {
                    self.on_command(command);
                }
            }
            FromPeer::TooLong { bytes } => self.tell_too_long(bytes),
            FromPeer::Gone(gone) => {
                tracing::debug!(call = self.call, ?gone, "the peer is gone");
                self.taking_leave = false;
                self.ended |= self.over;
                self.inputs.push_back(Input::HangUp);
            }
        }
    }

    /// An event did not fit what the client takes; of one that is shorter than this it can be told nothing.
    fn tell_too_long(&mut self, bytes: usize) {
        if bytes < LONG_EVENT {
            return;
        }
        let message = format!(
            "An event of {bytes} bytes was not sent: your offer's a=max-message-size is less. Offer more, or ask for less at once."
        );
        self.wire.tell(Event::Notice {
            code: "event_too_long".to_owned(),
            message,
        });
    }

    fn on_command(&mut self, command: Command) {
        let input = match command {
            Command::Configure { settings, .. } => {
                if settings != self.settings {
                    self.settings = settings;
                    self.tell_shortcomings();
                }
                Input::Configure(core_settings(&self.settings, &self.options, &self.engines))
            }
            Command::Respond { token, mut request } => {
                self.look_at(&mut request);
                translate::input(Command::Respond { token, request })
            }
            other => translate::input(other),
        };
        self.inputs.push_back(input);
    }

    /// One reply may ask for more than the session does. Where there is no voice, every reply is read.
    fn look_at(&mut self, request: &mut ReplyRequest) {
        if self.engines.synthesizer.is_none() {
            request.modality = None;
        }
        let asked = Settings {
            instructions: request.instructions.clone().unwrap_or_default(),
            tools: request.tools.clone().unwrap_or_default(),
            voice: request.voice.clone(),
            max_tokens: request.max_tokens.or(self.settings.max_tokens),
            ..self.settings.clone()
        };
        let known = self.engines.shortcomings(&self.settings, self.acting);
        let now = self.engines.shortcomings(&asked, self.acting);
        self.tell_new(&known, now);
    }

    fn on_order(&mut self, order: Order) {
        match order {
            Order::HangUp => self.inputs.push_back(Input::HangUp),
            Order::SayGoodbye { reason, deadline } => {
                self.wire.tell(Event::Goodbye { reason });
                self.leave_at = Some(Instant::now() + deadline);
                self.taking_leave = true;
                self.inputs.push_back(Input::Leave);
            }
        }
    }

    /// What the clock alone brings: frames that are due, sound that is due, deadlines that have passed.
    fn on_time(&mut self) {
        let now = self.now();
        let (now_us, ears) = (self.now_us(), &mut self.ears);
        self.mouth
            .tick(now_us, &mut self.inputs, &mut |frame| ears.said(frame));
        self.ears
            .observe(now, self.mouth.is_running(), &mut self.inputs);
        let due = self.leave_at.is_some_and(|leave| leave <= Instant::now());
        if due || self.wire.is_stalled() {
            self.ended |= self.over;
            self.inputs.push_back(Input::HangUp);
        }
    }

    /// Tells the conversation everything that has happened, and carries out what it orders.
    fn settle(&mut self) {
        let now = self.now();
        if self
            .core
            .poll_timeout()
            .is_some_and(|deadline| deadline <= now)
        {
            self.inputs.push_back(Input::Elapsed);
        }
        while let Some(input) = self.inputs.pop_front() {
            if let Some(journal) = &mut self.journal {
                journal.input(now, &input);
            }
            self.core.handle(now, input);
            while let Some(output) = self.core.poll_output() {
                if let Some(journal) = &mut self.journal {
                    journal.output(&output);
                }
                self.carry_out(output);
            }
        }
    }

    /// A call that took its leave closes when the goodbye has gone out; any other at once.
    pub(crate) fn end(&mut self) {
        self.over = true;
        if self.taking_leave {
            self.leave_at = Some(Instant::now() + FAREWELL);
        } else {
            self.ended = true;
        }
    }

    fn tell_shortcomings(&mut self) {
        for notice in self.engines.shortcomings(&self.settings, self.acting) {
            self.wire.tell(notice);
        }
    }

    pub(crate) fn tell_new(&mut self, known: &[Event], notices: Vec<Event>) {
        for notice in notices {
            if !known.contains(&notice) {
                self.wire.tell(notice);
            }
        }
    }

    /// The earliest moment at which time alone changes something.
    fn wake_at(&self) -> Instant {
        let millis = |at: Millis| self.start + Duration::from_millis(at.0);
        let micros = |at: u64| self.start + Duration::from_micros(at);
        let moments = [
            self.core.poll_timeout().map(millis),
            self.ears.deadline().map(millis),
            self.mouth.deadline_us().map(micros),
            self.leave_at,
        ];
        let far = Instant::now() + Duration::from_secs(3_600);
        moments.into_iter().flatten().min().unwrap_or(far)
    }

    fn now(&self) -> Millis {
        Millis(self.now_us() / 1_000)
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// The call is over when its journal is kept: whoever waits for the last call waits for that, too.
    async fn keep_journal(self) {
        let (Some(folder), Some(journal)) = (self.options.journals, self.journal) else {
            return;
        };
        let file = folder.join(format!("{}.jsonl", self.call));
        let kept = tokio::task::spawn_blocking(move || {
            if let Err(error) = std::fs::write(&file, journal.to_text()) {
                tracing::warn!(file = %file.display(), %error, "the journal could not be written");
            }
        });
        let _ = kept.await;
    }
}

fn core_settings(
    settings: &Settings,
    options: &SessionOptions,
    engines: &Engines,
) -> server_conversation::Settings {
    let (listening, speaking) = (engines.recognizer.is_some(), engines.synthesizer.is_some());
    let asked = translate::conversation_settings(settings, listening, speaking);
    server_conversation::Settings {
        greeting: options.greeting.clone(),
        ask_again: options.ask_again,
        speculation: options.speculation.on,
        passages: engines.language_model.passages(),
        ..asked
    }
}
