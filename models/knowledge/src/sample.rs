//! What Repartee knows about itself: embedded, so that a bare start can be asked something.

use crate::folder::Document;

const FILES: &[(&str, &str)] = &[("repartee.md", include_str!("../sample/repartee.md"))];

pub(crate) fn documents() -> Vec<Document> {
    FILES
        .iter()
        .map(|(source, text)| Document {
            source: (*source).to_owned(),
            text: (*text).to_owned(),
        })
        .collect()
}
