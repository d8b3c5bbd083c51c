//! Documents in, passages out.
//!
//! A folder of Markdown is read once, cut into passages of a few sentences, and kept in memory with
//! an index. Nothing is fetched, nothing is written but a cache when one is named, and a changed folder
//! needs a restart.

mod blocks;
mod folder;
mod front;
mod html;
mod index;
mod knowledge;
mod meaning;
mod passages;
mod places;
mod plain;
mod sample;
mod sections;
mod table;
mod terms;

pub use folder::Warning;
pub use knowledge::{Knowledge, KnowledgeError};
