//! What Repartee knows about itself: embedded, so that a bare start can be asked something.

use crate::folder::Document;

const FILES: &[(&str, &str)] = &[
    ("about.md", include_str!("../sample/about.md")),
    ("running.md", include_str!("../sample/running.md")),
    ("knowledge.md", include_str!("../sample/knowledge.md")),
    ("page.md", include_str!("../sample/page.md")),
    ("trouble.md", include_str!("../sample/trouble.md")),
    ("privacy.md", include_str!("../sample/privacy.md")),
];

pub(crate) fn documents() -> Vec<Document> {
    FILES
        .iter()
        .map(|(source, text)| Document {
            source: (*source).to_owned(),
            text: (*text).to_owned(),
        })
        .collect()
}
