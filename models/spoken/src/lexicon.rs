//! Lists of words that no rule can tell: what is said as a word, what is spelled.

/// Words that are words in capitals, too.
const COMMON: &str = " a about above accept access account act action add after again agree all alert alone already \
 also always am an and any are around as ask at attention avoid away back bad be because been before best better big \
 book both box break bring buy by call can cancel car care careful case caution change check children choose city clear \
 click close closed code cold come contact continue cost could cut danger day days delete deliver did do does dog done \
 dont don't down drive each early easy eat emergency end enter error even every exit fact fail failed fall far fast file \
 final find fire first fix fly food for free friend from full get gift give go gone good got great had half hand happy \
 hard has hate have he hear hello help her here high him his hit hold home hot hour house how huge idea if immediate \
 important in info into is it its job just keep key kill know last late later law learn leave left less let life like \
 limited line list little live lock long look lost lot love low made main make man many max min may me mean men menu message \
 might mind mine mode money more most move much must my name near need never new news next nice night no none not note \
 nothing now of off offer oh ok old on once one only open or order other our out over own page path paid part party pass pay \
 people phone place plan play please point power post press price problem push put quick quiet rain read ready real red \
 remember remove required reset rest right road room rule run safe said sale same save say school see sell send set she \
 shop should show shut side sign sit size sleep slow small so sold some soon sorry stand start stay step still stop \
 store such sure system take talk team tell test text than thank thanks that the their them then there these they thing \
 think this those time to today told tomorrow tonight too top total town trip true try turn two under until up update \
 upon use used user very via wait walk want war warm warning was watch water way we week welcome well went were what \
 when where which while who why wide will win wish with without women won word work world would wow write wrong year \
 years yes yet you young your zero zone ";

/// Common words that in capitals are more often an abbreviation, where the words around stand small.
const DOUBTFUL: &str = " it us who am ai id pm ok info add aid ";

pub(crate) fn is_common(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    word.len() <= 12 && COMMON.contains(&format!(" {lower} "))
}

pub(crate) fn is_doubtful(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    word.len() <= 12 && DOUBTFUL.contains(&format!(" {lower} "))
}

/// Abbreviations said as words; the second is how, where the letters would mislead.
const WORDS: [(&str, &str); 103] = [
    ("JSON", "jason"),
    ("TOML", "toml"),
    ("YAML", "yammel"),
    ("ASCII", "askee"),
    ("GUI", "gooey"),
    ("JPEG", "jay peg"),
    ("MPEG", "em peg"),
    ("SaaS", "sass"),
    ("PaaS", "pass"),
    ("OK", "okay"),
    ("IEEE", "I triple E"),
    ("MS-DOS", "M S doss"),
    ("DOS", "doss"),
    ("BIOS", "bios"),
    ("CAPTCHA", "captcha"),
    ("SQLite", "S Q lite"),
    ("PostgreSQL", "Postgres Q L"),
    ("LaTeX", "lah teck"),
    ("GIF", "gif"),
    ("LAN", "lan"),
    ("WAN", "wan"),
    ("RAM", "ram"),
    ("ROM", "rom"),
    ("STUN", "stun"),
    ("TURN", "turn"),
    ("ICE", "ice"),
    ("NAT", "nat"),
    ("SIP", "sip"),
    ("PIN", "pin"),
    ("SIM", "sim"),
    ("WHIP", "whip"),
    ("WHEP", "whep"),
    ("ZIP", "zip"),
    ("SWAT", "swat"),
    ("CRUD", "crud"),
    ("REST", "rest"),
    ("CORS", "cors"),
    ("SOAP", "soap"),
    ("BASIC", "basic"),
    ("AIDS", "aids"),
    ("SCUBA", "scuba"),
    ("LASER", "laser"),
    ("RADAR", "radar"),
    ("SONAR", "sonar"),
    ("GIMP", "gimp"),
    ("LAMP", "lamp"),
    ("MIDI", "middy"),
    ("CAD", "cad"),
    ("POSIX", "posix"),
    ("WYSIWYG", "wizzy wig"),
    ("FOMO", "fomo"),
    ("YOLO", "yolo"),
    ("ROFL", "rofl"),
    ("VIN", "vin"),
    ("PET", "pet"),
    ("CAT", "cat"),
    ("DIY", "D I Y"),
    ("NASA", "NASA"),
    ("NATO", "NATO"),
    ("FIFA", "FIFA"),
    ("UEFA", "UEFA"),
    ("OPEC", "OPEC"),
    ("IKEA", "IKEA"),
    ("UNESCO", "UNESCO"),
    ("UNICEF", "UNICEF"),
    ("NASDAQ", "NASDAQ"),
    ("NAFTA", "NAFTA"),
    ("ASEAN", "ASEAN"),
    ("OSHA", "OSHA"),
    ("FEMA", "FEMA"),
    ("HIPAA", "HIPAA"),
    ("COVID", "COVID"),
    ("SARS", "SARS"),
    ("NIMBY", "NIMBY"),
    ("LEGO", "LEGO"),
    ("VISA", "VISA"),
    ("ESSO", "ESSO"),
    ("TASER", "TASER"),
    ("NOAA", "Noah"),
    ("CERN", "CERN"),
    ("INTERPOL", "INTERPOL"),
    ("DARPA", "DARPA"),
    ("NORAD", "NORAD"),
    ("SIRI", "SIRI"),
    ("CUDA", "CUDA"),
    ("MIPS", "mips"),
    ("GNU", "GNU"),
    ("LIDAR", "LIDAR"),
    ("IPv4", "I P V four"),
    ("IPv6", "I P V six"),
    ("AMEX", "AMEX"),
    ("VRAM", "V ram"),
    ("DRAM", "D ram"),
    ("SRAM", "S ram"),
    ("pH", "P H"),
    ("WWII", "World War two"),
    ("WWI", "World War one"),
    ("WW2", "World War two"),
    ("WW1", "World War one"),
    ("Ctrl", "Control"),
    ("Cmd", "Command"),
    ("Esc", "Escape"),
    ("SCSI", "scuzzy"),
];

/// How these letters are said, if they are said as a word.
pub(crate) fn said_as_word(letters: &str) -> Option<&'static str> {
    let known = WORDS.iter().find(|(word, _)| *word == letters);
    known.map(|(_, said)| *said)
}

/// Abbreviations that people write in small letters, and spell.
const SMALL_LETTERS: &str = " ssh http https url urls html css sql xml pdf pdfs ftp sftp tcp udp usb cpu cpus gpu gpus faq faqs \
 npm dns vpn php api apis csv png jpg svg sms gps dvd llm llms ls cd rm mv cp vm vms db cli ci ui ux rtp sdk sdks iso aka asap fyi diy tv tvs ";

/// How an abbreviation in small letters is said.
pub(crate) fn said_in_small(word: &str) -> Option<String> {
    if word == "json" || word == "yaml" {
        return said_as_word(&word.to_ascii_uppercase()).map(str::to_owned);
    }
    if !(2..=6).contains(&word.len()) || !SMALL_LETTERS.contains(&format!(" {word} ")) {
        return None;
    }
    let bare = word
        .strip_suffix('s')
        .filter(|bare| !matches!(*bare, "l" | "dn" | "http" | "cs" | "sm" | "gp"));
    let letters: Vec<String> = bare
        .unwrap_or(word)
        .to_ascii_uppercase()
        .chars()
        .map(String::from)
        .collect();
    Some(letters.join(" ") + bare.map_or("", |_| "'s"))
}

/// Abbreviations of four letters and more that could be a word, and are spelled.
const SPELLED: [&str; 28] = [
    "FAQ", "USA", "UAE", "AARP", "ACLU", "AMEX", "ASAP", "BIPOC", "IDE", "IMAX", "IUPAC", "EULA",
    "IOU", "ISO", "IUD", "OEM", "OECD", "UCLA", "USAA", "USAF", "USDA", "UTC", "MIT", "ADA", "API",
    "IPA", "UEFI", "IMEI",
];

pub(crate) fn is_spelled(letters: &str) -> bool {
    SPELLED.contains(&letters) && !matches!(letters, "AMEX" | "IMAX" | "EULA")
}

/// Behind a number these are no thing that is counted.
const SMALL: &str = " a about after all also am an and are as at be because been before but by can could did do does \
 else for from had has have he her here his how i if in into is it its me might more my no not now of off on or our \
 out over per plus she should since so than that the their them then there these they this those through till to too \
 total under until up us was we were what when where which while who will with would you your minus times equals ago \
 away each every extra left less later earlier long high wide tall deep old back down only and/or yet ";

pub(crate) fn is_small(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    word.len() <= 12 && SMALL.contains(&format!(" {lower} "))
}

/// What may be a noun behind "a 5 km": small letters, and no word that only joins others.
pub(crate) fn is_noun(word: &str) -> bool {
    word.starts_with(char::is_lowercase)
        && word.len() > 1
        && !is_small(word)
        && !word.ends_with("ing")
}

/// A noun in the plural, as far as its letters tell.
pub(crate) fn is_plural(word: &str) -> bool {
    const IRREGULAR: [&str; 12] = [
        "people", "men", "women", "children", "persons", "feet", "percent", "million", "billion",
        "thousand", "dozen", "mice",
    ];
    let bare =
        word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("'s") && word.len() > 3;
    let small = is_small(word)
        || [
            "always", "perhaps", "besides", "census", "series", "news", "olympics", "tennis",
        ]
        .contains(&word.to_ascii_lowercase().as_str());
    (bare && !small && word.starts_with(char::is_lowercase)) || IRREGULAR.contains(&word)
}
