//! The rounds in which providers are asked: the authority's own carers first, then tiers, then wider (ifa-formats, 4.2).

use schemas::{diagnostic::Rule, identifier::ProviderUrn, record::ReferralWave, said::Said};

use super::rules;
use crate::market::framework::{Framework, framework};
use crate::market::registration;

/// The most rounds of a referral.
pub const WAVES_MAX: usize = 20;

/// Whom a wave asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The members' own services.
    InHouse,
    /// A tier of the referral's framework, from 1.
    Tier(usize),
    /// Everybody on a framework.
    Framework(Box<str>),
    /// One provider.
    Provider(ProviderUrn),
}

impl Asks {
    /// Reads `in-house`, `tier:1`, `framework:wm-fostering` or `urn:SC999901` (`urn:ciw:W18/0001`). There is no "all".
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.split_once(':') {
            None if text.eq_ignore_ascii_case("in-house") => Some(Self::InHouse),
            Some(("tier", number)) => number.trim().parse().ok().filter(|tier| *tier > 0).map(Self::Tier),
            Some(("framework", id)) if !id.trim().is_empty() => Some(Self::Framework(id.trim().into())),
            Some(("urn", urn)) => registration::read(urn).map(Self::Provider),
            _ => None,
        }
    }

    /// Whether a provider is one of them.
    fn takes_in(&self, urn: ProviderUrn, own: Option<&Framework>, frameworks: &[Framework]) -> bool {
        match self {
            Self::InHouse => own.is_some_and(|framework| framework.is_in_house(urn)),
            Self::Tier(tier) => own.is_some_and(|framework| framework.tier(urn) == Some(*tier)),
            Self::Framework(id) => framework(frameworks, id).is_some_and(|framework| framework.has(urn)),
            Self::Provider(provider) => *provider == urn,
        }
    }

    /// Whether it means anything under these frameworks.
    fn is_known(&self, own: Option<&Framework>, frameworks: &[Framework]) -> bool {
        match self {
            Self::InHouse | Self::Provider(_) => true,
            Self::Tier(tier) => own.is_some_and(|framework| *tier <= framework.tiers.len()),
            Self::Framework(id) => framework(frameworks, id).is_some(),
        }
    }
}

/// Judges the plan of waves of a new referral.
///
/// # Errors
/// The rule that it breaks.
pub fn check(
    waves: &[ReferralWave],
    own: Option<&Framework>,
    frameworks: &[Framework],
    in_house_is_skipped: bool,
) -> Result<(), &'static Rule> {
    let asks = |wave: &ReferralWave| -> Vec<Option<Asks>> {
        wave.to.as_ref().is().map(|to| to.iter().map(|text| Asks::read(text)).collect()).unwrap_or_default()
    };
    let is_sound = |wave: &ReferralWave| {
        let asks = asks(wave);
        !asks.is_empty() && asks.iter().all(|asks| asks.as_ref().is_some_and(|asks| asks.is_known(own, frameworks)))
    };
    if waves.is_empty() || waves.len() > WAVES_MAX || !waves.iter().all(is_sound) {
        return Err(&rules::WAVE_UNKNOWN);
    }
    let has_own = own.is_some_and(|framework| !framework.in_house_urns.is_empty());
    let is_in_house = waves.first().is_some_and(|first| asks(first).iter().all(|asks| *asks == Some(Asks::InHouse)));
    if has_own && !is_in_house && !in_house_is_skipped {
        return Err(&rules::IN_HOUSE_FIRST);
    }
    Ok(())
}

/// Which of these providers a wave asks; `has_home` tells whether one offers a fresh home of the right provision.
pub fn asked<'p>(
    wave: &'p ReferralWave,
    own: Option<&'p Framework>,
    frameworks: &'p [Framework],
    providers: impl IntoIterator<Item = ProviderUrn> + 'p,
    has_home: impl Fn(ProviderUrn) -> bool + 'p,
) -> impl Iterator<Item = ProviderUrn> + 'p {
    let asks: Vec<Asks> =
        wave.to.as_ref().is().map(|to| to.iter().filter_map(|text| Asks::read(text)).collect()).unwrap_or_default();
    let whoever = wave.include_without_vacancy == Said::Is(true);
    providers
        .into_iter()
        .filter(move |urn| asks.iter().any(|asks| asks.takes_in(*urn, own, frameworks)) && (whoever || has_home(*urn)))
}

/// Providers that waves could ask by what frameworks say, whatever anybody offers.
pub fn named<'f>(waves: &'f [ReferralWave], frameworks: &'f [Framework]) -> impl Iterator<Item = ProviderUrn> + 'f {
    let of_frameworks = frameworks
        .iter()
        .flat_map(|framework| framework.tiers.iter().flatten().chain(&framework.in_house_urns).copied());
    let by_number = waves.iter().flat_map(|wave| wave.to.as_ref().is().into_iter().flatten()).filter_map(|text| {
        match Asks::read(text) {
            Some(Asks::Provider(urn)) => Some(urn),
            _ => None,
        }
    });
    of_frameworks.chain(by_number)
}
