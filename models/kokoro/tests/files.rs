//! A file that is no Kokoro or no voice is refused with a sentence that says so.

mod fixture;

use fixture::{FOLDER, options, runtimes, voices};
use models_engine::Synthesizer;
use models_fixtures::kokoro::{Export, speaking, voice};
use models_fixtures::place;
use models_kokoro::{Kokoro, KokoroOptions, Runtime};

fn refusal(options: &KokoroOptions) -> String {
    match Kokoro::load(options) {
        Ok(_) => panic!("{} must not load", options.model.display()),
        Err(failure) => failure.message,
    }
}

#[test]
fn bad_models_are_refused_on_every_runtime() {
    let whole = speaking(Export::HUB);
    let other = Export {
        ids: "words",
        ..Export::HUB
    };
    let deaf = Export {
        speech: "image",
        ..Export::HUB
    };
    let cases: [(&str, Vec<u8>, &str); 7] = [
        ("empty", Vec::new(), "is empty"),
        (
            "half",
            whole[..whole.len() / 2].to_vec(),
            "cannot be loaded",
        ),
        (
            "gguf",
            [b"GGUF".as_slice(), &[0; 60]].concat(),
            "is a GGUF file",
        ),
        ("zip", b"PK\x03\x04 and so on".to_vec(), "is an archive"),
        ("text", vec![b'x'; 100], "is not an ONNX file"),
        (
            "other",
            speaking(other),
            "no input is called input_ids or tokens, there are words, style, speed",
        ),
        (
            "deaf",
            speaking(deaf),
            "no output is called waveform or audio, there are image",
        ),
    ];
    for runtime in runtimes("bad models") {
        for (name, bytes, reason) in &cases {
            let told = refusal(&options(name, bytes, runtime));
            assert!(
                told.contains(reason) && told.contains(name),
                "{name} on {runtime:?}: {told}"
            );
        }
    }
    let gone = KokoroOptions::new("/no/such/kokoro.onnx", voices("gone"));
    assert!(refusal(&gone).contains("/no/such/kokoro.onnx"));
}

#[test]
fn bad_voices_are_refused_by_name() {
    let mut damaged = voice(0.0);
    damaged[400..404].copy_from_slice(&f32::NAN.to_le_bytes());
    let cases: [(&str, Vec<u8>, &str); 5] = [
        (
            "short",
            voice(0.0)[4..].to_vec(),
            "522236 bytes, and not 522240",
        ),
        ("empty", Vec::new(), "0 bytes"),
        ("damaged", damaged, "numbers that are none"),
        (
            "archive",
            b"PK\x03\x04 and no more".to_vec(),
            "damaged archive",
        ),
        (
            "packed",
            archive(&[("af_heart", &voice(0.0))], 8),
            "af_heart.npy is compressed",
        ),
    ];
    for (name, bytes, reason) in cases {
        let mut options = options(
            &format!("voice_{name}"),
            &speaking(Export::HUB),
            Runtime::Rten,
        );
        options.voices = place(FOLDER, &format!("{name}.bin"), &bytes).expect("it is written");
        let told = refusal(&options);
        assert!(
            told.contains(reason) && told.contains(name),
            "{name}: {told}"
        );
    }
    let mut options = options("voice_choice", &speaking(Export::HUB), Runtime::Rten);
    for (asked, reason) in [
        (
            "nobody",
            "there is no voice nobody; there are af_heart, bm_george",
        ),
        ("af_heart+nobody", "there is no voice nobody"),
        ("af_heart:much", "the share of af_heart"),
        ("af_heart:-1", "the share of af_heart"),
    ] {
        options.voice = Some(asked.to_owned());
        let told = refusal(&options);
        assert!(told.contains(reason), "{asked}: {told}");
    }
}

#[test]
fn an_archive_of_voices_is_read() {
    let (heart, george) = (voice(0.0), voice(-80.0));
    let bytes = archive(&[("bm_george", &george), ("af_heart", &heart)], 0);
    let mut options = options("archive", &speaking(Export::HUB), Runtime::Rten);
    options.voices = place(FOLDER, "voices-v1.0.bin", &bytes).expect("it is written");
    let kokoro = Kokoro::load(&options).expect("it loads");
    assert_eq!(kokoro.voices(), ["af_heart", "bm_george"]);
    options.voice = Some("bm_george".to_owned());
    let kokoro = Kokoro::load(&options).expect("it loads");
    assert_eq!(kokoro.voices(), ["bm_george", "af_heart"]);
}

#[test]
fn a_runtime_that_is_not_there_is_named() {
    let mut options = options("absent", &speaking(Export::HUB), Runtime::Ort);
    options.library = Some("/no/such/libonnxruntime.so".into());
    let told = refusal(&options);
    assert!(
        told.contains("/no/such/libonnxruntime.so") || told.contains("already"),
        "{told}"
    );
}

/// NumPy's archive of tables, as `numpy.savez` writes it; `method` 8 says that they are packed.
fn archive(voices: &[(&str, &[u8])], method: u16) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for (name, numbers) in voices {
        let head = "{'descr': '<f4', 'fortran_order': False, 'shape': (510, 1, 256), }\n";
        let mut table = b"\x93NUMPY\x01\x00".to_vec();
        table.extend((head.len() as u16).to_le_bytes());
        table.extend_from_slice(head.as_bytes());
        table.extend_from_slice(numbers);
        let name = format!("{name}.npy");
        let at = out.len() as u32;
        let size = (table.len() as u32).to_le_bytes();
        let common: Vec<u8> = [
            &[20, 0, 0, 0][..],
            &method.to_le_bytes(),
            &[0; 8],
            &size,
            &size,
            &(name.len() as u16).to_le_bytes(),
        ]
        .concat();
        // NumPy leaves twenty bytes for large sizes in front of each table.
        let local = [
            b"PK\x03\x04".as_slice(),
            &common,
            &[20, 0],
            name.as_bytes(),
            &[0; 20],
            &table,
        ];
        out.extend(local.concat());
        let listed = [
            b"PK\x01\x02\x14\x00".as_slice(),
            &common,
            &[0; 12],
            &at.to_le_bytes(),
            name.as_bytes(),
        ];
        list.extend(listed.concat());
    }
    let (start, count) = (out.len() as u32, (voices.len() as u16).to_le_bytes());
    let size = (list.len() as u32).to_le_bytes();
    let end = [
        b"PK\x05\x06\0\0\0\0".as_slice(),
        &count,
        &count,
        &size,
        &start.to_le_bytes(),
        &[0, 0],
    ];
    out.extend(list);
    out.extend(end.concat());
    out
}
