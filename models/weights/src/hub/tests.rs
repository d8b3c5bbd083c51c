//! Where one is sent on to, and who sees the token.

use super::*;

fn sent_on(from: &str, to: &str) -> Result<String, Trouble> {
    let response = axum::http::Response::builder()
        .status(302)
        .header(LOCATION, to);
    let response = response.body("").expect("a response");
    let from = Url::parse(from).expect("an address");
    next(&from, &Response::from(response)).map(|url| url.to_string())
}

#[test]
fn from_https_nobody_is_sent_on_to_plain_http_off_this_machine() {
    let trouble = sent_on("https://hub.example/x", "http://store.example/y");
    let trouble = trouble.expect_err("anyone could change it");
    assert!(matches!(trouble, Trouble::Insecure { .. }), "{trouble}");
    let sentence = trouble.to_string();
    assert!(sentence.contains("hub.example") && sentence.contains("store.example"));
    let good = [
        (
            "https://hub.example/x",
            "https://store.example/y",
            "https://store.example/y",
        ),
        ("https://hub.example/x/y", "../z", "https://hub.example/z"),
        (
            "https://hub.example/x",
            "http://127.0.0.1:9/y",
            "http://127.0.0.1:9/y",
        ),
        (
            "http://mirror.example/x",
            "http://store.example/y",
            "http://store.example/y",
        ),
        (
            "http://mirror.example/x",
            "https://store.example/y",
            "https://store.example/y",
        ),
    ];
    for (from, to, right) in good {
        assert_eq!(sent_on(from, to).expect("it is followed"), right);
    }
}

#[test]
fn the_token_is_for_the_hub_alone() {
    let token = Token::new(" hf_secret\n");
    let hub = |mirror: Option<&str>, token_to_mirror| {
        let mirror = mirror.map(str::to_owned);
        let token = token.clone();
        let options = HubOptions {
            mirror,
            token,
            token_to_mirror,
            ..HubOptions::default()
        };
        Hub::new("https://hub.example", &options).expect("it is set up")
    };
    let url = |text: &str| Url::parse(text).expect("an address");
    let (own, other) = (
        url("https://hub.example/a/b"),
        url("https://mirror.example/a/b"),
    );
    let plain = hub(None, false);
    assert!(plain.trusts(&own) && !plain.trusts(&other));
    assert!(
        !plain.trusts(&url("http://hub.example/a/b")),
        "never in the clear"
    );
    assert!(
        !plain.trusts(&url("https://hub.example:8443/")),
        "another door"
    );
    let mirrored = hub(Some("https://mirror.example"), false);
    assert!(!mirrored.trusts(&own) && !mirrored.trusts(&other));
    let asked = hub(Some("https://mirror.example"), true);
    assert!(!asked.trusts(&own) && asked.trusts(&other));
    assert!(!hub(Some("http://mirror.example"), true).trusts(&url("http://mirror.example/")));
    assert!(Token::new(" ").is_none());
}
