//! A document that has been opened: where each resource stands, whose it is, and what names a child's helpers.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use kit::{
    adapter::{Dossier, Options, PartLabel, SubjectReader, Subjects},
    csv::rules as table_rules,
    document::{Document, ReadAt},
    nested::rules::JSON,
};
use schemas::{
    diagnostic::{Diagnostic, PartId, Place, Report},
    record::Subject,
};

use crate::{
    convert::{Form, Lines, whole},
    fhir::{self, Fault, Notation, TreeLimits, rules as fhir_rules, tree::Element},
    read::{
        care,
        children::ChildReader,
        health::{self, AllergyList},
        observation, patient, person,
        says::Says,
        sdq::{self, Totals},
        whose::{About, Children, about},
    },
    rules,
};

/// A document that has been opened.
pub(super) struct Opened<'d> {
    document: &'d Document,
    notation: Notation,
    limits: TreeLimits,
    labels: Vec<PartLabel>,
    /// The resources of children, those of one child together.
    resources: Vec<Listed>,
    /// Where each child begins among them.
    begins: Vec<usize>,
    subjects: Vec<Arc<Subject>>,
    /// Workers by the references that lead to them.
    workers: HashMap<Box<str>, Worker>,
    /// CarePlans that say that a child is looked after, by the references that lead to them.
    plans_of_looked_after: HashSet<Box<str>>,
    /// Questionnaires of strengths and difficulties, by what names them.
    questionnaires: HashMap<Box<str>, Arc<Totals>>,
    read: u64,
}

/// A resource of a child: where it stands.
#[derive(Clone)]
pub(super) struct Listed {
    /// The part.
    pub(super) part: PartId,
    /// Where it begins.
    pub(super) from: u64,
    /// Where it ends.
    pub(super) to: u64,
    /// Which entry of a Bundle it is.
    pub(super) entry: Option<u32>,
    child: usize,
}

/// What a Practitioner says of a worker.
#[derive(Clone, Default)]
pub(super) struct Worker {
    /// The number.
    pub(super) number: Option<Box<str>>,
    /// The name.
    pub(super) name: Option<Box<str>>,
    /// Ways to reach the worker.
    pub(super) telecom: Vec<schemas::record::Telecom>,
}

/// A resource whose child is not known yet.
struct Pending {
    listed: Listed,
    about: Option<About>,
    path: Box<str>,
    /// The Questionnaire that has to say what was asked, where the resource does not.
    asked: Option<Box<str>>,
}

/// A document while it is being opened.
struct Opening<'o> {
    children: Children,
    pending: Vec<Pending>,
    workers: HashMap<Box<str>, Worker>,
    plans_of_looked_after: HashSet<Box<str>>,
    questionnaires: HashMap<Box<str>, Arc<Totals>>,
    /// Types of which nothing is read, with where the first stands.
    unread: Vec<(&'static str, Place)>,
    read: u64,
    report: &'o mut dyn Report,
}

impl<'d> Opened<'d> {
    pub(super) fn open(document: &'d Document, form: Form, options: &Options, report: &mut dyn Report) -> Self {
        let limits = TreeLimits::from(&options.limits);
        let mut labels = Vec::new();
        let mut opening = Opening {
            children: Children::default(),
            pending: Vec::new(),
            workers: HashMap::new(),
            plans_of_looked_after: HashSet::new(),
            questionnaires: HashMap::new(),
            unread: Vec::new(),
            read: 0,
            report,
        };
        for (part, file) in document.parts() {
            labels.push(PartLabel::unknown(part));
            if labels.len() > usize::from(options.limits.parts_max) {
                opening.report.raise(Diagnostic::new(&table_rules::TOO_MANY_PARTS, Place::Part(part)));
                break;
            }
            if opening.part(part, file.bytes.as_ref(), form, limits).is_err() {
                opening.report.raise(Diagnostic::new(&JSON.unreadable, Place::Part(part)));
            }
        }
        opening.leave_other_questionnaires();
        let Opening { mut children, pending, workers, plans_of_looked_after, questionnaires, unread, read, report } =
            opening;
        for (_, place) in unread {
            report.raise(Diagnostic::new(&rules::NOT_READ, place));
        }
        let mut resources = Vec::with_capacity(pending.len());
        for Pending { mut listed, about, path, .. } in pending {
            match about.map_or(Some(listed.child), |about| children.settle(&about)) {
                Some(child) => {
                    listed.child = child;
                    resources.push(listed);
                }
                None => {
                    let place = Place::Node { part: listed.part, path, byte: listed.from };
                    report.raise(Diagnostic::new(&rules::SUBJECT_UNRESOLVED, place));
                }
            }
        }
        // The order of the document within a child, and of children by their first resource.
        let mut order: Vec<Option<usize>> = Vec::new();
        let mut subjects = Vec::new();
        let mut known: Vec<Option<_>> = children.into_known().into_iter().map(Some).collect();
        for listed in &mut resources {
            if order.len() <= listed.child {
                order.resize(listed.child + 1, None);
            }
            let place = *order[listed.child].get_or_insert_with(|| {
                let named = known.get_mut(listed.child).and_then(Option::take).unwrap_or_default();
                let mut subject = named.subject();
                subject.authority = subject.authority.or(options.authority);
                subjects.push(Arc::new(subject));
                subjects.len() - 1
            });
            listed.child = place;
        }
        resources.sort_by_key(|listed| listed.child);
        let begins =
            (0..=subjects.len()).map(|child| resources.partition_point(|listed| listed.child < child)).collect();
        Self {
            document,
            notation: form.notation(),
            limits,
            labels,
            resources,
            begins,
            subjects,
            workers,
            plans_of_looked_after,
            questionnaires,
            read,
        }
    }

    /// The resources of the n-th child.
    pub(super) fn resources(&self, n: usize) -> &[Listed] {
        match (self.begins.get(n), self.begins.get(n + 1)) {
            (Some(from), Some(to)) => &self.resources[*from..*to],
            _ => &[],
        }
    }

    /// The n-th child.
    pub(super) fn subject(&self, n: usize) -> Option<&Arc<Subject>> {
        self.subjects.get(n)
    }

    /// The worker that a reference leads to.
    pub(super) fn worker(&self, reference: &str) -> Option<&Worker> {
        self.workers.get(reference)
    }

    /// Whether a reference leads to a CarePlan that says that a child is looked after.
    pub(super) fn is_plan_of_looked_after(&self, reference: &str) -> bool {
        self.plans_of_looked_after.contains(reference)
    }

    /// Reads a resource again and has it say what it says. Its faults were told when the document was opened.
    pub(super) fn read_again(&self, listed: &Listed, buffer: &mut Vec<u8>, says: &mut Says<'_>) {
        let Some(part) = self.document.part(listed.part) else { return };
        buffer.resize(usize::try_from(listed.to - listed.from).unwrap_or_default(), 0);
        match whole(part.bytes.as_ref(), listed.from, buffer) {
            Ok(count) if count == buffer.len() => {}
            _ => return says.tell(&JSON.unreadable, "", None),
        }
        let Some(tree) = fhir::read_part(buffer, self.notation, self.limits).tree else { return };
        let resource = tree.root();
        let path = path_of(resource, listed.entry);
        says.begin(listed.part, path, listed.from, is_in_error(resource));
        match resource.type_name() {
            "Patient" => patient::read(resource, says),
            "RelatedPerson" => person::read_related(resource, says),
            "EpisodeOfCare" => care::read_episode(resource, says),
            "CarePlan" => care::read_plan(resource, says),
            "CareTeam" => care::read_team(resource, self, says),
            "Flag" => care::read_flag(resource, self, says),
            "Consent" => care::read_consent(resource, says),
            "Encounter" => health::read_encounter(resource, says),
            "Appointment" => health::read_appointment(resource, says),
            "Immunization" => health::read_immunization(resource, says),
            "AllergyIntolerance" => health::read_allergy(resource, says),
            "Condition" => health::read_condition(resource, says),
            "MedicationStatement" | "MedicationRequest" => health::read_medication(resource, says),
            "Observation" => observation::read(resource, says),
            "List" => health::read_allergy_list(resource, says),
            "QuestionnaireResponse" => {
                let asked = sdq::questionnaire_of(resource).and_then(|asked| self.questionnaires.get(&asked));
                sdq::read_response(resource, asked.map(Arc::as_ref), says);
            }
            _ => {}
        }
    }
}

/// Types of which something is read, each of a child, whatever they say.
const READ: &[&str] = &[
    "RelatedPerson",
    "EpisodeOfCare",
    "CarePlan",
    "CareTeam",
    "Flag",
    "Consent",
    "Encounter",
    "Appointment",
    "Immunization",
    "AllergyIntolerance",
    "Condition",
    "MedicationStatement",
    "MedicationRequest",
    "Observation",
];

/// Types that are joined into what others say, or say nothing of a child themselves.
const JOINED: &[&str] = &["Organization", "PractitionerRole", "OperationOutcome", "Provenance"];

impl Opening<'_> {
    fn part(&mut self, part: PartId, bytes: &dyn ReadAt, form: Form, limits: TreeLimits) -> std::io::Result<()> {
        if form == Form::Lines {
            let mut lines = Lines::new(bytes, limits);
            while let Some((at, is_whole)) = lines.next()? {
                if !is_whole {
                    let place = Place::Node { part, path: "Resource".into(), byte: at };
                    self.report.raise(Diagnostic::new(&fhir_rules::TOO_LONG, place));
                } else if !lines.held().iter().all(u8::is_ascii_whitespace) {
                    self.document(lines.held(), (part, at), Notation::Json, limits);
                }
            }
            return Ok(());
        }
        if bytes.len() > u64::from(limits.resource_bytes_max) {
            self.report.raise(Diagnostic::new(&fhir_rules::TOO_LONG, Place::Part(part)));
            return Ok(());
        }
        let mut held = vec![0; usize::try_from(bytes.len()).unwrap_or_default()];
        let count = whole(bytes, 0, &mut held)?;
        self.document(&held[..count], (part, 0), form.notation(), limits);
        Ok(())
    }

    /// One resource, or a Bundle of them, that stands by itself.
    fn document(&mut self, bytes: &[u8], (part, from): (PartId, u64), notation: Notation, limits: TreeLimits) {
        let reading = fhir::read(bytes, notation, limits);
        for fault in reading.faults {
            Fault::tell(fault, part, from, self.report);
        }
        let Some(tree) = reading.tree else { return };
        let root = tree.root();
        if root.type_name() != "Bundle" {
            return self.resource(root, None, None, (part, from));
        }
        for (n, entry) in root.all("entry").enumerate() {
            let url = entry.text("fullUrl");
            if let Some(resource) = entry.first("resource") {
                self.resource(resource, u32::try_from(n).ok(), url.as_deref(), (part, from));
            }
        }
    }

    fn resource(&mut self, resource: Element<'_>, entry: Option<u32>, url: Option<&str>, (part, from): (PartId, u64)) {
        self.read += 1;
        let Some(to) = resource.tree().end_of(resource.id()) else { return };
        let listed = Listed { part, from: from + u64::from(resource.at()), to: from + u64::from(to), entry, child: 0 };
        let name = resource.type_name();
        let path = path_of(resource, entry);
        let references = || references_to(resource, url);
        let mut asked = None;
        let is_read = match name {
            "Patient" => {
                let child = self.children.patient(resource, url);
                return self.pending.push(Pending { listed: Listed { child, ..listed }, about: None, path, asked });
            }
            "Practitioner" => {
                let worker = person::worker(resource);
                return self.workers.extend(references().map(|reference| (reference, worker.clone())));
            }
            "CarePlan" => {
                if care::is_of_looked_after(resource) {
                    self.plans_of_looked_after.extend(references());
                }
                true
            }
            "Composition" => return self.narrative(resource, (part, from), &path),
            "List" => match health::allergy_list(resource) {
                AllergyList::NoneKnown => true,
                AllergyList::Other => false,
                AllergyList::Listed => return,
                AllergyList::SaysNothing => {
                    let place = Place::Node { part, path, byte: listed.from };
                    return self.report.raise(Diagnostic::new(&rules::LIST_SAYS_NOTHING, place));
                }
            },
            "Questionnaire" => match sdq::totals_of(resource).map(Arc::new) {
                Some(totals) => {
                    let named = resource.text("url").map(|url| Box::from(&*url));
                    let names = references().chain(named).map(|name| (name, Arc::clone(&totals)));
                    return self.questionnaires.extend(names);
                }
                None => false,
            },
            "QuestionnaireResponse" => {
                let says_so = sdq::says_so(resource);
                asked = if says_so { None } else { sdq::questionnaire_of(resource) };
                says_so || asked.is_some()
            }
            name if JOINED.contains(&name) => return,
            name => READ.contains(&name),
        };
        if is_read {
            self.pending.push(Pending { listed, about: Some(about(resource, url)), path, asked });
        } else {
            self.unread(name, Place::Node { part, path, byte: listed.from });
        }
    }

    /// Tells a type of which nothing is read once.
    fn unread(&mut self, name: &'static str, place: Place) {
        if !self.unread.iter().any(|(known, _)| *known == name) {
            self.unread.push((name, place));
        }
    }

    /// Leaves answered questionnaires of which no Questionnaire of the document says that they are of strengths and
    /// difficulties.
    fn leave_other_questionnaires(&mut self) {
        let questionnaires = &self.questionnaires;
        let is_other = |it: &mut Pending| it.asked.as_ref().is_some_and(|asked| !questionnaires.contains_key(asked));
        let others: Vec<Pending> = self.pending.extract_if(.., is_other).collect();
        for Pending { listed, path, .. } in others {
            self.unread("QuestionnaireResponse", Place::Node { part: listed.part, path, byte: listed.from });
        }
    }

    /// Tells each section of a Composition that has words and no entry: words are not read. A section that gives a
    /// reason why it is empty has nothing but that to say.
    fn narrative(&mut self, composition: Element<'_>, (part, from): (PartId, u64), path: &str) {
        let mut ahead: Vec<(Element<'_>, String)> = vec![(composition, path.to_owned())];
        while let Some((holder, path)) = ahead.pop() {
            for (n, section) in holder.all("section").enumerate() {
                let path = format!("{path}.section[{n}]");
                let words = section.first("text").filter(|text| !text.says("status", "empty"));
                if let Some(words) = words.filter(|_| !section.has("entry") && !section.has("emptyReason")) {
                    let place =
                        Place::Node { part, path: format!("{path}.text").into(), byte: from + u64::from(words.at()) };
                    self.report.raise(Diagnostic::new(&rules::NARRATIVE_ALONE, place));
                }
                ahead.push((section, path));
            }
        }
    }
}

/// The references that lead to a resource: by its type and id, and by the address of its entry.
fn references_to(resource: Element<'_>, url: Option<&str>) -> impl Iterator<Item = Box<str>> {
    let own = resource.text("id").map(|id| format!("{}/{id}", resource.type_name()).into());
    own.into_iter().chain(url.map(Box::from))
}

/// The path of a resource in its document.
fn path_of(resource: Element<'_>, entry: Option<u32>) -> Box<str> {
    entry.map_or_else(|| resource.type_name().into(), |entry| format!("Bundle.entry[{entry}].resource").into())
}

/// Whether a resource takes back what it says.
fn is_in_error(resource: Element<'_>) -> bool {
    resource.says("status", "entered-in-error")
        || ["allergyintolerance-verification", "condition-ver-status"].into_iter().any(|list| {
            let system = format!("http://terminology.hl7.org/CodeSystem/{list}");
            crate::read::elements::is_coded(resource.first("verificationStatus"), &system, "entered-in-error")
        })
        || (resource.type_name() == "RelatedPerson" && resource.says("active", "false"))
}

impl Subjects for Opened<'_> {
    fn len(&self) -> usize {
        self.subjects.len()
    }

    fn rows(&self) -> u64 {
        self.read
    }

    fn labels(&self) -> &[PartLabel] {
        &self.labels
    }

    fn reader(&self) -> Box<dyn SubjectReader + '_> {
        Box::new(ChildReader::new(self))
    }
}

/// What a child says, by its dossier.
pub(super) fn read_child(
    opened: &Opened<'_>,
    n: usize,
    buffer: &mut Vec<u8>,
    dossier: &mut Dossier,
    report: &mut dyn Report,
) {
    dossier.clear();
    let Some(subject) = opened.subject(n) else { return };
    let mut says = Says::new(Arc::clone(subject), dossier, report);
    for listed in opened.resources(n) {
        opened.read_again(listed, buffer, &mut says);
    }
    says.finish();
}
