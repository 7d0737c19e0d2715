//! From a row to a notice with its cost and back: which column is which field.

use kit::adapter::Options;
use schemas::{
    code::{NoticeKind, NoticeMessage},
    identifier::{Identifier, LaChildId},
    record::{CostContributions, PlacementCost, PlacementCostMore, PlacementNotice, PlacementNoticeMore, Subject},
    said::Said,
};

use crate::{
    lists::{Speaks, Whom},
    notices::{records::Notices, tables::NoticeRow},
    rules,
    wire::{AsAt, Authority, HomeReference, ProviderNumber, Reference, Text, TotalCost, WeeklyCost},
    words::Word,
};

impl Speaks for NoticeRow {
    type Said = Notices;

    /// The child of the referral, or the authority's; both where the row has both.
    fn whom(&self, options: &Options) -> Whom {
        let authority = self.la_code.is().map(|code| code.0).or(options.authority);
        let referral = self.referral_id.is().map(Identifier::Referral);
        // Two authorities may have a child of one id.
        let child = self.la_child_id.is().filter(|_| authority.is_some()).map(Identifier::LaChild);
        let identifiers: Vec<Identifier> = referral.into_iter().chain(child).collect();
        if identifiers.is_empty() {
            return Whom::Nobody(Some((&rules::NOTICE_NO_CHILD, "referral_id")));
        }
        Whom::Is(Subject::child(identifiers, authority))
    }
}

/// An answer of a row that is whole: what is not in it is not so.
fn whole<T, U>(said: Said<T>, change: impl FnOnce(T) -> U) -> Said<U> {
    match said {
        Said::NotAsked => Said::Blank,
        said => said.map(change),
    }
}

impl NoticeRow {
    /// The kind of notice that a row without one of its own comes to, by what it says: a correction, say.
    #[must_use]
    pub fn kind_by_content(&self) -> NoticeKind {
        if self.end_date.has_value() || self.ended_by.has_value() || self.end_reason.has_value() {
            NoticeKind::End
        } else if self.placement_type.has_value() || self.placement_postcode.has_value() {
            NoticeKind::Start
        } else {
            NoticeKind::Change
        }
    }

    /// Whether it says anything of what the placement costs, or how it is paid for.
    #[must_use]
    pub fn says_a_cost(&self) -> bool {
        let said = [
            self.core_weekly.has_value(),
            self.support_weekly.has_value(),
            self.education_weekly.has_value(),
            self.other_weekly.has_value(),
            self.total_weekly.has_value(),
            self.contributions_health.has_value(),
            self.contributions_education.has_value(),
            self.framework.has_value(),
            self.lot.has_value(),
            self.contract.has_value(),
        ];
        said.contains(&true)
    }

    /// The notice; of no kind where it is only taken back.
    #[must_use]
    pub fn notice(&self, kind: Option<NoticeKind>) -> PlacementNotice {
        let row = self.clone();
        PlacementNotice {
            notice_id: whole(row.notice_id, |id| id.0),
            kind: kind.map_or(Said::Blank, Said::Is),
            provider_urn: whole(row.provider_urn, |urn| urn.0),
            carer_ref: whole(row.carer_ref, |reference| reference.0),
            start_date: whole(row.start_date, |day| day),
            end_date: whole(row.end_date, |day| day),
            as_at: whole(row.as_at, |as_at| as_at.0),
            more: Some(Box::new(PlacementNoticeMore {
                provision: whole(row.provision, |provision| provision.0),
                placement_type: whole(row.placement_type, |of| of.0),
                planned: whole(row.planned, |flag| flag),
                ended_by: whole(row.ended_by, |by| by.0),
                notice_given_date: whole(row.notice_given_date, |day| day),
                end_reason: whole(row.end_reason, |reason| reason.0),
                next: whole(row.next, |next| next.0),
                placement_postcode: whole(row.placement_postcode, |postcode| postcode),
                ..PlacementNoticeMore::default()
            })),
        }
    }

    /// What the placement costs by this notice.
    #[must_use]
    pub fn cost(&self) -> PlacementCost {
        let row = self.clone();
        let contributions = CostContributions {
            health: whole(row.contributions_health, |cost| cost.0),
            education: whole(row.contributions_education, |cost| cost.0),
        };
        let nobody = CostContributions { health: Said::Blank, education: Said::Blank };
        PlacementCost {
            notice_id: whole(row.notice_id, |id| id.0),
            provider_urn: whole(row.provider_urn, |urn| urn.0),
            start_date: whole(row.start_date, |day| day),
            cost_from: whole(if row.cost_from.has_value() { row.cost_from } else { row.start_date }, |day| day),
            total: whole(row.total_weekly, |cost| cost.0),
            as_at: whole(row.as_at, |as_at| as_at.0),
            more: Some(Box::new(PlacementCostMore {
                core: whole(row.core_weekly, |cost| cost.0),
                support: whole(row.support_weekly, |cost| cost.0),
                education: whole(row.education_weekly, |cost| cost.0),
                other: whole(row.other_weekly, |cost| cost.0),
                contributions: if contributions == nobody { Said::Blank } else { Said::Is(contributions) },
                framework: whole(row.framework, |text| text.0),
                lot: whole(row.lot, |text| text.0),
                contract: whole(row.contract, |contract| contract.0),
                recorded_by: Said::NotAsked,
            })),
        }
    }

    /// The row of a child of whom so much may be told.
    #[must_use]
    pub fn of_child(self, subject: &Subject) -> Self {
        let mut row =
            Self { la_code: subject.authority.map_or(Said::NotAsked, |code| Said::Is(Authority(code))), ..self };
        for identifier in &subject.identifiers {
            match identifier {
                Identifier::Referral(referral) => row.referral_id = Said::Is(*referral),
                Identifier::LaChild(id) => row.la_child_id = Said::Is(*id),
                // A view under a pseudonym gives no identifier of the child: it stands where the authority's would.
                Identifier::Pseudonym(pseudonym) if !row.la_child_id.has_value() => {
                    let id = LaChildId::read(pseudonym.short().as_bytes());
                    row.la_child_id = id.map_or(Said::NotAsked, |(id, _)| Said::Is(id));
                }
                _ => {}
            }
        }
        row
    }

    /// The row with what a notice says.
    #[must_use]
    pub fn with_notice(self, notice: &PlacementNotice) -> Self {
        let more = notice.more.as_deref().cloned().unwrap_or_default();
        let message = |kind| match kind {
            NoticeKind::Start => NoticeMessage::Start,
            NoticeKind::End => NoticeMessage::End,
            NoticeKind::Change => NoticeMessage::FeeChange,
        };
        Self {
            notice_id: notice.notice_id.clone().map(Reference),
            kind: notice.kind.map(|kind| Word(message(kind))),
            provider_urn: notice.provider_urn.clone().map(ProviderNumber),
            carer_ref: notice.carer_ref.clone().map(HomeReference),
            provision: more.provision.map(Word),
            placement_type: more.placement_type.map(Word),
            start_date: notice.start_date,
            end_date: notice.end_date,
            planned: more.planned,
            ended_by: more.ended_by.map(Word),
            notice_given_date: more.notice_given_date,
            end_reason: more.end_reason.map(Word),
            next: more.next.map(Word),
            placement_postcode: more.placement_postcode,
            as_at: notice.as_at.map(AsAt),
            ..self
        }
    }

    /// The row with what a cost says, where no notice says the same.
    #[must_use]
    pub fn with_cost(self, cost: &PlacementCost) -> Self {
        let more = cost.more.as_deref().cloned().unwrap_or_default();
        let contributions = more.contributions.is().unwrap_or_default();
        let alone = !self.kind.has_value();
        Self {
            notice_id: if alone { cost.notice_id.clone().map(Reference) } else { self.notice_id },
            kind: if alone { Said::Is(Word(NoticeMessage::FeeChange)) } else { self.kind },
            provider_urn: if alone { cost.provider_urn.clone().map(ProviderNumber) } else { self.provider_urn },
            start_date: if alone { cost.start_date } else { self.start_date },
            as_at: if alone { cost.as_at.map(AsAt) } else { self.as_at },
            core_weekly: more.core.map(WeeklyCost),
            support_weekly: more.support.map(WeeklyCost),
            education_weekly: more.education.map(WeeklyCost),
            other_weekly: more.other.map(WeeklyCost),
            total_weekly: cost.total.map(TotalCost),
            contributions_health: contributions.health.map(WeeklyCost),
            contributions_education: contributions.education.map(WeeklyCost),
            cost_from: cost.cost_from,
            framework: more.framework.map(Text),
            lot: more.lot.map(Text),
            contract: more.contract.map(Word),
            ..self
        }
    }
}
