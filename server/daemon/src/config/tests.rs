//! Who wins among file, environment and command line.

mod filling;
mod refusals;

use super::mistakes::Mistake;
use super::*;
use crate::command_line::{CommandLine, Task};
use clap::Parser;
use std::sync::atomic::{AtomicUsize, Ordering};

type Read = Result<Config, Mistakes>;

/// A file of its own for each reading, gone afterwards.
struct File(PathBuf);

impl File {
    fn holding(text: &str) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("repartee-config-{}-{number}.toml", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).expect("the temp folder is writable");
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

fn read(file: &str, environment: &[(&str, &str)], typed: &str) -> Read {
    let file = File::holding(file);
    let line = ["repartee", "serve"]
        .into_iter()
        .chain(typed.split_whitespace());
    let line = CommandLine::try_parse_from(line).expect("the command line parses");
    let Task::Serve(serve) = line.task else {
        panic!("serve was typed");
    };
    let look = |name: &str| {
        let found = environment.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Config::read(Some(&file.0), look, |config, mistakes| {
        serve.apply(config, mistakes);
    })
}

fn good(file: &str, environment: &[(&str, &str)], typed: &str) -> Config {
    read(file, environment, typed).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// Place and sentence of each mistake; the file is called FILE.
fn wrong(file: &str, environment: &[(&str, &str)], typed: &str) -> Vec<(String, String)> {
    let Err(Mistakes(mistakes)) = read(file, environment, typed) else {
        panic!("{file} {environment:?} {typed} should be wrong");
    };
    let tidy = |mistake: Mistake| {
        let place = match mistake.place.split_once(".toml") {
            Some((_, rest)) => format!("FILE{rest}"),
            None => mistake.place,
        };
        (place, mistake.wrong)
    };
    mistakes.into_iter().map(tidy).collect()
}

fn only(mut mistakes: Vec<(String, String)>) -> (String, String) {
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    mistakes.remove(0)
}

#[test]
fn nothing_said_means_the_defaults() {
    assert_eq!(good("", &[], ""), Config::default());
    assert_eq!(
        good("", &[("REPARTEE_SERVER_LISTEN", "")], ""),
        Config::default()
    );
}

#[test]
fn the_sample_holds_every_key_with_its_default() {
    assert_eq!(good(SAMPLE, &[], ""), Config::default());
    let table: toml::Table = SAMPLE.parse().expect("the sample is TOML");
    let sampled: Vec<String> = table
        .iter()
        .flat_map(|(section, keys)| {
            let keys = keys.as_table().expect("every key is in a section").keys();
            keys.map(move |key| format!("{section}.{key}"))
        })
        .collect();
    for key in KEYS {
        assert!(
            sampled.contains(&key.path.to_owned()),
            "{} is missing",
            key.path
        );
    }
    assert_eq!(sampled.len(), KEYS.len());
}

#[test]
fn every_key_of_the_sample_has_its_meaning_above() {
    let mut above = "";
    for line in SAMPLE.lines() {
        if line.contains(" = ") && !line.starts_with('#') {
            assert!(above.starts_with("# "), "{line} is not explained");
        }
        above = line;
    }
}

/// One value for every key, none of them the default.
const OTHER: [(&str, &str); 56] = [
    ("server.listen", "127.0.0.1:9"),
    ("server.key", "K"),
    (
        "server.allow_origins",
        "https://a.example,https://b.example",
    ),
    ("server.most_calls", "7"),
    ("server.most_load", "60"),
    ("server.longest_call_minutes", "8"),
    ("server.drain_seconds", "9"),
    ("media.port", "1234"),
    ("media.public_addresses", "203.0.113.7, 2001:db8::1"),
    ("engines.voice_detector", "earshot"),
    ("engines.endpointer", "smart-turn"),
    ("engines.recognizer", "none"),
    ("engines.recognizer_threads", "3"),
    ("engines.language_model", "scripted"),
    ("engines.synthesizer", "none"),
    ("engines.isolation", "process"),
    ("engines.spare", "no"),
    ("whisper.model", "/whisper.bin"),
    ("whisper.language", "de"),
    ("llama.model", "/llama.gguf"),
    ("llama.replies", "9"),
    ("llama.context_tokens", "8192"),
    ("kokoro.model", "/kokoro.onnx"),
    ("kokoro.voices", "/voices"),
    ("kokoro.voice", "bf_emma"),
    ("kokoro.runtime", "rten"),
    ("kokoro.library", "/libonnxruntime.so"),
    ("models.set", "small"),
    ("models.offer", "yes"),
    ("models.mirror", "https://hub.example/models"),
    (
        "models.manifest",
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/manifest.toml"),
    ),
    ("knowledge.folder", "/"),
    ("llm.url", "http://localhost:1/v1"),
    ("llm.model", "m"),
    ("llm.first_word_seconds", "5"),
    ("llm.key", "k"),
    ("llm.key_variable", "V"),
    ("stt.url", "http://localhost:2/v1"),
    ("stt.model", "m"),
    ("stt.language", "de"),
    ("stt.key", "k"),
    ("stt.key_variable", "V"),
    ("tts.url", "http://localhost:3/v1"),
    ("tts.model", "m"),
    ("tts.voice", "nova"),
    ("tts.format", "wav"),
    ("tts.key", "k"),
    ("tts.key_variable", "V"),
    ("conversation.greeting", "Good day."),
    ("conversation.ask_again", "no"),
    ("conversation.speculation", "off"),
    ("relay.urls", "turn:relay.example"),
    ("relay.secret", "s"),
    ("relay.minutes", "5"),
    ("storage.data", "/data"),
    ("storage.journals", "/journals"),
];

#[test]
fn every_key_is_taken_from_file_and_environment_alike() {
    let known: Vec<&str> = KEYS.iter().map(|key| key.path).collect();
    assert_eq!(known, OTHER.map(|(path, _)| path));
    // An address of a relay needs its secret, so that comes along.
    let secret = ("relay.secret", "s");
    for (path, text) in OTHER {
        let key = KEYS.iter().find(|key| key.path == path).expect("a key");
        let both = [(path, text), secret];
        let count = if path == secret.0 { 1 } else { 2 };
        let lines = both[..count].iter().map(|(path, text)| {
            let kind = KEYS
                .iter()
                .find(|key| key.path == *path)
                .expect("a key")
                .kind;
            format!("{path} = {}\n", keys::value_of(text, kind))
        });
        let by_file = good(&lines.collect::<String>(), &[], "");
        let names = both.map(|(path, text)| (keys::variable(path), text));
        let names = names.each_ref().map(|(name, text)| (name.as_str(), *text));
        let by_environment = good("", &names, "");
        assert_eq!(by_file, by_environment, "{path}");
        let plain = good("relay.secret = \"s\"", &[], "");
        assert!(
            by_file != plain || path == secret.0,
            "{path} ({:?}) changes nothing",
            key.kind
        );
    }
    assert_eq!(
        good("", &[("REPARTEE_RELAY_SECRET", "s")], "")
            .relay_secret
            .as_deref(),
        Some("s")
    );
}

#[test]
fn the_environment_wins_over_the_file_and_the_command_line_over_both() {
    let file = "server.listen = \"127.0.0.1:1\"\nserver.key = \"file\"\nmedia.port = 1\n\
                conversation.greeting = \"file\"\nknowledge.folder = \"/file\"\n\
                storage.data = \"/file\"\nstorage.journals = \"/file\"\nllm.model = \"file\"\n";
    let environment = [
        ("REPARTEE_SERVER_LISTEN", "127.0.0.1:2"),
        ("REPARTEE_SERVER_KEY", "environment"),
        ("REPARTEE_MEDIA_PORT", "2"),
        ("REPARTEE_CONVERSATION_GREETING", "environment"),
        ("REPARTEE_KNOWLEDGE_FOLDER", "/"),
        ("REPARTEE_STORAGE_DATA", "/environment"),
        ("REPARTEE_LLM_URL", "http://environment"),
    ];
    let config = good(file, &environment, "");
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.key.as_deref(), Some("environment"));
    assert_eq!(config.media_port, 2);
    assert_eq!(config.greeting.as_deref(), Some("environment"));
    assert_eq!(config.data, Some(PathBuf::from("/environment")));
    assert_eq!(config.journals, Some(PathBuf::from("/file")));
    assert_eq!(config.llm_model.as_deref(), Some("file"));

    let typed = "--listen 127.0.0.1:3 --key typed --media-port 3 --greeting typed \
                 --knowledge /tmp --data /typed --journals /typed --llm http://typed";
    let config = good(file, &environment, typed);
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.key.as_deref(), Some("typed"));
    assert_eq!((config.media_port, config.media_port()), (3, 3));
    assert_eq!(config.greeting.as_deref(), Some("typed"));
    assert_eq!(config.knowledge, Some(PathBuf::from("/tmp")));
    assert_eq!(config.data, Some(PathBuf::from("/typed")));
    assert_eq!(config.journals, Some(PathBuf::from("/typed")));
    assert_eq!(config.llm_url.as_deref(), Some("http://typed"));
    // The model that the file names belongs to the file's server.
    assert_eq!(config.llm_model, None);
}

#[test]
fn lists_of_the_command_line_add_to_those_of_the_file() {
    let file = "server.allow_origins = [\"https://a\"]\nmedia.public_addresses = [\"192.0.2.1\"]";
    let config = good(
        file,
        &[],
        "--allow-origin https://b --public-address 192.0.2.2",
    );
    assert_eq!(config.allow_origins, ["https://a", "https://b"]);
    assert_eq!(config.public_addresses.len(), 2);
}

#[test]
fn off_loopback_a_key_is_needed_wherever_it_comes_from() {
    let open = "server.listen = \"0.0.0.0:8080\"\n";
    for typed in [
        "",
        "--key=",
        "--listen [::]:8080",
        "--listen 192.0.2.1:8080",
    ] {
        let (at, sentence) = only(wrong(open, &[], typed));
        assert_eq!(at, "server.key", "{typed}");
        assert!(sentence.contains("--lan"), "{sentence}");
    }
    for blank in ["server.key = \" \"", "server.key = \"\""] {
        assert_eq!(
            only(wrong(&format!("{open}{blank}"), &[], "")).0,
            "server.key"
        );
    }
    assert_eq!(good(open, &[], "--key K").key.as_deref(), Some("K"));
    let by_environment = good(open, &[("REPARTEE_SERVER_KEY", "K")], "");
    assert_eq!(by_environment.key.as_deref(), Some("K"));
    let by_short_name = good(open, &[("REPARTEE_KEY", "K")], "");
    assert_eq!(by_short_name.key.as_deref(), Some("K"));
    let by_file = good(&format!("{open}server.key = \"K\""), &[], "");
    assert_eq!(by_file.key.as_deref(), Some("K"));
    assert_eq!(good("", &[], "--listen [::1]:8080").key, None);
    // A better word on the command line mends the file.
    assert_eq!(good(open, &[], "--listen 127.0.0.1:1").key, None);
    let mended = good(
        "knowledge.folder = \"/no/such/folder\"",
        &[],
        "--knowledge /",
    );
    assert_eq!(mended.knowledge, Some(PathBuf::from("/")));
}

#[test]
fn lan_listens_everywhere_without_a_key_of_its_own() {
    let config = good("server.listen = \"127.0.0.1:9000\"", &[], "--lan");
    assert_eq!(config.listen, SocketAddr::from(([0, 0, 0, 0], 9000)));
    assert_eq!((config.key, config.lan), (None, true));
    let config = good("", &[], "--lan --listen 192.0.2.1:1 --key K");
    assert_eq!(config.listen, SocketAddr::from(([192, 0, 2, 1], 1)));
    assert_eq!(config.key.as_deref(), Some("K"));
    let (at, sentence) = only(wrong("", &[], "--lan --listen 127.0.0.1:1"));
    assert_eq!(at, "--lan");
    assert!(
        sentence.contains("no phone reaches 127.0.0.1:1"),
        "{sentence}"
    );
}

#[test]
fn the_names_that_every_openai_client_knows_are_understood() {
    let (url, key) = (("OPENAI_BASE_URL", "http://x/v1"), ("OPENAI_API_KEY", "k"));
    let config = good("", &[url], "");
    assert_eq!(config.llm_url.as_deref(), Some("http://x/v1"));
    assert_eq!(
        (config.language_model.first, config.llm_key),
        (Language::Remote, None)
    );
    // Many have the key for something else: alone it sends nobody's words anywhere, and it goes to no other address.
    assert_eq!(good("", &[key], ""), Config::default());
    let config = good("", &[key], "--llm http://gpu:8000/v1");
    assert_eq!(config.llm_key, None);
    let config = good("", &[key], "--llm https://api.openai.com/v1");
    assert_eq!(config.llm_key.as_deref(), Some("k"));
    let config = good("", &[url, key], "");
    assert_eq!(config.llm_url.as_deref(), Some("http://x/v1"));
    assert_eq!(config.llm_key.as_deref(), Some("k"));
    // Our own names win over them.
    let config = good(
        "llm.url = \"http://own\"\nllm.key = \"own\"",
        &[url, key],
        "",
    );
    assert_eq!(config.llm_url.as_deref(), Some("http://own"));
    assert_eq!(config.llm_key.as_deref(), Some("own"));
    assert_eq!(
        good("", &[("OPENAI_API_KEY", ""), ("OPENAI_BASE_URL", "")], ""),
        Config::default()
    );
}

#[test]
fn media_goes_through_the_port_of_the_page_unless_told() {
    assert_eq!(good("", &[], "--listen 127.0.0.1:4000").media_port(), 4000);
    assert_eq!(
        good("media.port = 5", &[], "--listen 127.0.0.1:4000").media_port(),
        5
    );
}
