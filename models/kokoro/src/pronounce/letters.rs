//! The names of the letters and digits.

const NAMES: [(char, &str); 36] = [
    ('a', "ˈA"),
    ('b', "bˈi"),
    ('c', "sˈi"),
    ('d', "dˈi"),
    ('e', "ˈi"),
    ('f', "ˈɛf"),
    ('g', "ʤˈi"),
    ('h', "ˈAʧ"),
    ('i', "ˈI"),
    ('j', "ʤˈA"),
    ('k', "kˈA"),
    ('l', "ˈɛl"),
    ('m', "ˈɛm"),
    ('n', "ˈɛn"),
    ('o', "ˈO"),
    ('p', "pˈi"),
    ('q', "kjˈu"),
    ('r', "ˈɑɹ"),
    ('s', "ˈɛs"),
    ('t', "tˈi"),
    ('u', "jˈu"),
    ('v', "vˈi"),
    ('w', "dˈʌbᵊlju"),
    ('x', "ˈɛks"),
    ('y', "wˈI"),
    ('z', "zˈi"),
    ('0', "zˈɪɹO"),
    ('1', "wˈʌn"),
    ('2', "tˈu"),
    ('3', "θɹˈi"),
    ('4', "fˈɔɹ"),
    ('5', "fˈIv"),
    ('6', "sˈɪks"),
    ('7', "sˈɛvən"),
    ('8', "ˈAt"),
    ('9', "nˈIn"),
];

/// The word letter by letter; what is neither letter nor digit has no name.
pub(super) fn spelled(word: &str) -> String {
    let name = |c: char| {
        let c = c.to_ascii_lowercase();
        NAMES
            .iter()
            .find(|(letter, _)| *letter == c)
            .map(|(_, name)| *name)
    };
    word.chars().filter_map(name).collect::<Vec<_>>().join(" ")
}
