//! What documents of the two kinds hold: their rows while they are read, and what the rows say.

use kit::nested::{Branch, Columns, Held, InPence, Rows, Spot, TableRows};
use schemas::{diagnostic::Rule, identifier::ReferralRef, record::Statement, said::Said};

use crate::{
    mirror::inner,
    referral::{
        tables::{
            ANSWER, AnswerRow, CHILD, ChildRow, EXTRA, ExtraRow, OFFER, OfferRow, REFERRAL, ReferralRow, WAVE, WaveRow,
        },
        wire::ReferralId,
    },
    rules,
    wire::Text,
};

/// What a document says, and where it says it.
pub struct Says {
    /// The referral that it is of.
    pub referral: ReferralRef,
    /// The referral, or the offer.
    pub statement: Statement,
    /// Where the document stands.
    pub spot: Spot,
}

/// Documents of one kind, by the rows of one while it is read.
pub trait Form: Default + Send + Sync + 'static {
    /// Where the tables stand; the document's own comes first.
    fn branches() -> Vec<Branch>;
    /// The rows, in the order of the branches.
    fn tables(&mut self) -> Vec<&mut dyn TableRows>;
    /// What the rows say; else the rule that the document breaks, unless that was told.
    ///
    /// # Errors
    /// The rule, and where it is broken.
    fn says(&mut self) -> Result<Says, Option<(&'static Rule, Spot)>>;
}

/// The rows of a referral.
#[derive(Default)]
pub struct ReferralForm {
    referrals: InPence<Rows<ReferralRow>>,
    waves: Rows<WaveRow>,
    children: Rows<ChildRow>,
}

impl Form for ReferralForm {
    fn branches() -> Vec<Branch> {
        vec![
            Branch::one(&REFERRAL, "", Columns::Called),
            Branch::several(&WAVE, "waves", Columns::Called),
            Branch::several(&CHILD, "children", Columns::Called),
        ]
    }

    fn tables(&mut self) -> Vec<&mut dyn TableRows> {
        vec![&mut self.referrals, &mut self.waves, &mut self.children]
    }

    fn says(&mut self) -> Result<Says, Option<(&'static Rule, Spot)>> {
        let Held { row, spot, .. } = first(&mut self.referrals.0)?;
        let referral = name((&row.format, &row.version), "homeward/referral", &row.referral_id, spot)?;
        let whole = row.group();
        let (mut said, mut more) = (whole.said.is().unwrap_or_default(), whole.more.is().unwrap_or_default());
        more.waves = some(self.waves.drain().map(|held| held.row.group()).collect());
        more.children = some(self.children.drain().map(|held| held.row.group()).collect());
        said.more = (more != Default::default()).then(|| Box::new(more));
        Ok(Says { referral, statement: said.into(), spot })
    }
}

/// The rows of an offer.
#[derive(Default)]
pub struct OfferForm {
    offers: InPence<Rows<OfferRow>>,
    extras: InPence<Rows<ExtraRow>>,
    answers: Rows<AnswerRow>,
}

impl Form for OfferForm {
    fn branches() -> Vec<Branch> {
        vec![
            Branch::one(&OFFER, "", Columns::Called),
            Branch::several(&EXTRA, "fee/additional", Columns::Called),
            Branch::several(&ANSWER, "answers", Columns::Called),
        ]
    }

    fn tables(&mut self) -> Vec<&mut dyn TableRows> {
        vec![&mut self.offers, &mut self.extras, &mut self.answers]
    }

    fn says(&mut self) -> Result<Says, Option<(&'static Rule, Spot)>> {
        let Held { row, spot, .. } = first(&mut self.offers.0)?;
        let referral = name((&row.format, &row.version), "homeward/offer", &row.referral_id, spot)?;
        if !row.provider_urn.has_value() {
            return Err(Some((&rules::URN_SHAPE, spot)));
        }
        let whole = row.group();
        let (mut said, mut more) = (whole.said.is().unwrap_or_default(), whole.more.is().unwrap_or_default());
        more.answers = some(self.answers.drain().map(|held| held.row.group()).collect());
        let extras: Vec<_> = self.extras.0.drain().map(|held| held.row.group()).collect();
        if !extras.is_empty() {
            inner(&mut more.fee).additional = Said::Is(extras);
        }
        said.more = (more != Default::default()).then(|| Box::new(more));
        Ok(Says { referral, statement: said.into(), spot })
    }
}

/// The document's own row, unless it is lost.
fn first<R: kit::table::Row>(rows: &mut Rows<R>) -> Result<Held<R>, Option<(&'static Rule, Spot)>> {
    rows.drain().next().filter(|held| !held.fate.lost).ok_or(None)
}

/// The referral that a document of a format names.
fn name(
    (format, version): (&Said<Text<40>>, &Said<Text<10>>),
    ours: &str,
    referral: &Said<ReferralId>,
    spot: Spot,
) -> Result<ReferralRef, Option<(&'static Rule, Spot)>> {
    let is_ours = matches!(format, Said::Is(format) if *format.0 == *ours);
    let is_read = matches!(version, Said::Is(version) if version.0.split('.').next() == Some("1"));
    if !is_ours || !is_read {
        return Err(Some((&rules::DOCUMENT_NAME, spot)));
    }
    referral.is().map(|referral| referral.0).ok_or(None)
}

fn some<T>(items: Vec<T>) -> Said<Vec<T>> {
    if items.is_empty() { Said::NotAsked } else { Said::Is(items) }
}
