//! Numbers with what belongs to them: money, times, dates, units, versions.

use super::super::numbers::{cardinal, digits, ordinal, parse, quantity, year};
use super::{Neighbours, Said, all_digits, joined};

const CURRENCIES: [(&str, &str, &str, &str); 8] = [
    ("$", "dollar", "dollars", "cent"),
    ("€", "euro", "euros", "cent"),
    ("£", "pound", "pounds", "penny"),
    ("¥", "yen", "yen", ""),
    ("USD", "dollar", "dollars", "cent"),
    ("EUR", "euro", "euros", "cent"),
    ("GBP", "pound", "pounds", "penny"),
    ("CHF", "franc", "francs", "cent"),
];

/// The sign, of one, of many.
const UNITS: [(&str, &str, &str); 43] = [
    ("%", "percent", "percent"),
    ("‰", "per mille", "per mille"),
    ("°C", "degree Celsius", "degrees Celsius"),
    ("°F", "degree Fahrenheit", "degrees Fahrenheit"),
    ("°", "degree", "degrees"),
    ("ms", "millisecond", "milliseconds"),
    ("us", "microsecond", "microseconds"),
    ("ns", "nanosecond", "nanoseconds"),
    ("s", "second", "seconds"),
    ("sec", "second", "seconds"),
    ("min", "minute", "minutes"),
    ("h", "hour", "hours"),
    ("hrs", "hours", "hours"),
    ("Hz", "hertz", "hertz"),
    ("kHz", "kilohertz", "kilohertz"),
    ("MHz", "megahertz", "megahertz"),
    ("GHz", "gigahertz", "gigahertz"),
    ("dB", "decibel", "decibels"),
    ("kB", "kilobyte", "kilobytes"),
    ("KB", "kilobyte", "kilobytes"),
    ("MB", "megabyte", "megabytes"),
    ("GB", "gigabyte", "gigabytes"),
    ("TB", "terabyte", "terabytes"),
    ("KiB", "kilobyte", "kilobytes"),
    ("MiB", "megabyte", "megabytes"),
    ("GiB", "gigabyte", "gigabytes"),
    ("kbit/s", "kilobit a second", "kilobits a second"),
    ("Mbit/s", "megabit a second", "megabits a second"),
    ("mm", "millimeter", "millimeters"),
    ("cm", "centimeter", "centimeters"),
    ("m", "meter", "meters"),
    ("km", "kilometer", "kilometers"),
    ("km/h", "kilometer an hour", "kilometers an hour"),
    ("mph", "mile an hour", "miles an hour"),
    ("g", "gram", "grams"),
    ("kg", "kilogram", "kilograms"),
    ("mg", "milligram", "milligrams"),
    ("l", "liter", "liters"),
    ("ml", "milliliter", "milliliters"),
    ("W", "watt", "watts"),
    ("kW", "kilowatt", "kilowatts"),
    ("kWh", "kilowatt hour", "kilowatt hours"),
    ("V", "volt", "volts"),
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `ends_open`: no pause stands between this token and the next.
pub(super) fn read(core: &str, near: Neighbours<'_>, ends_open: bool) -> Option<Said> {
    let alone = |text: String| Said {
        text,
        took_next: false,
    };
    if let Some(said) = money(core, near, ends_open) {
        return Some(said);
    }
    if !core.contains(|c: char| c.is_ascii_digit()) {
        return month(core, near).map(alone);
    }
    if ends_open && let Some(said) = with_unit_after(core, near.after) {
        return Some(said);
    }
    date(core)
        .or_else(|| time(core))
        .or_else(|| in_a_date(core, near))
        .or_else(|| version(core, near))
        .or_else(|| telephone(core))
        .or_else(|| range(core))
        .or_else(|| with_unit(core))
        .or_else(|| ordinal_number(core))
        .or_else(|| quantity(core))
        .or_else(|| {
            core.strip_prefix('#')
                .and_then(quantity)
                .map(|n| format!("number {n}"))
        })
        .map(alone)
}

/// "$3.50", "3.50 €", "€5 million".
fn money(core: &str, near: Neighbours<'_>, ends_open: bool) -> Option<Said> {
    let of = |sign: &str| CURRENCIES.into_iter().find(|currency| currency.0 == sign);
    let split = core.find(|c: char| c.is_ascii_digit());
    if let Some(at) = split
        && let Some(currency) = of(&core[..at])
    {
        let scale = ["million", "billion", "thousand"]
            .into_iter()
            .find(|s| near.after == *s);
        if let (Some(scale), true) = (scale, ends_open) {
            let text = format!("{} {scale} {}", quantity(&core[at..])?, currency.2);
            return Some(Said {
                text,
                took_next: true,
            });
        }
        return sum(&core[at..], currency).map(|text| Said {
            text,
            took_next: false,
        });
    }
    let digits_end = core.rfind(|c: char| c.is_ascii_digit())? + 1;
    let (amount, sign) = core.split_at(digits_end);
    if let Some(currency) = of(sign) {
        return sum(amount, currency).map(|text| Said {
            text,
            took_next: false,
        });
    }
    let after = near
        .after
        .trim_end_matches(['.', ',', '!', '?', ';', ':', ')']);
    let currency = (ends_open && sign.is_empty()).then(|| of(after))??;
    sum(amount, currency).map(|text| Said {
        text: text + &near.after[after.len()..],
        took_next: true,
    })
}

fn sum(amount: &str, (_, one, many, cent): (&str, &str, &str, &str)) -> Option<String> {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    let whole = parse(whole)?;
    let named = |n: u64| format!("{} {}", cardinal(n), if n == 1 { one } else { many });
    let cents = match part.len() {
        0 => 0,
        2 => parse(part)?,
        _ => return Some(format!("{} {many}", quantity(amount)?)),
    };
    let coins = |n: u64| match (cent, n) {
        ("penny", 1) => "one penny".to_owned(),
        ("penny", n) => format!("{} pence", cardinal(n)),
        (_, 1) => "one cent".to_owned(),
        (_, n) => format!("{} cents", cardinal(n)),
    };
    Some(match (whole, cents) {
        (whole, 0) => named(whole),
        (0, cents) => coins(cents),
        (whole, cents) => format!("{} and {}", named(whole), coins(cents)),
    })
}

/// "2026-11-21".
fn date(core: &str) -> Option<String> {
    let parts: Vec<&str> = core.split('-').collect();
    let [y, m, d] = parts.as_slice() else {
        return None;
    };
    if y.len() != 4 || m.len() != 2 || d.len() != 2 {
        return None;
    }
    let (y, m, d) = (parse(y)?, parse(m)?, parse(d)?);
    let month = MONTHS.get(usize::try_from(m.checked_sub(1)?).ok()?)?;
    (1..=31)
        .contains(&d)
        .then(|| format!("{month} {}, {}", ordinal(d), year(y)))
}

/// "7:30", "19:00", "7:05pm", "7am".
fn time(core: &str) -> Option<String> {
    let lower = core.to_ascii_lowercase();
    let half = ["am", "pm"].into_iter().find(|half| lower.ends_with(half));
    let bare = half.map_or(lower.as_str(), |_| &lower[..lower.len() - 2]);
    let (hour, minute) = match bare.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (parse(hour)?, parse(minute)?),
        None if half.is_some() => (parse(bare)?, 0),
        _ => return None,
    };
    if hour > 24 || minute > 59 {
        return None;
    }
    let half = half.map_or("", |half| if half == "am" { " A M" } else { " P M" });
    Some(match minute {
        0 if half.is_empty() => format!("{} o'clock", cardinal(hour)),
        0 => format!("{}{half}", cardinal(hour)),
        1..10 => format!("{} oh {}{half}", cardinal(hour), cardinal(minute)),
        _ => format!("{} {}{half}", cardinal(hour), cardinal(minute)),
    })
}

/// "Nov" beside a number.
fn month(core: &str, near: Neighbours<'_>) -> Option<String> {
    let beside_number = near.before.ends_with(|c: char| c.is_ascii_digit())
        || near.after.starts_with(|c: char| c.is_ascii_digit());
    let short = core.len() == 3 || core == "Sept";
    let month = MONTHS.iter().find(|month| short && month.starts_with(core));
    month
        .filter(|_| beside_number)
        .map(|month| (*month).to_owned())
}

/// The year or the day beside a month, and years behind words that lead to one.
fn in_a_date(core: &str, near: Neighbours<'_>) -> Option<String> {
    let number = all_digits(core).then(|| parse(core))??;
    let named = |word: &str| {
        let word = word.trim_end_matches(['.', ',']);
        word.len() >= 3 && MONTHS.iter().any(|month| month.starts_with(word))
    };
    let may_be_year = core.len() == 4 && (1100..2100).contains(&number);
    let day_before = near.before.ends_with(',') && all_digits(near.before.trim_end_matches(','));
    if may_be_year {
        let leads = [
            "in", "since", "until", "by", "year", "of", "from", "In", "Since",
        ];
        let leads = leads.contains(&near.before) || named(near.before) || day_before;
        return leads.then(|| year(number));
    }
    let day = (1..=31).contains(&number) && core.len() <= 2;
    (day && (named(near.before) || named(near.after))).then(|| ordinal(number))
}

/// "1.2.3", "v2", "127.0.0.1".
fn version(core: &str, near: Neighbours<'_>) -> Option<String> {
    let bare = core.strip_prefix(['v', 'V']).unwrap_or(core);
    let prefixed = bare.len() < core.len();
    let numeric = bare.split('.').all(all_digits);
    if !numeric || !(prefixed || core.matches('.').count() >= 2) {
        return None;
    }
    let word = if bare.matches('.').count() == 3 {
        "dot"
    } else {
        "point"
    };
    let said = joined(bare, '.', word)?;
    let named = near.before.eq_ignore_ascii_case("version");
    Some(if prefixed && !named {
        format!("version {said}")
    } else {
        said
    })
}

/// "555-1234", "+49 30 ..." is read part by part.
fn telephone(core: &str) -> Option<String> {
    let groups: Vec<&str> = core.trim_start_matches('+').split('-').collect();
    let long = groups.iter().map(|group| group.len()).sum::<usize>() >= 7;
    let fits = groups.len() >= 2 && long && groups.iter().all(|group| all_digits(group));
    let said: Vec<String> = groups.iter().map(|group| digits(group)).collect();
    fits.then(|| said.join(", "))
}

/// "5-10", "20-40%", "3:1", "1/2", "2x".
fn range(core: &str) -> Option<String> {
    if let Some((from, to)) = core.split_once('-')
        && let (Some(from), Some(to)) = (quantity(from), with_unit(to).or_else(|| quantity(to)))
    {
        return Some(format!("{from} to {to}"));
    }
    if let Some(said) = core.split_once(':').and_then(|_| joined(core, ':', "to")) {
        return Some(said);
    }
    if let Some(times) = core.strip_suffix(['x', 'X']).and_then(quantity) {
        return Some(format!("{times} times"));
    }
    match core {
        "1/2" => Some("one half".to_owned()),
        "1/4" => Some("one quarter".to_owned()),
        "3/4" => Some("three quarters".to_owned()),
        "24/7" => Some("twenty four seven".to_owned()),
        _ => core
            .split_once('/')
            .and_then(|_| joined(core, '/', "slash")),
    }
}

/// "16kHz", "50%".
fn with_unit(core: &str) -> Option<String> {
    let end = core.rfind(|c: char| c.is_ascii_digit())? + 1;
    let (amount, sign) = core.split_at(end);
    unit(amount, sign)
}

/// "16 kHz".
fn with_unit_after(core: &str, after: &str) -> Option<Said> {
    let sign = after.trim_end_matches(['.', ',', '!', '?', ';', ':', ')']);
    // One letter may as well be a word or a name, but for these.
    if sign.len() == 1 && !["%", "s", "h", "m", "W", "V", "g", "l"].contains(&sign) {
        return None;
    }
    let said = unit(core, sign)?;
    Some(Said {
        text: said + &after[sign.len()..],
        took_next: true,
    })
}

fn unit(amount: &str, sign: &str) -> Option<String> {
    let (_, one, many) = UNITS.iter().find(|(known, _, _)| *known == sign)?;
    let said = quantity(amount)?;
    let name = if said == "one" { one } else { many };
    Some(format!("{said} {name}"))
}

/// "21st", "2nd".
fn ordinal_number(core: &str) -> Option<String> {
    let endings = ["st", "nd", "rd", "th"];
    let bare = endings
        .into_iter()
        .find_map(|ending| core.strip_suffix(ending))?;
    parse(bare).map(ordinal)
}
