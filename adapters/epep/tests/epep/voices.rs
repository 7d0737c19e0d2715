//! What somebody said elsewhere: whose view it is has to be said, and no words take the place of others.

use epep::VOICE_CSV;
use schemas::{
    code::{VoiceBy, VoiceContext, VoiceWhose},
    record::{Statement, Voice},
    said::Said,
};

use crate::support::{Read, read};

fn voices(read: &Read) -> Vec<&Voice> {
    let voices = read.statements().filter_map(|statement| match statement {
        Statement::Voice(voice) => Some(voice),
        _ => None,
    });
    voices.collect()
}

#[test]
fn what_is_left_open_is_filled_without_widening_anything() {
    let read = read(&VOICE_CSV, &["la_child_id,whose,words\n1,parent,He sleeps well\n"]);
    let voice = voices(&read)[0];
    assert_eq!((voice.whose, voice.by), (Said::Is(VoiceWhose::Parent), Said::Is(VoiceBy::Parent)));
    assert_eq!(voice.context, Said::Is(VoiceContext::Other));
    assert!(!voice.share.has_value(), "who may hear it was not said");
}

#[test]
fn whoever_wrote_it_down_is_not_whose_view_it_is() {
    let read = read(&VOICE_CSV, &["la_child_id,whose,by,words\n1,child,social-worker,I like it here\n"]);
    let voice = voices(&read)[0];
    assert_eq!((voice.whose, voice.by), (Said::Is(VoiceWhose::Child), Said::Is(VoiceBy::SocialWorker)));
}

#[test]
fn nothing_is_taken_for_a_childs_word_on_trust() {
    for whose in ["", "the cat", "professional"] {
        let read = read(&VOICE_CSV, &[&format!("la_child_id,whose,words\n1,{whose},I like it here\n")]);
        assert!(voices(&read).is_empty(), "{whose}");
        assert!(read.codes().contains(&"epep/voice-whose"), "{whose}: {:?}", read.codes());
    }
}

#[test]
fn two_things_said_on_one_day_are_both_carried() {
    let rows = "la_child_id,said_on,whose,words\n1,2025-11-10,child,I like maths\n1,2025-11-10,child,I miss my dog\n\
                1,2025-11-10,child,I like maths\n";
    let read = read(&VOICE_CSV, &[rows]);
    assert_eq!(voices(&read).len(), 2);
    assert_eq!(read.codes(), ["record/duplicate", "record/key-clash"]);
}
