//! Where a phrase is cut, so that the first sound comes early and a cancel is soon obeyed.

/// How long a piece may be, in letters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lengths {
    pub(crate) first: usize,
    /// Each next piece may be twice as long as the one before, up to this.
    pub(crate) most: usize,
}

/// How a piece ends, and so how long its silence may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Between two words.
    Word,
    /// At a comma or the like.
    Clause,
    Sentence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clause<'a> {
    pub(crate) text: &'a str,
    pub(crate) end: End,
}

/// A first piece shorter than this sounds chopped off.
const LEAST_FIRST: usize = 12;
/// A rest shorter than this stays with the piece before it.
const LEAST_REST: usize = 12;

/// Words with a full stop that ends no sentence.
const ABBREVIATIONS: [&str; 14] = [
    "Dr", "Mr", "Mrs", "Ms", "St", "Prof", "vs", "etc", "e.g", "i.e", "No", "Jr", "Sr", "approx",
];

/// The pieces of a phrase, in order; nothing but blanks between them is lost.
pub(crate) fn clauses(text: &str, lengths: Lengths) -> Vec<Clause<'_>> {
    let (mut clauses, mut rest) = (Vec::new(), text.trim());
    let mut limit = lengths.first;
    while !rest.is_empty() {
        let (at, end) = cut(rest, limit, clauses.is_empty());
        clauses.push(Clause {
            text: rest[..at].trim_end(),
            end,
        });
        rest = rest[at..].trim_start();
        limit = (limit * 2).min(lengths.most);
    }
    clauses
}

/// Where the first piece ends, and how.
fn cut(text: &str, limit: usize, first: bool) -> (usize, End) {
    let (mut word, mut clause, mut sentence) = (None, None, None);
    let mut letters = 0;
    for (at, c) in text.char_indices() {
        if letters > limit {
            break;
        }
        letters += 1;
        if !c.is_whitespace() {
            continue;
        }
        let rest_is_long = text[at..].trim_start().chars().nth(LEAST_REST).is_some();
        match ending(&text[..at]) {
            End::Word => word = Some(at),
            _ if !rest_is_long => {}
            End::Clause if first && letters <= LEAST_FIRST => {}
            End::Clause => clause = Some(at),
            End::Sentence => sentence = Some(at),
        }
        if first && (sentence.is_some() || clause.is_some()) {
            break;
        }
    }
    let is_whole = text.chars().nth(limit).is_none();
    let marked = sentence
        .map(|at| (at, End::Sentence))
        .or(clause.map(|at| (at, End::Clause)));
    match (marked, word) {
        (Some(marked), _) if first || !is_whole => marked,
        _ if is_whole => (text.len(), ending(text)),
        (_, Some(at)) => (at, End::Word),
        // One word beyond the limit: it goes as it is, and its phonemes are counted later.
        _ => text
            .find(char::is_whitespace)
            .map_or((text.len(), ending(text)), |at| (at, ending(&text[..at]))),
    }
}

/// How a text ends that a blank or nothing follows.
fn ending(text: &str) -> End {
    let bare = text.trim_end_matches(['"', '”', ')', '\'']);
    match bare.chars().next_back() {
        Some('!' | '?' | '…') => End::Sentence,
        Some('.') if is_abbreviated(&bare[..bare.len() - 1]) => End::Word,
        Some('.') => End::Sentence,
        Some(',' | ';' | ':' | '—') => End::Clause,
        _ => End::Word,
    }
}

fn is_abbreviated(before: &str) -> bool {
    let word = before.rsplit([' ', '(', '"', '“']).next().unwrap_or(before);
    let letter = word.len() == 1 && word.chars().all(|c| c.is_ascii_uppercase());
    letter || ABBREVIATIONS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTHS: Lengths = Lengths {
        first: 40,
        most: 80,
    };

    fn texts(text: &str) -> Vec<&str> {
        let clauses = clauses(text, LENGTHS);
        clauses.into_iter().map(|clause| clause.text).collect()
    }

    #[test]
    fn the_first_piece_is_short_and_the_later_ones_whole_sentences() {
        assert_eq!(
            texts("Yes, it is open on Monday, from nine to five. On Sunday it is closed all day."),
            [
                "Yes, it is open on Monday,",
                "from nine to five. On Sunday it is closed all day."
            ]
        );
        assert_eq!(texts("It is open."), ["It is open."]);
        assert_eq!(texts("  "), Vec::<&str>::new());
    }

    #[test]
    fn a_text_without_marks_is_cut_between_words_and_nothing_is_lost() {
        let text = "word ".repeat(200);
        let clauses = clauses(&text, LENGTHS);
        assert!(clauses[0].text.len() <= 40 && clauses[0].end == End::Word);
        assert!(clauses.iter().all(|clause| clause.text.len() <= 80));
        let joined: Vec<&str> = clauses.iter().map(|clause| clause.text).collect();
        assert_eq!(joined.join(" "), text.trim());
    }

    #[test]
    fn a_full_stop_that_ends_no_sentence_does_not_cut() {
        assert_eq!(
            texts("Please call Dr. Smith again tomorrow. She will be in her office then."),
            [
                "Please call Dr. Smith again tomorrow.",
                "She will be in her office then."
            ]
        );
    }

    #[test]
    fn a_short_rest_stays_with_its_sentence() {
        assert_eq!(
            texts("That would be alright, yes."),
            ["That would be alright, yes."]
        );
    }

    #[test]
    fn a_word_beyond_all_limits_goes_alone() {
        let long = "a".repeat(200);
        let text = format!("so {long} it");
        assert_eq!(texts(&text), ["so", &long, "it"]);
    }
}
