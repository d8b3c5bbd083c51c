//! The text of an HTML block, line by line, as a browser would show it.

use crate::blocks::one_line;

/// A line ends before and behind these.
const BREAKS: &[&str] = &[
    "blockquote",
    "br",
    "caption",
    "details",
    "div",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
];
/// They stand beside each other in a line.
const CELLS: &[&str] = &["dd", "td", "th"];
/// They say what the next lines are about.
const NAMES: &[&str] = &["h1", "h2", "h3", "h4", "h5", "h6", "summary"];
/// Nobody sees what stands in these.
const UNSEEN: &[&str] = &["script", "style"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// It says what the next lines are about.
    pub(crate) names: bool,
}

pub(crate) fn lines(html: &str) -> Vec<Line> {
    let mut stripper = Stripper::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        stripper.text(&rest[..at]);
        rest = stripper.markup(&rest[at..]);
    }
    stripper.text(rest);
    stripper.end_line();
    stripper.lines
}

pub(crate) fn is_break(tag: &str) -> bool {
    name_of(tag) == "br"
}

#[derive(Default)]
struct Stripper {
    line: String,
    names: bool,
    /// A cell ended, and the next one has not begun.
    between: bool,
    lines: Vec<Line>,
}

impl Stripper {
    fn text(&mut self, html: &str) {
        let text = decoded(html);
        if self.between && !text.trim().is_empty() {
            self.between = false;
            self.line.truncate(self.line.trim_end().len());
            if self.line.ends_with(':') {
                self.line.push(' ');
            } else if !self.line.is_empty() {
                self.line.push_str(": ");
            }
        }
        self.line.push_str(&text);
    }

    /// `html` begins with "<"; what follows the tag or comment is given back.
    fn markup<'a>(&mut self, html: &'a str) -> &'a str {
        if let Some(comment) = html.strip_prefix("<!--") {
            return comment.split_once("-->").map_or("", |(_, rest)| rest);
        }
        let is_tag = |next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?');
        if !html[1..].starts_with(is_tag) {
            self.text("<");
            return &html[1..];
        }
        let (tag, rest) = html.split_at(tag_end(html));
        let opens = !tag.starts_with("</");
        let name = name_of(tag);
        let is_one_of = |names: &[&str]| names.contains(&name.as_str());
        if is_one_of(BREAKS) {
            self.end_line();
        }
        if is_one_of(NAMES) {
            self.names = opens;
        }
        if is_one_of(CELLS) {
            self.between = true;
        }
        if opens && is_one_of(UNSEEN) {
            return end_of(&name, rest);
        }
        rest
    }

    fn end_line(&mut self) {
        self.between = false;
        let text = one_line(&std::mem::take(&mut self.line));
        if !text.is_empty() {
            let names = self.names;
            self.lines.push(Line { text, names });
        }
    }
}

/// A ">" in quotes does not end a tag; where a quote never ends, it was none.
fn tag_end(html: &str) -> usize {
    let mut quote = None;
    for (at, letter) in html.char_indices() {
        match quote {
            None if letter == '>' => return at + 1,
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            Some(open) if open == letter => quote = None,
            _ => {}
        }
    }
    html.find('>').map_or(html.len(), |at| at + 1)
}

/// "br" for "<br>", "<BR />" and "</br>".
fn name_of(tag: &str) -> String {
    tag.trim_start_matches(['<', '/'])
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// From the end tag on; nothing where there is none.
fn end_of<'a>(name: &str, html: &'a str) -> &'a str {
    html.match_indices("</")
        .map(|(at, _)| &html[at..])
        .find(|rest| {
            rest.get(2..2 + name.len())
                .is_some_and(|tag| tag.eq_ignore_ascii_case(name))
        })
        .unwrap_or("")
}

/// The ampersand comes last, so that "&amp;lt;" says how to write "<".
fn decoded(html: &str) -> String {
    html.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::{is_break, lines};

    fn shown(html: &str) -> Vec<String> {
        lines(html).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn what_ends_a_line_in_a_browser_ends_it_here() {
        let html = "<div>Parking is\nfree.<p>Dogs <b>wel</b>come.</p><ul>\n<li>Tea</li>\n<li>Milk</li></ul>One<br/>Two</div>";
        assert_eq!(
            shown(html),
            [
                "Parking is free.",
                "Dogs welcome.",
                "Tea",
                "Milk",
                "One",
                "Two"
            ]
        );
    }

    #[test]
    fn a_row_is_a_line_and_its_cells_stand_apart() {
        let html = "<table>\n<tr>\n<td>Monday</td>\n<td>9&nbsp;to 17</td>\n<td></td>\n</tr>\n<tr><td>Sunday:<td>closed</tr></table>";
        assert_eq!(shown(html), ["Monday: 9 to 17", "Sunday: closed"]);
    }

    #[test]
    fn nobody_hears_comments_scripts_and_styles() {
        let html = "<!-- a > b --><p>Seen.</p><SCRIPT>if (a</b) { c() }</Script><style>p > b {}</style><p>Too.<!-- open";
        assert_eq!(shown(html), ["Seen.", "Too."]);
    }

    #[test]
    fn signs_are_decoded_once() {
        let html = "<p>Tea &amp; milk, 5 < 6, &quot;it&#39;s&quot; &lt;b&gt; &amp;lt;</p>";
        assert_eq!(shown(html), ["Tea & milk, 5 < 6, \"it's\" <b> &lt;"]);
    }

    #[test]
    fn an_arrow_in_an_attribute_ends_no_tag() {
        assert_eq!(shown("<p><a title=\"a > b\">There</a></p>"), ["There"]);
        assert_eq!(shown("<p class=\">It's here.</p>"), ["It's here."]);
    }

    #[test]
    fn a_summary_and_a_heading_name_what_follows() {
        let found = lines("<details><summary>Reset</summary>Hold it.<h3>Why</h3>So.</details>");
        let names: Vec<bool> = found.iter().map(|line| line.names).collect();
        assert_eq!(names, [true, false, true, false]);
    }

    #[test]
    fn a_break_is_known_however_it_is_written() {
        assert!(["<br>", "<br/>", "<BR />"].into_iter().all(is_break));
        assert!(!is_break("<b>") && !is_break("<bright>"));
    }
}
