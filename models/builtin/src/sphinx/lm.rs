//! A trigram language model from weighted lines, as an ARPA file: Witten-Bell, interpolated.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// Weighted lines, as counts of one, two and three words in a row.
#[derive(Default)]
pub(super) struct Counts {
    words: Vec<String>,
    ids: HashMap<String, u32>,
    one: BTreeMap<u32, u64>,
    two: BTreeMap<[u32; 2], u64>,
    three: BTreeMap<[u32; 3], u64>,
}

/// What follows one history: how often in all, and how many different words.
#[derive(Clone, Copy, Default)]
struct Followers {
    all: f64,
    different: f64,
}

impl Followers {
    fn see(&mut self, count: u64) {
        self.all += count as f64;
        self.different += 1.0;
    }

    /// Witten-Bell: as many unseen words are expected as there are different ones.
    fn probability(self, count: u64, lower: f64) -> f64 {
        (count as f64 + self.different * lower) / (self.all + self.different)
    }

    fn back_off(self) -> f64 {
        self.different / (self.all + self.different)
    }
}

const BEGIN: u32 = 0;
const END: u32 = 1;

impl Counts {
    pub(super) fn new() -> Self {
        let mut counts = Self::default();
        counts.id("<s>");
        counts.id("</s>");
        counts
    }

    fn id(&mut self, word: &str) -> u32 {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let id = u32::try_from(self.words.len()).expect("a corpus is bounded far below 2^32 words");
        self.words.push(word.to_owned());
        self.ids.insert(word.to_owned(), id);
        id
    }

    /// Counts a line as if it stood there `weight` times.
    pub(super) fn add<'a>(&mut self, line: impl IntoIterator<Item = &'a str>, weight: u64) {
        let mut ids = self.ids_of(line);
        if ids.len() > 1 {
            ids.push(END);
            self.count(&ids, weight);
        }
    }

    /// The same of a line that goes on in any way.
    pub(super) fn add_opening<'a>(&mut self, line: impl IntoIterator<Item = &'a str>, weight: u64) {
        let ids = self.ids_of(line);
        self.count(&ids, weight);
    }

    fn ids_of<'a>(&mut self, line: impl IntoIterator<Item = &'a str>) -> Vec<u32> {
        let mut ids = vec![BEGIN];
        for word in line {
            let id = self.id(word);
            ids.push(id);
        }
        ids
    }

    fn count(&mut self, ids: &[u32], weight: u64) {
        for id in &ids[1..] {
            *self.one.entry(*id).or_default() += weight;
        }
        for pair in ids.windows(2) {
            *self.two.entry([pair[0], pair[1]]).or_default() += weight;
        }
        for triple in ids.windows(3) {
            *self
                .three
                .entry([triple[0], triple[1], triple[2]])
                .or_default() += weight;
        }
    }

    /// The words counted, without the marks of begin and end.
    #[cfg(test)]
    fn vocabulary(&self) -> &[String] {
        &self.words[2..]
    }

    /// The model as an ARPA file.
    pub(super) fn arpa(&self) -> String {
        let model = Model::of(self);
        let mut arpa = String::from("\\data\\\n");
        let sizes = [self.one.len() + 1, self.two.len(), self.three.len()];
        for (order, size) in sizes.iter().enumerate() {
            let _ = writeln!(arpa, "ngram {}={size}", order + 1);
        }
        model.write_words(&mut arpa);
        model.write_pairs(&mut arpa);
        model.write_triples(&mut arpa);
        arpa.push_str("\n\\end\\\n");
        arpa
    }
}

struct Model<'a> {
    counts: &'a Counts,
    after_none: Followers,
    after_one: HashMap<u32, Followers>,
    after_two: HashMap<[u32; 2], Followers>,
}

impl<'a> Model<'a> {
    fn of(counts: &'a Counts) -> Self {
        let mut model = Self {
            counts,
            after_none: Followers::default(),
            after_one: HashMap::new(),
            after_two: HashMap::new(),
        };
        for count in counts.one.values() {
            model.after_none.see(*count);
        }
        for (pair, count) in &counts.two {
            model.after_one.entry(pair[0]).or_default().see(*count);
        }
        for (triple, count) in &counts.three {
            let history = [triple[0], triple[1]];
            model.after_two.entry(history).or_default().see(*count);
        }
        model
    }

    fn one(&self, word: u32) -> f64 {
        let count = self.counts.one.get(&word).copied().unwrap_or(0);
        let uniform = 1.0 / self.counts.one.len() as f64;
        self.after_none.probability(count, uniform)
    }

    fn two(&self, pair: [u32; 2]) -> f64 {
        let lower = self.one(pair[1]);
        let count = self.counts.two.get(&pair).copied().unwrap_or(0);
        match self.after_one.get(&pair[0]) {
            Some(followers) => followers.probability(count, lower),
            None => lower,
        }
    }

    fn three(&self, triple: [u32; 3]) -> f64 {
        let lower = self.two([triple[1], triple[2]]);
        let count = self.counts.three.get(&triple).copied().unwrap_or(0);
        match self.after_two.get(&[triple[0], triple[1]]) {
            Some(followers) => followers.probability(count, lower),
            None => lower,
        }
    }

    fn word(&self, id: u32) -> &str {
        &self.counts.words[id as usize]
    }

    fn write_words(&self, arpa: &mut String) {
        arpa.push_str("\n\\1-grams:\n");
        let back_off = |id| log10(self.after_one.get(&id).map_or(1.0, |f| f.back_off()));
        // Nothing leads to the beginning of a line.
        let _ = writeln!(arpa, "-99.0000 <s> {:.4}", back_off(BEGIN));
        for id in self.counts.one.keys() {
            let probability = log10(self.one(*id));
            let _ = writeln!(
                arpa,
                "{probability:.4} {} {:.4}",
                self.word(*id),
                back_off(*id)
            );
        }
    }

    fn write_pairs(&self, arpa: &mut String) {
        arpa.push_str("\n\\2-grams:\n");
        for pair in self.counts.two.keys() {
            let probability = log10(self.two(*pair));
            let back_off = log10(self.after_two.get(pair).map_or(1.0, |f| f.back_off()));
            let [a, b] = pair.map(|id| self.word(id));
            let _ = writeln!(arpa, "{probability:.4} {a} {b} {back_off:.4}");
        }
    }

    fn write_triples(&self, arpa: &mut String) {
        arpa.push_str("\n\\3-grams:\n");
        for triple in self.counts.three.keys() {
            let probability = log10(self.three(*triple));
            let [a, b, c] = triple.map(|id| self.word(id));
            let _ = writeln!(arpa, "{probability:.4} {a} {b} {c}");
        }
    }
}

fn log10(probability: f64) -> f64 {
    // The reader refuses a positive logarithm, which rounding may make of a sure thing.
    probability.log10().min(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts() -> Counts {
        let mut counts = Counts::new();
        counts.add("how do i change the voice".split(' '), 2);
        counts.add("how do i mute".split(' '), 1);
        counts.add("the voice is slow".split(' '), 3);
        counts.add("".split_whitespace(), 9);
        counts.add_opening("how do".split(' '), 5);
        counts
    }

    #[test]
    fn probabilities_after_any_history_sum_to_one() {
        let counts = counts();
        let model = Model::of(&counts);
        let ids: Vec<u32> = counts.one.keys().copied().collect();
        let sums = |p: &dyn Fn(u32) -> f64| ids.iter().map(|id| p(*id)).sum::<f64>();
        assert!((sums(&|w| model.one(w)) - 1.0).abs() < 1e-9);
        for a in std::iter::once(BEGIN).chain(ids.clone()) {
            assert!((sums(&|w| model.two([a, w])) - 1.0).abs() < 1e-9);
            for b in &ids {
                assert!((sums(&|w| model.three([a, *b, w])) - 1.0).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn what_was_seen_more_is_likelier() {
        let counts = counts();
        let model = Model::of(&counts);
        let id = |word: &str| counts.ids[word];
        assert!(model.one(id("voice")) > model.one(id("mute")));
        let likely = model.three([id("do"), id("i"), id("change")]);
        assert!(likely > model.three([id("do"), id("i"), id("mute")]));
        assert!(
            model.three([id("do"), id("i"), id("mute")])
                > model.three([id("do"), id("i"), id("slow")])
        );
    }

    #[test]
    fn a_line_that_goes_on_ends_nowhere() {
        let counts = counts();
        let model = Model::of(&counts);
        let id = |word: &str| counts.ids[word];
        assert!(!counts.two.contains_key(&[id("do"), END]));
        assert!(model.two([BEGIN, id("how")]) > model.two([BEGIN, id("the")]));
    }

    #[test]
    fn the_file_says_how_much_it_holds() {
        let arpa = counts().arpa();
        let lines: Vec<&str> = arpa.lines().collect();
        assert_eq!(lines[0], "\\data\\");
        for (order, mark) in ["\\1-grams:", "\\2-grams:", "\\3-grams:"]
            .iter()
            .enumerate()
        {
            let start = lines
                .iter()
                .position(|l| l == mark)
                .expect("each order is there");
            let held = lines[start + 1..]
                .iter()
                .take_while(|l| !l.is_empty())
                .count();
            assert_eq!(lines[order + 1], format!("ngram {}={held}", order + 1));
        }
        assert_eq!(counts().vocabulary().len(), 9);
        assert!(!arpa.contains("NaN") && !arpa.contains("inf"));
    }
}
