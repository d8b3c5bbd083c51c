//! What stands at the head of a document about the document itself, such as its title.

/// Whoever writes one of these speaks of a document, and of nothing that a caller asks for.
const OF_DOCUMENTS: &[&str] = &[
    "title",
    "subtitle",
    "tags",
    "keywords",
    "aliases",
    "layout",
    "slug",
    "permalink",
    "draft",
];
/// Beside one of those, these do so, too. "Date: 12 May" alone may be a fact.
const BESIDE: &[&str] = &[
    "author",
    "authors",
    "date",
    "created",
    "updated",
    "modified",
    "published",
    "lang",
    "id",
    "uid",
    "uuid",
];

/// YAML at the very start, and what follows it. Further down the same lines are rulers with text between.
pub(crate) fn split(text: &str) -> Option<(&str, &str)> {
    let first = text.split_inclusive('\n').next()?;
    if first.trim_end() != "---" {
        return None;
    }
    let below = &text[first.len()..];
    let mut at = 0;
    for line in below.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            let found = &below[..at];
            return is_yaml(found).then(|| (found, &below[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

/// A ruler may stand first, too: keys tell metadata from text.
fn is_yaml(text: &str) -> bool {
    !text.starts_with(['\r', '\n']) && text.lines().any(|line| pair(line).is_some())
}

pub(crate) fn title(metadata: &str) -> Option<&str> {
    let line = metadata.lines().find(|line| is_title(line))?;
    let (_, title) = pair(line)?;
    let title = title.trim().trim_matches(['"', '\'']).trim();
    (!title.is_empty()).then_some(title)
}

/// The title that plain text gives itself, and what there is to say.
///
/// Plain text may be one fact a line, also between rulers. So only the line of the title goes, and the rest
/// of a head between rulers where each of its keys is known to be about the document.
pub(crate) fn of_plain(text: &str) -> (Option<&str>, String) {
    let ruled = split(text);
    let (head, below) = ruled.unwrap_or_else(|| first_lines(text));
    let about = is_about_document(head);
    // A list of books has a title each, and a head with nothing below it is all there is.
    let one = text.lines().filter(|line| is_title(line)).count() <= 1;
    if !one || below.trim().is_empty() || ruled.is_none() && !about {
        return (None, text.to_owned());
    }
    let kept = if ruled.is_some() && about {
        String::new()
    } else {
        let lines = head.lines().filter(|line| !is_title(line));
        lines.collect::<Vec<_>>().join("\n")
    };
    (title(head), format!("{kept}\n\n{below}"))
}

/// The lines at the start, and what follows from the first empty one on.
fn first_lines(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let lines = text.split_inclusive('\n');
    let head = lines.take_while(|line| !line.trim().is_empty());
    text.split_at(head.map(str::len).sum())
}

fn is_about_document(head: &str) -> bool {
    let mut is_sure = false;
    // Below a key without a value stands the value.
    let mut is_open = false;
    for line in head.lines() {
        if is_open && line.starts_with([' ', '\t', '-']) {
            continue;
        }
        let Some((key, value)) = pair(line) else {
            return false;
        };
        let (key, value) = (key.to_ascii_lowercase(), value.trim());
        let surely = OF_DOCUMENTS.contains(&key.as_str());
        if !surely && !BESIDE.contains(&key.as_str()) || may_be_fact(&key, value) {
            return false;
        }
        is_sure |= surely;
        is_open = value.is_empty();
    }
    is_sure
}

/// "Date: 12 May, 7 pm" and "Draft: Harp 4.80" tell a caller something; "date: 2024-05-01" and "draft: true" do not.
fn may_be_fact(key: &str, value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    match key {
        "title" => value.is_empty(),
        "draft" => !matches!(value, "" | "true" | "false" | "yes" | "no"),
        "layout" => value.contains(char::is_whitespace),
        "date" | "created" | "updated" | "modified" | "published" => {
            let digits = value.bytes().take_while(u8::is_ascii_digit).count();
            !value.is_empty() && digits != 4
        }
        _ => false,
    }
}

fn is_title(line: &str) -> bool {
    pair(line).is_some_and(|(key, _)| key.eq_ignore_ascii_case("title"))
}

fn pair(line: &str) -> Option<(&str, &str)> {
    let is_sign = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let (key, value) = line.split_once(':')?;
    (!key.is_empty() && key.chars().all(is_sign)).then_some((key, value))
}

#[cfg(test)]
mod tests {
    use super::of_plain;

    fn lines(text: &str) -> (Option<&str>, Vec<String>) {
        let (title, text) = of_plain(text);
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        (title, lines.map(str::to_owned).collect())
    }

    #[test]
    fn a_note_gives_its_title_and_keeps_its_other_lines() {
        let note = "\nTitle: Pool rules\r\nAuthor: Jane\r\nTags: pool\r\n\r\nNo diving.\r\n";
        let (title, said) = lines(note);
        assert_eq!(title, Some("Pool rules"));
        assert_eq!(said, ["Author: Jane", "Tags: pool", "No diving."]);
    }

    #[test]
    fn a_head_between_rulers_that_is_about_the_document_is_left_out() {
        for head in [
            "Title: Pool rules\nAuthor: Jane\nDate: 2024-05-01\nTags: pool\n",
            "title: 'Pool rules'\ntags:\n  - pool\n- rules\nauthors:\n\t- Jane\n",
        ] {
            let text = format!("---\n{head}---\nNo diving.\n");
            let (title, said) = lines(&text);
            assert_eq!(title, Some("Pool rules"));
            assert_eq!(said, ["No diving."]);
        }
    }

    #[test]
    fn no_fact_is_taken_for_a_head() {
        for text in [
            "Opening hours: 9 to 5\nParking: free\n\nDogs are welcome.\n",
            "Parking: free\nDogs: welcome\n\nCome in.\n",
            "Date: 12 May\n\nThe choir sings.\n",
            "Title: Manager\nName: Bob\n\nHe is in on Mondays.\n",
            "Title: Emma\nAuthor: Austen\n\nTitle: Moby Dick\nAuthor: Melville\n",
            "Title: Emma\nAuthor: Austen\n",
            "Title: Emma\nIt is on loan.\n\nAsk at the desk.\n",
            "---\nOpening hours: 9 to 5\n---\nCome in.\n",
            "---\nTitle: Emma\n---\nTitle: Moby Dick\n",
            "---\nTitle: Emma\nAuthor: Austen\n---\n",
            "",
        ] {
            assert_eq!(of_plain(text), (None, text.to_owned()));
        }
    }

    #[test]
    fn facts_between_rulers_stay() {
        let (title, said) = lines("---\nParking: free\nDate: 12 May\n---\nCome in.\n");
        assert_eq!(title, None);
        assert_eq!(said, ["Parking: free", "Date: 12 May", "Come in."]);
        for fact in [
            "Venue: the mill",
            "Date: 12 May, 7 pm",
            "Draft: Guinness 5.20, Harp 4.80",
            "Layout: two halls and a kitchen",
        ] {
            let text = format!("---\ntitle: The fair\n{fact}\n---\nCome in.\n");
            let (title, said) = lines(&text);
            assert_eq!(title, Some("The fair"));
            assert_eq!(said, [fact, "Come in."]);
        }
    }
}
