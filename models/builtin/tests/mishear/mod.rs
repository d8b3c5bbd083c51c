//! A question as a recogniser may hand it on: lower case, no marks, words lost, changed or misheard.

/// Words that sound alike, or that a decoder with a small language model puts for one another.
const CONFUSED: &[(&str, &str)] = &[
    ("there", "their"),
    ("for", "four"),
    ("to", "two"),
    ("two", "to"),
    ("the", "a"),
    ("a", "the"),
    ("in", "and"),
    ("and", "in"),
    ("is", "as"),
    ("are", "or"),
    ("can", "can't"),
    ("do", "to"),
    ("much", "match"),
    ("how", "who"),
    ("what", "but"),
    ("when", "one"),
    ("where", "were"),
    ("does", "does"),
    ("long", "along"),
    ("price", "prize"),
    ("cost", "cast"),
    ("room", "rome"),
    ("dog", "dock"),
    ("pay", "pain"),
    ("key", "keep"),
    ("sauna", "son a"),
    ("wifi", "why fly"),
    ("suite", "sweet"),
    ("hotel", "hotels"),
    ("beer", "bear"),
    ("lake", "like"),
    ("bed", "bad"),
    ("laser", "lazer"),
    ("saw", "sore"),
    ("wood", "would"),
    ("fob", "fop"),
    ("shelf", "self"),
    ("breakfast", "break fast"),
    ("print", "prince"),
    ("cut", "cat"),
    ("write", "right"),
    ("check", "czech"),
    ("tour", "two were"),
    ("ticket", "tickets"),
    ("bike", "pike"),
    ("train", "trains"),
    ("pool", "pull"),
    ("chef", "chief"),
    ("smoke", "smog"),
    ("bar", "far"),
    ("battery", "battery's"),
    ("light", "like"),
    ("filter", "felt"),
    ("water", "what are"),
    ("member", "remember"),
    ("membership", "member ship"),
    ("book", "brook"),
    ("fine", "find"),
];

/// One word in eight is changed, on average: one in twenty lost, the rest misheard.
pub(crate) fn misheard(question: &str, seed: u64) -> String {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let lower = question.to_lowercase();
    let words = lower
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .filter(|word| !word.is_empty());
    let mut out: Vec<String> = Vec::new();
    for word in words {
        match random.below(100) {
            0..5 => {}
            5..13 => out.push(changed(word, &mut random)),
            _ => out.push(word.to_owned()),
        }
    }
    out.join(" ")
}

fn changed(word: &str, random: &mut Random) -> String {
    if let Some((_, other)) = CONFUSED.iter().find(|(from, _)| *from == word) {
        return (*other).to_owned();
    }
    let mut letters: Vec<char> = word.chars().collect();
    let at = random.below(letters.len());
    letters[at] = confused(letters[at]);
    if random.below(3) == 0 {
        letters.push('s');
    }
    letters.into_iter().collect()
}

fn confused(letter: char) -> char {
    match letter {
        'a' => 'e',
        'e' => 'i',
        'i' => 'e',
        'o' => 'a',
        'u' => 'a',
        'b' => 'p',
        'p' => 'b',
        'd' => 't',
        't' => 'd',
        'g' => 'k',
        'k' => 'g',
        'v' => 'f',
        'f' => 'v',
        's' => 'z',
        'm' => 'n',
        'n' => 'm',
        'l' => 'r',
        'r' => 'l',
        other => other,
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }
}
