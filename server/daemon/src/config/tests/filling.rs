//! Which engines fill the seams, in which order, and what they are told.

use super::*;

#[test]
fn a_set_takes_the_place_of_the_built_in_engines_alone() {
    let config = good("models.set = \"small\"", &[], "");
    assert_eq!(config.recognizer, Recognition::Whisper);
    assert_eq!(config.language_model, Language::Llama);
    let config = good("models.set = \"small\"\nllm.url = \"http://own\"", &[], "");
    assert_eq!(config.recognizer, Recognition::Whisper);
    assert_eq!(config.language_model, Language::Remote);
    let config = good(
        "engines.recognizer = \"none\"",
        &[("REPARTEE_MODELS_SET", "best")],
        "",
    );
    assert_eq!(config.recognizer, Recognition::None);
    let (at, sentence) = only(wrong("models.set = \"smal\"", &[], ""));
    assert_eq!(at, "models.set");
    assert_eq!(sentence, "\"smal\" is none of: small, standard, best");
    let (at, sentence) = only(wrong("models.manifest = \"/no/such.toml\"", &[], ""));
    assert_eq!(at, "models.manifest");
    assert!(
        sentence.contains("/no/such.toml cannot be read"),
        "{sentence}"
    );
}

/// One engine, or several in the order in which they take over; a list and names with commas are the same.
#[test]
fn engines_stand_in_the_order_that_is_written() {
    let list = "engines.language_model = [\"remote\", \"llama\", \"quote\"]";
    let commas = "engines.language_model = \"remote, llama,quote\"";
    let wanted = [Language::Remote, Language::Llama, Language::Quote];
    let needs = "llm.url = \"http://own\"\nllama.model = \"/m.gguf\"";
    for order in [list, commas] {
        let config = good(&format!("{needs}\n{order}"), &[], "");
        assert_eq!(config.language_models(), wanted, "{order}");
    }
    let variable = [("REPARTEE_ENGINES_LANGUAGE_MODEL", "remote,llama,quote")];
    assert_eq!(good(needs, &variable, "").language_models(), wanted);
}

#[test]
fn behind_a_remote_engine_stands_the_built_in_one_unless_told() {
    let typed = "--llm http://a --stt http://b --tts http://c";
    let config = good("", &[], typed);
    assert_eq!(
        config.language_models(),
        [Language::Remote, Language::Quote]
    );
    assert_eq!(
        config.recognizers(),
        [Recognition::Remote, Recognition::PocketSphinx]
    );
    assert_eq!(config.synthesizers(), [Synthesis::Remote, Synthesis::Flite]);
    let alone = "engines.language_model = [\"remote\"]\nengines.recognizer = [\"remote\"]";
    let config = good(alone, &[], typed);
    assert_eq!(config.language_models(), [Language::Remote]);
    assert_eq!(config.recognizers(), [Recognition::Remote]);
    // Several that were chosen stay behind the one that is typed, one alone gives way to it.
    let several = "engines.synthesizer = [\"kokoro\", \"flite\"]\nkokoro.model = \"/k.onnx\"";
    let wanted = [Synthesis::Remote, Synthesis::Kokoro, Synthesis::Flite];
    assert_eq!(good(several, &[], typed).synthesizers(), wanted);
    let one = "engines.synthesizer = \"kokoro\"\nkokoro.model = \"/k.onnx\"";
    let wanted = [Synthesis::Remote, Synthesis::Flite];
    assert_eq!(good(one, &[], typed).synthesizers(), wanted);
}

#[test]
fn a_key_is_shown_to_the_address_that_it_was_given_for() {
    let keys = [("OPENAI_API_KEY", "openai"), ("MINE", "mine")];
    let config = good(
        "llm.url = \"http://own\"\nllm.key = \"own\"\nstt.url = \"http://own\"\ntts.url = \"http://other\"",
        &keys,
        "",
    );
    assert_eq!(config.stt_key.as_deref(), Some("own"), "the same address");
    assert_eq!(config.tts_key, None, "another one");
    let config = good(
        "",
        &keys,
        "--tts https://api.openai.com/v1 --stt https://api.openai.com.evil/v1",
    );
    assert_eq!(config.tts_key.as_deref(), Some("openai"));
    assert_eq!(config.stt_key, None);
    let config = good(
        "llm.url = \"http://own\"\nllm.key_variable = \"MINE\"",
        &keys,
        "",
    );
    assert_eq!(config.llm_key.as_deref(), Some("mine"));
    let missing = "stt.url = \"http://own\"\nstt.key_variable = \"NOBODYS\"";
    let (at, sentence) = only(wrong(missing, &keys, ""));
    assert_eq!(at, "stt.key_variable");
    assert!(sentence.ends_with("no variable NOBODYS"), "{sentence}");
}

#[test]
fn a_key_for_openai_is_shared_by_what_stands_at_the_same_address() {
    let at = "https://api.openai.com/v1";
    let all = format!("llm.url = \"{at}\"\nstt.url = \"{at}\"\ntts.url = \"{at}\"");
    let keys = [("MINE", "mine"), ("OPENAI_API_KEY", "openai")];
    for given in ["llm.key = \"mine\"", "llm.key_variable = \"MINE\""] {
        for keys in [&keys[..1], &keys[..]] {
            let config = good(&format!("{all}\n{given}"), keys, "");
            assert_eq!(config.llm_key.as_deref(), Some("mine"), "{given}");
            assert_eq!(config.stt_key.as_deref(), Some("mine"), "{given}");
            assert_eq!(config.tts_key.as_deref(), Some("mine"), "{given}");
        }
    }
    let own = format!("{all}\nllm.key = \"other\"\nstt.key_variable = \"MINE\"");
    assert_eq!(good(&own, &keys, "").stt_key.as_deref(), Some("mine"));
}

#[test]
fn what_the_engines_are_told_holds_no_secret() {
    let file = "server.key = \"hush\"\nllm.key = \"hush\"\nllm.url = \"http://localhost:1/v1\"\n\
                relay.secret = \"hush\"\nwhisper.model = \"/a/model\"\nengines.isolation = \"process\"\n";
    let config = good(file, &[], "");
    assert_eq!(config.key.as_deref(), Some("hush"));
    let told = serde_json::to_string(&config).expect("it is plain data");
    assert!(
        !told.contains("hush") && told.contains("/a/model"),
        "{told}"
    );
    let heard: Config = serde_json::from_str(&told).expect("it is plain data");
    assert_eq!(heard.whisper_model, config.whisper_model);
    assert_eq!(heard.key, None);
}
