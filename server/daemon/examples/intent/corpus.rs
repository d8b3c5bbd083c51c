//! What is said and by whom: sounds by many settings of flite and espeak-ng, kept in a scratch folder.

use client_probe::Speech;
use std::path::Path;
use std::process::{Command, Stdio};

/// One speaker: a voice with its pitch and its pace.
#[derive(Clone, Debug)]
pub(crate) struct Speaker {
    voice: &'static str,
    flite: bool,
    /// Of flite the mean in Hz, of espeak-ng 0 to 99.
    pitch: u32,
    /// In per cent of the usual.
    pace: u32,
}

const FLITE: [(&str, u32); 5] = [
    ("slt", 170),
    ("rms", 95),
    ("awb", 130),
    ("kal", 110),
    ("kal16", 110),
];
const ESPEAK: [&str; 48] = [
    "en-us",
    "en-gb",
    "en-gb-x-rp",
    "en-gb-scotland",
    "en-us+m1",
    "en-gb+m2",
    "en-us+m3",
    "en-gb-x-rp+m4",
    "en-us+m5",
    "en-gb+m6",
    "en-us+m7",
    "en-us+m8",
    "en-us+f1",
    "en-gb+f2",
    "en-us+f3",
    "en-gb+f4",
    "en-us+f5",
    "en-gb-x-rp+f2",
    "en-gb+f3",
    "en-us+croak",
    "en-gb+croak",
    "en-us+whisper",
    "en-us+klatt",
    "en-gb+klatt2",
    "en-us+klatt4",
    "en-us+Andy",
    "en-gb+Alicia",
    "en-us+Denis",
    "en-gb+Gene",
    "en-us+linda",
    "en-us+max",
    "en-gb+michael",
    "en-us+paul",
    "en-gb+rob",
    "en-us+steph",
    "en-us+Storm",
    "en-gb+edward",
    "en-us+grandma",
    "en-gb+grandpa",
    "en-us+anika",
    "en-us+adam",
    "en-gb+benjamin",
    "en-us+victor",
    "en-us+Annie",
    "en-gb+travis",
    "en-us+Mario",
    "en-us+robert",
    "en-gb+shelby",
];

/// All speakers; one in five is left out of a fit in turn.
pub(crate) fn speakers() -> Vec<Speaker> {
    let mut all = Vec::new();
    for (n, voice) in ESPEAK.into_iter().enumerate() {
        let (pitch, pace) = (35 + (n as u32 * 17) % 35, 80 + (n as u32 * 29) % 55);
        let flite = false;
        all.push(Speaker {
            voice,
            flite,
            pitch,
            pace,
        });
    }
    for (voice, hertz) in FLITE {
        for (share, pace) in [(100, 100), (85, 88), (120, 118), (108, 95)] {
            let (flite, pitch) = (true, hertz * share / 100);
            all.push(Speaker {
                voice,
                flite,
                pitch,
                pace,
            });
        }
    }
    all
}

impl Speaker {
    /// Other settings of one voice are one voice.
    pub(crate) fn voice(&self) -> &'static str {
        self.voice
    }

    /// A text, from its first sound to its last; espeak-ng spells what is no word, so it is told sounds.
    pub(crate) fn say(&self, text: &str, scratch: &Path) -> Option<Speech> {
        let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let name = format!("{}-{}-{}-{plain}.wav", self.voice, self.pitch, self.pace);
        let file = scratch.join(name);
        if !file.exists() {
            let mut command = match self.flite {
                true => self.flite(text),
                false => self.espeak(text),
            };
            let out = if self.flite { "-o" } else { "-w" };
            command
                .arg(out)
                .arg(&file)
                .stdin(Stdio::null())
                .stderr(Stdio::null());
            command.status().ok()?;
        }
        let speech = Speech::from_wav(&file).ok()?;
        let all = speech.samples();
        let loudest = all.iter().fold(0.0_f32, |most, s| most.max(s.abs()));
        let sounds = |s: &f32| s.abs() > loudest * 0.02;
        let (first, last) = (all.iter().position(sounds)?, all.iter().rposition(sounds)?);
        Some(Speech::from_samples(all[first..=last].to_vec()))
    }

    fn flite(&self, text: &str) -> Command {
        let mut command = Command::new("flite");
        let mean = format!("int_f0_target_mean={}", self.pitch);
        let stretch = format!("duration_stretch={}", 100.0 / self.pace as f32);
        command.args(["-voice", self.voice, "--setf", &mean, "--setf", &stretch]);
        match client_probe::sounds::phones(text) {
            Some(phones) => command.args(["-p", phones]),
            None => command.args(["-t", text]),
        };
        command
    }

    fn espeak(&self, text: &str) -> Command {
        let mut command = Command::new("espeak-ng");
        let (pitch, pace) = (self.pitch.to_string(), (175 * self.pace / 100).to_string());
        let sounds = client_probe::sounds::mnemonics(text);
        command.args(["-v", self.voice, "-p", &pitch, "-s", &pace, sounds]);
        command
    }
}

pub(crate) fn lines(text: &'static str) -> Vec<&'static str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).collect()
}
