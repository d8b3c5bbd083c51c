//! The full-text index: BM25 over the bodies, headings and titles of the passages, in memory.

use models_engine::wording::Word;
use tantivy::collector::TopDocs;
use tantivy::directory::RamDirectory;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::{Index, IndexReader, ReloadPolicy, TantivyDocument, TantivyError, Term};

use crate::terms::Meant;

/// What tantivy may use while it builds; far above what a folder at our limits needs.
const BUILDING_BYTES: usize = 64 * 1024 * 1024;
const HEADING_BOOST: f32 = 1.6;
const TITLE_BOOST: f32 = 0.8;
const PAIR_BOOST: f32 = 0.8;

pub(crate) struct Search {
    reader: IndexReader,
    fields: Fields,
}

#[derive(Clone, Copy)]
struct Fields {
    id: Field,
    body: Field,
    heading: Field,
    title: Field,
}

/// The words of one passage, by where they stand.
pub(crate) struct Indexed<'a> {
    pub(crate) body: &'a [Word],
    pub(crate) heading: &'a [Word],
    pub(crate) title: &'a [Word],
}

/// One word of the question: what it may mean, and its weight.
pub(crate) struct Clause {
    pub(crate) meant: Vec<Meant>,
    pub(crate) weight: f32,
}

impl Search {
    pub(crate) fn new<'a>(
        passages: impl Iterator<Item = Indexed<'a>>,
    ) -> Result<Self, TantivyError> {
        let (schema, fields) = schema();
        let mut writer = Index::builder()
            .schema(schema)
            .single_segment_index_writer(RamDirectory::create(), BUILDING_BYTES)?;
        for (id, passage) in passages.enumerate() {
            let mut document = TantivyDocument::default();
            document.add_u64(fields.id, id as u64);
            document.add_text(fields.body, stems(passage.body));
            document.add_text(fields.heading, stems(passage.heading));
            document.add_text(fields.title, stems(passage.title));
            writer.add_document(document)?;
        }
        let index = writer.finalize()?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self { reader, fields })
    }

    /// The best passages with their scores, best first.
    pub(crate) fn best(
        &self,
        clauses: &[Clause],
        limit: usize,
    ) -> Result<Vec<(usize, f32)>, TantivyError> {
        let query = BooleanQuery::new(self.queries(clauses));
        let searcher = self.reader.searcher();
        let top = searcher.search(&query, &TopDocs::with_limit(limit).order_by_score())?;
        top.into_iter()
            .map(|(score, address)| {
                let document: TantivyDocument = searcher.doc(address)?;
                let id = document
                    .get_first(self.fields.id)
                    .and_then(|value| value.as_u64());
                Ok((id.map_or(usize::MAX, |id| id as usize), score))
            })
            .collect()
    }

    fn queries(&self, clauses: &[Clause]) -> Vec<(Occur, Box<dyn Query>)> {
        let mut queries: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for clause in clauses {
            for meant in &clause.meant {
                let boost = clause.weight * meant.strength;
                for (field, factor) in [
                    (self.fields.body, 1.0),
                    (self.fields.heading, HEADING_BOOST),
                    (self.fields.title, TITLE_BOOST),
                ] {
                    let term = Term::from_field_text(field, &meant.stem);
                    let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                    queries.push(should(query, boost * factor));
                }
            }
        }
        for pair in clauses.windows(2) {
            if let (Some(one), Some(other)) = (pair[0].meant.first(), pair[1].meant.first())
                && one.stem != other.stem
            {
                let terms =
                    [one, other].map(|meant| Term::from_field_text(self.fields.body, &meant.stem));
                let mut query = PhraseQuery::new(terms.to_vec());
                query.set_slop(2);
                queries.push(should(
                    query,
                    PAIR_BOOST * pair[0].weight.min(pair[1].weight),
                ));
            }
        }
        queries
    }
}

fn should(query: impl Query, boost: f32) -> (Occur, Box<dyn Query>) {
    (
        Occur::Should,
        Box::new(BoostQuery::new(Box::new(query), boost)),
    )
}

fn schema() -> (Schema, Fields) {
    // The words are stemmed before they come here: the tokenizer only parts them again.
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("whitespace")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = TextOptions::default().set_indexing_options(indexing);
    let mut schema = Schema::builder();
    let fields = Fields {
        id: schema.add_u64_field("id", NumericOptions::default().set_stored()),
        body: schema.add_text_field("body", text.clone()),
        heading: schema.add_text_field("heading", text.clone()),
        title: schema.add_text_field("title", text),
    };
    (schema.build(), fields)
}

fn stems(words: &[Word]) -> String {
    words
        .iter()
        .map(|word| word.stem.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}
