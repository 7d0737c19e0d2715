//! Restrictions, stronger than any view: what tells where a protected child is leaves to nobody else (views, section 7).
//!
//! A restriction is stated, or derived from a placement for adoption, or spread from another child in the same place.
//! Without a day that ends it, it holds. Which fields tell the place is data.

use std::{
    collections::HashSet,
    mem::{Discriminant, discriminant},
    sync::LazyLock,
};

use foldhash::quality::RandomState;
use kit::adapter::Dossier;
use schemas::{
    code::{PlacementType, RestrictionBasis, RestrictionKind},
    date::Date,
    diagnostic::Place,
    identifier::OfstedUrn,
    postcode::Postcode,
    record::{Record, Restriction, Source, Statement, unsaid},
    reflect::Field,
    said::Said,
};

use crate::{
    carried::{guard_is_unreadable, has_ended, is_adopted, is_open},
    case::Case,
    recipient::Recipient,
    view::{Audience, View},
};

/// Which fields are withheld on which ground.
static OVERRIDES: &str = include_str!("../views/overrides.csv");

/// On which grounds a child's place is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restricted {
    /// By the NHS: restricted, very restricted or redacted (views, section 7.1).
    pub nhs: bool,
    /// By location: stated, derived or shared (views, section 7.3).
    pub location: bool,
    /// By location on a ground that does not name the recipient as one who keeps the place.
    location_from_recipient: bool,
    /// Nobody has traced whether the NHS restricts the child.
    pub untraced: bool,
    /// A record says so already, so that the label travels with it.
    is_labelled: bool,
    /// The record from which the restriction follows.
    ground: Option<usize>,
}

impl Restricted {
    /// What the records of a child say to this recipient.
    #[must_use]
    pub fn of(dossier: &Dossier, recipient: &Recipient, as_at: Option<Date>) -> Self {
        let mut restricted = Self { untraced: !dossier.traced, ..Self::default() };
        for (n, statement) in dossier.statements().enumerate() {
            match statement {
                Statement::Restriction(restriction) => {
                    restricted.state(restriction.kind, recipient.keeps_place_under(restriction));
                }
                _ if is_ground(statement, as_at) => {
                    restricted = restricted.shared();
                    restricted.ground.get_or_insert(n);
                }
                _ => {}
            }
        }
        restricted
    }

    /// The same, for a child who shares a place with one who is protected (views, section 7.7).
    #[must_use]
    pub fn shared(self) -> Self {
        Self { location: true, location_from_recipient: true, ..self }
    }

    /// Whether every ground of the location names the recipient as one who keeps the place.
    fn is_kept_by_named(self) -> bool {
        self.location && !self.location_from_recipient
    }

    /// Whether anything at all is withheld.
    pub(crate) fn is_any(self) -> bool {
        self.nhs || self.location || self.untraced
    }

    fn state(&mut self, kind: Said<RestrictionKind>, keeps_place: bool) {
        match kind {
            Said::Is(
                RestrictionKind::NhsRestricted | RestrictionKind::NhsVeryRestricted | RestrictionKind::Redacted,
            ) => {
                self.nhs = true;
            }
            Said::Is(RestrictionKind::AuthorityRestricted) => {
                self.location = true;
                self.location_from_recipient |= !keeps_place;
                self.is_labelled = true;
            }
            Said::Is(RestrictionKind::Adopted) => {}
            // A restriction that does not say which it is may be any of them.
            _ => {
                self.nhs = true;
                *self = self.shared();
            }
        }
    }

    /// The label of a restriction that no record states, at the place that it follows from.
    pub(crate) fn label(self, dossier: &Dossier) -> Option<Record> {
        if !self.location || self.is_labelled {
            return None;
        }
        let ground = self.ground.and_then(|ground| dossier.records.get(ground));
        Some(Record {
            subject: dossier.subject.clone()?,
            statement: Restriction {
                kind: Said::Is(RestrictionKind::AuthorityRestricted),
                basis: Said::Is(RestrictionBasis::Derived),
                ..Restriction::default()
            }
            .into(),
            source: Source::at(ground.map_or(Place::Document, |record| record.source.place.clone())),
        })
    }

    /// Takes away what tells the place; whether anything that was said went.
    pub(crate) fn withhold(self, statement: &mut Statement, view: &View) -> bool {
        let of = discriminant(statement);
        let Some((_, overrides)) = WITHHELD.iter().find(|(known, _)| *known == of) else { return false };
        let mut something_went = false;
        // What a case hangs on may be taken away itself.
        let overrides: Vec<&Override> =
            overrides.iter().filter(|over| over.case.is_none_or(|case| case.holds(statement))).collect();
        for over in overrides {
            if over.holds(self, view) {
                match over.field.get(statement) {
                    Said::NotAsked => continue,
                    Said::Is(_) | Said::Reduced(_) => something_went = true,
                    _ => {}
                }
                over.field.set(statement, Said::NotAsked);
            }
        }
        something_went
    }
}

/// Placed for adoption, and nothing has ended it (record, section 4.4).
fn is_ground(statement: &Statement, as_at: Option<Date>) -> bool {
    match statement {
        Statement::CareEpisode(episode) => {
            episode.placement_type.is().is_some_and(PlacementType::is_for_adoption) && is_open(episode, as_at)
        }
        Statement::PlacedForAdoption(placed) => !has_ended(placed.ceased_date, as_at),
        _ => false,
    }
}

/// What stands in for one placement where nothing links two children: the start of an open episode with its postcode
/// and URN. What is unknown is not unequal: two places are one where all that both know of them is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SharedPlace {
    start_date: Date,
    postcode: Option<Postcode>,
    urn: Option<OfstedUrn>,
    /// The place is whole, or what is left of one when the other side does not know the rest.
    reduced: bool,
}

/// The places of protected children.
pub type ProtectedPlaces = HashSet<SharedPlace, RandomState>;

impl SharedPlace {
    fn whole(start_date: Date, postcode: Option<Postcode>, urn: Option<OfstedUrn>) -> Self {
        Self { start_date, postcode, urn, reduced: false }
    }

    /// What another child knows of this place who does not know all of it.
    fn reductions(self) -> [Self; 2] {
        [Self { urn: None, reduced: true, ..self }, Self { postcode: None, reduced: true, ..self }]
    }

    /// The places that would be this one, by what both know of them.
    fn looked_for(self) -> [Self; 3] {
        let [without_urn, without_postcode] = self.reductions();
        match (self.postcode, self.urn) {
            // Of the protected child's place only one of the two may be known: then that is the whole of it.
            (Some(_), Some(_)) => [self, without_urn, without_postcode].map(|place| Self { reduced: false, ..place }),
            _ => [self, without_urn, without_postcode],
        }
    }

    /// The place as bytes: equal for equal places, and for no others.
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.start_date.to_string().into_bytes();
        bytes.push(if self.reduced { b'~' } else { b'=' });
        if let Some(postcode) = self.postcode {
            postcode.write_compact(&mut bytes);
        }
        bytes.push(b'|');
        if let Some(urn) = self.urn {
            urn.write(&mut bytes);
        }
        bytes
    }

    fn is_known(&self) -> bool {
        self.postcode.is_some() || self.urn.is_some()
    }
}

/// The places of a child who protects others, as they are looked for by those who may share them.
pub fn protected_places(dossier: &Dossier, as_at: Option<Date>) -> impl Iterator<Item = SharedPlace> {
    open_places(dossier, as_at).flat_map(|place| {
        let [without_urn, without_postcode] = place.reductions();
        [place, without_urn, without_postcode].into_iter().filter(SharedPlace::is_known)
    })
}

/// Whether a child lives in one of these places.
#[must_use]
pub fn shares_place(dossier: &Dossier, as_at: Option<Date>, protected: &ProtectedPlaces) -> bool {
    if protected.is_empty() {
        return false;
    }
    open_places(dossier, as_at)
        .any(|place| place.looked_for().iter().any(|place| place.is_known() && protected.contains(place)))
}

/// The places of a child as bytes, as they are kept where those who share them are looked for.
#[must_use]
pub fn place_keys(dossier: &Dossier, as_at: Option<Date>) -> Vec<Vec<u8>> {
    protected_places(dossier, as_at).map(|place| place.to_bytes()).collect()
}

/// The places as bytes of which any that protects a child protects this one too: as [`shares_place`] looks for them.
#[must_use]
pub fn looked_for_keys(dossier: &Dossier, as_at: Option<Date>) -> Vec<Vec<u8>> {
    let known = |place: &SharedPlace| place.is_known();
    open_places(dossier, as_at).flat_map(SharedPlace::looked_for).filter(known).map(|place| place.to_bytes()).collect()
}

/// The places of a child's open episodes. One of which neither postcode nor URN is known is nobody else's.
fn open_places(dossier: &Dossier, as_at: Option<Date>) -> impl Iterator<Item = SharedPlace> {
    dossier.statements().filter_map(move |statement| {
        let Statement::CareEpisode(episode) = statement else { return None };
        let (postcode, urn) = (episode.placement_postcode.is(), episode.placement_urn.is());
        let place = SharedPlace::whole(episode.start_date.is()?, postcode, urn);
        (is_open(episode, as_at) && place.is_known()).then_some(place)
    })
}

/// Whether those who share a place with this child are protected too: the child is restricted, adopted, or may be.
#[must_use]
pub fn protects_others(dossier: &Dossier, as_at: Option<Date>) -> bool {
    let restricted = Restricted::of(dossier, Recipient::unknown(), as_at);
    restricted.nhs || restricted.location || is_adopted(dossier) || guard_is_unreadable(dossier)
}

/// What is done to a field on a ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Keep,
    Withhold,
    /// Withheld but from a view for one of these audiences alone.
    KeptBy(&'static [Audience]),
    /// Withheld but from health, where the restriction names the recipient.
    KeptByNamed,
}

impl Rule {
    fn of_word(word: &str) -> Option<Self> {
        match word {
            "keep" => Some(Self::Keep),
            "withhold" => Some(Self::Withhold),
            "health-keeps" => Some(Self::KeptBy(&[Audience::Health])),
            "virtual-school-keeps" => Some(Self::KeptBy(&[Audience::VirtualSchool])),
            "health-or-virtual-school-keeps" => Some(Self::KeptBy(&[Audience::Health, Audience::VirtualSchool])),
            "named-keeps" => Some(Self::KeptByNamed),
            _ => None,
        }
    }
}

/// A row of the overrides.
#[derive(Debug)]
struct Override {
    field: &'static Field,
    /// Of which statements only.
    case: Option<Case>,
    nhs: Rule,
    location: Rule,
    untraced: Rule,
}

impl Override {
    fn holds(&self, restricted: Restricted, view: &View) -> bool {
        [(restricted.nhs, self.nhs), (restricted.location, self.location), (restricted.untraced, self.untraced)]
            .into_iter()
            .any(|(on_ground, rule)| {
                on_ground
                    && match rule {
                        Rule::Keep => false,
                        Rule::Withhold => true,
                        Rule::KeptBy(audiences) => !audiences.iter().any(|audience| view.is_only_for(*audience)),
                        Rule::KeptByNamed => !(restricted.is_kept_by_named() && view.is_only_for(Audience::Health)),
                    }
            })
    }
}

/// The overrides by type of statement. A word that is none withholds.
static WITHHELD: LazyLock<Vec<(Discriminant<Statement>, Vec<Override>)>> = LazyLock::new(|| {
    let mut withheld: Vec<(Discriminant<Statement>, Vec<Override>)> = Vec::new();
    for (statement, over) in OVERRIDES.lines().skip(1).filter_map(override_of) {
        match withheld.iter_mut().find(|(known, _)| *known == statement) {
            Some((_, overrides)) => overrides.push(over),
            None => withheld.push((statement, vec![over])),
        }
    }
    withheld
});

fn override_of(line: &'static str) -> Option<(Discriminant<Statement>, Override)> {
    let mut cells = line.split(',');
    let statement = unsaid(cells.next()?)?;
    let name = cells.next()?;
    let case = Case::of_entry(statement.statement_type().name, name);
    let field = statement.statement_type().field(if case.is_some() { name.split('[').next()? } else { name })?;
    let mut rule = || cells.next().and_then(Rule::of_word).unwrap_or(Rule::Withhold);
    Some((discriminant(&statement), Override { field, case, nhs: rule(), location: rule(), untraced: rule() }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use schemas::{
        postcode::PostcodeRead,
        record::{CareEpisode, PlacedForAdoption, Subject},
    };

    use super::*;

    fn dossier(statements: Vec<Statement>) -> Dossier {
        let subject = Arc::new(Subject::child(Vec::new(), None));
        let record =
            |statement| Record { subject: Arc::clone(&subject), statement, source: Source::at(Place::Document) };
        Dossier { records: statements.into_iter().map(record).collect(), traced: true, ..Dossier::default() }
    }

    fn naming(kind: RestrictionKind, recipients: &[&str]) -> Statement {
        let recipients = Said::Is(recipients.iter().map(|name| (*name).into()).collect());
        Restriction { kind: Said::Is(kind), recipients, ..Restriction::default() }.into()
    }

    /// Whether the place and the home's number are still in an episode that goes to somebody.
    fn left(statements: Vec<Statement>, view: &View, recipient: &Recipient) -> (bool, bool) {
        let postcode = match Postcode::read(b"B99 1AA") {
            PostcodeRead::Is(postcode) => Said::Is(postcode),
            _ => Said::NotAsked,
        };
        let urn = OfstedUrn::read(b"SC123456").map_or(Said::NotAsked, Said::Is);
        let mut episode =
            CareEpisode { placement_postcode: postcode, placement_urn: urn, ..CareEpisode::default() }.into();
        Restricted::of(&dossier(statements), recipient, None).withhold(&mut episode, view);
        let Statement::CareEpisode(episode) = episode else { return (false, false) };
        (episode.placement_postcode.has_value(), episode.placement_urn.has_value())
    }

    #[test]
    fn whom_every_location_restriction_names_keeps_the_place_under_health_but_not_the_home() {
        use RestrictionKind::{AuthorityRestricted as Location, NhsRestricted as Nhs};
        let health = View::shipped("health").unwrap();
        let (named, other) = (Recipient::organisation("RKB"), Recipient::organisation("RR8"));
        let names = |kind| naming(kind, &["X26", "RKB"]);
        assert_eq!(left(vec![names(Location)], health, &named), (true, false));
        assert_eq!(left(vec![names(Location)], health, &other), (false, false));
        assert_eq!(left(vec![names(Location)], health, Recipient::unknown()), (false, false));
        assert_eq!(left(vec![names(Location), naming(Location, &[])], health, &named), (false, false));
        assert_eq!(left(vec![names(Location), names(Nhs)], health, &named), (false, false), "the stricter of both");
        let placed = PlacedForAdoption::default().into();
        assert_eq!(left(vec![names(Location), placed], health, &named), (false, false), "derived names nobody");
        let carer = View::shipped("carer").unwrap();
        assert_eq!(left(vec![names(Location)], carer, &named), (false, false));
        assert_eq!(left(vec![names(Location)], &health.meet(carer), &named), (false, false));
        assert_eq!(left(vec![], health, Recipient::unknown()), (true, true));
    }

    #[test]
    fn every_row_of_the_overrides_names_a_field_and_three_rules() {
        let rows = OVERRIDES.lines().skip(1);
        for line in rows.clone() {
            assert!(override_of(line).is_some(), "{line}");
            let rules: Vec<&str> = line.split(',').skip(2).take(3).collect();
            assert!(rules.len() == 3 && rules.iter().all(|word| Rule::of_word(word).is_some()), "{line}");
        }
        assert_eq!(rows.count(), WITHHELD.iter().map(|(_, overrides)| overrides.len()).sum::<usize>());
    }
}
