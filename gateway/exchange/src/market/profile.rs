//! What a child may read of a home before moving, words and photographs: when an authority may have it (IFA formats,
//! section 9).

use schemas::{
    code::{OfferStatus, ProfileRelease},
    record::{ForTheChild, Vacancy},
    said::Said,
};

use crate::{precision::Precision, view::View};

/// What a home says for a child to read.
#[must_use]
pub fn profile_of(vacancy: &Vacancy) -> Option<&ForTheChild> {
    vacancy.more.as_deref()?.for_the_child.as_ref().is()
}

/// Whether an authority to which a home is offered may have what a child may read of it: once the offer is accepted, or,
/// where its agency says so, as soon as it is made and as long as it stands.
#[must_use]
pub fn is_released(vacancy: &Vacancy, offer: Option<OfferStatus>, is_over: bool) -> bool {
    match offer {
        Some(OfferStatus::Accepted) => !is_over,
        Some(OfferStatus::Offered) => {
            let release = profile_of(vacancy).map(|profile| profile.release);
            !is_over && release == Some(Said::Is(ProfileRelease::OnMatchTalk))
        }
        _ => false,
    }
}

/// Whether a view lets an authority have what was released to it. No shipped view does before; whoever withholds what a
/// home is like withholds this too.
#[must_use]
pub fn lets_have(view: &View) -> bool {
    view.is_for_an_authority() && !view.is_for_others() && view.precision("Vacancy", "home") == Precision::Full
}

#[cfg(test)]
mod tests {
    use schemas::record::VacancyMore;

    use super::*;
    use crate::narrow::Changes;

    fn home(release: Said<ProfileRelease>) -> Vacancy {
        let profile = ForTheChild { release, ..ForTheChild::default() };
        let more = VacancyMore { for_the_child: Said::Is(profile), ..VacancyMore::default() };
        Vacancy { more: Some(Box::new(more)), ..Vacancy::default() }
    }

    #[test]
    fn it_is_released_by_an_accepted_offer_or_by_one_that_stands_where_the_agency_says_so() {
        use OfferStatus::{Accepted, Declined, Expired, NoOffer, Offered, Undone, Withdrawn};
        let [usual, early] = [Said::NotAsked, Said::Is(ProfileRelease::OnMatchTalk)].map(home);
        let on_accept = home(Said::Is(ProfileRelease::OnAccept));
        for (offer, expected) in [(Accepted, [true; 3]), (Offered, [false, false, true])] {
            let got = [&usual, &on_accept, &early].map(|home| is_released(home, Some(offer), false));
            assert_eq!(got, expected, "{offer:?}");
            assert!(!is_released(&early, Some(offer), true), "it is over");
        }
        for offer in [None, Some(Declined), Some(Withdrawn), Some(Expired), Some(Undone), Some(NoOffer)] {
            assert!(!is_released(&early, offer, false), "{offer:?}");
        }
        assert!(!is_released(&Vacancy::default(), Some(Offered), false));
    }

    #[test]
    fn only_a_view_of_an_authority_lets_have_it_and_a_narrower_one_need_not() {
        let letting: Vec<&str> = View::offered().filter(|view| lets_have(view)).map(View::name).collect();
        assert_eq!(letting, ["local-authority"]);
        let base = View::shipped("local-authority").unwrap();
        let withhold = Changes { withhold: vec!["Vacancy.home".into()], ..Changes::default() };
        assert!(!lets_have(&View::narrow(base, withhold).unwrap()));
    }
}
