//! From everything that a document says of a child to what one recipient may know: the view, then the overrides.

use std::sync::Arc;

use kit::adapter::Dossier;
use schemas::{
    code::{ConsentDecision, PrevPermanence},
    date::Date,
    diagnostic::{Diagnostic, Report, Rule},
    record::{Record, Statement},
    said::Said,
};

use crate::{
    carried::{LeftOut, is_adopted, is_place, left_out},
    recipient::{Recipient, names_recipients},
    restrict::Restricted,
    rules, statistics,
    view::View,
};

/// How one translation projects.
#[derive(Clone, Copy)]
pub(crate) struct Projecting<'v> {
    /// Through which view.
    pub(crate) view: &'v View,
    /// To whom.
    pub(crate) recipient: &'v Recipient,
    /// The day of ages.
    pub(crate) as_at: Option<Date>,
    /// Whether a restriction that no record states is put into words; an authority's own software derives it itself.
    pub(crate) labels: bool,
    /// Whether the places are of one provider only: then they are those of the provider whom the view is for.
    pub(crate) of_one_provider: bool,
}

impl Projecting<'_> {
    /// Why the child does not go to the recipient; `None` when it does.
    pub(crate) fn left_out(self, dossier: &Dossier) -> Option<LeftOut> {
        if self.of_one_provider && is_place(dossier) {
            return None;
        }
        left_out(dossier, self.view, self.recipient, self.as_at)
    }

    /// What of the child's place is protected; one who shares the place of a protected child is protected too.
    pub(crate) fn restricted(self, dossier: &Dossier, shares_place: bool) -> Restricted {
        let restricted = Restricted::of(dossier, self.recipient, self.as_at);
        if shares_place { restricted.shared() } else { restricted }
    }

    /// Whether the child does not go to the recipient because its place is protected.
    pub(crate) fn left_out_as_restricted(self, restricted: Restricted) -> Option<LeftOut> {
        let protected = restricted.nhs || restricted.location;
        (self.view.leaves_out_restricted() && protected).then_some(LeftOut::Restricted)
    }

    /// Reduces a dossier, in place, to what the recipient may know. What an override takes is told as a loss.
    pub(crate) fn project(self, dossier: &mut Dossier, restricted: Restricted, report: &mut dyn Report) {
        let label = if self.labels { restricted.label(dossier) } else { None };
        let adopted = self.view.needs_pseudonyms() && is_adopted(dossier);
        dossier.records.retain_mut(|record| self.project_record(record, restricted, adopted, report));
        dossier.keep_named_photographs();
        if let Some(mut label) = label
            && self.view.project(&mut label.statement, self.as_at)
        {
            dossier.records.push(label);
        }
        if let Some(subject) = dossier.subject.as_deref().and_then(|subject| self.view.subject(subject)) {
            let subject = Arc::new(subject);
            for record in &mut dossier.records {
                record.subject = Arc::clone(&subject);
            }
            dossier.subject = Some(subject);
        }
    }

    /// False when nothing of the record is left.
    fn project_record(
        self,
        record: &mut Record,
        restricted: Restricted,
        adopted: bool,
        report: &mut dyn Report,
    ) -> bool {
        let Record { statement, source, .. } = record;
        let mut tell = |rule: &'static Rule| report.raise(Diagnostic::new(rule, source.place.clone()));
        if self.view.is_of_single_children() {
            match before_the_view(statement, self.recipient) {
                Before::Whole => {}
                Before::Narrowed(rule) => tell(rule),
                Before::Withheld(rule) => {
                    tell(rule);
                    return false;
                }
            }
        }
        if !self.view.project(statement, self.as_at) {
            return false;
        }
        if !self.view.is_for_others() {
            return true;
        }
        if restricted.is_any() && restricted.withhold(statement, self.view) {
            tell(&rules::RESTRICTED);
        }
        if adopted && statistics::coarsen(statement) {
            tell(&rules::ADOPTED);
        }
        !(restricted.is_any() || adopted) || self.view.says_something(statement)
    }
}

/// What an override makes of a record before the view hides what it goes by.
enum Before {
    Whole,
    Narrowed(&'static Rule),
    Withheld(&'static Rule),
}

fn before_the_view(statement: &mut Statement, recipient: &Recipient) -> Before {
    match statement {
        // Only what is known to be another arrangement is no adoption (views, section 7.2).
        Statement::PreviousPermanence(permanence) => match permanence.kind {
            Said::Is(kind) if kind != PrevPermanence::Adoption => Before::Whole,
            _ => Before::Withheld(&rules::ADOPTED),
        },
        // A recipient sees no party but its own, if it is known. A permission without its recipients would say too
        // much; a refusal without them only protects.
        Statement::Consent(consent) if names_recipients(consent) => {
            let is_named = recipient.keep_own_name(consent);
            match consent.decision {
                _ if is_named => Before::Whole,
                Said::Is(ConsentDecision::Deny) => Before::Narrowed(&rules::CONSENT),
                _ => Before::Withheld(&rules::CONSENT),
            }
        }
        _ => Before::Whole,
    }
}
