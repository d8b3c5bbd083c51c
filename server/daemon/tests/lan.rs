//! `--lan`: what a phone is shown, and that it is the same server after a restart.

mod binary;
#[path = "binary/server.rs"]
mod server;

use binary::Folder;
use client_probe::{Call, CallOptions, Door};
use reqwest::{Certificate, Client, StatusCode};
use server::{PATIENCE, Server};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

/// `None` on a machine without a network, where the server must have said so.
async fn serve(data: &Folder, more: &[&str]) -> Option<Server> {
    let data = data.0.to_str().expect("a readable path");
    let told = [&["--lan", "--listen", "0.0.0.0:0", "--data", data], more].concat();
    match Server::begin(&told).await {
        Ok(server) => Some(server),
        Err(complaint) => {
            assert!(
                complaint.contains("has no address on a local network"),
                "{complaint}"
            );
            None
        }
    }
}

/// Name and content of all that is kept; each file must be its owner's alone.
fn kept(data: &Folder) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(&data.0).expect("the data folder stands");
    let read = |file: std::io::Result<std::fs::DirEntry>| {
        let file = file.expect("it is listed");
        let mode = file.metadata().expect("it stands").permissions().mode();
        let name = file.file_name().to_string_lossy().into_owned();
        assert_eq!(mode & 0o777, 0o600, "{name}");
        (
            name,
            std::fs::read_to_string(file.path()).expect("it is text"),
        )
    };
    files.map(read).collect()
}

/// Trusts the certificate that was kept, and no other.
fn phone(kept: &BTreeMap<String, String>) -> Client {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let name = kept.keys().find(|name| name.ends_with(".crt"));
    let pem = &kept[name.expect("a certificate is kept")];
    let certificate = Certificate::from_pem(pem.as_bytes()).expect("it is one");
    let client = Client::builder()
        .timeout(PATIENCE)
        .tls_certs_only([certificate]);
    client.build().expect("a client for TLS")
}

async fn page(phone: &Client, server: &Server) -> String {
    let answer = phone.get(&server.url).send().await;
    let answer = answer.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(answer.status(), StatusCode::OK);
    answer.text().await.expect("the page is text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_is_invited_and_knows_the_server_again() {
    let data = Folder::new("lan");
    let Some(server) = serve(&data, &[]).await else {
        return;
    };
    let first = kept(&data);
    let key = first["lan.key"].clone();
    assert!(server.url.starts_with("https://"), "{}", server.url);
    assert!(
        server
            .printed
            .contains(&format!("{}/#key={key}", server.url))
    );
    let code = server.printed.lines().filter(|line| line.contains('█'));
    assert!(code.count() > 15, "{}", server.printed);
    assert!(page(&phone(&first), &server).await.contains("<html"));

    let stranger = Door::new(&server.url, None, true).expect("a good address");
    let refused = Call::place(&stranger, &CallOptions::default()).await.err();
    let refused = refused.expect("a key is needed").to_string();
    assert!(refused.contains("did not let the call in"), "{refused}");
    let invited = Door::new(&server.url, Some(key), true).expect("a good address");
    let call = Call::place(&invited, &CallOptions::default()).await;
    let call = call.unwrap_or_else(|trouble| panic!("{trouble}"));
    call.hang_up().await.expect("it stood");
    server.interrupt().await;
    assert!(server.ended().await.0.success());

    let folder = data.path("");
    let again = Server::start(&["--lan", "--listen", "0.0.0.0:0", "--data", &folder]).await;
    assert_eq!(kept(&data), first);
    assert!(again.printed.contains(&first["lan.key"]));
    page(&phone(&first), &again).await;
}

#[tokio::test]
async fn a_key_of_ones_own_is_the_one_that_is_shown() {
    let data = Folder::new("lan-own-key");
    if let Some(server) = serve(&data, &["--key", "mine"]).await {
        assert!(
            server.printed.contains("/#key=mine\n"),
            "{}",
            server.printed
        );
        assert!(!kept(&data).contains_key("lan.key"));
    }
}

#[tokio::test]
async fn another_address_gets_another_certificate_and_the_old_one_stays_good() {
    let data = Folder::new("lan-moved");
    let Some(server) = serve(&data, &[]).await else {
        return;
    };
    drop(server);
    let first = kept(&data);
    let here = first.keys().find(|name| name.ends_with(".crt"));
    let here = here.expect("a certificate is kept").clone();
    // As if the first had been made elsewhere, and the machine had come back since.
    std::fs::rename(data.path(&here), data.path("lan-192-0-2-1.crt")).expect("ours");
    drop(serve(&data, &[]).await.expect("the network still stands"));
    std::fs::rename(data.path("lan-192-0-2-1.crt"), data.path(&here)).expect("ours");
    let server = serve(&data, &[]).await.expect("the network still stands");
    assert_eq!(kept(&data)["lan-tls.key"], first["lan-tls.key"]);
    page(&phone(&first), &server).await;
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_used_is_named() {
    let folder = Folder::new("lan-no-folder");
    let file = folder.write("file", "not a folder");
    let begun = Server::begin(&["--lan", "--data", &file]).await;
    let complaint = begun.err().expect("there is nowhere to keep the key");
    let wanted = [
        format!("{file} cannot be used"),
        "no address on a local network".to_owned(),
    ];
    assert!(
        wanted.iter().any(|part| complaint.contains(part)),
        "{complaint}"
    );
}
