//! A call through whisper.cpp, llama.cpp and Kokoro, on models made on the spot: spoken, and typed into the reply.
#![cfg(feature = "native")]

mod binary;
#[path = "binary/server.rs"]
// Other tests read what it prints.
#[allow(dead_code)]
mod server;

use binary::Folder;
use client_probe::{Call, CallOptions, Door, Frame, Speech, Tape};
use models_fixtures::kokoro::{Export, speaking, voice};
use models_fixtures::llama::{Mind, TAIL, answering, reply};
use models_fixtures::sound::voice_at;
use models_fixtures::whisper::{TEXTS, hearing};
use server::{PATIENCE, Server};

const RATE: usize = 48_000;

async fn serve(folder: &Folder) -> Server {
    let whisper = folder.write("hearing.bin", hearing());
    let llama = folder.write("answering.gguf", answering(Mind::Plain));
    let kokoro = folder.write("speaking.onnx", speaking(Export::HUB));
    std::fs::create_dir(folder.path("voices")).expect("the temp folder is writable");
    folder.write("voices/af_heart.bin", voice(0.0));
    std::fs::create_dir(folder.path("documents")).expect("the temp folder is writable");
    folder.write(
        "documents/map.md",
        "# The map\n\nYou can find a map by the castle window.\n",
    );
    let environment = [
        ("REPARTEE_WHISPER_MODEL", whisper.as_str()),
        ("REPARTEE_LLAMA_MODEL", llama.as_str()),
        ("REPARTEE_LLAMA_CONTEXT_TOKENS", "2048"),
        ("REPARTEE_KOKORO_MODEL", kokoro.as_str()),
    ];
    let documents = folder.path("documents");
    let arguments = ["--listen", "127.0.0.1:0", "--knowledge", &documents];
    let server = Server::begin_with(&arguments, &environment).await;
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
    let folder = Folder::new("native");
    let server = serve(&folder).await;
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
