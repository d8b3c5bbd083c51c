//! Files, folders and options: "main.rs", "/etc/hosts", "C:\Users", "--verbose", "src/lib.rs".

use super::{web, word};
use crate::numbers::quantity;
use crate::token::{Manner, Place, Said};

const ENDINGS: &str = " txt pdf py rs js ts md json yaml yml toml html htm css csv tsv png jpg jpeg gif svg webp mp3 mp4 wav ogg \
 flac mov avi zip tar gz xz 7z rar exe dll so sh bat ps1 c h cpp hpp cc cs java kt go rb php sql xml log ini cfg conf env lock \
 doc docx xls xlsx ppt pptx bin iso dmg apk tex ipynb wasm onnx gguf jar swift jsx tsx vue rst bak tmp deb rpm epub psd ";
/// Said as a word, some in another way than written.
const AS_WORD: [(&str, &str); 18] = [
    ("txt", "text"),
    ("json", "jason"),
    ("yaml", "yammel"),
    ("yml", "yammel"),
    ("toml", "toml"),
    ("zip", "zip"),
    ("tar", "tar"),
    ("gif", "gif"),
    ("wav", "wave"),
    ("jpeg", "jay peg"),
    ("java", "java"),
    ("go", "go"),
    ("log", "log"),
    ("lock", "lock"),
    ("bat", "bat"),
    ("vue", "view"),
    ("swift", "swift"),
    ("bin", "bin"),
];
const FOLDERS: &str =
    " src bin usr etc lib docs test tests home var tmp opt dev include target build node_modules ";

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    let manner = place.phrase.manner;
    let said = product(core)
        .or_else(|| option(core, manner))
        .or_else(|| windows(core, manner))
        .or_else(|| path(core, manner))
        .or_else(|| member(core, manner))?;
    Some(Said::one(said))
}

/// "Node.js", ".NET": names with a dot that nobody says, or always.
fn product(core: &str) -> Option<String> {
    let said = match core {
        "Node.js" | "node.js" | "NodeJS" => "Node J S",
        "Next.js" | "Vue.js" | "Three.js" | "D3.js" | "Nuxt.js" | "Express.js" | "React.js" => {
            let name = core.split('.').next()?;
            return Some(format!("{} J S", word::say(name, Manner::Aloud, false)));
        }
        ".NET" => "dot net",
        "ASP.NET" => "A S P dot net",
        _ => return None,
    };
    Some(said.to_owned())
}

/// "--max-calls=5", "-v".
fn option(core: &str, manner: Manner) -> Option<String> {
    let bare = core.trim_start_matches('-');
    let letter = bare.starts_with(|c: char| c.is_ascii_alphabetic());
    let said = match core.len() - bare.len() {
        1 => "dash",
        2 => "dash dash",
        _ => return None,
    };
    let plain = bare.bytes().all(|b| b.is_ascii_graphic());
    let name = match bare.len() {
        1 => bare.to_ascii_uppercase(),
        2 | 3 if core.starts_with("-") && !core.starts_with("--") => {
            word::spell(&bare.to_ascii_uppercase())
        }
        _ => options_name(bare, manner),
    };
    (letter && plain).then(|| format!("{said} {name}"))
}

fn options_name(bare: &str, manner: Manner) -> String {
    match bare.split_once('=') {
        Some((name, value)) => format!(
            "{} equals {}",
            web::parts(name, manner, true),
            quantity(value).unwrap_or_else(|| web::parts(value, manner, false))
        ),
        None => web::parts(bare, manner, true),
    }
}

/// "C:\Users\me".
fn windows(core: &str, manner: Manner) -> Option<String> {
    let (drive, rest) = core.split_once('\\')?;
    let folder = drive.len() == 2 && drive.ends_with(':');
    let share = core.starts_with("\\\\");
    let named = !drive.is_empty() && drive.chars().all(char::is_alphanumeric);
    if !(folder || share || named) {
        return None;
    }
    let drive = match folder {
        true => format!("{} colon", drive[..1].to_ascii_uppercase()),
        false => web::parts(drive, manner, false),
    };
    let mut said = drive;
    for part in rest.split('\\') {
        said.push_str(" backslash ");
        said.push_str(&file(part, manner).unwrap_or_else(|| web::parts(part, manner, false)));
    }
    Some(said)
}

/// "/usr/bin", "./run.sh", "~/notes.txt", "src/main.rs", "main.rs".
fn path(core: &str, manner: Manner) -> Option<String> {
    if !core.contains('/') {
        return file(core, manner);
    }
    let letters = core.contains(char::is_alphabetic);
    let rooted = core.starts_with(['/', '~']) || core.starts_with("./") || core.starts_with("../");
    let (head, last) = core.rsplit_once('/')?;
    let first = core.split('/').next().unwrap_or("");
    let known = FOLDERS.contains(&format!(" {first} ")) && first.len() > 1;
    let ends = file(last, manner).is_some() && head.bytes().all(|b| b.is_ascii_graphic());
    if !letters || !(rooted || known || ends) {
        return None;
    }
    let mut said = String::new();
    for (n, part) in core.split('/').enumerate() {
        if n > 0 {
            said.push_str(" slash ");
        }
        let words = match part {
            "usr" => "user".to_owned(),
            "src" => "source".to_owned(),
            _ => file(part, manner).unwrap_or_else(|| web::parts(part, manner, false)),
        };
        said.push_str(&words);
    }
    Some(said.trim_end_matches(" slash ").to_owned())
}

/// "report.pdf", "archive.tar.gz", ".gitignore".
fn file(core: &str, manner: Manner) -> Option<String> {
    let (name, ending) = core.rsplit_once('.')?;
    if name.is_empty() {
        let hidden = ending.len() > 1 && ending.starts_with(|c: char| c.is_ascii_lowercase());
        return hidden.then(|| {
            let said = if is_ending(ending) {
                endings(ending)
            } else {
                web::parts(ending, manner, false)
            };
            format!("dot {said}")
        });
    }
    let initials = name.len() == 1
        && ending.len() == 1
        && ending.starts_with(|c: char| c.is_ascii_uppercase());
    let fits =
        !initials && is_ending(ending) && name.contains(char::is_alphanumeric) && name.len() < 200;
    if !fits
        || !name
            .chars()
            .all(|c| c.is_alphanumeric() || "._-*".contains(c))
    {
        return None;
    }
    let name = file(name, manner).unwrap_or_else(|| match name {
        "README" => "read me".to_owned(),
        "*" => "star".to_owned(),
        _ => web::parts(name, manner, false),
    });
    Some(format!("{name} dot {}", endings(ending)))
}

fn is_ending(ending: &str) -> bool {
    let lower = ending.to_ascii_lowercase();
    ending.len() <= 6 && ENDINGS.contains(&format!(" {lower} "))
}

fn endings(ending: &str) -> String {
    let lower = ending.to_ascii_lowercase();
    match AS_WORD.iter().find(|(word, _)| *word == lower) {
        Some((_, said)) => (*said).to_owned(),
        None => word::say(&lower.to_ascii_uppercase(), Manner::Aloud, false),
    }
}

/// "user.getName", "std::fs", "os.path.join": code, with its dots.
fn member(core: &str, manner: Manner) -> Option<String> {
    let code = core.strip_suffix("()").unwrap_or(core);
    let called = code.len() < core.len();
    let plain = code
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "._".contains(c));
    let parts: Vec<&str> = code.split("::").collect();
    if parts.len() > 1 && parts.iter().all(|part| !part.is_empty()) {
        let said: Vec<String> = parts
            .iter()
            .map(|part| web::parts(part, manner, true))
            .collect();
        return Some(said.join(" "));
    }
    let inner = code
        .split('.')
        .all(|part| part.len() > 1 && part.starts_with(|c: char| c.is_ascii_lowercase()));
    (plain && code.contains('.') && (inner || called)).then(|| web::parts(code, manner, true))
}
