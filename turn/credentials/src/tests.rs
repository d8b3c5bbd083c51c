//! Known answers: RFC 2202, and one from OpenSSL; then what a relay refuses.

use super::*;

const SECRET: &str = "open sesame";
const EXPIRES_UNIX_S: u64 = 1_893_456_000;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All seven cases of RFC 2202 section 3, through the function that signs our user names.
#[test]
fn signs_the_vectors_of_rfc_2202() {
    let counting: Vec<u8> = (1..=25).collect();
    let cases: [(&[u8], &[u8], &str); 7] = [
        (
            &[0x0b; 20],
            b"Hi There",
            "b617318655057264e28bc0b6fb378c8ef146be00",
        ),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        ),
        (
            &[0xaa; 20],
            &[0xdd; 50],
            "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
        ),
        (
            &counting,
            &[0xcd; 50],
            "4c9007f4026250c6bc8414f9bf50c86c2d7235da",
        ),
        (
            &[0x0c; 20],
            b"Test With Truncation",
            "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04",
        ),
        (
            &[0xaa; 80],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "aa4ae5e15272d00e95705637ce8a3b55ed402112",
        ),
        (
            &[0xaa; 80],
            b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
            "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
        ),
    ];
    for (key, text, expected) in cases {
        assert_eq!(hex(&sign(key, text)), expected);
    }
}

/// `printf '%s' '1893456000:caller-7' | openssl dgst -sha1 -hmac 'open sesame' -binary | base64`
#[test]
fn mints_what_openssl_mints() {
    let minted = mint(SECRET, "caller-7", EXPIRES_UNIX_S);
    assert_eq!(minted.username, "1893456000:caller-7");
    assert_eq!(minted.credential, "mq/HgFRst2APKjEAVIi66EY9rXM=");
}

#[test]
fn holds_until_its_second_and_no_longer() {
    let minted = mint(SECRET, "caller-7", EXPIRES_UNIX_S);
    let at = |now| check(SECRET, &minted.username, &minted.credential, now);
    assert_eq!(at(0), Ok("caller-7"));
    assert_eq!(at(EXPIRES_UNIX_S - 1), Ok("caller-7"));
    assert_eq!(at(EXPIRES_UNIX_S), Err(Refused::Expired));
    assert_eq!(at(u64::MAX), Err(Refused::Expired));
}

#[test]
fn refuses_another_secret_name_or_expiry() {
    let minted = mint(SECRET, "caller-7", EXPIRES_UNIX_S);
    let forged = |secret: &str, username: &str, credential: &str| {
        assert_eq!(check(secret, username, credential, 0), Err(Refused::Forged));
    };
    forged("open simsim", &minted.username, &minted.credential);
    forged(SECRET, "1893456001:caller-7", &minted.credential);
    forged(SECRET, "1893456000:caller-8", &minted.credential);
    forged(SECRET, &minted.username, "");
    forged(SECRET, &minted.username, "not base64!");
    forged(SECRET, &minted.username, &minted.credential[..8]);
    // An expired credential that is forged too says "forged": expiry is nobody's business but its owner's.
    assert_eq!(
        check(SECRET, "1:caller-7", &minted.credential, 2),
        Err(Refused::Forged)
    );
}

#[test]
fn refuses_user_names_of_another_shape() {
    let endless = format!("1893456000:{}", "x".repeat(USERNAME_LIMIT_BYTES));
    for username in [
        "",
        "caller-7",
        "soon:caller-7",
        "+1893456000:x",
        "-1:x",
        &endless,
        "99999999999999999999:x",
    ] {
        let credential = STANDARD.encode(sign(SECRET.as_bytes(), username.as_bytes()));
        assert_eq!(
            check(SECRET, username, &credential, 0),
            Err(Refused::Malformed),
            "{username}"
        );
    }
}

#[test]
fn a_name_may_hold_colons_and_any_letters() {
    for name in ["", "a:b:c", "Zoë 🎧"] {
        let minted = mint(SECRET, name, EXPIRES_UNIX_S);
        assert_eq!(
            check(SECRET, &minted.username, &minted.credential, 0),
            Ok(name)
        );
    }
}

#[test]
fn the_password_stays_out_of_debug_output() {
    let minted = mint(SECRET, "caller-7", EXPIRES_UNIX_S);
    assert!(!format!("{minted:?}").contains(&minted.credential));
}
