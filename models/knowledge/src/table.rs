//! Rows of a table as sentences.

use crate::blocks::one_line;

/// A row longer than this is said in several sentences, each beginning with the row's first cell.
const LONGEST_ROW_WORDS: usize = 36;

pub(crate) fn sentences(headers: &[String], rows: &[Vec<String>]) -> Vec<String> {
    rows.iter()
        .flat_map(|row| row_sentences(headers, row))
        .collect()
}

fn row_sentences(headers: &[String], row: &[String]) -> Vec<String> {
    let mut cells = row.iter().enumerate().filter_map(|(at, value)| {
        let header = headers
            .get(at)
            .map_or("", |header| header.trim_end_matches(':'));
        labelled(header, value)
    });
    let Some(first) = cells.next() else {
        return Vec::new();
    };
    let first = if headers.iter().all(|header| header.is_empty()) {
        row[0].clone()
    } else {
        first
    };
    let mut out = Vec::new();
    let mut said = first.clone();
    let mut fresh = true;
    for cell in cells {
        if !fresh && said.split(' ').count() + cell.split(' ').count() > LONGEST_ROW_WORDS {
            out.push(closed(&said));
            said.clone_from(&first);
        }
        let joint = if headers.iter().all(|header| header.is_empty()) {
            ": "
        } else {
            "; "
        };
        said.push_str(joint);
        said.push_str(&cell);
        fresh = false;
    }
    out.push(closed(&said));
    out
}

fn labelled(header: &str, value: &str) -> Option<String> {
    let value = match value.trim() {
        "" => return None,
        "✓" | "✔" | "✅" | "x" | "X" => "yes",
        "✗" | "✘" | "❌" | "-" | "–" | "—" => "no",
        other => other,
    };
    Some(if header.is_empty() {
        one_line(value)
    } else {
        format!("{header}: {}", one_line(value))
    })
}

fn closed(said: &str) -> String {
    if said.ends_with(['.', '!', '?']) {
        said.to_owned()
    } else {
        format!("{said}.")
    }
}
