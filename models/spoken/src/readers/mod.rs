//! The readers, in the order in which they are asked: what is told apart by its shape comes first.

mod abbreviation;
mod amount;
mod clock;
mod code;
mod compound;
mod date;
mod fraction;
mod money;
mod ordinal;
mod path;
mod phone;
mod roman;
mod sign;
mod size;
mod unit;
mod version;
mod web;
mod word;
mod year;

use crate::token::{Place, Said};

type Reader = fn(Place<'_>) -> Option<Said>;

const ORDER: [Reader; 19] = [
    web::read,
    phone::read,
    date::read,
    clock::read,
    path::read,
    abbreviation::read,
    roman::read,
    code::read,
    version::read,
    year::read,
    fraction::read,
    size::read,
    money::read,
    unit::read,
    amount::read,
    ordinal::read,
    sign::read,
    compound::read,
    word::read,
];

/// How what stands here is said.
pub(crate) fn read(place: Place<'_>) -> Said {
    let said = ORDER.iter().find_map(|reader| reader(place));
    said.unwrap_or_else(|| Said::one(place.core(0)))
}
