//! A call through whisper.cpp, llama.cpp and Kokoro, on models made on the spot: spoken, and typed into the reply.
#![cfg(feature = "native")]

mod binary;
#[path = "binary/server.rs"]
// Other tests read what it prints.
#[allow(dead_code)]
mod server;
#[path = "binary/storm.rs"]
mod storm;

use binary::Folder;
use client_probe::{Call, CallOptions, Door, Frame, Speech, Tape};
use models_fixtures::kokoro::{Export, speaking, voice};
use models_fixtures::llama::{Mind, TAIL, answering, reply};
use models_fixtures::sound::voice_at;
use models_fixtures::whisper::{TEXTS, hearing};
use server::{PATIENCE, Server};
use std::sync::atomic::Ordering;
use storm::{Talk, engines_of, rage};

const RATE: usize = 48_000;

/// A set of four files, as a manifest of one's own names them, and where they lie.
fn lay_weights(folder: &Folder) {
    std::fs::create_dir_all(folder.path("weights/voices")).expect("the temp folder is writable");
    let file = |name: &str, kind: &str, file: &str, bytes: Vec<u8>| {
        let (length, hash) = (bytes.len(), models_weights::Sha256Hash::of_bytes(&bytes));
        folder.write(&format!("weights/{file}"), bytes);
        format!(
            "[[files]]\nname = \"{name}\"\nkind = \"{kind}\"\nfile = \"{file}\"\nrepo = \"o/n\"\n\
             revision = \"main\"\npinned = false\npath = \"x\"\nbytes = {length}\nsha256 = \"{hash}\"\n\
             licence = \"MIT\"\nmemory_mb = 1\n"
        )
    };
    let answering = answering(Mind::Plain);
    let files = [
        file("hearing", "whisper", "hearing.weights", hearing()),
        file("answering", "llama", "answering.weights", answering),
        file("speaking", "kokoro", "speaking.onnx", speaking(Export::HUB)),
        file("heart", "kokoro-voice", "voices/af_heart.bin", voice(0.0)),
    ];
    let head = "hub = \"http://127.0.0.1:1\"\n[[sets]]\nname = \"tiny\"\nfor = \"tests\"\n\
        files = [\"hearing\", \"answering\", \"speaking\", \"heart\"]\n";
    folder.write("own.toml", format!("{head}{}", files.concat()));
}

async fn begin(folder: &Folder) -> Result<Server, String> {
    begin_with(folder, "none", "no").await
}

async fn begin_with(folder: &Folder, isolation: &str, spare: &str) -> Result<Server, String> {
    std::fs::create_dir_all(folder.path("documents")).expect("the temp folder is writable");
    folder.write(
        "documents/map.md",
        "# The map\n\nYou can find a map by the castle window.\n",
    );
    let (weights, manifest) = (folder.path("weights"), folder.path("own.toml"));
    let environment = [
        ("REPARTEE_WEIGHTS", weights.as_str()),
        ("REPARTEE_MODELS_MANIFEST", &manifest),
        // The recognizer and the voice by the set, the language model by its name.
        ("REPARTEE_MODELS_SET", "tiny"),
        ("REPARTEE_ENGINES_ISOLATION", isolation),
        ("REPARTEE_ENGINES_SPARE", spare),
        ("REPARTEE_ENGINES_RECOGNIZER", "whisper"),
        ("REPARTEE_ENGINES_SYNTHESIZER", "kokoro"),
        ("REPARTEE_LLAMA_MODEL", "answering"),
        ("REPARTEE_LLAMA_CONTEXT_TOKENS", "2048"),
    ];
    let documents = folder.path("documents");
    let arguments = ["--listen", "127.0.0.1:0", "--knowledge", &documents];
    Server::begin_with(&arguments, &environment).await
}

async fn serve(folder: &Folder, isolation: &str, spare: &str) -> Server {
    lay_weights(folder);
    let server = begin_with(folder, isolation, spare).await;
    server.unwrap_or_else(|complaint| panic!("the server serves: {complaint}"))
}

/// The words of a reply, as soon as all are there: it is still being spoken then.
async fn said(call: &Call, number: usize) -> String {
    let words = |tape: &Tape| {
        let reply = tape.ledger.replies.get(number);
        reply.map_or(String::new(), |reply| reply.text.trim().to_owned())
    };
    let whole = move |tape: &Tape| words(tape).ends_with(TAIL);
    let waited = call.wait("reply", PATIENCE, whole).await;
    waited
        .unwrap_or_else(|trouble| panic!("{trouble} {:?}", call.look(|tape| tape.ledger.clone())));
    call.look(words)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_is_heard_and_answered_by_the_native_engines() {
    answered_by_native_engines("none").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn and_by_the_same_engines_in_a_process_of_their_own() {
    answered_by_native_engines("process").await;
}

async fn answered_by_native_engines(isolation: &str) {
    let folder = Folder::new(&format!("native-{isolation}"));
    let server = serve(&folder, isolation, "no").await;
    assert_eq!(!engines_of(server.pid()).is_empty(), isolation == "process");
    let door = Door::new(&server.url, None, false).expect("a good address");
    let call = Call::place(&door, &CallOptions::default()).await;
    let mut call = call.unwrap_or_else(|trouble| panic!("{trouble}"));

    let speech = Speech::from_samples(voice_at(1, 3200, RATE));
    call.say(&speech).await.expect("it stands");
    assert_eq!(
        said(&call, 0).await,
        reply("nothing", "window"),
        "from {:?}",
        TEXTS[1]
    );
    call.look(|tape| {
        let understood = tape
            .ledger
            .understood
            .iter()
            .map(|utterance| utterance.text.trim());
        assert_eq!(understood.collect::<Vec<_>>(), [TEXTS[1]]);
    });

    let heard = |tape: &Tape| tape.received.iter().any(Frame::is_voiced);
    let heard = call.wait("Kokoro's voice", PATIENCE, heard).await;
    heard.unwrap_or_else(|trouble| panic!("{trouble}"));
    call.look(|tape| {
        let engines = tape.events_of("repartee.hello").next();
        let engines = engines.map(|event| event.body.to_string());
        assert!(engines.is_some_and(|told| told.contains("Kokoro speaking")));
    });

    // While the reply is being spoken.
    call.type_text("and the ducks").await.expect("it stands");
    assert_eq!(said(&call, 1).await, reply("ducks", "window"));
    call.hang_up().await.expect("it stood to its end");
}

async fn print_engines(server: &Server) {
    let metrics = reqwest::get(format!("{}/metrics", server.url)).await;
    let metrics = metrics.expect("the server answers").text().await;
    let metrics = metrics.expect("it is text");
    for line in metrics
        .lines()
        .filter(|line| line.starts_with("repartee_engines_"))
    {
        println!("{line}");
    }
}

/// Minutes long: `cargo test --test native -- --ignored --nocapture --test-threads 1`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a hundred starts of the native engines"]
async fn a_hundred_deaths_of_the_native_engines_lose_no_call() {
    native_deaths("no").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a hundred starts of the native engines"]
async fn nor_do_they_where_a_second_child_stands_by() {
    native_deaths("yes").await;
}

async fn native_deaths(spare: &str) {
    let folder = Folder::new(&format!("native-storm-{spare}"));
    let server = serve(&folder, "process", spare).await;
    let talk = Talk {
        speech: Speech::from_samples(voice_at(1, 3200, RATE)),
        for_speech: TAIL.to_owned(),
        typed: "and the ducks".to_owned(),
        for_typed: TAIL.to_owned(),
    };
    rage(&server, &talk, 1, 1).await;
    print_engines(&server).await;
    let toll = rage(&server, &talk, 6, 99).await;
    let (heard, apologised, beside) = (
        toll.heard.load(Ordering::Relaxed),
        toll.apologised.load(Ordering::Relaxed),
        toll.beside.load(Ordering::Relaxed),
    );
    print_engines(&server).await;
    println!("{heard} replies heard, {apologised} apologised for, {beside} deaths beside");
    assert!(apologised * 10 <= heard + apologised);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn weights_that_are_missing_or_wrong_are_not_loaded() {
    let folder = Folder::new("native-wrong");
    lay_weights(&folder);
    let file = folder.path("weights/answering.weights");
    let mut bytes = std::fs::read(&file).expect("it was laid");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).expect("it can be written");
    let complaint = begin(&folder).await.err().expect("a bit is flipped");
    let wanted = "answering.weights is not what it should be: its SHA-256 is";
    assert!(complaint.contains(wanted), "{complaint}");
    std::fs::remove_file(&file).expect("it is there");
    let complaint = begin(&folder).await.err().expect("it is gone");
    assert!(
        complaint.contains("repartee models pull answering"),
        "{complaint}"
    );
}

/// A server with the built-in engines that is asked for an offer, and a hub at this address.
async fn offering(folder: &Folder, weights: &str, hub: &str) -> Server {
    let (weights, manifest) = (folder.path(weights), folder.path("own.toml"));
    let environment = [
        ("REPARTEE_WEIGHTS", weights.as_str()),
        ("REPARTEE_MODELS_MANIFEST", &manifest),
        ("REPARTEE_MODELS_OFFER", "yes"),
        ("REPARTEE_MODELS_MIRROR", hub),
        ("REPARTEE_ENGINES_RECOGNIZER", "pocketsphinx"),
        ("REPARTEE_ENGINES_LANGUAGE_MODEL", "quote"),
        // Where tests run by themselves nothing is offered; here it is the test.
        ("CI", ""),
    ];
    let server = Server::begin_with(&["--listen", "127.0.0.1:0"], &environment).await;
    server.unwrap_or_else(|complaint| panic!("the server serves: {complaint}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_that_fits_is_offered_where_it_is_here_or_can_be_had() {
    let folder = Folder::new("native-offer");
    lay_weights(&folder);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let hub = format!("http://{}", listener.local_addr().expect("it is bound"));
    let router = axum::Router::new().fallback(|| async { "a hub" });
    tokio::spawn(async move { axum::serve(listener, router).await });

    let mut server = offering(&folder, "empty", &hub).await;
    assert!(server.says("the set tiny, ").await, "it can be had");
    assert!(
        server.says(" models pull tiny").await,
        "with the command for it"
    );
    server.interrupt().await;
    assert!(server.ended().await.0.success());
    let empty = folder.path("empty");
    assert!(
        !std::fs::exists(empty).expect("it can be looked at"),
        "nothing is fetched"
    );

    let mut server = offering(&folder, "weights", "http://127.0.0.1:1").await;
    assert!(
        server
            .says("Better engines are here: REPARTEE_MODELS_SET=tiny")
            .await
    );
    server.interrupt().await;
    assert!(server.ended().await.0.success());
}
