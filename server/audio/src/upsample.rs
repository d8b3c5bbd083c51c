//! Speech at an engine's rate, made into speech at the wire's.

use crate::WIRE_RATE;
use crate::phrases::Phrase;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, Resampler};

/// What engines speak at lies in here.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=96_000;
/// A rate that shares so little with 48 kHz that its blocks would be longer than this is refused.
const LONGEST_BLOCK: usize = 9_600;

pub(crate) struct Upsampler {
    pub(crate) rate: u32,
    /// `None` where nothing is to be done.
    filter: Option<Fft<f32>>,
    block_in: Vec<f32>,
    block_out: Vec<f32>,
    /// What the filter's delay puts before the first sample of a phrase.
    lead: usize,
}

impl Upsampler {
    /// `None` for a rate that no engine should have.
    pub(crate) fn new(rate: u32) -> Option<Self> {
        if !RATES.contains(&rate) {
            return None;
        }
        let hundredth = (rate / 100) as usize;
        if rate == WIRE_RATE {
            return Some(Self {
                rate,
                filter: None,
                block_in: vec![0.0; hundredth],
                block_out: vec![0.0; hundredth],
                lead: 0,
            });
        }
        let filter = models_spectrum::filter(rate, WIRE_RATE, hundredth)
            .ok()
            .filter(|filter| filter.output_frames_next() <= LONGEST_BLOCK)?;
        Some(Self {
            rate,
            block_in: vec![0.0; filter.input_frames_next()],
            block_out: vec![0.0; filter.output_frames_next()],
            filter: Some(filter),
            lead: 0,
        })
    }

    /// The most that one `pull` makes.
    pub(crate) fn block(&self) -> usize {
        self.block_out.len()
    }

    /// A new phrase begins: nothing of the last one may sound in it.
    pub(crate) fn start(&mut self) {
        self.lead = 0;
        if let Some(filter) = &mut self.filter {
            filter.reset();
            self.lead = filter.output_delay();
        }
    }

    /// The next piece of the phrase, `None` while too little of it is there. An ended phrase is
    /// followed by silence without end, which drives out what the filter still holds.
    pub(crate) fn pull(&mut self, phrase: &mut Phrase) -> Option<&[f32]> {
        if phrase.unread() < self.block_in.len() && !phrase.ended {
            return None;
        }
        let taken = phrase.take(&mut self.block_in);
        self.block_in[taken..].fill(0.0);
        match &mut self.filter {
            Some(filter) => run(filter, &self.block_in, &mut self.block_out),
            None => self.block_out.copy_from_slice(&self.block_in),
        }
        let lead = self.lead.min(self.block_out.len());
        self.lead -= lead;
        Some(&self.block_out[lead..])
    }
}

fn run(filter: &mut Fft<f32>, block_in: &[f32], block_out: &mut [f32]) {
    let (length_in, length_out) = (block_in.len(), block_out.len());
    let from =
        InterleavedSlice::new(block_in, 1, length_in).expect("one channel of its own length");
    let mut to =
        InterleavedSlice::new_mut(block_out, 1, length_out).expect("one channel of its own length");
    filter
        .process_into_buffer(&from, &mut to, None)
        .expect("both blocks have the size that the filter asked for");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tag;

    fn phrase(rate: u32, sample: impl Fn(f64) -> f64) -> Phrase {
        let speech: Vec<f32> = (0..rate / 4)
            .map(|at| sample(f64::from(at) / f64::from(rate)) as f32)
            .collect();
        let mut phrase = Phrase::new(Tag::default());
        phrase.append(&speech);
        phrase.ended = true;
        phrase
    }

    fn tone(seconds: f64) -> f64 {
        0.5 * (std::f64::consts::TAU * 440.0 * seconds).sin()
    }

    #[test]
    fn every_sample_lands_where_it_belongs_from_the_first_to_the_last() {
        for rate in [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] {
            let mut upsampler = Upsampler::new(rate).expect("a rate of speech");
            let mut phrase = phrase(rate, tone);
            upsampler.start();
            let mut made = Vec::new();
            while made.len() < 12_000 {
                made.extend_from_slice(upsampler.pull(&mut phrase).expect("it has ended"));
            }
            for (at, sample) in made.iter().enumerate().take(11_700).skip(300) {
                let off = (f64::from(*sample) - tone(at as f64 / 48_000.0)).abs();
                assert!(off < 0.02, "{rate}: off by {off} at {at}");
            }
        }
    }

    #[test]
    fn nothing_of_a_phrase_that_was_cut_sounds_in_the_next() {
        for rate in [8_000, 16_000, 22_050, 24_000] {
            let mut upsampler = Upsampler::new(rate).expect("a rate of speech");
            upsampler.start();
            upsampler.pull(&mut phrase(rate, tone));
            upsampler.start();
            let mut quiet = phrase(rate, |_| 0.0);
            let made = upsampler.pull(&mut quiet).expect("it has ended");
            assert!(made.iter().all(|sample| *sample == 0.0), "{rate}");
        }
    }

    #[test]
    fn a_phrase_that_goes_on_is_waited_for_and_one_that_ended_is_not() {
        let mut upsampler = Upsampler::new(24_000).expect("a rate of speech");
        let mut phrase = Phrase::new(Tag::default());
        upsampler.start();
        phrase.append(&[0.1; 239]);
        assert!(upsampler.pull(&mut phrase).is_none());
        phrase.ended = true;
        assert!(upsampler.pull(&mut phrase).is_some());
    }
}
