//! How much a word of a question says about what is asked.

use std::collections::HashSet;
use std::sync::OnceLock;

/// What a word is worth before its rarity is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Grammar: says nothing.
    Stop,
    /// Goes with many subjects: says a little.
    Light,
    /// Names the subject.
    Content,
}

impl Weight {
    pub fn of(word: &str) -> Self {
        static STOPS: OnceLock<HashSet<&'static str>> = OnceLock::new();
        static LIGHTS: OnceLock<HashSet<&'static str>> = OnceLock::new();
        let set = |list: &'static str| list.split_whitespace().collect::<HashSet<_>>();
        if STOPS.get_or_init(|| set(STOP)).contains(word) {
            Self::Stop
        } else if LIGHTS.get_or_init(|| set(LIGHT)).contains(word) || is_letter(word) {
            Self::Light
        } else {
            Self::Content
        }
    }

    pub fn share(self) -> f32 {
        match self {
            Self::Stop => 0.0,
            Self::Light => 0.3,
            Self::Content => 1.0,
        }
    }
}

/// A letter alone says little, a number alone much.
fn is_letter(word: &str) -> bool {
    word.len() == 1 && !word.starts_with(|c: char| c.is_ascii_digit())
}

const STOP: &str = "a an the and or but nor so if then than that this these those there here it its
    is are am was were be been being do does did doing done has have had having will would shall
    should can could may might must of in on at to for from by with about into onto as up out off
    over under between through during i me my mine myself we us our ours you your yours he him his
    she her hers they them their theirs what which who whom whose when where why how not no yes
    dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt shouldnt im ive id ill
    youre youve youd theyre theres thats its lets whats please thanks thank okay ok um uh er erm hmm
    well oh hi hello hey just also too very really actually some any much many more most such only
    own same both each all every else ever still yet again tell say know let want wondering wonder
    like would gonna wanna gotta to1 s t re ve ll d m u via per et al etc one 1 am pm because
    anybody somebody anyone someone anything something nothing everything everyone hear explain
    describe sure think mean question answer ask asking curious hope sorry excuse kindly quickly
    several multiple various different able exactly roughly approximately normally usually generally typically possible possibly maybe
    perhaps without within after before until while since upon around against toward towards along
    across behind beyond among per near get gets getting got give gives given giving go goes going gone come comes
    coming came make makes making made put puts";

const LIGHT: &str = "            went  
          take takes taking took taken   use uses using used
    need needs needed want wants find finds finding found look looking looks see sees seen show
    offer offers offered offering provide provides provided have happen happens happened work works
    working thing things stuff way ways place places kind kinds type types sort sorts people person
    someone time times day days part parts lot lots bit good better best nice new old able allow
    allowed allows permit permitted available possible necessary required require requires must
    first last next other another different same main start starts begin end stop keep keeps help
    helps try trying call called name named long short big small large little far soon often
    always never ever now today tomorrow currently right left number amount many much inside
    outside within anywhere somewhere everywhere everything option options information info detail
    details case order visit visiting stay staying bring bringing
     buy run leave set turn change changes live feel want around along back away during exactly
    whole entire certain special specific general normal usual recommend recommended mention
    building house premises site company organisation organization business highest lowest largest biggest smallest latest earliest nearest
    closest total overall become accept handle receive expect decide prefer arrange
    include includes included including contain consist there own cover covers covered belong
    matter difference long quickly fast count apply applies concern supposed regarding concerning
    area areas point points both available year years week month hour hours minute minutes
    location located locate year old ask talk bad easy hard simple
    program programme tool product device machine app application software system firm shop store club team
    husband wife mate friend boyfriend girlfriend partner neighbour guy lady yesterday tonight
    nearly hardly certainly suddenly accident mistake wish hoping suppose supposed guess ought meant
    built kept keep continue plan planning chance true idea reason word case bother fine alright
    completely totally properly actual tiny huge massive super ages forever";
