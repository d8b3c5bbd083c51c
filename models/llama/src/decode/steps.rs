//! What the loop's thread does: begin replies in sequences, and compute step after step for all of them.

use super::choosing::{rules, sampler};
use super::pace::{Pace, STEP};
use super::{Counters, Request};
use crate::calls::Grammar;
use crate::options::LlamaOptions;
use crate::sequence::Sequence;
use llama_cpp_2::DecodeError;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use models_engine::{Failure, Stopped};
use models_ggml::Ggml;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::thread::park_timeout;
use std::time::{Duration, Instant};

/// How soon a call is looked at again that does not take its words.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// llama.cpp's numbers for it. On a processor it sums in half precision, in the order in which calls happen to share the
/// context: one's logits would differ by 0.04 with who else speaks; without it, by less than 0.01.
const FLASH_WHERE_POSSIBLE: i32 = -1;
const NO_FLASH: i32 = 0;

/// Room for every call's whole context, so that no call ever lacks it.
pub(super) fn context<'a>(
    ggml: &Ggml,
    model: &'a LlamaModel,
    options: &LlamaOptions,
) -> Result<LlamaContext<'a>, Failure> {
    let calls = options.calls as u32;
    let cells = (options.context_tokens as u32).saturating_mul(calls);
    let threads = options.threads.max(1) as i32;
    let flash = match options.gpu && ggml.has_gpu() {
        true => FLASH_WHERE_POSSIBLE,
        false => NO_FLASH,
    };
    let parameters = LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(cells))
        .with_n_batch(STEP as u32)
        .with_n_ubatch(STEP as u32)
        .with_n_seq_max(calls)
        .with_kv_unified(true)
        .with_flash_attention_policy(flash)
        .with_n_threads(threads)
        .with_n_threads_batch(threads);
    model.new_context(ggml.llama(), parameters).map_err(|_| {
        let reason = models_ggml::reason().unwrap_or_default();
        Failure::new(format!(
            "there is no memory for {calls} calls of {} tokens; ask for fewer: {reason}",
            options.context_tokens
        ))
    })
}

pub(super) struct Decoding<'a> {
    context: LlamaContext<'a>,
    model: &'a LlamaModel,
    options: LlamaOptions,
    sequences: Vec<Sequence>,
    counters: Arc<Counters>,
    replies: u64,
    pace: Pace,
}

impl<'a> Decoding<'a> {
    pub(super) fn new(
        context: LlamaContext<'a>,
        model: &'a LlamaModel,
        options: LlamaOptions,
        counters: Arc<Counters>,
    ) -> Self {
        let sequences = (0..options.calls).map(|_| Sequence::default()).collect();
        Self {
            context,
            model,
            options,
            sequences,
            counters,
            replies: 0,
            pace: Pace::default(),
        }
    }

    /// Until the last handle is dropped.
    pub(super) fn run(&mut self, inbox: &Receiver<Request>) {
        let mut batch = LlamaBatch::new(STEP, 1);
        self.try_out(&mut batch);
        loop {
            if !self.take_requests(inbox) {
                return;
            }
            self.sequences.iter_mut().for_each(Sequence::tell);
            let idle = self.sequences.iter().all(Sequence::is_free);
            if !self.step(&mut batch) && !idle {
                park_timeout(LOOK_AGAIN);
            }
        }
    }

    /// One token through all of the weights, to learn how long that takes here; the first time reads them from the disk.
    fn try_out(&mut self, batch: &mut LlamaBatch<'_>) {
        for _ in 0..2 {
            batch.clear();
            let added = batch.add(LlamaToken(0), 0, &[0], true);
            let began = Instant::now();
            let decoded = added.is_ok() && self.context.decode(batch).is_ok();
            let took = began.elapsed();
            self.cut(0, 0);
            if decoded {
                self.pace = Pace::default();
                self.pace.measure(0, took);
            }
        }
    }

    /// Begins what can begin; waits for it while nobody is being answered. False at the end of all.
    fn take_requests(&mut self, inbox: &Receiver<Request>) -> bool {
        while self.sequences.iter().any(Sequence::is_free) {
            let idle = self.sequences.iter().all(Sequence::is_free);
            let request = match idle {
                true => inbox.recv().map_err(|_| TryRecvError::Disconnected),
                false => inbox.try_recv(),
            };
            match request {
                Ok(request) => self.begin(request),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return !idle,
            }
        }
        true
    }

    fn begin(&mut self, request: Request) {
        if request.cancel.is_cancelled() {
            return request.end(Err(Stopped::Cancelled));
        }
        let held = self.prepare(&request.tokens);
        let Some((place, common)) = held else {
            return request.end(Err(Stopped::failed(
                "the model's context cannot be cut back",
            )));
        };
        self.counters
            .reused
            .fetch_add(common as u64, Ordering::Relaxed);
        self.replies += 1;
        match self.sampler(&request) {
            Ok(sampler) => self.sequences[place].begin(request, sampler, self.replies),
            Err(failure) => request.end(Err(Stopped::Failed(failure))),
        }
    }

    /// Chooses words freely, or by a grammar that holds from the first word on.
    fn sampler(&self, request: &Request) -> Result<LlamaSampler, Failure> {
        let grammar = request.grammar.as_ref();
        let grammar = grammar.filter(|grammar| grammar.from_the_first);
        let rules = grammar.map(|grammar| rules(self.model, grammar, Grammar::FIRST));
        Ok(sampler(
            &self.options.sampling,
            self.model,
            request.seed,
            rules.transpose()?,
        ))
    }

    /// A call was begun: from here on its grammar holds.
    fn hold_to_grammar(&mut self, place: usize, token: LlamaToken) -> Result<(), Failure> {
        let piece = self.model.vocab().token_to_piece(token, true, None);
        let Some((grammar, root, seed)) = self.sequences[place].begun_call(&piece) else {
            return Ok(());
        };
        let rules = rules(self.model, &grammar, root)?;
        let held = sampler(&self.options.sampling, self.model, seed, Some(rules));
        if let Some(free) = self.sequences[place].sampler() {
            *free = held;
        }
        Ok(())
    }

    /// Finds a free sequence for a prompt and cuts it back to what it has in common with it.
    fn prepare(&mut self, tokens: &[LlamaToken]) -> Option<(usize, usize)> {
        let common: Vec<usize> = self
            .sequences
            .iter()
            .map(|sequence| sequence.common(tokens))
            .collect();
        let free = || (0..self.sequences.len()).filter(|place| self.sequences[*place].is_free());
        let best = free().max_by_key(|place| common[*place])?;
        // Its own call's: what was asked last is asked again, and more. Else the one that was not used for longest,
        // with what another has in common, which is the system prompt at least.
        let own = self.sequences[best].is_continued(common[best]);
        let oldest = free().min_by_key(|place| self.sequences[*place].used)?;
        let source = (0..common.len()).max_by_key(|place| common[*place])?;
        let (place, kept) = if own && common[best] == common[source] {
            (best, common[best])
        } else {
            (oldest, common[oldest])
        };
        let kept = self.cut(place, kept);
        if common[source] <= kept || source == place {
            return Some((place, kept));
        }
        Some((place, self.copy(source, place, common[source])))
    }

    /// How much it holds then: a model that cannot forget a part forgets all.
    fn cut(&mut self, place: usize, keep: usize) -> usize {
        let from = u32::try_from(keep).unwrap_or(u32::MAX);
        let done = self
            .context
            .clear_kv_cache_seq(Some(place as u32), Some(from), None);
        let kept = if matches!(done, Ok(true)) { keep } else { 0 };
        if kept == 0 {
            let _ = self
                .context
                .clear_kv_cache_seq(Some(place as u32), None, None);
        }
        self.sequences[place].held.truncate(kept);
        kept
    }

    /// Shares the beginning of one sequence with another.
    fn copy(&mut self, source: usize, place: usize, count: usize) -> usize {
        self.cut(place, 0);
        let copied =
            self.context
                .copy_kv_cache_seq(source as i32, place as i32, None, Some(count as u32));
        if copied.is_err() {
            return 0;
        }
        self.sequences[place].held = self.sequences[source].held[..count].to_vec();
        count
    }

    /// Computes one step for everyone; false when there was nothing to compute.
    fn step(&mut self, batch: &mut LlamaBatch<'_>) -> bool {
        let shares = self.fill(batch);
        if shares.is_empty() {
            return false;
        }
        let together = shares.len() as u64;
        self.counters.steps.fetch_add(1, Ordering::Relaxed);
        self.counters
            .sequences
            .fetch_add(together, Ordering::Relaxed);
        let four = u64::from(together >= 4);
        self.counters.fours.fetch_add(four, Ordering::Relaxed);
        self.counters
            .together
            .fetch_max(together, Ordering::Relaxed);
        let began = Instant::now();
        let decoded = self.context.decode(batch);
        let took = began.elapsed();
        self.counters.longest_step_us.fetch_max(
            u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            Ordering::Relaxed,
        );
        self.pace.measure(self.read(&shares), took);
        if let Err(error) = decoded {
            self.broken(&shares, &error);
            return true;
        }
        let mut index = 0;
        for (place, count) in shares {
            index += count as i32;
            self.advance(place, count, index - 1);
        }
        true
    }

    /// How much of prompts is among these shares.
    fn read(&self, shares: &[(usize, usize)]) -> usize {
        let reading = shares
            .iter()
            .filter(|(place, _)| !self.sequences[*place].speaks());
        reading.map(|(_, count)| count).sum()
    }

    /// How many tokens of prompts the next step reads.
    fn portion(&self, others_speak: bool) -> usize {
        let most = if others_speak {
            self.options.portion
        } else {
            STEP
        };
        let portion = self.pace.portion(others_speak).min(most);
        portion.clamp(1, STEP - self.sequences.len())
    }

    /// Who speaks first, one token each; the rest of the step is shared among the prompts. Answers who has how many.
    fn fill(&self, batch: &mut LlamaBatch<'_>) -> Vec<(usize, usize)> {
        batch.clear();
        let places = 0..self.sequences.len();
        let (speaking, reading): (Vec<usize>, Vec<usize>) = places
            .filter(|place| !self.sequences[*place].is_free())
            .partition(|place| self.sequences[*place].speaks());
        let portion = self.portion(!speaking.is_empty());
        let (mut room, mut shares) = (portion, Vec::new());
        for place in speaking {
            self.add(batch, place, 1, &mut shares);
        }
        for (number, place) in reading.iter().enumerate() {
            let fair = room.div_ceil(reading.len() - number);
            room -= self.add(batch, *place, fair, &mut shares);
        }
        shares
    }

    fn add(
        &self,
        batch: &mut LlamaBatch<'_>,
        place: usize,
        most: usize,
        shares: &mut Vec<(usize, usize)>,
    ) -> usize {
        let sequence = &self.sequences[place];
        let wanted = sequence.wanted(most);
        let answered = sequence.completes(wanted.len());
        for (number, token) in wanted.iter().enumerate() {
            let position = (sequence.held.len() + number) as i32;
            let logits = answered && number + 1 == wanted.len();
            batch
                .add(*token, position, &[place as i32], logits)
                .expect("a step's tokens fit into its batch");
        }
        if !wanted.is_empty() {
            shares.push((place, wanted.len()));
        }
        wanted.len()
    }

    fn advance(&mut self, place: usize, count: usize, index: i32) {
        let sequence = &mut self.sequences[place];
        if !sequence.speaks() {
            self.counters
                .read
                .fetch_add(count as u64, Ordering::Relaxed);
        }
        if !sequence.read(count) {
            return;
        }
        let Some(sampler) = sequence.sampler() else {
            return;
        };
        let token = sampler.sample(&self.context, index);
        if let Some(watch) = &self.options.watch {
            let held: Vec<i32> = sequence.held.iter().map(|token| token.0).collect();
            watch.look(&held, self.context.get_logits_ith(index));
        }
        self.counters.composed.fetch_add(1, Ordering::Relaxed);
        let held = self.hold_to_grammar(place, token);
        let sequence = &mut self.sequences[place];
        if let Err(failure) = held {
            return sequence.end(Err(Stopped::Failed(failure)));
        }
        sequence.chose(Some(token).filter(|token| !self.model.vocab().is_eog(*token)));
    }

    /// What a failed step leaves in the context is not known: those who took part begin anew next time.
    fn broken(&mut self, shares: &[(usize, usize)], error: &DecodeError) {
        let reason = models_ggml::reason().unwrap_or_else(|| error.to_string());
        for (place, _) in shares {
            self.sequences[*place].end(Err(Stopped::failed(format!(
                "llama.cpp broke off: {reason}"
            ))));
            self.cut(*place, 0);
        }
    }
}
