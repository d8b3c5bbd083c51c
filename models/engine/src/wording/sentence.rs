//! Text cut into sentences.

/// After these a full stop ends nothing.
const ABBREVIATIONS: &[&str] = &[
    "dr", "mr", "mrs", "ms", "prof", "st", "sr", "jr", "no", "nr", "vs", "etc", "e.g", "i.e", "eg",
    "ie", "approx", "fig", "inc", "ltd", "co", "corp", "dept", "est", "ext", "min", "max", "tel",
    "vol", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    "p.a", "cf", "ca", "incl", "excl", "hrs", "ave", "rd", "mt", "gen", "sgt", "capt", "pp",
];

/// The sentences of a text, trimmed. A new line always ends one.
pub fn sentences(text: &str) -> Vec<&str> {
    text.lines().flat_map(sentences_of_line).collect()
}

fn sentences_of_line(line: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut letters = line.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '.' | '!' | '?' | '…' if depth == 0 => {
                while letters.next_if(|(_, c)| closes(*c)).is_some() {}
                let end = letters.peek().map_or(line.len(), |(at, _)| *at);
                if ends_here(&line[start..at], letter, &line[end..]) {
                    out.push(line[start..end].trim());
                    start = end;
                }
            }
            _ => {}
        }
    }
    out.push(line[start..].trim());
    out.retain(|sentence| !sentence.is_empty());
    out
}

fn closes(letter: char) -> bool {
    matches!(
        letter,
        '.' | '!' | '?' | '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '…'
    )
}

fn ends_here(before: &str, mark: char, after: &str) -> bool {
    if after.is_empty() {
        return true;
    }
    if !after.starts_with(char::is_whitespace) {
        return false;
    }
    let starts_small = after.trim_start().starts_with(char::is_lowercase);
    if mark != '.' {
        return mark != '…' || !starts_small;
    }
    let word = before.rsplit([' ', '(', '\u{a0}']).next().unwrap_or("");
    let lower = word.to_lowercase();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let no_number = lower == "no" && !after.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let abbreviation = ABBREVIATIONS.contains(&lower.as_str()) && !no_number;
    let clock = matches!(lower.as_str(), "a.m" | "p.m");
    !(starts_small || initial || abbreviation || clock && after.trim_start().starts_with('('))
}

#[cfg(test)]
mod tests {
    use super::sentences;

    #[test]
    fn ends_are_found_where_they_are() {
        assert_eq!(
            sentences("Dr. Smith pays $3.50, e.g. on Mondays. No. 5 is free! Is it? Yes."),
            [
                "Dr. Smith pays $3.50, e.g. on Mondays.",
                "No. 5 is free!",
                "Is it?",
                "Yes."
            ]
        );
        assert_eq!(
            sentences("No. You may not.\nOne line\n\n"),
            ["No.", "You may not.", "One line"]
        );
        assert_eq!(
            sentences("Open until 6 p.m. Closed on Sundays."),
            ["Open until 6 p.m.", "Closed on Sundays."]
        );
        assert_eq!(
            sentences("He said \"go.\" Then (it was late. Very.) he left."),
            ["He said \"go.\"", "Then (it was late. Very.) he left."]
        );
        assert!(sentences(" \n ").is_empty());
    }
}
