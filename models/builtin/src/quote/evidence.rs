//! Whether a sentence holds the kind of thing that was asked for.

use models_engine::wording::{Expected, Word};

/// From 0 to 1: how well the sentence fits what the question expects; `None` when anything would.
///
/// What is counted or paid in may stand in the heading alone.
pub(super) fn fit(expected: Expected, text: &str, words: &[Word], heading: &[Word]) -> Option<f32> {
    let has = |list: &str| words.iter().any(|word| listed(list, &word.text));
    let headed = |list: &str| heading.iter().any(|word| listed(list, &word.text));
    let number = words.iter().any(Word::is_number);
    let graded = |full: bool, half: bool| {
        if full {
            1.0
        } else if half {
            0.3
        } else {
            0.0
        }
    };
    Some(match expected {
        Expected::Anything | Expected::Meaning => return None,
        Expected::Price => graded(
            number && (has(MONEY) || headed(MONEY)) || has(FREE),
            has(MONEY) || number && headed(PRICED),
        ),
        Expected::Count => graded(number || has(COUNTS), false),
        Expected::Frequency => graded(has(FREQUENT), number),
        Expected::Size => graded(number && has(LENGTHS), number),
        Expected::Speed => graded(
            number && (has(LENGTHS) || has(SPANS)),
            number || has("immediately instantly"),
        ),
        Expected::Age => graded(
            number && has("year years old age aged over under from between") || has_year(words),
            number,
        ),
        Expected::Weight => graded(number && has(MASSES), false),
        Expected::Heat => graded(number && has(DEGREES), number),
        Expected::Duration => graded(
            (number || has("a an few half several")) && has(SPANS)
                || has("forever indefinitely permanently lifetime")
                || text.contains("for ever"),
            number || has("until immediately instantly overnight always ever"),
        ),
        Expected::Moment => graded(
            is_moment(text, words) || number && has(SPANS) && has(RELATIVE),
            number || has(WHENS),
        ),
        Expected::Past => graded(has_year(words), has(DATES)),
        Expected::Person if !names_someone(text) && !has(ROLES) => 0.0,
        Expected::Person => graded(names_someone(text), true),
        Expected::Place => graded(has(PLACES) || names_place(text), has(TOWARDS)),
        Expected::Reason => graded(has(REASONS), has("to so as for")),
        Expected::Steps => graded(has(DOINGS), has("by via can you with use")),
        Expected::Contact => graded(is_contact(text), false),
    })
}

fn listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}

/// Whether a sentence without it can hardly be the answer.
pub(super) fn demanded(expected: Expected) -> bool {
    matches!(
        expected,
        Expected::Price
            | Expected::Count
            | Expected::Frequency
            | Expected::Size
            | Expected::Speed
            | Expected::Age
            | Expected::Weight
            | Expected::Heat
            | Expected::Duration
            | Expected::Moment
            | Expected::Past
            | Expected::Person
            | Expected::Contact
    )
}

/// Words of a question that the right kind of answer settles without repeating them.
pub(super) fn implied(expected: Expected, word: &str) -> bool {
    let list = match expected {
        Expected::Price => {
            "cost costs price prices priced fee fees charge charged charges rate rates pay paid \
            money expensive fare tariff amount rent hire buy get stay book enter have use \
            bring spend visit take lose replace does need earn join send euros dollars pounds"
        }
        Expected::Count => "number amount many total",
        Expected::Frequency => "often frequently",
        Expected::Size => {
            "big large far size tall high wide deep thick distance away long small close near area"
        }
        Expected::Speed => "fast quick speed go",
        Expected::Age => "old age oldest youngest",
        Expected::Weight => "heavy heaviest weigh weighs weight",
        Expected::Heat => "hot warm cold temperature",
        Expected::Duration => "long last lasts take takes soon time quickly need duration",
        Expected::Moment | Expected::Past => {
            "time times date day days hours year late early happen take place month held begin \
            start"
        }
        Expected::Person => "person name called people",
        Expected::Place => "find located location place get go look situated kept put is",
        Expected::Reason => "reason cause happen",
        Expected::Steps => "way work get go find",
        Expected::Contact => "number address contact reach",
        Expected::Meaning => "mean means meaning",
        Expected::Anything => "",
    };
    listed(list, word)
}

const MONEY: &str = "euro euros eur dollar dollars usd pound pounds gbp cent cents pence percent chf francs yen \
    kr kronor zloty rupees credits coins tokens";
const PRICED: &str = "price prices cost costs fee fees rate rates tariff charges";
const FREE: &str = "free included complimentary gratis waived nothing";
const COUNTS: &str = "every daily weekly monthly yearly annually hourly twice once unlimited none several single \
    double half dozen hundred thousand million one pair";
const FREQUENT: &str =
    "every daily weekly monthly yearly annually hourly twice once times each always never";
const LENGTHS: &str = "m m² metre metres meter meters km kilometre kilometres kilometer kilometers cm centimetre \
    centimetres mm millimetre millimetres inch inches foot feet ft mile miles percent square hectares acres minutes \
    litre litres liter liters ml l cl gallon gallons byte bytes kb mb gb tb kib mib gib tib watt watts w kw inch \
    seats people persons guests tonnes kg";
const MASSES: &str = "g gram grams kg kilo kilos kilogram kilograms pound pounds lb lbs ounce ounces tonne tonnes tons t";
const DEGREES: &str = "degree degrees celsius fahrenheit c";
const SPANS: &str = "second seconds minute minutes min mins hour hours hrs day days night nights week weeks \
    month months year years decade decades century h";
const WHENS: &str = "until before after during when once by from every each open first last end beginning since \
    weeks days hours immediately soon time night";
const RELATIVE: &str = "before after within from ahead advance prior later notice until ago every";
const DATES: &str = "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays \
    thursdays fridays saturdays sundays january february march april june july august \
    september october november december daily noon midnight midday weekend weekends weekday \
    weekdays morning mornings afternoon evening evenings pm am oclock annually monthly weekly \
    spring summer autumn winter dawn dusk sunrise sunset christmas easter century quarter \
    quarterly yearly hour hourly 1st 15th always night nightly today";
const ROLES: &str = "manager director staff team owner supervisor engineer officer department employee \
    employees guest guests visitors members reception host anyone everyone administrator \
    technician he she they adults children you lead hotline desk office service support hr \
    council agency chair committee board secretary treasurer curator chef doctor nurse \
    librarian";
const PLACES: &str = "floor street road avenue square building room desk level basement behind opposite beside \
    next between corner hall lobby entrance reception garage garden courtyard wing above below \
    under underneath left right north south east west shelf cabinet drawer menu page website \
    folder office station centre center town city side back front bottom top roof terrace \
    downstairs upstairs outside inside door kitchen near located tab settings portal intranet \
    drive site gate platform bay yard foyer";
const TOWARDS: &str = "in at on from into by to";
const REASONS: &str = "because since due therefore reason reasons prevent prevents avoid avoids protect protects \
    cause caused causes otherwise ensure ensures means so usually damage keeps honour named";
const DOINGS: &str = "press hold open click select choose turn push pull remove insert fill contact call ask \
    email send submit enter run set go use log wait rinse wipe switch place put take visit \
    book show bring start type scan tap connect plug unplug pass write add replace clean sign";

fn is_moment(text: &str, words: &[Word]) -> bool {
    let clock = text
        .as_bytes()
        .windows(3)
        .any(|three| three[0].is_ascii_digit() && three[1] == b':' && three[2].is_ascii_digit());
    let ordinal = words.iter().any(|word| {
        let digits = word.text.trim_end_matches(char::is_alphabetic);
        digits.len() < word.text.len()
            && digits.parse::<u8>().is_ok_and(|day| day < 32)
            && ["st", "nd", "rd", "th"].contains(&&word.text[digits.len()..])
    });
    clock
        || ordinal
        || has_year(words)
        || words.iter().any(|word| {
            listed(DATES, &word.text)
                || word
                    .text
                    .strip_suffix("am")
                    .or(word.text.strip_suffix("pm"))
                    .is_some_and(|hour| hour.parse::<u8>().is_ok())
        })
        || text.contains("a.m")
        || text.contains("p.m")
        || text.contains("o'clock")
}

fn has_year(words: &[Word]) -> bool {
    let year = |word: &Word| {
        word.text
            .parse()
            .is_ok_and(|year: u32| (1000..2200).contains(&year))
    };
    words.iter().any(|word| word.text.len() == 4 && year(word))
}

/// A name: two capitals in a row, or one after a word that leads to a name.
fn names_someone(text: &str) -> bool {
    const LEADING: &str =
        "by is was are were named called ask asks contact to with and mr mrs ms dr frau herr";
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).any(|two| {
        let before = two[0].trim_matches(|c: char| !c.is_alphanumeric());
        let pause = two[0].ends_with([',', ';', ':', '?', '!'])
            || two[0].ends_with('.') && before.len() > 3;
        let led = listed(LEADING, &before.to_lowercase());
        is_capital(two[1]) && !pause && (is_capital(before) || led)
    })
}

/// "In Graz", "near Mill Lane".
fn names_place(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .windows(2)
        .any(|two| listed("in at near to from on", &two[0].to_lowercase()) && is_capital(two[1]))
}

fn is_capital(word: &str) -> bool {
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    word.starts_with(char::is_uppercase) && word.chars().skip(1).any(char::is_lowercase)
}

fn is_contact(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 5
        || text.contains('@')
        || text.contains("www.")
        || text.contains("http")
        || text.contains(".com")
}
