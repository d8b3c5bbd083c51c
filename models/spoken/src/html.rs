//! Takes HTML's tags off; what it marks as a block becomes a paragraph.

/// Nothing longer is looked at as a tag.
const LONGEST_TAG: usize = 300;

const BLOCKS: [&str; 17] = [
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "blockquote",
    "article",
    "hr",
];
const INLINE: [&str; 24] = [
    "a", "b", "i", "u", "s", "em", "strong", "span", "code", "pre", "sub", "sup", "small", "mark",
    "del", "ins", "img", "q", "kbd", "font", "thead", "tbody", "abbr", "details",
];

pub(crate) fn strip(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (said, length) = tag(rest);
        plain.push_str(said);
        rest = &rest[length..];
    }
    plain.push_str(rest);
    plain
}

/// What is left of what opens here, and how long it was.
fn tag(text: &str) -> (&str, usize) {
    let literal = ("<", 1);
    if let Some(comment) = text.strip_prefix("<!--") {
        let end = comment.bytes().take(LONGEST_TAG).collect::<Vec<u8>>();
        let end = end.windows(3).position(|three| three == b"-->");
        return end.map_or(literal, |end| (" ", "<!--".len() + end + 3));
    }
    let end = text.bytes().take(LONGEST_TAG).position(|b| b == b'>');
    let Some(end) = end else { return literal };
    let inner = &text[1..end];
    if inner.contains("://") || (inner.contains('@') && !inner.contains(' ')) {
        return (inner, end + 1);
    }
    let name = inner.trim_start_matches('/');
    let name = name.split([' ', '/']).next().unwrap_or(name);
    let lower = name.to_ascii_lowercase();
    let lower = lower.as_str();
    match lower {
        "br" => (" ", end + 1),
        "td" | "th" if inner.starts_with('/') => (", ", end + 1),
        "td" | "th" => (" ", end + 1),
        _ if BLOCKS.contains(&lower) => ("\n\n", end + 1),
        _ if INLINE.contains(&lower) => ("", end + 1),
        // "<name>" stands for something that one fills in.
        _ if is_placeholder(inner) => (inner, end + 1),
        _ => literal,
    }
}

fn is_placeholder(inner: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || "-_ ".contains(c);
    inner.starts_with(|c: char| c.is_ascii_alphabetic())
        && inner.len() <= 40
        && inner.chars().all(letters)
}
