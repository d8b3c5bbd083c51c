//! The engines keep their contracts across the process.

use crate::house::{House, patience, voice};
use models_engine::LISTENING_RATE;
use models_engine::contract::{check_language_model, check_recognizer, check_synthesizer};
use models_engine::scripted::{ScriptedLanguage, ScriptedSynthesizer};
use models_engine::{LanguageModel, Prompt, Synthesizer};

#[test]
fn every_engine_keeps_its_contract() {
    let house = House::open(patience());
    check_recognizer(&*house.recognizer, &voice(2 * LISTENING_RATE as usize));
    check_language_model(
        &*house.language_model,
        &Prompt::asking("one two three four"),
    );
    check_synthesizer(&*house.synthesizer, "Good morning to you.");
    assert_eq!(house.apart.account().deaths, 0);
}

#[test]
fn they_say_of_themselves_what_they_say_at_home() {
    let house = House::open(patience());
    assert_eq!(house.language_model.card(), ScriptedLanguage::echo().card());
    let at_home = ScriptedSynthesizer::new();
    assert_eq!(house.synthesizer.card(), at_home.card());
    assert_eq!(house.synthesizer.rate(), at_home.rate());
    assert_eq!(house.synthesizer.voices(), at_home.voices());
}
