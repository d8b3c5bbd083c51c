//! Recognition by PocketSphinx, opened at run time from Debian's packages.

use models_engine::{Card, Failure, Grade, Hint, Listening, Recognizer, Stopped};

/// What the recognizer is to know before the first call.
#[derive(Clone, Debug)]
pub struct SphinxOptions {
    /// The knowledge base's sentences and headings: its words become likely.
    pub knowledge: Vec<String>,
    /// How many utterances can be heard at once; each decoder takes 100 MB.
    pub decoders: usize,
}

/// A bounded pool of decoders.
pub struct Sphinx {}

impl Sphinx {
    /// Loads every decoder now. The error names the Debian packages that are missing.
    pub fn load(_options: &SphinxOptions) -> Result<Self, Failure> {
        Err(Failure::new("recognition by PocketSphinx is not built yet"))
    }
}

impl Recognizer for Sphinx {
    fn card(&self) -> Card {
        Card::new("PocketSphinx en-us", Grade::Builtin)
    }

    fn listen(&self, _hint: &Hint) -> Result<Box<dyn Listening + '_>, Stopped> {
        Err(Stopped::failed(
            "recognition by PocketSphinx is not built yet",
        ))
    }
}
