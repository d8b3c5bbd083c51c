//! The knowledge base's sentences and headings as lines that callers are likely to say.

use super::lm::Counts;
use std::collections::{BTreeMap, BTreeSet};

/// Bounds on what is made of a large knowledge base: a decoder's memory, and the time to load it.
const MAX_SENTENCES: usize = 20_000;
const MAX_PHRASES: usize = 500;
const MAX_RUN: usize = 4;

const SENTENCE_WEIGHT: u64 = 3;
const TEMPLATE_WEIGHT: u64 = 1;
const TALK_WEIGHT: u64 = 12;
const FRAME_WEIGHT: u64 = 20;

/// What is said in any conversation.
const TALK: &str = "hello|hi|hi there|hello there|good morning|good evening|hey|thanks|thank you|\
thank you very much|thanks a lot|great thanks|goodbye|bye|bye bye|see you|yes|yes please|no|\
no thanks|no thank you|okay|alright|sure|stop|stop it|wait|wait a moment|please stop|be quiet|\
repeat that|repeat that please|say that again|can you say that again|can you repeat that|\
could you repeat that|please repeat|what did you say|pardon|sorry|slower|slower please|\
speak slower|speak more slowly|please speak slower|can you speak slower|faster|speak faster|\
louder|speak up|go on|continue|tell me more|tell me more about that|what else|and then|\
what can you do|what do you do|what can you tell me|what can i ask|what can i ask you|\
what do you know|what do you know about|help|help me|can you help me|who are you|\
what are you|what is your name|how are you|are you there|can you hear me|i have a question|\
i want to know|i would like to know|do you know|tell me|explain that|why|how|when|where|\
how does it work|how does this work|what is this|what is it|what does it cost|is it free|\
never mind|forget it|that is all|that was all|okay thank you|no that is all|and what about";

/// Questions about a thing; `*` stands for it.
const ABOUT_A_THING: &str = "*|what is *|what is the *|what is a *|what are *|what are the *|\
tell me about *|tell me about the *|how does * work|how does the * work|how do i use *|\
how do i use the *|how do i change the *|how do i set the *|where is the *|where do i find the *|\
does it support *|does it have *|can i use *|do i need *|do i need a *|how much is the *|\
how much does * cost|how many *|who is *|when is the *|when does the *|which *|what does * mean|\
what does * do|is there *|is there a *|what about *|what about the *|why is the *|how long is the *|\
what kind of *|can you tell me about *|how long does the * take|how long does * take|how long do * last|\
how long is *|how often is the *|how big is the *|how heavy is the *|how fast is the *|how hot is the *|\
how far is the *|how old is the *|how deep is the *|how much is a *|how many * are there|how many * can i|\
who * the|who do i * |where is *|is the * included|are * allowed|can i bring a *|can i get a *|do i get *|\
do you have *|are there any *|is there any *|what should i do if *|what happens if *|when do *|why do *|\
could you tell me how * |i'd like to know whether *";

/// Questions about a deed; `*` stands for it.
const ABOUT_A_DEED: &str = "how do i *|how can i *|how do you *|can i *|how to *|where do i *|\
where can i *|when can i *|what happens if i *|what happens when i *|do i have to *|i want to *|\
is it possible to *|does it *|can you *|how long do i have to *|how often should i *|should i *|may i *|\
am i allowed to *|could i *|could you tell me how i *|i'd like to know how to *|do you *|who do i *|\
when should i *|why should i *|why can't i *|what do i need to *|is it all right to *";

/// How questions begin, whatever they are about: "how long does" must not be heard as a greeting.
const FRAMES: &str = "what is the|what is the|what is a|what are the|what does the|what does it|what kind of|\
which|how big does|how big is the|how many|how many can|how much does the|how much is the|how much is a|\
how much does|how do i|how do i keep|how do you|how does the|how hot|how fast|how deep is|how old|who wrote|\
who is the|who do i|where can i|can i|can i have|is it|is there|does it|does the|do you|do i|are there|\
how long does it take|how long does the|how long do i have to|how long is the|\
how long will it|how long can i|how long do you|how long should|how long may|how many are there|\
how much does it cost|how much is it|how much do i have to pay|how often do i have to|how often does the|\
how often should i|how far is it|how big is it|how heavy is it|how hot should the|how fast may i|how do i get|\
how do i know|how can i|how could i|how soon can i|who do i call|who do i ask|who do i have to ask|\
who is in charge of the|who started the|who runs the|who makes the|where do i find the|where can i find|\
where is the|where are the|when does the|when do you open|when do you close|when is the|when can i|\
what time does the|what time do you|what happens if i|what should i do|what can i do about it|\
what do i have to do|what do i need|what is the name of the|what does it mean|what else could i try|\
why is the|why does the|why can't i|why shouldn't i|am i allowed to|do i have to|do i need|do i get|\
can i bring|can i get|can i take|can i use|could i have|could you tell me|could you tell me how|\
could you tell me where|could you tell me what|could you tell me when|could you tell me whether|\
i'd like to know|i'd like to know how|i'd like to know whether|i'd like to have|i wanted to know if|\
i wanted to ask|i was wondering if|i was wondering whether|is it true that|is there any way i can|\
is there somebody|is it all right to|excuse me|sorry|hello|hi|please|is there a|are there any|\
does it have|does it come with|do you know|may i|should i|would it be all right";

/// Words that no thing is named by.
const STOP: &str = "a an the this that these those and or but nor so yet if then than as at by for \
from in into of off on onto out over to under up with without within about after before between \
during through until while when where why how what which who whom whose i me my you your he him \
his she her it its we us our they them their is am are was were be been being do does did done has \
have had having will would shall should can could may might must not no yes there here very too \
also just only even such each every any some all both more most other same own again once because \
s t don now it's that's";

/// A knowledge base, cut into lines of words.
pub(super) struct Corpus {
    lines: Vec<(Vec<String>, u64)>,
    /// How each word was written where it was not in lower case: "webrtc" as "WebRTC".
    pub(super) spelling: BTreeMap<String, String>,
}

impl Corpus {
    pub(super) fn of(knowledge: &[String]) -> Self {
        let mut corpus = Self {
            lines: Vec::new(),
            spelling: BTreeMap::new(),
        };
        let stop: BTreeSet<&str> = STOP.split_whitespace().collect();
        let (mut things, mut deeds) = (BTreeMap::new(), BTreeMap::new());
        for text in knowledge.iter().take(MAX_SENTENCES) {
            for clause in clauses(text) {
                let words = corpus.words(clause);
                collect_things(&words, &stop, &mut things);
                collect_deeds(&words, &mut deeds);
                corpus.lines.push((words, SENTENCE_WEIGHT));
            }
        }
        corpus.ask(ABOUT_A_THING, &things);
        corpus.ask(ABOUT_A_DEED, &deeds);
        for line in TALK.split('|') {
            corpus.lines.push((to_words(line), TALK_WEIGHT));
        }
        corpus
    }

    /// The words of a clause in lower case, as the dictionary has them; remembers their spelling.
    fn words(&mut self, clause: &str) -> Vec<String> {
        let spoken = models_spoken::worded(clause);
        let mut words = Vec::new();
        for written in split(&spoken) {
            let word = written.to_lowercase();
            if written != word && !self.spelling.contains_key(&word) {
                self.spelling.insert(word.clone(), written.to_owned());
            }
            words.push(word);
        }
        words
    }

    fn ask(&mut self, templates: &str, phrases: &BTreeMap<Vec<String>, u64>) {
        let mut likely: Vec<_> = phrases.iter().collect();
        likely.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (phrase, count) in likely.into_iter().take(MAX_PHRASES) {
            let phrase = phrase.join(" ");
            for template in templates.split('|') {
                let line = to_words(&template.replace('*', &phrase));
                self.lines.push((line, TEMPLATE_WEIGHT * (*count).min(3)));
            }
        }
    }

    /// All words, each once.
    pub(super) fn vocabulary(&self) -> BTreeSet<&str> {
        let words = self.lines.iter().flat_map(|(line, _)| line);
        let frames = FRAMES.split('|').flat_map(str::split_whitespace);
        words.map(String::as_str).chain(frames).collect()
    }

    /// Counts the lines' words that `known` knows how to say.
    pub(super) fn counts(&self, known: impl Fn(&str) -> bool) -> Counts {
        let mut counts = Counts::new();
        for (line, weight) in &self.lines {
            counts.add(
                line.iter().map(String::as_str).filter(|word| known(word)),
                *weight,
            );
        }
        for frame in FRAMES.split('|') {
            counts.add_opening(
                frame.split_whitespace().filter(|word| known(word)),
                FRAME_WEIGHT,
            );
        }
        counts
    }
}

fn to_words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

/// What is said in one breath.
fn clauses(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', ';', '(', ')', '"', '—', '–', '|', '›'])
        .flat_map(|part| part.split(". ").flat_map(|part| part.split(": ")))
        .filter(|clause| clause.contains(char::is_alphabetic))
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty() && word.len() <= 32)
        .filter(|word| word.chars().all(|c| c.is_ascii_alphabetic() || c == '\''))
}

/// Runs of words that may name a thing, each with its tail and its head.
fn collect_things(
    words: &[String],
    stop: &BTreeSet<&str>,
    things: &mut BTreeMap<Vec<String>, u64>,
) {
    for run in words.split(|word| stop.contains(word.as_str())) {
        if run.is_empty() {
            continue;
        }
        let bounded = &run[..run.len().min(MAX_RUN)];
        *things.entry(bounded.to_vec()).or_default() += 1;
        for word in run.iter().filter(|_| run.len() > 1) {
            *things.entry(vec![word.clone()]).or_default() += 1;
        }
    }
}

/// What stands behind "to", "can" and the like, and whole clauses that begin with a deed.
fn collect_deeds(words: &[String], deeds: &mut BTreeMap<Vec<String>, u64>) {
    let leads = ["to", "can", "must", "will", "may", "should", "you"];
    for (n, word) in words.iter().enumerate() {
        let tail = &words[n + 1..words.len().min(n + 6)];
        let deed = leads.contains(&word.as_str()) && tail.len() > 1;
        if deed && !["the", "a", "be", "not", "can", "will"].contains(&tail[0].as_str()) {
            *deeds.entry(tail.to_vec()).or_default() += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus() -> Corpus {
        Corpus::of(&[
            "Changing the voice".to_owned(),
            "WebRTC needs a secure page. To change the voice, set `voice`.".to_owned(),
        ])
    }

    #[test]
    fn questions_are_made_of_what_the_knowledge_says() {
        let lines: Vec<String> = corpus()
            .lines
            .iter()
            .map(|(line, _)| line.join(" "))
            .collect();
        for expected in [
            "webrtc needs a secure page",
            "what is a secure page",
            "how does webrtc needs work",
            "how do i change the voice set voice",
            "what is the voice",
            "say that again",
        ] {
            assert!(
                lines.iter().any(|l| l == expected),
                "{expected} not in {lines:#?}"
            );
        }
    }

    #[test]
    fn spelling_is_kept_for_pronouncing() {
        assert_eq!(corpus().spelling["webrtc"], "WebRTC");
        assert!(corpus().vocabulary().contains("webrtc"));
    }

    #[test]
    fn words_that_cannot_be_said_are_left_out() {
        let arpa = corpus().counts(|word| word != "webrtc").arpa();
        assert!(!arpa.contains("webrtc") && arpa.contains("secure page"));
    }

    #[test]
    fn a_large_knowledge_base_is_bounded() {
        let large: Vec<String> = (0..30_000)
            .map(|n| format!("word{} is thing", n % 7))
            .collect();
        assert!(Corpus::of(&large).lines.len() < MAX_SENTENCES + 100_000);
    }
}
