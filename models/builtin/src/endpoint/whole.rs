//! Whether a run of words is a whole thing to say.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wholeness {
    Wordless,
    /// No sentence ends here.
    BrokenOff,
    /// One may end here, or go on.
    Perhaps,
    /// A whole question or command; "when ...", "of ..." may still follow it.
    Whole,
    /// Whole, and people seldom add to it.
    Final,
}

/// Each list is a line of words between spaces, so that a word is found as " word ".
const FILLERS: &str = " um uh er erm hmm hm mm well so like actually basically okay-so ";

const ARTICLES: &str = " the a an this these those my your his our their its every each some any no \
    another which whose such ";

/// "that" ends "say that", too: it is broken off only behind a verb of saying; see below.
const PREPOSITIONS: &str = " of to from with into onto between during without within against toward \
    towards among upon per via than as about for at by under over until till through like near \
    behind beside across beyond ";

/// These end a question as well: "what is it for", "where are you from", "what is this about".
const STRANDED: &str = " for from about with to of at in on like by under ";

const CONJUNCTIONS: &str = " and or but because if when while although though since unless whether \
    so nor where whereas once before after until ";

const AUXILIARIES: &str = " is are was were am do does did can could will would shall should may might \
    must has have had be been being i'm i'd i'll i've you're we're they're it's that's what's \
    there's he's she's isn't doesn't don't can't won't gonna ";

/// Of those, the ones that want another verb behind their subject.
const MODALS: &str = " do does did can could will would shall should may might must ";

/// Subjects that want a verb: "how do I", "what can you".
const SUBJECTS: &str = " i you we they he she who ";

/// A clause that begins with one of these waits for the one that it belongs to.
const SUBORDINATORS: &str = " if when while because although though since unless once whenever \
    whether as before after until ";
/// The least of a sentence that may hold both clauses.
const MIN_BOTH_CLAUSES: usize = 8;

/// What goes before "that" where it stands for a thing, and not before a clause.
const BEFORE_THAT_THING: &str = " is was what's who's of about with for by from than like at on do does did \
    stop use change need want repeat see ";

/// Nouns that seldom stand without what they are of, for or to do.
const NOUNS_OF_SOMETHING: &str = " way ways difference kind sort type lot couple chance possibility part \
    rest list number example reason name amount version ";

/// They bring in where, when and with what. Not "to", which brings in verbs as well.
const PLACING: &str =
    " from in on with at by during without under for into near through against within ";

/// They close what they end.
const CLOSING: &str = " please again now today tonight tomorrow yesterday too then here right myself \
    yourself itself anyway ";

/// With so many words a question has said what it is about, when and where.
const LONG: usize = 9;

const QUESTION_WORDS: &str = " what how when where why who whom which whose ";

/// Verbs that want an object when they end a question about how to do something.
const WANTING: &str = " change set use make get give put take tell want need know find let keep turn \
    connect add remove enable disable install configure send show bring buy rent have do \
    support include mean contain cost ";

/// The least a question needs after its question word or auxiliary.
const MIN_QUESTION_WORDS: usize = 3;
const MIN_SENTENCE_WORDS: usize = 5;

/// Things that are whole by themselves.
const WHOLE_LINES: &str = "|hello|hi|hey|hello there|hi there|good morning|good evening|\
good afternoon|goodbye|bye|bye bye|good night|see you|thanks|thank you|thank you very much|\
thanks a lot|many thanks|no thanks|no thank you|yes please|yes|yeah|yep|no|nope|okay|ok|alright|\
all right|sure|great|perfect|exactly|of course|right|correct|never mind|forget it|stop|stop it|\
stop that|please stop|be quiet|wait|hold on|one moment|repeat that|repeat that please|\
say that again|say that again please|repeat please|please repeat|again|once more|pardon|\
excuse me|what|slower|slower please|faster|faster please|louder|louder please|speak up|\
speak slower|speak faster|speak slowly|more slowly|more slowly please|go on|continue|\
tell me more|what else|help|help me|that is all|that's all|that will be all|\
how are you|who are you|what are you|are you there|can you hear me|what is this|what is it|\
what's this|what's that|what is that|why not|why is that|how much|how many|";

/// Of those, what is often only a beginning: judged [`Wholeness::Perhaps`].
const ALSO_BEGINNINGS: &str = "|hello|hi|hey|what|yes|no|okay|ok|alright|all right|sure|great|right|\
wait|excuse me|pardon|hello there|hi there|how much|how many|yeah|exactly|perfect|help me|good morning|\
good evening|good afternoon|of course|never mind|hold on|one moment|continue|go on|what else|again|";

pub(super) fn judge(partial: &str) -> Wholeness {
    let said: Vec<String> = partial
        .split_whitespace()
        .map(bare)
        .filter(|w| !w.is_empty())
        .collect();
    let words: Vec<&str> = said.iter().map(String::as_str).collect();
    let Some(last) = words.last().copied() else {
        return Wholeness::Wordless;
    };
    let line = words.join(" ");
    if is_line(WHOLE_LINES, &line) {
        let also_beginning = is_line(ALSO_BEGINNINGS, &line);
        return if also_beginning {
            Wholeness::Perhaps
        } else {
            Wholeness::Final
        };
    }
    let body = without_address(&words);
    if breaks_off(body, last) {
        return Wholeness::BrokenOff;
    }
    match kind(body) {
        Kind::Question => question(body),
        Kind::Command if within(NOUNS_OF_SOMETHING, last) => Wholeness::Perhaps,
        Kind::Command if within(CLOSING, last) => Wholeness::Final,
        Kind::Command if body.len() >= MIN_QUESTION_WORDS => Wholeness::Whole,
        Kind::Statement if is_waiting_clause(body) => Wholeness::BrokenOff,
        Kind::Statement if body.len() >= MIN_SENTENCE_WORDS => Wholeness::Perhaps,
        Kind::Command | Kind::Statement if body.len() <= 1 => Wholeness::BrokenOff,
        Kind::Command | Kind::Statement => Wholeness::Perhaps,
    }
}

/// Lower case, without the signs around it.
fn bare(word: &str) -> String {
    let keep = |c: char| c.is_alphanumeric() || c == '\'';
    word.trim_matches(|c| !keep(c)).to_lowercase()
}

fn within(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|listed| listed == word)
}

fn is_line(list: &str, line: &str) -> bool {
    list.split('|')
        .any(|listed| !listed.is_empty() && listed == line)
}

/// Without the greeting, the courtesy or the filler that comes first.
fn without_address<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    const ADDRESS: &str =
        " hello hi hey okay ok so well um uh please and yes no thanks sorry then now alright ";
    let first = words.iter().position(|word| !within(ADDRESS, word));
    &words[first.unwrap_or(words.len() - 1)..]
}

fn breaks_off(words: &[&str], last: &str) -> bool {
    let question = kind(words) == Kind::Question;
    if within(FILLERS, last) || within(ARTICLES, last) {
        return true;
    }
    if within(STRANDED, last) && stranded(words) {
        return false;
    }
    if within(AUXILIARIES, last) {
        // "I want to know what it is", "tell me how old you are": whole behind a subject.
        return !(question && elliptic(words) || after_subject(words));
    }
    if last == "that" {
        let before = words.len().checked_sub(2).map(|n| words[n]);
        return !before.is_some_and(|word| within(BEFORE_THAT_THING, word));
    }
    within(PREPOSITIONS, last)
        || within(CONJUNCTIONS, last)
        || within(QUESTION_WORDS, last)
        || within(" i we they he she ", last)
        || (within(SUBJECTS, last) && question && words.len() <= 3)
        || wants_object(words, last)
}

/// "where are you from", "what is it for": a question whose preposition has lost its noun to the
/// question word, with a verb that carries none: not "how do I connect to".
fn stranded(words: &[&str]) -> bool {
    let carried = within(" what who where which ", words[0]);
    let before = words.len().checked_sub(2).map(|n| words[n]);
    let pronoun =
        before.is_some_and(|w| within(" it this that you they he she he's used looking made ", w));
    carried && words.len() >= 4 && pronoun
}

/// "do you know where the station is", "can you tell me what it does": a question inside a question, that
/// ends with its verb.
fn elliptic(words: &[&str]) -> bool {
    let [.., before, last] = words else {
        return false;
    };
    let asked = words.iter().rposition(|word| within(QUESTION_WORDS, word));
    let inside = asked.is_some_and(|at| at > 0 && at + 2 < words.len());
    let pronoun = within(" it this that they he she we you i these those ", before);
    inside && (within(" is are was were ", last) || pronoun && within(" do does did can ", last))
}

/// "when I press the button", "if I lose the battery": what happens then is still to come.
fn is_waiting_clause(words: &[&str]) -> bool {
    within(SUBORDINATORS, words[0]) && words.len() < MIN_BOTH_CLAUSES
}

fn after_subject(words: &[&str]) -> bool {
    if words.len() < 4 {
        return false;
    }
    let (before, last) = (words[words.len() - 2], words[words.len() - 1]);
    if before == "i" && last == "do" {
        return true;
    }
    within(" it this that he she they you we these those ", before)
        && !within(AUXILIARIES, words[0])
}

/// "how do I change", "can I use", "I would like to know": a verb whose object is still to come.
fn wants_object(words: &[&str], last: &str) -> bool {
    if !within(WANTING, last) {
        return false;
    }
    // "what do I need", "what does it mean", "how much does it cost": the question word is the object.
    let asked = words[0] == "what" || words[0] == "which" || words[0] == "who";
    let amount =
        words.len() >= 3 && words[0] == "how" && within(" much many long old far ", words[1]);
    !(words.len() >= 4 && (asked || amount))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Question,
    Command,
    Statement,
}

fn kind(words: &[&str]) -> Kind {
    const COMMANDS: &str = " tell show give explain repeat say speak stop play read list describe \
        find open close call turn switch help ";
    let first = words.first().copied().unwrap_or_default();
    let contracted = within(" who's where's how's when's ", first);
    // "when I press the button", "what I want to know": no question, but the beginning of a sentence.
    let second = words.get(1).copied().unwrap_or_default();
    let clause = within(SUBORDINATORS, first) || within(" what how where ", first);
    if clause
        && (within(
            " i i'm i've you we they he she it the a an my your our ",
            second,
        ))
    {
        return Kind::Statement;
    }
    if within(QUESTION_WORDS, first) || within(AUXILIARIES, first) || contracted {
        Kind::Question
    } else if within(COMMANDS, first) {
        Kind::Command
    } else {
        Kind::Statement
    }
}

fn question(words: &[&str]) -> Wholeness {
    let contracted = words[0].contains('\'');
    let least = if contracted {
        MIN_QUESTION_WORDS - 1
    } else {
        MIN_QUESTION_WORDS
    };
    if words.len() < least {
        return Wholeness::BrokenOff;
    }
    if lacks_verb(words) {
        return Wholeness::BrokenOff;
    }
    // "can I type", "does the server stop": as often a beginning as the whole.
    if within(MODALS, words[0]) && words.len() < MIN_SENTENCE_WORDS {
        return Wholeness::Perhaps;
    }
    // "how much money", "which key": only a subject so far.
    let verb = words.iter().any(|w| within(AUXILIARIES, w)) || contracted;
    if !verb && words.len() < 4 {
        return Wholeness::Perhaps;
    }
    if is_final(words) {
        return Wholeness::Final;
    }
    if within(NOUNS_OF_SOMETHING, words[words.len() - 1]) {
        return Wholeness::Perhaps;
    }
    Wholeness::Whole
}

/// A question that has said all that people usually put into one.
fn is_final(words: &[&str]) -> bool {
    let last = words[words.len() - 1];
    if words.len() >= LONG || within(CLOSING, last) || within(STRANDED, last) {
        return true;
    }
    // "what is repartee", "what is a barge in".
    let defined = within(" what's what ", words[0])
        && words.len() <= 5
        && words
            .get(1)
            .is_some_and(|word| within(" is are a an ", word))
        && words
            .iter()
            .all(|word| !within(" the your my this there ", word));
    // "how do I call from my phone", "is the bike insured against theft".
    let placed = words.iter().skip(3).any(|word| within(PLACING, word));
    (defined || placed) && !within(NOUNS_OF_SOMETHING, last)
}

/// "why does the phone", "can the caller": a subject whose verb is still to come.
fn lacks_verb(words: &[&str]) -> bool {
    let Some(modal) = words.iter().take(3).position(|word| within(MODALS, word)) else {
        return false;
    };
    let subject = &words[modal + 1..];
    subject.len() == 2 && within(ARTICLES, subject[0])
}
