//! Takes off what is left of Markdown and HTML.

pub(super) fn strip(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut in_code = false;
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("```") || line.starts_with("~~~") {
            in_code = !in_code;
            continue;
        }
        if in_code || is_rule(line) {
            continue;
        }
        let begun = plain.len();
        inline(without_mark(line), &mut plain);
        // A heading or a point of a list is a sentence of its own.
        let said = plain[begun..].trim_end();
        let marked = without_mark(line).len() < line.len();
        if marked && said.ends_with(char::is_alphanumeric) {
            plain.push('.');
        }
        plain.push(' ');
    }
    plain
}

/// "---", "|---|---|", "===".
fn is_rule(line: &str) -> bool {
    line.len() >= 3 && line.chars().all(|c| "-=*_|: ".contains(c))
}

/// Without "# ", "> ", "- ", "* " at the beginning.
fn without_mark(line: &str) -> &str {
    let bare = line.trim_start_matches('#');
    if bare.len() < line.len() && bare.starts_with(' ') {
        return bare.trim_start();
    }
    for mark in ["> ", "- ", "* ", "+ ", "• "] {
        if let Some(rest) = line.strip_prefix(mark) {
            return without_mark(rest.trim_start());
        }
    }
    line
}

fn inline(line: &str, plain: &mut String) {
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        if let Some((said, after)) = link(rest).or_else(|| tag(rest)) {
            plain.push_str(said);
            rest = after;
            continue;
        }
        match first {
            '*' | '`' | '~' if !spaced(plain, rest) => {}
            '|' => plain.push_str(", "),
            '_' if !within_word(plain, rest) => {}
            other => plain.push(other),
        }
        rest = &rest[first.len_utf8()..];
    }
}

/// `[text](address)` and `![text](address)`: the text.
fn link(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix("![").or_else(|| text.strip_prefix('['))?;
    let (said, after) = inner.split_once("](")?;
    let (address, after) = after.split_once(')')?;
    let sane = !said.contains('[') && !address.contains(char::is_whitespace);
    sane.then_some((said, after))
}

/// `<br>`, `</b>`, `<https://...>`: nothing but an address.
fn tag(text: &str) -> Option<(&str, &str)> {
    let (inner, after) = text.strip_prefix('<')?.split_once('>')?;
    let first = inner.strip_prefix('/').unwrap_or(inner).chars().next()?;
    if inner.len() > 200 || !first.is_ascii_alphabetic() {
        return None;
    }
    let address = inner.contains("://") || inner.contains('@') && !inner.contains(' ');
    Some((if address { inner } else { " " }, after))
}

/// "2 * 3": a sign, not a mark.
fn spaced(before: &str, rest: &str) -> bool {
    before.ends_with(' ') && rest[1..].starts_with(' ')
}

fn within_word(before: &str, rest: &str) -> bool {
    before.ends_with(char::is_alphanumeric) && rest[1..].starts_with(char::is_alphanumeric)
}
