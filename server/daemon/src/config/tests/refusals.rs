//! What is said of each mistake, and where it is said to be.

use super::*;

#[test]
fn an_unknown_key_is_told_the_nearest() {
    let table = [
        (
            "server.lisen = 1",
            "FILE: server.lisen",
            Some("server.listen"),
        ),
        ("listen = 1", "FILE: listen", Some("server.listen")),
        (
            "llm.greeting = 1",
            "FILE: llm.greeting",
            Some("conversation.greeting"),
        ),
        ("[relai]\nurls = []", "FILE: relai", None),
        (
            "[server]\nentirely_other = 1",
            "FILE: server.entirely_other",
            None,
        ),
    ];
    for (file, place, near) in table {
        let (at, sentence) = only(wrong(file, &[], ""));
        assert_eq!(at, place);
        assert!(sentence.starts_with("there is no such key"), "{sentence}");
        match near {
            Some(name) => assert!(
                sentence.ends_with(&format!("did you mean {name}?")),
                "{sentence}"
            ),
            None => assert!(!sentence.contains("did you mean"), "{sentence}"),
        }
    }
}

#[test]
fn each_kind_of_wrong_value_is_named_with_its_place() {
    let table = [
        ("server.listen = 8080", "server.listen", "8080 is not text"),
        (
            "server.listen = \"localhost\"",
            "server.listen",
            "not an address with a port",
        ),
        ("server.key = true", "server.key", "true is not text"),
        (
            "server.allow_origins = \"a\"",
            "server.allow_origins",
            "is not a list",
        ),
        (
            "server.allow_origins = [1]",
            "server.allow_origins",
            "1 is not text",
        ),
        (
            "server.allow_origins = [\"https://a.example/page\"]",
            "server.allow_origins",
            "is not a web origin",
        ),
        (
            "server.allow_origins = [\"https://ok.example\", \"*\"]",
            "server.allow_origins",
            "\"*\" is not a web origin",
        ),
        (
            "server.allow_origins = [\"shop.example\"]",
            "server.allow_origins",
            "is not a web origin",
        ),
        (
            "server.most_calls = 0",
            "server.most_calls",
            "from 1 to 100000",
        ),
        (
            "server.most_calls = \"9\"",
            "server.most_calls",
            "not a whole number",
        ),
        (
            "server.drain_seconds = -1",
            "server.drain_seconds",
            "-1 is not a whole number",
        ),
        (
            "server.drain_seconds = 1.5",
            "server.drain_seconds",
            "1.5 is not a whole number",
        ),
        ("media.port = 65536", "media.port", "from 0 to 65535"),
        (
            "media.public_addresses = [\"x\"]",
            "media.public_addresses",
            "\"x\" is not an IP",
        ),
        (
            "engines.recognizer = \"wisper\"",
            "engines.recognizer",
            "none of: pocketsphinx, whisper, remote, none",
        ),
        ("llm.url = \"localhost:1\"", "llm.url", "is not a URL"),
        ("stt.url = \"localhost:1\"", "stt.url", "is not a URL"),
        ("tts.url = \"localhost:1\"", "tts.url", "is not a URL"),
        ("tts.format = \"mp3\"", "tts.format", "none of: pcm, wav"),
        (
            "engines.language_model = [\"quote\", \"qoute\"]",
            "engines.language_model",
            "\"qoute\" is none of",
        ),
        (
            "engines.language_model = []",
            "engines.language_model",
            "name at least one",
        ),
        (
            "engines.language_model = [\"quote\", \"quote\"]",
            "engines.language_model",
            "stands there twice",
        ),
        (
            "engines.recognizer = \"pocketsphinx, none\"",
            "engines.recognizer",
            "stands alone",
        ),
        ("llm.url = \"https://\"", "llm.url", "is not a URL"),
    ];
    for (file, path, part) in table {
        let (at, sentence) = only(wrong(file, &[], ""));
        assert_eq!(at, format!("FILE: {path}"));
        assert!(sentence.contains(part), "{sentence}");
    }
    let (at, sentence) = only(wrong("server = 1", &[], ""));
    assert_eq!(at, "FILE: server");
    assert!(sentence.contains("under [server]"), "{sentence}");
    let (at, sentence) = only(wrong("server.listen =", &[], ""));
    assert_eq!(at, "FILE");
    assert!(sentence.contains("line 1"), "{sentence}");
}

#[test]
fn what_the_environment_and_the_command_line_get_wrong_is_named_by_their_names() {
    let (at, sentence) = only(wrong("", &[("REPARTEE_MEDIA_PORT", "many")], ""));
    assert_eq!(at, "environment variable REPARTEE_MEDIA_PORT");
    assert!(
        sentence.contains("\"many\" is not a whole number"),
        "{sentence}"
    );
    let (at, _) = only(wrong("", &[("OPENAI_BASE_URL", "localhost")], ""));
    assert_eq!(at, "environment variable OPENAI_BASE_URL");
    let (at, _) = only(wrong("", &[], "--llm localhost:11434"));
    assert_eq!(at, "--llm");
    let (at, sentence) = only(wrong("", &[], "--allow-origin shop.example"));
    assert_eq!(at, "--allow-origin");
    assert!(sentence.contains("https://shop.example"), "{sentence}");
    let (at, sentence) = only(wrong("", &[], "--knowledge /no/such/folder"));
    assert_eq!(at, "knowledge.folder");
    assert!(sentence.contains("/no/such/folder"), "{sentence}");
}

#[test]
fn all_mistakes_are_named_at_once() {
    let file = "server.most_calls = 0\nserver.lisen = \"\"\nrelay.urls = [\"turn:x\"]\n\
                engines.language_model = \"remote\"\nknowledge.folder = \"/no/such/folder\"";
    let environment = [
        ("REPARTEE_MEDIA_PORT", "x"),
        ("REPARTEE_SERVER_LISTEN", "0.0.0.0:1"),
    ];
    let mistakes = wrong(file, &environment, "--public-address 192.0.2.1");
    let mut places: Vec<&str> = mistakes.iter().map(|(place, _)| place.as_str()).collect();
    places.sort_unstable();
    let wanted = [
        "FILE: server.lisen",
        "FILE: server.most_calls",
        "engines.language_model",
        "environment variable REPARTEE_MEDIA_PORT",
        "knowledge.folder",
        "relay.secret",
        "server.key",
    ];
    assert_eq!(places, wanted);
    let said = read(file, &environment, "")
        .expect_err("still wrong")
        .to_string();
    assert!(
        said.starts_with("7 mistakes in the configuration:\n"),
        "{said}"
    );
    assert!(said.ends_with("repartee check --sample"), "{said}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let read = Config::read(Some(Path::new("/no/such.toml")), |_| None, |_, _| {});
    let Mistakes(mistakes) = read.expect_err("there is no such file");
    assert_eq!(mistakes[0].place, "/no/such.toml");
}

#[test]
fn a_key_that_no_client_can_show_is_refused() {
    for key in ["schlüssel", "ключ", "a\\tb"] {
        let (at, sentence) = only(wrong(&format!("server.key = \"{key}\""), &[], ""));
        assert_eq!(at, "server.key");
        assert!(sentence.contains("openssl rand -hex 16"), "{sentence}");
        assert!(!sentence.contains(key), "{sentence}");
    }
    let every_sign: String = ('!'..='~').collect();
    let config = good("", &[("REPARTEE_KEY", every_sign.as_str())], "");
    assert_eq!(config.key, Some(every_sign));
}

#[test]
fn a_public_address_that_no_socket_is_for_is_named() {
    let both = "media.public_addresses = [\"203.0.113.7\", \"2001:db8::7\"]";
    for (listen, unreached) in [
        ("0.0.0.0:8080", "2001:db8::7 is IPv6"),
        ("192.0.2.1:8080", "2001:db8::7 is IPv6"),
        ("[2001:db8::1]:8080", "203.0.113.7 is IPv4"),
    ] {
        let typed = format!("--key K --listen {listen}");
        let (at, sentence) = only(wrong(both, &[], &typed));
        assert_eq!(at, "media.public_addresses");
        assert!(sentence.starts_with(unreached), "{sentence}");
        assert!(
            sentence.contains("[::]:8080, which takes both"),
            "{sentence}"
        );
    }
    for listen in ["127.0.0.1:8080", "[::1]:8080", "[::]:8080"] {
        good(both, &[], &format!("--key K --listen {listen}"));
    }
}

#[test]
fn an_engine_that_needs_a_model_asks_for_it() {
    for (file, place, sentence) in [
        (
            "engines.recognizer = \"whisper\"",
            "engines.recognizer",
            "needs whisper.model",
        ),
        (
            "engines.language_model = \"llama\"",
            "engines.language_model",
            "needs llama.model",
        ),
    ] {
        let (at, told) = only(wrong(file, &[], ""));
        assert_eq!(at, place);
        assert!(told.contains(sentence), "{told}");
    }
}
