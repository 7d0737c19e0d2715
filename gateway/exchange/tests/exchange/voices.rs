//! Whose words leave, and how far the speaker lets them go (views, section 4).

use exchange::view::View;
use schemas::{
    code::{RestrictionKind, VoiceShare, VoiceWhose},
    record::Voice,
    said::Said,
};

use crate::made::{Child, let_out, restriction};

fn voice(whose: VoiceWhose, share: Said<VoiceShare>) -> Voice {
    Voice { whose: Said::Is(whose), share, words: Said::Is("I want to be a vet".into()), ..Voice::default() }
}

/// The views under which the words leave of a child in care who said this.
fn heard_by(voice: &Voice) -> Vec<&'static str> {
    let hears = |view: &&'static str| {
        let statement = &mut voice.clone().into();
        let view = View::shipped(view).unwrap();
        view.project(statement, None)
            && matches!(statement, schemas::record::Statement::Voice(it) if it.words.has_value())
    };
    exchange::view::NAMES.into_iter().filter(|view| hears(view)).collect()
}

#[test]
fn a_childs_words_go_as_far_as_the_child_lets_them() {
    let of_child = |share| heard_by(&voice(VoiceWhose::Child, share));
    let only_school = ["local-authority", "virtual-school"];
    assert_eq!(of_child(Said::Is(VoiceShare::Everybody)), ["local-authority", "virtual-school", "provider"]);
    assert_eq!(of_child(Said::Is(VoiceShare::Professionals)), ["local-authority", "virtual-school", "provider"]);
    for narrow in [Said::Is(VoiceShare::VirtualSchoolOnly), Said::Blank, Said::NotAsked, Said::Unreadable] {
        assert_eq!(of_child(narrow), only_school);
    }
}

#[test]
fn another_persons_words_go_back_to_the_authority_alone() {
    for whose in [VoiceWhose::Parent, VoiceWhose::Carer, VoiceWhose::Professional] {
        assert_eq!(heard_by(&voice(whose, Said::Is(VoiceShare::Everybody))), ["local-authority"], "{whose:?}");
    }
    let nobodys = Voice { whose: Said::Unreadable, ..voice(VoiceWhose::Child, Said::Is(VoiceShare::Everybody)) };
    assert_eq!(heard_by(&nobodys), ["local-authority"]);
}

#[test]
fn that_somebody_spoke_is_told_where_the_words_are_not() {
    let text = let_out("virtual-school", vec![Child::in_care("1").says(voice(VoiceWhose::Parent, Said::Blank))]);
    assert!(text.contains("Voice whose=PARENT") && !text.contains("vet"), "{text}");
}

#[test]
fn the_nhs_restricts_words_too() {
    let child = Child::in_care("1").says(voice(VoiceWhose::Child, Said::Is(VoiceShare::Everybody)));
    assert!(let_out("virtual-school", vec![child.clone()]).contains("vet"));
    let restricted = child.says(restriction(RestrictionKind::NhsRestricted));
    assert!(!let_out("virtual-school", vec![restricted]).contains("vet"));
}

#[test]
fn words_of_a_view_for_two_recipients_need_the_leave_of_both() {
    let both = View::shipped("virtual-school").unwrap().meet(View::shipped("provider").unwrap());
    for (share, leaves) in [(VoiceShare::Professionals, true), (VoiceShare::VirtualSchoolOnly, false)] {
        let mut statement = voice(VoiceWhose::Child, Said::Is(share)).into();
        both.project(&mut statement, None);
        let schemas::record::Statement::Voice(left) = statement else { panic!("another statement") };
        assert_eq!(left.words.has_value(), leaves, "{share:?}");
    }
}
