//! What a session may be set to.

use crate::chance::Chance;
use crate::tools::tools;
use server_conversation::{Ears, Endpointing, Millis, Modality, Settings};

pub(crate) fn settings(chance: &mut Chance) -> Settings {
    let automatic = Endpointing::Automatic {
        shortest: Millis(chance.among(0, 400)),
        usual: Millis(chance.among(0, 800)),
        longest: Millis(chance.among(0, 2_000)),
        idle: chance.once_in(3).then(|| Millis(chance.among(0, 6_000))),
        respond: !chance.once_in(5),
        interrupt: !chance.once_in(4),
    };
    Settings {
        instructions: "Be brief.".to_owned(),
        modality: if chance.once_in(5) {
            Modality::Text
        } else {
            Modality::Audio
        },
        greeting: chance
            .once_in(3)
            .then(|| "Hello, how can I help you?".to_owned()),
        voice: chance.once_in(3).then(|| "slt".to_owned()),
        endpointing: if chance.once_in(6) {
            Endpointing::Manual
        } else {
            automatic
        },
        ears: Ears {
            listening: !chance.once_in(20),
            ..Settings::default().ears
        },
        passages: *chance.one_of(&[0, 1, 5]),
        tools: if chance.once_in(2) {
            tools()
        } else {
            Vec::new()
        },
        parallel_calls: !chance.once_in(4),
        ask_again: !chance.once_in(4),
        speculation: !chance.once_in(3),
        ..Settings::default()
    }
}
