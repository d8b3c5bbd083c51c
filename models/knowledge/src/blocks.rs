//! Markdown taken apart into the few kinds of block that passages are made of.

use crate::{front, html};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Title(String),
    Heading {
        level: usize,
        text: String,
    },
    Paragraph(Paragraph),
    List {
        ordered: bool,
        items: Vec<Vec<Block>>,
    },
    Table {
        headers: Vec<String>,
        rows: Vec<Vec<String>>,
    },
    /// One line of code, which may be said; longer code is left out.
    Command(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paragraph {
    /// Line breaks of the source are kept.
    pub(crate) text: String,
    /// So many bytes at its start are bold.
    pub(crate) bold: usize,
}

/// Code longer than this is not read aloud.
const LONGEST_COMMAND: usize = 80;
/// Deeper nesting is flattened away: nobody speaks in it.
const DEEPEST: usize = 24;

pub(crate) fn parse(markdown: &str) -> Vec<Block> {
    let (metadata, markdown) = front::split(markdown).unwrap_or(("", markdown));
    below(front::title(metadata), markdown)
}

/// The blocks of a text without its head, and of the title that stood there.
pub(crate) fn below(title: Option<&str>, markdown: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES;
    let mut reader = Reader {
        events: Parser::new_ext(markdown, options),
        depth: 0,
    };
    let title = title.map(|title| Block::Title(title.to_owned()));
    let mut blocks: Vec<Block> = title.into_iter().collect();
    blocks.append(&mut reader.blocks());
    blocks
}

struct Reader<'a> {
    events: Parser<'a>,
    depth: usize,
}

/// Inline text that gathers until a block ends.
#[derive(Default)]
struct Inline {
    text: String,
    bold: usize,
    in_bold: usize,
    skipping: usize,
    autolink: bool,
}

impl Inline {
    fn push(&mut self, text: &str) {
        if self.skipping > 0 {
            return;
        }
        let all_bold_so_far = self.bold == self.text.len();
        self.text.push_str(text);
        if self.in_bold > 0 && all_bold_so_far {
            self.bold = self.text.len();
        }
    }

    fn take(&mut self) -> Option<Block> {
        let Self { text, bold, .. } = std::mem::take(self);
        let lead = text.len() - text.trim_start().len();
        let bold = bold.saturating_sub(lead);
        let text = text.trim().to_owned();
        let bold = bold.min(text.len());
        (!text.is_empty()).then_some(Block::Paragraph(Paragraph { text, bold }))
    }

    /// An event inside a line of text; false when it is none.
    fn event(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Text(text) | Event::Code(text) => self.push(text),
            Event::SoftBreak | Event::HardBreak => self.push("\n"),
            Event::InlineHtml(tag) if html::is_break(tag) => self.push("\n"),
            Event::Start(Tag::Strong) => self.in_bold += 1,
            Event::End(TagEnd::Strong) => self.in_bold = self.in_bold.saturating_sub(1),
            Event::Start(Tag::Image { .. } | Tag::Strikethrough) => self.skipping += 1,
            Event::End(TagEnd::Image | TagEnd::Strikethrough) => {
                self.skipping = self.skipping.saturating_sub(1);
            }
            Event::Start(Tag::Link { .. } | Tag::Emphasis)
            | Event::End(TagEnd::Link | TagEnd::Emphasis)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => self.autolink = false,
            _ => return false,
        }
        true
    }
}

impl Reader<'_> {
    /// Everything up to the end of the block that holds us.
    fn blocks(&mut self) -> Vec<Block> {
        let mut out = Vec::new();
        let mut inline = Inline::default();
        self.depth += 1;
        while let Some(event) = self.events.next() {
            if inline.event(&event) {
                continue;
            }
            out.extend(inline.take());
            match event {
                Event::Start(tag) => self.block(tag, &mut out),
                Event::End(_) => break,
                _ => {}
            }
        }
        out.extend(inline.take());
        self.depth -= 1;
        out
    }

    fn block(&mut self, tag: Tag<'_>, out: &mut Vec<Block>) {
        if self.depth > DEEPEST {
            self.skip();
            return;
        }
        match tag {
            Tag::Heading { level, .. } => {
                let text = one_line(&self.text());
                if !text.is_empty() {
                    out.push(Block::Heading {
                        level: level as usize,
                        text,
                    });
                }
            }
            Tag::List(first) => {
                let items = self.items();
                out.push(Block::List {
                    ordered: first.is_some(),
                    items,
                });
            }
            Tag::Table(_) => out.push(self.table()),
            Tag::CodeBlock(kind) => out.extend(self.code(&kind)),
            Tag::HtmlBlock => out.extend(html::lines(&self.html()).into_iter().map(shown)),
            Tag::FootnoteDefinition(_) => self.skip(),
            _ => out.append(&mut self.blocks()),
        }
    }

    fn items(&mut self) -> Vec<Vec<Block>> {
        let mut items = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(Tag::Item) => items.push(self.blocks()),
                Event::End(TagEnd::List(_)) => break,
                _ => {}
            }
        }
        items
    }

    fn table(&mut self) -> Block {
        let mut headers = Vec::new();
        let mut rows = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(Tag::TableHead) => headers = self.cells(),
                Event::Start(Tag::TableRow) => rows.push(self.cells()),
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        Block::Table { headers, rows }
    }

    fn cells(&mut self) -> Vec<String> {
        let mut cells = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(Tag::TableCell) => cells.push(one_line(&self.text())),
                Event::End(TagEnd::TableHead | TagEnd::TableRow) => break,
                _ => {}
            }
        }
        cells
    }

    fn code(&mut self, kind: &CodeBlockKind<'_>) -> Option<Block> {
        let prose = matches!(kind, CodeBlockKind::Indented);
        let text = self.text();
        let line = text.trim().trim_start_matches("$ ");
        (!prose && !line.is_empty() && !line.contains('\n') && line.len() <= LONGEST_COMMAND)
            .then(|| Block::Command(line.to_owned()))
    }

    fn html(&mut self) -> String {
        let mut html = String::new();
        for event in self.events.by_ref() {
            match event {
                Event::Html(part) | Event::Text(part) => html.push_str(&part),
                Event::End(_) => break,
                _ => {}
            }
        }
        html
    }

    /// The text up to the end of this block, whatever it is made of.
    fn text(&mut self) -> String {
        let mut inline = Inline::default();
        let mut open = 0_usize;
        for event in self.events.by_ref() {
            if inline.event(&event) {
                continue;
            }
            match event {
                Event::Start(_) => open += 1,
                Event::End(_) if open == 0 => break,
                Event::End(_) => open -= 1,
                _ => {}
            }
        }
        inline.text
    }

    fn skip(&mut self) {
        self.text();
    }
}

fn shown(line: html::Line) -> Block {
    let bold = if line.names { line.text.len() } else { 0 };
    let text = line.text;
    Block::Paragraph(Paragraph { text, bold })
}

pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Block, one_line, parse};

    fn said(markdown: &str) -> Vec<String> {
        parse(markdown)
            .into_iter()
            .filter_map(|block| match block {
                Block::Title(text) | Block::Heading { text, .. } => Some(text),
                Block::Paragraph(paragraph) => Some(one_line(&paragraph.text)),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn text_between_two_rulers_is_kept() {
        let text = "Welcome.\n\n---\n## Parking\nParking is free.\n\n---\n\nBye.\n";
        assert_eq!(
            said(text),
            ["Welcome.", "Parking", "Parking is free.", "Bye."]
        );
        assert_eq!(said(&text["Welcome.\n\n".len()..]).len(), 3);
    }

    #[test]
    fn metadata_at_the_start_gives_its_title_alone() {
        let text = "---\r\ntitle: \"The inn\"\r\nlang: en\r\n...\r\nWelcome.\r\n";
        assert_eq!(said(text), ["The inn", "Welcome."]);
        let capital = text.replace("title", "Title");
        assert_eq!(said(&capital), ["The inn", "Welcome."]);
    }

    #[test]
    fn metadata_that_never_ends_is_text() {
        assert_eq!(
            said("---\nopen: daily\n\nWelcome."),
            ["open: daily", "Welcome."]
        );
    }

    #[test]
    fn a_line_break_in_a_line_is_a_blank() {
        assert_eq!(
            said("9:00\u{2013}12:00<br>14:00\u{2013}18:00<BR />or<br/>later"),
            ["9:00\u{2013}12:00 14:00\u{2013}18:00 or later"]
        );
    }

    #[test]
    fn a_line_break_in_a_cell_is_a_blank() {
        let blocks = parse("| Day | Hours |\n|---|---|\n| Monday | 9-12<br>14-18 |\n");
        let [Block::Table { rows, .. }] = blocks.as_slice() else {
            panic!("it is a table: {blocks:?}");
        };
        assert_eq!(rows, &[["Monday", "9-12 14-18"]]);
    }
}
