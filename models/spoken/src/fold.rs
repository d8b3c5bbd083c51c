//! The many signs of Unicode as the few that the readers know; what cannot be said goes.

use std::iter::Peekable;
use std::str::Chars;

pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 8);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        fold_one(letter, &mut folded, &mut letters);
    }
    folded
}

fn fold_one(letter: char, folded: &mut String, letters: &mut Peekable<Chars<'_>>) {
    if is_silent(letter) {
        return;
    }
    if let Some((_, fraction)) = FRACTIONS.iter().find(|(sign, _)| *sign == letter) {
        if folded.ends_with(|c: char| c.is_ascii_digit()) {
            folded.push(' ');
        }
        folded.push_str(fraction);
        if letters.peek().is_some_and(|c| c.is_alphanumeric()) {
            folded.push(' ');
        }
        return;
    }
    match letter {
        '-' if letters.peek() == Some(&'-') && folded.ends_with(char::is_alphanumeric) => {
            letters.next();
            folded.push_str(" — ");
        }
        '\u{2014}' | '\u{2015}' | '\u{2022}' | '\u{2023}' | '\u{25aa}' | '·' | '●' => {
            folded.push_str(" — ");
        }
        // "5 p.m.–7 p.m."
        '–' if folded.ends_with('.') || is_unit_last(folded) => folded.push_str(" – "),
        '…' => folded.push_str("... "),
        '℃' => folded.push_str("°C"),
        '℉' => folded.push_str("°F"),
        '№' => folded.push_str("No. "),
        '\u{207b}' if letters.peek().is_some_and(|next| is_power(*next)) => folded.push_str("^-"),
        '\u{2070}' | '\u{2074}'..='\u{2079}' if folded.ends_with("^-") => {
            push_power(letter, folded)
        }
        '²' | '³' if folded.ends_with("^-") => push_power(letter, folded),
        '\u{2070}' | '\u{2074}'..='\u{2079}' => {
            folded.push('^');
            push_power(letter, folded);
            while let Some(next) = letters.next_if(|next| is_power(*next)) {
                push_power(next, folded);
            }
        }
        '\u{2080}'..='\u{2089}' => {
            folded.push(char::from_digit(u32::from(letter) - 0x2080, 10).unwrap_or('0'));
        }
        '\u{ff01}'..='\u{ff5e}' => {
            let plain = char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(' ');
            folded.push(plain);
        }
        'º' if folded.ends_with(|c: char| c.is_ascii_digit()) => folded.push('°'),
        letter => folded.push(plain(letter)),
    }
}

fn is_power(letter: char) -> bool {
    matches!(
        letter,
        '\u{2070}' | '\u{2074}'..='\u{2079}' | '¹' | '²' | '³'
    )
}

fn push_power(letter: char, folded: &mut String) {
    folded.push(match letter {
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        _ => char::from_digit(u32::from(letter).saturating_sub(0x2070), 10).unwrap_or('0'),
    });
}

/// "50 °F–60": what stands before the dash is a unit behind a space.
fn is_unit_last(folded: &str) -> bool {
    const LONGEST: usize = 4;
    let mut back = folded.chars().rev();
    let letters = back
        .by_ref()
        .take(LONGEST)
        .take_while(|c| !c.is_whitespace());
    let letters: Vec<char> = letters.collect();
    let first = letters.last().copied().unwrap_or('0');
    let unit = (1..LONGEST).contains(&letters.len())
        && !first.is_ascii_digit()
        && (first == '°' || first.is_lowercase());
    let before =
        folded[..folded.len() - letters.iter().map(|c| c.len_utf8()).sum::<usize>()].trim_end();
    unit && before.ends_with(|c: char| c.is_ascii_digit())
}

const FRACTIONS: [(char, &str); 15] = [
    ('½', "1/2"),
    ('¼', "1/4"),
    ('¾', "3/4"),
    ('⅓', "1/3"),
    ('⅔', "2/3"),
    ('⅕', "1/5"),
    ('⅖', "2/5"),
    ('⅗', "3/5"),
    ('⅘', "4/5"),
    ('⅙', "1/6"),
    ('⅚', "5/6"),
    ('⅛', "1/8"),
    ('⅜', "3/8"),
    ('⅝', "5/8"),
    ('⅞', "7/8"),
];

/// Leaves no trace: joiners, marks of direction, soft hyphens, trade marks, footnotes.
fn is_silent(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '™' | '®' | '℠' | '¹' | '\u{e000}'..='\u{f8ff}'
        | '\u{e0000}'..='\u{e0fff}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// One sign for one sign.
fn plain(letter: char) -> char {
    match letter {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{02bc}' | '´' => '\'',
        '\u{201c}'..='\u{201f}' | '«' | '»' | '\u{2033}' => '"',
        '\u{2010}' | '\u{2011}' | '\u{2212}' | '\u{fe63}' => '-',
        '\u{2012}' => '–',
        'μ' => 'µ',
        '\u{2126}' => 'Ω',
        '⇒' | '➜' | '➔' | '➡' | '⟶' => '→',
        '⁄' | '∕' => '/',
        '、' => ',',
        '。' => '.',
        '¿' | '¡' => ' ',
        _ if is_picture(letter) || letter.is_control() || letter.is_whitespace() => ' ',
        '\u{0660}'..='\u{0669}' => digit(letter, 0x0660),
        '\u{06f0}'..='\u{06f9}' => digit(letter, 0x06f0),
        '\u{0966}'..='\u{096f}' => digit(letter, 0x0966),
        _ => letter,
    }
}

fn digit(letter: char, zero: u32) -> char {
    char::from_digit(u32::from(letter) - zero, 10).unwrap_or('0')
}

/// Emoji, dingbats and boxes.
fn is_picture(letter: char) -> bool {
    matches!(letter,
        '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
        | '\u{2300}'..='\u{23ff}' | '\u{2500}'..='\u{25ff}' | '\u{fff0}'..='\u{ffff}')
}
