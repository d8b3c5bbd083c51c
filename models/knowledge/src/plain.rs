//! Plain text laid out with spaces, made into Markdown that says the same.

use crate::sections::marker;

/// A longer line is a sentence and no title.
const LONGEST_TITLE_WORDS: usize = 10;
/// "Opening hours: ..."
const LONGEST_LABEL_WORDS: usize = 5;

/// Indents mean nothing but under a title; columns become lines of their own.
pub(crate) fn as_markdown(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::with_capacity(text.len());
    for (at, line) in lines.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |at| lines[at]);
        let after = lines.get(at + 1).copied().unwrap_or("");
        if let Some(row) = row(line).filter(|_| row(before).is_some() || row(after).is_some()) {
            out.push('\n');
            out.push_str(&row);
            out.push_str(if goes_on(line, after) { "\n" } else { "\n\n" });
        } else if is_title(before, line, after) {
            out.push_str(&format!("\n**{}**\n\n", line.trim()));
        } else {
            // Below a fact or a sentence dashes are a ruler; below a title they underline it.
            if is_ruler(line) && (labelled(before).is_some() || ends(before)) {
                out.push('\n');
            }
            out.push_str(line.trim());
            out.push('\n');
        }
    }
    out
}

fn is_ruler(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && line.bytes().all(|byte| byte == b'-')
}

fn ends(sentence: &str) -> bool {
    sentence.trim_end().ends_with(['.', '!', ';'])
}

/// A short line with an indented one below it: "No steam", and what to do then.
fn is_title(before: &str, line: &str, after: &str) -> bool {
    let begins = before.trim().is_empty() || is_indented(before);
    begins
        && !is_indented(line)
        && is_indented(after)
        && line.split_whitespace().count() <= LONGEST_TITLE_WORDS
        && line.starts_with(char::is_alphanumeric)
        && line.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '?' | '"'))
        && !is_figure(line)
}

/// "IBAN: DE89 3704": in capitals, and yet no heading. "CHAPTER 2: PRICES (from 1 May)" is one.
pub(crate) fn is_figure(line: &str) -> bool {
    let Some((label, value)) = line.split_once(':') else {
        return false;
    };
    let digits = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let capitals = label.contains(char::is_alphabetic) && !label.contains(char::is_lowercase);
    let is_time = label.ends_with(|c: char| c.is_ascii_digit())
        && value.starts_with(|c: char| c.is_ascii_digit());
    let named = value.split(" (").next().unwrap_or(value);
    let value = if named.is_empty() { value } else { named };
    capitals && !is_time && digits(value)
}

fn is_indented(line: &str) -> bool {
    line.starts_with([' ', '\t']) && !line.trim().is_empty()
}

fn row(line: &str) -> Option<String> {
    columns(line).or_else(|| labelled(line))
}

/// The value of a label may need a second line.
fn goes_on(line: &str, after: &str) -> bool {
    let wrapped = after.trim_start().starts_with(char::is_lowercase)
        || is_indented(after) && !is_indented(line);
    wrapped && columns(line).is_none() && row(after).is_none()
}

/// "Parking: free". "Q:" and "A:" belong together, and are read elsewhere.
fn labelled(line: &str) -> Option<String> {
    let line = line.trim();
    let (label, value) = line.split_once(": ")?;
    let words = label.split_whitespace().count();
    let sentence = label.starts_with(char::is_lowercase)
        || label.contains(['!', '?', ';'])
        || label.contains(". ");
    let spoken = marker(line, &["q", "question", "a", "answer"]).is_some();
    let fits = (1..=LONGEST_LABEL_WORDS).contains(&words) && !sentence && !spoken;
    (fits && !is_list(line)).then(|| format!("{}: {}", label.trim(), value.trim()))
}

fn is_list(line: &str) -> bool {
    line.trim_start()
        .starts_with(['-', '*', '+', '|', '#', '>'])
}

/// "VD-107   gasket ....... 6.50" as "VD-107: gasket: 6.50"; `None` for a line without columns.
fn columns(line: &str) -> Option<String> {
    let spaced = without_leaders(line.trim());
    let cells: Vec<&str> = spaced
        .split("  ")
        .flat_map(|part| part.split('\t'))
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    // Two spaces behind a full stop are an old way to type.
    let typed = cells
        .first()
        .is_some_and(|cell| cell.ends_with(['.', '!', '?', ':']));
    (cells.len() >= 2 && !is_list(line) && !typed).then(|| cells.join(": "))
}

/// Dots that lead the eye are space.
fn without_leaders(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("...") {
        let dots = rest[at..].len() - rest[at..].trim_start_matches('.').len();
        out.push_str(&rest[..at]);
        out.push_str("  ");
        rest = &rest[at + dots..];
        if rest.is_empty() {
            return line.to_owned();
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{as_markdown, is_figure};

    #[test]
    fn columns_are_lines_and_short_lines_over_indents_are_titles() {
        let text = "PARTS\n\nA-1  seal ...... 6.50\nA-2  lid ..... 14.90\n\nNo steam\n  The tip is blocked.\n  Clean it.\nNo light\n  Look at the fuse.\n";
        let lines = as_markdown(text);
        let lines: Vec<&str> = lines.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(
            lines,
            [
                "PARTS",
                "A-1: seal: 6.50",
                "A-2: lid: 14.90",
                "**No steam**",
                "The tip is blocked.",
                "Clean it.",
                "**No light**",
                "Look at the fuse.",
            ]
        );
    }

    #[test]
    fn a_label_in_capitals_and_its_figure_are_no_title() {
        for fact in [
            "IBAN: DE89 3704 0044 0532 0130 00",
            "PHONE: (0123) 4567",
            "TEL:0555 1234",
        ] {
            assert!(is_figure(fact), "{fact}");
            let text = format!("{fact}\n  Ask for Jane.\n");
            assert_eq!(as_markdown(&text), format!("{fact}\nAsk for Jane.\n"));
        }
        for heading in [
            "CHAPTER 2: PRICES",
            "PARTS: SEALS (from 1 May)",
            "OPENING HOURS:",
            "DEPARTURES AT 10:30",
            "Step 2: wait for 5 minutes",
        ] {
            assert!(!is_figure(heading), "{heading}");
        }
    }

    #[test]
    fn prose_stays_as_it_is() {
        let text = "It is old.  It is small.\nWe wait ...\n\nTitle\n=====\n\n   indented\n";
        let kept = "It is old.  It is small.\nWe wait ...\n\nTitle\n=====\n\nindented\n";
        assert_eq!(as_markdown(text), kept);
    }

    fn paragraphs(text: &str) -> Vec<String> {
        let markdown = as_markdown(text);
        let paragraphs = markdown.split("\n\n").map(str::trim);
        let kept = paragraphs.filter(|paragraph| !paragraph.is_empty());
        kept.map(str::to_owned).collect()
    }

    #[test]
    fn one_fact_a_line_is_one_paragraph_each() {
        let text = "Opening hours: Mon-Fri 9-17\nParking:  free behind the house\nWi-Fi: CafeGuest, ask\nfor the password\n";
        assert_eq!(
            paragraphs(text),
            [
                "Opening hours: Mon-Fri 9-17",
                "Parking: free behind the house",
                "Wi-Fi: CafeGuest, ask\nfor the password",
            ]
        );
    }

    #[test]
    fn a_colon_in_prose_makes_no_row() {
        for text in [
            "We open daily.\nOne thing though: the gate is shut at night,\nso ring the bell.\n",
            "Bring this: a towel and\nif you like: a hat.\n",
            "Q: May I fish?\nA: Yes, with\nyour own rod.\n",
        ] {
            assert_eq!(as_markdown(text), text);
        }
    }
}
