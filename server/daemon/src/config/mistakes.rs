//! Everything that is wrong with a configuration, each with its place.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) place: String,
    pub(crate) wrong: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mistakes(pub(crate) Vec<Mistake>);

impl Mistakes {
    pub(crate) fn add(&mut self, place: impl fmt::Display, wrong: impl fmt::Display) {
        self.0.push(Mistake {
            place: place.to_string(),
            wrong: wrong.to_string(),
        });
    }

    pub(crate) fn none_or<T>(self, good: T) -> Result<T, Self> {
        if self.0.is_empty() {
            Ok(good)
        } else {
            Err(self)
        }
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        writeln!(
            f,
            "{count} mistake{} in the configuration:",
            if count == 1 { "" } else { "s" }
        )?;
        for Mistake { place, wrong } in &self.0 {
            writeln!(f, "  {place}: {wrong}")?;
        }
        write!(f, "Every key with its meaning: repartee check --sample")
    }
}

impl std::error::Error for Mistakes {}
