//! Sizes for people, in the units that disks are sold by.

pub fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000_000 => (1e3, "kB"),
        1_000_000..1_000_000_000 => (1e6, "MB"),
        _ => (1e9, "GB"),
    };
    let number = bytes as f64 / unit;
    let digits = usize::from(number < 100.0);
    format!("{number:.digits$} {name}")
}
