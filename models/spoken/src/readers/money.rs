//! Money: "$3.50", "€1,200", "20 USD", "$1.5 million", "$5/month", "99¢".

use super::amount::{Amount, Span, is_adjective, magnitude, with_sign};
use super::unit;
use crate::numbers::{cardinal, quantity, small, whole};
use crate::token::{Place, Said};

/// How one is marked, and the names of one and many of it, and of its hundredth.
struct Currency {
    marks: &'static [&'static str],
    one: &'static str,
    many: &'static str,
    part: &'static str,
    parts: &'static str,
}

const fn currency(
    marks: &'static [&'static str],
    one: &'static str,
    many: &'static str,
    part: &'static str,
    parts: &'static str,
) -> Currency {
    Currency {
        marks,
        one,
        many,
        part,
        parts,
    }
}

const CURRENCIES: [Currency; 30] = [
    currency(&["$"], "dollar", "dollars", "cent", "cents"),
    currency(
        &["US$", "USD"],
        "U S dollar",
        "U S dollars",
        "cent",
        "cents",
    ),
    currency(
        &["C$", "CA$", "CAD"],
        "Canadian dollar",
        "Canadian dollars",
        "cent",
        "cents",
    ),
    currency(
        &["A$", "AU$", "AUD"],
        "Australian dollar",
        "Australian dollars",
        "cent",
        "cents",
    ),
    currency(
        &["NZ$", "NZD"],
        "New Zealand dollar",
        "New Zealand dollars",
        "cent",
        "cents",
    ),
    currency(
        &["HK$", "HKD"],
        "Hong Kong dollar",
        "Hong Kong dollars",
        "cent",
        "cents",
    ),
    currency(
        &["S$", "SGD"],
        "Singapore dollar",
        "Singapore dollars",
        "cent",
        "cents",
    ),
    currency(&["€", "EUR"], "euro", "euros", "cent", "cents"),
    currency(&["£", "GBP"], "pound", "pounds", "penny", "pence"),
    currency(&["¥", "JPY"], "yen", "yen", "", ""),
    currency(&["CNY", "RMB"], "yuan", "yuan", "", ""),
    currency(&["₹", "INR"], "rupee", "rupees", "", ""),
    currency(&["₩", "KRW"], "won", "won", "", ""),
    currency(&["₽", "RUB"], "ruble", "rubles", "", ""),
    currency(&["R$", "BRL"], "Brazilian real", "Brazilian reais", "", ""),
    currency(&["₺", "TRY"], "lira", "lira", "", ""),
    currency(&["₿", "BTC"], "bitcoin", "bitcoin", "", ""),
    currency(&["₪", "ILS"], "shekel", "shekels", "", ""),
    currency(&["₴", "UAH"], "hryvnia", "hryvnias", "", ""),
    currency(&["₫", "VND"], "dong", "dong", "", ""),
    currency(&["฿", "THB"], "baht", "baht", "", ""),
    currency(&["₱", "PHP"], "peso", "pesos", "", ""),
    currency(&["₦", "NGN"], "naira", "naira", "", ""),
    currency(&["CHF"], "Swiss franc", "Swiss francs", "", ""),
    currency(&["SEK"], "Swedish krona", "Swedish kronor", "", ""),
    currency(&["NOK"], "Norwegian krone", "Norwegian kroner", "", ""),
    currency(&["DKK"], "Danish krone", "Danish kroner", "", ""),
    currency(&["PLN"], "zloty", "zloty", "", ""),
    currency(&["MXN"], "Mexican peso", "Mexican pesos", "", ""),
    currency(&["ETH"], "ether", "ether", "", ""),
];

fn find(mark: &str) -> Option<&'static Currency> {
    CURRENCIES
        .iter()
        .find(|currency| currency.marks.contains(&mark))
}

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    // "USD 20".
    if core.len() == 3 && core.bytes().all(|b| b.is_ascii_uppercase()) {
        let currency = find(core)?;
        let span = Span::parse(place.follows(1)?)?;
        let mut said = say(place.on(1), &span, currency, "")?;
        said.taken += 1;
        return Some(said);
    }
    let span = Span::parse(core)?;
    if let Some(currency) = find(span.mark()) {
        return say(place, &span, currency, span.suffix());
    }
    if let Some(cents) = cents(&span) {
        return Some(Said::one(cents));
    }
    // "5€", "20 USD", "5 million euros" is no matter of ours.
    let suffix = span.suffix();
    let end = suffix.find('/').unwrap_or(suffix.len());
    if let Some(currency) = find(&suffix[..end]).filter(|_| end > 0) {
        return say(place, &span, currency, &suffix[end..]);
    }
    let scaled = magnitude(suffix, place, true);
    let skip = scaled.map_or(0, |(_, taken)| usize::from(taken));
    let next = place
        .on(skip)
        .follows(1)
        .filter(|_| suffix.is_empty() || scaled.is_some())?;
    let (next, rate) = match next.split_once('/') {
        Some((next, rate)) => (next, format!(" per {}", unit::one_of(rate))),
        None => (next, String::new()),
    };
    let currency = find(next).or_else(|| find(next.strip_suffix('s')?))?;
    let mut said = say(place, &span, currency, suffix)?;
    said.words.push_str(&rate);
    said.taken += 1;
    Some(said)
}

fn cents(span: &Span<'_>) -> Option<String> {
    let rest = span.suffix().strip_prefix('¢')?;
    let name = if span.is_one() { "cent" } else { "cents" };
    rest.is_empty().then(|| format!("{} {name}", span.words()))
}

fn say(place: Place<'_>, span: &Span<'_>, currency: &Currency, suffix: &str) -> Option<Said> {
    let (plus, suffix) = match suffix.strip_prefix('+') {
        Some(rest) => (" plus", rest),
        None => ("", suffix),
    };
    let per_at = suffix.find(['/', '-']).unwrap_or(suffix.len());
    let (scale, behind) = suffix.split_at(per_at);
    let scaled = magnitude(scale, place, true);
    if scaled.is_none() && !scale.is_empty() {
        return None;
    }
    let taken = 1 + scaled.map_or(0, |(_, taken)| usize::from(taken));
    let plural = match is_adjective(place, taken) || behind.starts_with('-') {
        true => currency.one,
        false => currency.many,
    };
    let (joint, rate) = match behind.strip_prefix('/') {
        Some(unit) => (" per ", unit::one_of(unit)),
        None => (" ", behind.replace('-', " ").trim().to_owned()),
    };
    let from_scale = magnitude(span.from.suffix, place, true).filter(|(_, taken)| !taken);
    let words = match (&span.to, scaled) {
        (Some(to), scaled) => {
            let scale = scaled.map_or(String::new(), |(word, _)| format!(" {word}"));
            let low = match (from_scale, scaled) {
                (Some((low, _)), Some((high, _))) if low != high => {
                    format!("{} {low}", span.from.words())
                }
                _ => span.from.words(),
            };
            if to.number.contains('.') && scaled.is_none() {
                let low = coins(&span.from, currency, plural);
                format!("{low} to {}", coins(to, currency, plural))
            } else {
                format!("{low} to {}{scale}{plus} {plural}", to.words())
            }
        }
        (None, Some((scale, _))) => format!("{} {scale}{plus} {plural}", span.from.words()),
        (None, None) if plus.is_empty() => coins(&span.from, currency, plural),
        (None, None) => format!("{}{plus} {plural}", span.from.words()),
    };
    let rate = if rate.is_empty() {
        rate
    } else {
        joint.to_owned() + &rate
    };
    Some(Said::many(words + &rate, taken))
}

/// "three dollars and fifty cents".
fn coins(amount: &Amount<'_>, currency: &Currency, plural: &str) -> String {
    let name = |number: u64| if number == 1 { currency.one } else { plural };
    let said = match amount.number.split_once('.') {
        Some((before, after)) if after.len() <= 2 && !currency.part.is_empty() => {
            let whole = if before.is_empty() {
                Some(0)
            } else {
                whole(before)
            };
            let cents = small(after).map(|cents| if after.len() == 1 { cents * 10 } else { cents });
            let part = |cents| {
                if cents == 1 {
                    currency.part
                } else {
                    currency.parts
                }
            };
            match (whole, cents) {
                (Some(0), Some(cents)) if cents > 0 => {
                    format!("{} {}", cardinal(cents), part(cents))
                }
                (Some(whole), Some(0)) => format!("{} {}", cardinal(whole), name(whole)),
                (Some(whole), Some(cents)) => format!(
                    "{} {} and {} {}",
                    cardinal(whole),
                    name(whole),
                    cardinal(cents),
                    part(cents)
                ),
                _ => quantity(&amount.number).unwrap_or_default() + " " + plural,
            }
        }
        _ => {
            let name = if amount.is_one() {
                currency.one
            } else {
                plural
            };
            quantity(&amount.number).unwrap_or_default() + " " + name
        }
    };
    with_sign(amount.sign, &said)
}
