//! NumPy's archive of tables: a zip whose entries are tables, each with a head that says what it is.

use models_engine::Failure;

const END: &[u8] = b"PK\x05\x06";
const LISTED: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

/// The names of the tables, without their ending, and their bytes.
pub(super) fn entries<'a>(file: &str, bytes: &'a [u8]) -> Result<Vec<(String, &'a [u8])>, Failure> {
    let damaged = || Failure::new(format!("{file} is a damaged archive; is it whole?"));
    let end = bytes.windows(4).rposition(|four| four == END);
    let end = Zip(bytes)
        .from(end.ok_or_else(damaged)?)
        .ok_or_else(damaged)?;
    let count = end.short(10).ok_or_else(damaged)?;
    let mut at = end.long(16).ok_or_else(damaged)?;
    let mut found = Vec::new();
    for _ in 0..count {
        let listed = Zip(bytes).from(at).ok_or_else(damaged)?;
        let (name, size) = listed.listed().ok_or_else(damaged)?;
        let (packed, content) = Zip(bytes).content(&listed).ok_or_else(damaged)?;
        if packed {
            return Err(Failure::new(format!(
                "{file}: {name} is compressed; save the voices with numpy.savez and not savez_compressed"
            )));
        }
        at += size;
        if let Some(name) = name.strip_suffix(".npy") {
            found.push((name.to_owned(), content));
        }
    }
    Ok(found)
}

#[derive(Clone, Copy)]
struct Zip<'a>(&'a [u8]);

impl<'a> Zip<'a> {
    fn from(self, at: usize) -> Option<Self> {
        self.0.get(at..).map(Zip)
    }

    fn short(self, at: usize) -> Option<usize> {
        let two = self.0.get(at..at + 2)?;
        Some(usize::from(u16::from_le_bytes(two.try_into().ok()?)))
    }

    fn long(self, at: usize) -> Option<usize> {
        let four = self.0.get(at..at + 4)?;
        usize::try_from(u32::from_le_bytes(four.try_into().ok()?)).ok()
    }

    /// The name of a listed entry, and how long its line in the list is.
    fn listed(self) -> Option<(String, usize)> {
        if !self.0.starts_with(LISTED) {
            return None;
        }
        let name = self.short(28)?;
        let text = std::str::from_utf8(self.0.get(46..46 + name)?).ok()?;
        let size = 46 + name + self.short(30)? + self.short(32)?;
        Some((text.to_owned(), size))
    }

    /// The bytes of a listed entry, and whether they are packed.
    fn content(self, listed: &Zip<'_>) -> Option<(bool, &'a [u8])> {
        let (packed, size) = (listed.short(10)? != 0, listed.long(20)?);
        let local = self.from(listed.long(42)?)?;
        if !local.0.starts_with(LOCAL) {
            return None;
        }
        let start = 30 + local.short(26)? + local.short(28)?;
        Some((packed, local.0.get(start..start.checked_add(size)?)?))
    }
}

/// The numbers of a table of plain reals.
pub(super) fn table<'a>(place: &str, bytes: &'a [u8]) -> Result<&'a [u8], Failure> {
    let told = |what: &str| Failure::new(format!("{place} {what}"));
    let damaged = || told("is not one of NumPy's tables");
    let rest = bytes.strip_prefix(b"\x93NUMPY").ok_or_else(damaged)?;
    let wide = rest.first().is_some_and(|version| *version > 1);
    let zip = Zip(rest);
    let (length, start) = if wide {
        (zip.long(2), 6)
    } else {
        (zip.short(2), 4)
    };
    let end = length
        .and_then(|length| length.checked_add(start))
        .ok_or_else(damaged)?;
    let head = rest.get(start..end).ok_or_else(damaged)?;
    let head = String::from_utf8_lossy(head).replace(' ', "");
    if !head.contains("'descr':'<f4'") || head.contains("'fortran_order':True") {
        return Err(told("is not a table of 32-bit reals in rows"));
    }
    Ok(&rest[end..])
}
