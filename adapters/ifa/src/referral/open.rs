//! Opens documents of referrals and of offers: each is one item, and all of one referral are one subject.
//!
//! Limits: 24 bytes a document and the name of each referral; one document in memory. Operations: opening reads of each
//! document which referral it is of, a reader reads those of one referral when it is asked for.

use std::{collections::HashMap, marker::PhantomData, num::NonZeroUsize, sync::Arc};

use kit::{
    adapter::{Decode, Dossier, Options, PartLabel, SubjectReader, Subjects, Unheard},
    csv::rules as table_rules,
    document::Document,
    encoding::{PartText, Window},
    json::{
        items::{self, Form as CameAs},
        read::Reader,
    },
    nested::{Branch, Ground, Hearing, Item, Outline, Spot, Syntax, TableRows, Walk, rules::JSON},
};
use schemas::{
    diagnostic::{Diagnostic, Place, Report, Rule},
    identifier::{Identifier, ReferralRef},
    record::{Record, Source, Subject},
};

use crate::{
    document::reading,
    referral::form::{Form, Says},
    rules,
};

/// The name of an array that no document of ours has: what comes bare is one document, an array of them, or one a line.
const NO_ARRAY: &str = "homeward/none";

/// Reads documents of one kind.
pub(super) struct OpenForm<F>(PhantomData<F>);

impl<F> OpenForm<F> {
    pub(super) const NEW: Self = Self(PhantomData);
}

impl<F: Form> Decode for OpenForm<F> {
    fn open<'d>(
        &self,
        document: &'d Document,
        options: &'d Options,
        _: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        Box::new(Opened::<F>::open(document, options, report))
    }

    fn branches(&self) -> Vec<Branch> {
        F::branches()
    }
}

/// Documents that have been opened.
struct Opened<'d, F> {
    options: &'d Options,
    outline: Outline,
    files: Vec<File<'d>>,
    labels: Vec<PartLabel>,
    /// By referral, in the order in which they came: which documents are of it.
    referrals: Vec<(ReferralRef, Vec<At>)>,
    form: PhantomData<F>,
}

/// A file, and the documents in it.
struct File<'d> {
    text: PartText<'d>,
    items: Vec<Item>,
}

/// A document by its file and its number in it.
#[derive(Clone, Copy)]
struct At {
    file: usize,
    number: usize,
}

impl<'d, F: Form> Opened<'d, F> {
    fn open(document: &'d Document, options: &'d Options, report: &mut dyn Report) -> Self {
        let outline = Outline::of(Syntax::Json, &F::branches(), "", &[], &rules::UNKNOWN_MEMBER).bare();
        let (files, labels, referrals) = (Vec::new(), Vec::new(), Vec::new());
        let mut opened = Self { options, outline, files, labels, referrals, form: PhantomData };
        for (id, part) in document.parts() {
            opened.labels.push(PartLabel::unknown(id));
            if opened.labels.len() > usize::from(options.limits.parts_max) {
                report.raise(Diagnostic::new(&table_rules::TOO_MANY_PARTS, Place::Part(id)));
                break;
            }
            let Ok(text) = PartText::open(id, part.bytes.as_ref()) else {
                report.raise(Diagnostic::new(&JSON.unreadable, Place::Part(id)));
                continue;
            };
            let (parted, came_as) = items::part(text, Some(NO_ARRAY), options.limits, report);
            if came_as == CameAs::Bare && !parted.items.is_empty() {
                opened.files.push(File { text, items: parted.items });
                let nth = u16::try_from(opened.files.len()).unwrap_or(u16::MAX);
                if let Some(label) = opened.labels.last_mut() {
                    *label = PartLabel::Table("document", nth);
                }
            }
        }
        opened.referrals = opened.named(report);
        opened
    }

    /// Reads of each document which referral it is of. What it breaks beside that is told when it is read for good; what
    /// names no referral is read here only, and told here.
    fn named(&self, report: &mut dyn Report) -> Vec<(ReferralRef, Vec<At>)> {
        let mut referrals: Vec<(ReferralRef, Vec<At>)> = Vec::new();
        let mut known: HashMap<ReferralRef, usize> = HashMap::new();
        let mut reading = Reading::<F>::of(self);
        for (file, held) in self.files.iter().enumerate() {
            for number in 0..held.items.len() {
                let at = At { file, number };
                match reading.read(at, &mut Unheard) {
                    Some(says) => {
                        let nth = *known.entry(says.referral).or_insert_with(|| {
                            referrals.push((says.referral, Vec::new()));
                            referrals.len() - 1
                        });
                        referrals[nth].1.push(at);
                    }
                    // Once more, so that somebody hears why.
                    None => drop(reading.read(at, report)),
                }
            }
        }
        referrals
    }
}

impl<F: Form> Subjects for Opened<'_, F> {
    fn len(&self) -> usize {
        self.referrals.len()
    }

    fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.items.len() as u64).sum()
    }

    fn labels(&self) -> &[PartLabel] {
        &self.labels
    }

    fn reader(&self) -> Box<dyn SubjectReader + '_> {
        Box::new(ReferralReader { opened: self, reading: Reading::of(self) })
    }
}

/// Reads one referral after another; each worker has its own.
struct ReferralReader<'o, F> {
    opened: &'o Opened<'o, F>,
    reading: Reading<'o, F>,
}

impl<F: Form> SubjectReader for ReferralReader<'_, F> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        dossier.clear();
        let Some((referral, documents)) = self.opened.referrals.get(n) else { return };
        let subject = Arc::new(Subject::child(vec![Identifier::Referral(*referral)], None));
        for at in documents {
            let Some(Says { statement, spot, .. }) = self.reading.read(*at, report) else { continue };
            let place = self.opened.outline.place(&self.opened.files[at.file].text, &spot);
            let earlier = dossier.records.iter().position(|known: &Record| known.statement.same_key(&statement));
            if let Some(earlier) = earlier {
                // Of two documents of one thing the later is kept, and the other told.
                let known = dossier.records.remove(earlier);
                let same = known.statement == statement;
                let rule = if same { &table_rules::DUPLICATE } else { &table_rules::KEY_CLASH };
                report.raise(Diagnostic::new(rule, place.clone()).related_to([known.source.place]));
            }
            dossier.records.push(Record { subject: Arc::clone(&subject), statement, source: Source::at(place) });
        }
        dossier.subject = Some(subject);
    }
}

/// What is kept from one document to the next.
struct Reading<'o, F> {
    options: &'o Options,
    outline: &'o Outline,
    files: &'o [File<'o>],
    windows: Vec<Window<'o>>,
    walk: Walk<'o>,
    form: F,
}

impl<'o, F: Form> Reading<'o, F> {
    fn of(opened: &'o Opened<'_, F>) -> Self {
        Self {
            options: opened.options,
            outline: &opened.outline,
            files: &opened.files,
            windows: opened.files.iter().map(|file| Window::new(file.text)).collect(),
            walk: Walk::new(&opened.outline, opened.options.limits),
            form: F::default(),
        }
    }

    /// Reads a document; nothing where it says nothing.
    fn read(&mut self, at: At, report: &mut dyn Report) -> Option<Says> {
        let (limits, outline) = (self.options.limits, self.outline);
        let file = &self.files[at.file];
        let item = file.items[at.number];
        let spot = outline.item_spot(at.number, item.at);
        let tell = |rule: &'static Rule, spot: &Spot, report: &mut dyn Report| {
            report.raise(Diagnostic::new(rule, outline.place(&file.text, spot)));
        };
        if item.units > limits.item_bytes_max {
            tell(&JSON.item_too_long, &spot, report);
            return None;
        }
        let window = &mut self.windows[at.file];
        let Some(units) =
            window.from(item.at, item.units as usize).ok().and_then(|rest| rest.get(..item.units as usize))
        else {
            tell(&JSON.unreadable, &spot, report);
            return None;
        };
        self.form.tables().into_iter().for_each(TableRows::clear);
        let mut reader = Reader::new(units, Ground::from(file.text, item.at), limits);
        let reading = reading(self.options);
        let mut hearing = Hearing { reading: &reading, outline, text: &file.text, report: &mut *report };
        if !self.walk.item(at.number, &mut reader, &mut self.form.tables(), &mut hearing) {
            return None;
        }
        match self.form.says() {
            Ok(says) => Some(says),
            Err(broken) => {
                if let Some((rule, spot)) = broken {
                    tell(rule, &spot, report);
                }
                None
            }
        }
    }
}
