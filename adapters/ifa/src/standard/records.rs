//! From a row of the standard to what it says: a matched referral, the beginning of a placement, and its cost.

use std::sync::Arc;

use kit::{
    adapter::{Dossier, Options},
    telling::Telling,
};
use schemas::{
    code::{NoticeKind, ReferralStatus},
    diagnostic::{Diagnostic, Place, Report, Rule},
    identifier::Identifier,
    record::{
        PlacementCost, PlacementCostMore, PlacementNotice, PlacementNoticeMore, Referral, ReferralMore, ReferredChild,
        Statement, Subject,
    },
    reflect::Number,
    said::Said,
};

use crate::{
    lists::{Gathers, LaterStands, Speaks, Whom},
    mirror::mirror,
    rules,
    standard::{
        EDUCATION, checks,
        tables::{LEFT_OUT, PlacementRow},
    },
};

/// The name that stands where an officer's may not be told, though the model requires one.
pub const WITHHELD: &str = "withheld";

/// What a row says, side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The request for a home.
    pub referral: Said<Referral>,
    /// What it asks.
    pub asked: Said<ReferralMore>,
    /// For whom.
    pub child: Said<ReferredChild>,
    /// The beginning of the placement.
    pub notice: Said<PlacementNotice>,
    /// What else is told of it.
    pub placement: Said<PlacementNoticeMore>,
    /// What it costs.
    pub cost: Said<PlacementCost>,
    /// What that is made of.
    pub price: Said<PlacementCostMore>,
}

mirror! {
    PlacementRow mirrors Found {
        needed_by: asked.request.urgency,
        siblings: asked.siblings.together_count,
        is_local: asked.matching.is_local,
        out_of_area_reason: asked.matching.out_of_area_reason,
        out_of_area_other: asked.matching.out_of_area_other,
        communication_needed: child.needs.communication_needed,
        communication: child.needs.communication,
        communication_other: child.needs.communication_other,
        home_adaptation: child.needs.home_adaptation,
        culture: child.needs.culture,
        culture_other: child.needs.culture_other,
        companions: asked.matching.living_companions,
        pets: asked.matching.pets,
        support: child.needs.support,
        support_other: child.needs.support_other,
        liberty: child.deprivation_of_liberty,
        foster_care: asked.request.suitability.foster_care,
        residential_care: asked.request.suitability.residential_care,
        supported_accommodation: asked.request.suitability.supported_accommodation,
        self_harm: child.risks.to_self.self_harm,
        exploitation: child.risks.to_self.criminal_exploitation,
        drugs: child.risks.to_self.drugs_alcohol,
        eating: child.risks.to_self.eating_disorder,
        missing: child.risks.to_self.missing,
        sexual_exploitation: child.risks.to_self.sexual_exploitation,
        physical: child.risks.to_others.physical,
        sexual: child.risks.to_others.sexual,
        fire: child.risks.to_others.fire,
        animals: child.risks.to_others.animals,
        criminal: child.risks.to_others.criminal,
        core: price.core,
        support_cost: price.support,
        education_cost: price.education,
        other_cost: price.other,
        total: cost.total,
        location: placement.placement_postcode,
        location_preferred: placement.location_preferred,
        education_continuous: placement.education_continuous,
        provider_urn: notice.provider_urn,
        siblings_together: placement.siblings_together,
        provision: placement.provision,
        referral_officer: asked.issued_by.name,
        referral_date: referral.issued_at,
        placement_officer: placement.recorded_by.name,
        placement_date: notice.start_date,
        placement_id: notice.notice_id,
        cost_officer: price.recorded_by.name,
        cost_date: cost.as_at,
    }
}

impl PlacementRow {
    /// What the row says; an officer whose name was withheld is nobody.
    fn statements(self, is_question: bool) -> Vec<Statement> {
        let has_a_home = checks::has_a_home(&self);
        let mut row = self;
        for officer in [&mut row.referral_officer, &mut row.placement_officer, &mut row.cost_officer] {
            if matches!(officer, Said::Is(name) if name.0.eq_ignore_ascii_case(WITHHELD)) {
                *officer = Said::NotAsked;
            }
        }
        if is_question {
            row.education_continuous = row.education_continuous.map(|disrupted| !disrupted);
        }
        let found = row.group();
        let mut statements = Vec::new();
        if let Some(referral) = found.said_referral(has_a_home) {
            statements.push(referral.into());
        }
        if let Some(notice) = found.said_notice() {
            statements.push(notice.into());
        }
        if let Some(cost) = found.said_cost() {
            statements.push(cost.into());
        }
        statements
    }
}

impl Found {
    /// The request; one that was met where a home was found.
    #[must_use]
    pub fn said_referral(&self, is_matched: bool) -> Option<Referral> {
        let mut referral = self.referral.clone().is().unwrap_or_default();
        let mut asked = self.asked.clone().is().unwrap_or_default();
        if let Said::Is(child) = &self.child {
            // The standard has one child a row.
            let child = ReferredChild { child_no: Number::new(1).map_or(Said::NotAsked, Said::Is), ..child.clone() };
            asked.children = Said::Is(vec![child]);
        }
        if asked != ReferralMore::default() {
            referral.more = Some(Box::new(asked));
        }
        let says_something = referral != Referral::default();
        if is_matched {
            referral.status = Said::Is(ReferralStatus::Matched);
        }
        says_something.then_some(referral)
    }

    /// The beginning of the placement.
    #[must_use]
    pub fn said_notice(&self) -> Option<PlacementNotice> {
        let notice = self.notice.clone().is().unwrap_or_default();
        let placement = self.placement.clone().is().unwrap_or_default();
        let more = (placement != PlacementNoticeMore::default()).then(|| Box::new(placement));
        let says_something = more.is_some() || notice != PlacementNotice::default();
        says_something.then_some(PlacementNotice { kind: Said::Is(NoticeKind::Start), more, ..notice })
    }

    /// What it costs from that day.
    #[must_use]
    pub fn said_cost(&self) -> Option<PlacementCost> {
        let cost = self.cost.clone().is().unwrap_or_default();
        let price = self.price.clone().is().unwrap_or_default();
        let more = (price != PlacementCostMore::default()).then(|| Box::new(price));
        let says_something = more.is_some() || cost != PlacementCost::default();
        let notice = self.notice.clone().is().unwrap_or_default();
        says_something.then_some(PlacementCost {
            notice_id: notice.notice_id,
            provider_urn: notice.provider_urn,
            start_date: notice.start_date,
            cost_from: notice.start_date,
            more,
            ..cost
        })
    }
}

impl Speaks for PlacementRow {
    type Said = Placements;

    const LEFT_OUT: &'static [&'static str] = LEFT_OUT;

    /// The child of that number of the authority.
    fn whom(&self, options: &Options) -> Whom {
        let Said::Is(id) = self.child_id else { return Whom::Nobody(None) };
        Whom::Is(Subject::child(vec![Identifier::LaChild(id)], options.authority))
    }

    /// The standard leaves open what this column says; a person who has asked says so.
    fn tells_once(&self, options: &Options) -> Option<&'static Rule> {
        let is_open = options.setting(&EDUCATION) != "question" && self.education_continuous.has_value();
        is_open.then_some(&rules::NPS_EDUCATION)
    }
}

/// What rows say of one child.
pub struct Placements {
    rows: Vec<(PlacementRow, Place)>,
    is_question: bool,
}

impl Gathers<PlacementRow> for Placements {
    fn begin(options: &Options) -> Self {
        Self { rows: Vec::new(), is_question: options.setting(&EDUCATION) == "question" }
    }

    fn take(&mut self, row: PlacementRow, telling: &mut Telling<'_>) {
        checks::check(&row, telling);
        self.rows.push((row, telling.place.clone()));
    }

    /// A child may be looked for again; that it stands here twice may be a slip too, and is told.
    fn finish(self, subject: &Arc<Subject>, dossier: &mut Dossier, report: &mut dyn Report) {
        let mut standing = LaterStands::default();
        let first = self.rows.first().map(|(row, place)| (row.clone(), place.clone()));
        for (number, (row, place)) in self.rows.into_iter().enumerate() {
            if let Some((_, first)) = first.as_ref().filter(|(known, _)| number > 0 && *known != row) {
                report.raise(Diagnostic::new(&rules::NPS_CHILD_TWICE, place.clone()).related_to([first.clone()]));
            }
            for statement in row.statements(self.is_question) {
                let tells_the_same = matches!(statement, Statement::Referral(_));
                standing.take(statement, &place, tells_the_same, report);
            }
        }
        standing.finish(subject, dossier);
    }
}
