//! Writes documents of referrals and of offers: one each.

use std::marker::PhantomData;

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    json::members::{Members, members_of},
    sheaf::{PartName, Sheaf},
    table::Row,
    wire::Writing,
};
use schemas::{
    diagnostic::{Diagnostic, Report, Rule},
    identifier::{Identifier, ReferralRef},
    record::{Offer, Record, Referral, Statement, Subject},
    said::Said,
};

use crate::{
    encode::writing,
    referral::{
        form::{OfferForm, ReferralForm},
        tables::{AnswerRow, ChildRow, ExtraRow, OfferRow, ReferralRow, WaveRow, WholeOffer, WholeReferral},
        wire::ReferralId,
    },
    rules,
    wire::Text,
};

/// The clock of deadlines.
const TIME_ZONE: &str = "Europe/London";

/// Writes documents of one kind.
pub(super) struct WriteForm<F>(PhantomData<F>);

impl<F> WriteForm<F> {
    pub(super) const NEW: Self = Self(PhantomData);
}

/// What writes a statement as a document; nothing for a statement of another kind.
trait Written: Sync + Send + 'static {
    fn members(statement: &Statement, referral: Option<ReferralRef>, told: &mut Told<'_>) -> Option<Members>;
}

impl<F: Written> Encode for WriteForm<F> {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(FormEncoder::<F> { options, form: PhantomData })
    }
}

struct FormEncoder<'o, F> {
    options: &'o Options,
    form: PhantomData<F>,
}

impl<F: Written> Encoder for FormEncoder<'_, F> {
    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let referral = referral_of(disclosure.subject);
        let mut documents = Vec::new();
        for record in disclosure.records {
            let mut told = Told { writing: writing(self.options), record, report: &mut *report };
            let members =
                if record.source.retracts { None } else { F::members(&record.statement, referral, &mut told) };
            match members {
                Some(members) => documents.push(members),
                None => told.lose(),
            }
        }
        if documents.is_empty() {
            return;
        }
        let nth = sheaf.next_child();
        for (split, members) in (1..).zip(&documents) {
            let out = sheaf.part(PartName::Child { nth, split, extension: "json" });
            out.extend_from_slice(members.json().as_bytes());
            out.push(b'\n');
        }
        sheaf.count("document", documents.len() as u64);
    }
}

fn referral_of(subject: &Subject) -> Option<ReferralRef> {
    subject.identifiers.iter().find_map(|identifier| match identifier {
        Identifier::Referral(referral) => Some(*referral),
        _ => None,
    })
}

/// How cells are written, and who is told what cannot be.
struct Told<'t> {
    writing: Writing<'t>,
    record: &'t Record,
    report: &'t mut dyn Report,
}

impl Told<'_> {
    fn lose(&mut self) {
        let rule: &'static Rule = &rules::NOT_EXPRESSIBLE;
        self.report.raise(Diagnostic::new(rule, self.record.source.place.clone()));
    }

    fn members<R: Row>(&mut self, row: &R) -> Members {
        let columns: Vec<_> = R::TABLE.written().map(|column| (column.name, column.name)).collect();
        let (report, place) = (&mut *self.report, &self.record.source.place);
        members_of(row, &columns, &self.writing, |column| {
            let lost = Diagnostic::new(&rules::NOT_EXPRESSIBLE, place.clone());
            report.raise(lost.of_field(R::TABLE.columns[column].record_field()));
        })
    }

    fn list<T, R: Row>(&mut self, items: &Said<Vec<T>>, row: impl Fn(&T) -> R) -> Vec<Members> {
        match items {
            Said::Is(items) => items.iter().map(|item| self.members(&row(item))).collect(),
            _ => Vec::new(),
        }
    }
}

impl Written for ReferralForm {
    fn members(statement: &Statement, referral: Option<ReferralRef>, told: &mut Told<'_>) -> Option<Members> {
        let Statement::Referral(said) = statement else { return None };
        let more = said.more.as_deref().cloned().unwrap_or_default();
        let (waves, children) = (more.waves.clone(), more.children.clone());
        let whole = WholeReferral { said: Said::Is(Referral { more: None, ..said.clone() }), more: Said::Is(more) };
        let row = ReferralRow {
            format: says("homeward/referral"),
            version: says("1"),
            referral_id: referral.map_or(Said::NotAsked, |referral| Said::Is(ReferralId(referral))),
            time_zone: zone_of(said.respond_by.has_value()),
            ..ReferralRow::of(&whole)
        };
        let mut members = told.members(&row);
        let waves = told.list(&waves, WaveRow::of);
        members.list("waves", waves);
        let children = told.list(&children, ChildRow::of);
        members.list("children", children);
        Some(members)
    }
}

impl Written for OfferForm {
    fn members(statement: &Statement, referral: Option<ReferralRef>, told: &mut Told<'_>) -> Option<Members> {
        let Statement::Offer(said) = statement else { return None };
        let more = said.more.as_deref().cloned().unwrap_or_default();
        let extras = more.fee.as_ref().is().map_or(Said::NotAsked, |fee| fee.additional.clone());
        let (answers, has_deadline) = (more.answers.clone(), more.valid_until.has_value());
        let whole = WholeOffer { said: Said::Is(Offer { more: None, ..said.clone() }), more: Said::Is(more) };
        let row = OfferRow {
            format: says("homeward/offer"),
            version: says("1"),
            referral_id: referral.map_or(Said::NotAsked, |referral| Said::Is(ReferralId(referral))),
            time_zone: zone_of(has_deadline),
            ..OfferRow::of(&whole)
        };
        let mut members = told.members(&row);
        let extras = told.list(&extras, ExtraRow::of);
        members.list("fee/additional", extras);
        let answers = told.list(&answers, AnswerRow::of);
        members.list("answers", answers);
        Some(members)
    }
}

fn says<const MOST: u16>(text: &str) -> Said<Text<MOST>> {
    Said::Is(Text(text.into()))
}

/// A deadline is shown with the clock that it is meant by.
fn zone_of(has_deadline: bool) -> Said<Text<40>> {
    if has_deadline { says(TIME_ZONE) } else { Said::NotAsked }
}
