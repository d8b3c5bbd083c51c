//! Takes Markdown off: a heading and each point of a list become sentences, a table goes row by row.
//!
//! Phrases come one at a time and are mostly plain, so the parser is asked only where a mark stands,
//! and what it would take for a mark that is none is hidden from it.

use crate::html;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

const OMITTED: &str = "code omitted";

pub(crate) fn flatten(text: &str) -> String {
    if !is_marked(text) {
        return text.to_owned();
    }
    let shown = if text.contains('<') {
        html::strip(text)
    } else {
        text.to_owned()
    };
    let shown = hide(&shown);
    let mut flat = Flat::default();
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    for event in Parser::new_ext(&shown, options) {
        flat.take(event);
    }
    flat.out
}

fn is_marked(text: &str) -> bool {
    text.contains(['*', '_', '`', '[', '<', '#', '|', '~', '&', '\\', '\n'])
        || text.trim_start().starts_with(['-', '+', '>', '•'])
}

/// Escapes what is no mark: the star of "5*3", the sign of "> 5", one line that is only indented.
fn hide(text: &str) -> String {
    let mut hidden = String::with_capacity(text.len());
    let many = text.contains('\n');
    for line in text.lines() {
        let bare = line.trim_start();
        let line = if many { line } else { bare };
        let compares = bare
            .strip_prefix('>')
            .is_some_and(|rest| rest.trim_start_matches([' ', '=']).starts_with(is_amount));
        if compares || bare.starts_with("# of ") || is_sum(bare) {
            hidden.push('\\');
        }
        let mut before = ' ';
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            let next = letters.peek().copied().unwrap_or(' ');
            match letter {
                '*' if before.is_ascii_digit() && next.is_ascii_digit() => hidden.push_str(" × "),
                // What Windows writes between folders escapes nothing.
                '\\' if before == ':' || before.is_alphanumeric() => hidden.push_str("\\\\"),
                letter => hidden.push(letter),
            }
            before = letter;
        }
        hidden.push('\n');
    }
    hidden
}

fn is_amount(c: char) -> bool {
    c.is_ascii_digit() || "$€£.".contains(c)
}

/// "- 5 = ..." and "+ 5": a sum, and no list.
fn is_sum(line: &str) -> bool {
    let signed = line.strip_prefix("- ").or_else(|| line.strip_prefix("+ "));
    signed.is_some_and(|rest| rest.starts_with(is_amount) && rest.contains('='))
}

/// What has been flattened so far, and where in the document it stands.
#[derive(Default)]
struct Flat {
    out: String,
    /// The numbers that the open lists go on with.
    lists: Vec<Option<u64>>,
    in_code: bool,
    /// A block has ended: before more is said, the sentence is closed.
    owes_stop: bool,
}

impl Flat {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.open(tag),
            Event::End(tag) => self.close(tag),
            Event::Text(text) if !self.in_code => self.say(&text),
            Event::Code(text) => self.say(&text),
            Event::Html(text) | Event::InlineHtml(text) => self.say(&text),
            Event::SoftBreak | Event::HardBreak => self.out.push(' '),
            Event::Rule => self.owes_stop = true,
            _ => {}
        }
    }

    fn open(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => {
                self.say(OMITTED);
                self.in_code = true;
            }
            Tag::List(first) => {
                self.owes_stop |= !self.out.is_empty();
                self.lists.push(first);
            }
            Tag::Item => {
                if let Some(Some(number)) = self.lists.last_mut() {
                    let said = format!("{number}. ");
                    *number = number.saturating_add(1);
                    self.say(&said);
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::BlockQuote(_) => {
                self.in_code = false;
                self.owes_stop = true;
            }
            TagEnd::Heading(_) | TagEnd::Item => {
                self.owes_stop = true;
                self.stop();
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                self.out
                    .truncate(self.out.trim_end_matches([',', ' ']).len());
                self.owes_stop = true;
                self.stop();
            }
            TagEnd::TableCell => self.out.push_str(", "),
            TagEnd::List(_) => {
                self.lists.pop();
            }
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        self.stop();
        self.out.push_str(text);
    }

    /// Closes the sentence before, where nothing else has closed it.
    fn stop(&mut self) {
        if std::mem::take(&mut self.owes_stop) && !self.out.is_empty() {
            let said = self.out.trim_end();
            let ends = |c: char| c.is_alphanumeric() || "%°)\"'”’$€£".contains(c);
            let stop = if said.ends_with(ends) { ". " } else { " " };
            self.out.truncate(said.len());
            self.out.push_str(stop);
        }
    }
}
