//! Writes a Common Transfer File: what the authority may tell a school of each child.

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    sheaf::{PartName, Sheaf},
    wire::{Wire, Writing, Written},
    xml::write::{DECLARATION, Writer},
};
use schemas::{
    code::{AssessmentScale, AssessmentStage, Gender, NameUse, Sex},
    date::{AcademicYear, Date},
    diagnostic::{Diagnostic, Report},
    identifier::{Identifier, Laestab},
    record::{Attainment, AttendanceSummary, CareEpisode, Enrolment, Name, Person, Record, SenProvision, Statement},
    reflect::Open,
    said::Said,
};

use crate::{
    ctf::{
        DESTINATION, VERSION, rules,
        wire::{Estab, Lea, PupilSex, Truth, YearBegun, YearEnded},
    },
    encoding::writing,
    wire::{WireUln, WireUpn},
};

/// Writes Common Transfer Files.
pub(super) struct CtfEncode;

impl Encode for CtfEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        let version = options.setting(&VERSION);
        let number = version.split('.').next().and_then(|number| number.trim().parse().ok());
        Box::new(CtfEncoder { options, says_sex: number.is_none_or(|number: u16| number >= SEX_FROM) })
    }
}

/// The first version that asks for `Sex`.
const SEX_FROM: u16 = 25;

struct CtfEncoder<'o> {
    options: &'o Options,
    says_sex: bool,
}

impl Encoder for CtfEncoder<'_> {
    fn head(&self, sheaf: &mut Sheaf) {
        let options = self.options;
        let out = sheaf.part(PartName::Whole);
        out.extend_from_slice(DECLARATION);
        let mut writer = Writer::within(out, &[]);
        writer.open("CTfile");
        writer.group("Header", |header| {
            header.text("DocumentName", "Common Transfer File");
            header.text("CTFversion", options.setting(&VERSION));
            if let Some(day) = options.as_at_day() {
                header.text("DateTime", &format!("{}T00:00:00", iso(day)));
            }
            header.text("DocumentQualifier", "partial");
            header.text("SupplierID", "Homeward");
            header.group("SourceSchool", |school| {
                let authority = options.authority.map_or_else(|| "XXX".to_owned(), |authority| authority.to_string());
                school.text("LEA", &authority);
                school.text("Estab", "LLLL");
                if let Some(year) = options.as_at_day().and_then(AcademicYear::of) {
                    school.text("AcademicYear", &year.begins_in().to_string());
                }
            });
            header.group("DestSchool", |school| {
                let destination = options.setting(&DESTINATION);
                let (lea, estab) = destination.split_at_checked(3).unwrap_or(("XXX", "XXXX"));
                school.text("LEA", lea);
                school.text("Estab", estab);
            });
        });
        writer.open("CTFpupilData");
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        // What was taken back is not said; the file has no word for taking back.
        let records: Vec<&Record> = disclosure.records.iter().filter(|record| !record.source.retracts).collect();
        let mut writer = Writer::within(sheaf.part(PartName::Whole), &["CTfile", "CTFpupilData"]);
        let writing = writing(self.options);
        let mut pupil = PupilWriter { writer: &mut writer, writing: &writing, says_sex: self.says_sex, report };
        pupil.write(disclosure, &records, self.options);
        sheaf.count("pupils, not checked against the DfE's schema", 1);
    }

    fn tail(&self, sheaf: &mut Sheaf) {
        let mut writer = Writer::within(sheaf.part(PartName::Whole), &["CTfile", "CTFpupilData"]);
        writer.close();
        writer.close();
    }
}

fn iso(day: Date) -> String {
    String::from_utf8_lossy(&day.iso()).into_owned()
}

struct PupilWriter<'w, 'o, 'r> {
    writer: &'w mut Writer<'o>,
    writing: &'w Writing<'w>,
    says_sex: bool,
    report: &'r mut dyn Report,
}

impl PupilWriter<'_, '_, '_> {
    fn write(&mut self, disclosure: &Disclosure<'_>, records: &[&Record], options: &Options) {
        let all = Sorted::of(records);
        for record in &all.others {
            self.lose(record);
        }
        self.writer.open("Pupil");
        let (upn, former) = (upn(disclosure, false), upn(disclosure, true));
        self.person(&all, upn, former, disclosure);
        self.looked_after(&all.episodes, options, disclosure);
        self.sen(&all.sen);
        self.attendance(&all.sums);
        self.attainment(&all.results);
        self.schools(&all);
        self.writer.close();
    }

    /// Identity, names and what the present school says.
    fn person(&mut self, all: &Sorted<'_>, upn: Option<WireUpn>, former: Option<WireUpn>, disclosure: &Disclosure<'_>) {
        let record = all.person.map(|(record, _)| record);
        let person = all.person.map(|(_, person)| person);
        let reason = person.map_or(Said::NotAsked, |person| person.upn_unknown_reason).map(WireUpn::Unknown);
        self.say(record, "UPN", &upn.map_or(reason, Said::Is));
        let uln = disclosure.subject.identifiers.iter().find_map(|identifier| match identifier {
            Identifier::Uln(uln) => Some(WireUln(*uln)),
            _ => None,
        });
        self.say(record, "UniqueLearnerNumber", &said(uln));
        let names = person.and_then(|person| person.more.as_ref()).map_or(Said::NotAsked, |more| more.names.as_ref());
        let names: &[Name] = match names {
            Said::Is(names) => names,
            _ => &[],
        };
        let named = |wanted| names.iter().find(|name| name.r#use == Said::Is(wanted));
        let part = |wanted, part: fn(&Name) -> &Said<Box<str>>| {
            named(wanted).map_or(Said::NotAsked, |name| part(name).clone())
        };
        self.say(record, "Surname", &part(NameUse::Usual, |name| &name.surname));
        self.say(record, "Forename", &part(NameUse::Usual, |name| &name.forename));
        if let Some(person) = person {
            self.say(record, "DOB", &person.birth_date);
            self.sex(record, person);
        }
        let languages = person
            .and_then(|person| person.more.as_ref())
            .and_then(|more| more.languages.as_ref().is())
            .map(Vec::as_slice)
            .unwrap_or_default();
        let present = all.present().map(|(record, enrolment)| (*record, *enrolment));
        self.group("BasicDetails", |details| {
            details.say(record, "FormerUPN", &said(former));
            details.say(record, "PreferredSurname", &part(NameUse::Preferred, |name| &name.surname));
            details.say(record, "PreferredForename", &part(NameUse::Preferred, |name| &name.forename));
            details.say(record, "FormerSurname", &part(NameUse::Former, |name| &name.surname));
            details.say(record, "FormerForename", &part(NameUse::Former, |name| &name.forename));
            details.say(record, "MiddleNames", &part(NameUse::Usual, |name| &name.middle));
            if let Some((record, enrolment)) = present {
                details.say(Some(record), "NCyearActual", &enrolment.nc_year);
            }
            if let Some(person) = person {
                details.say(record, "Ethnicity", &person.ethnicity);
            }
            details.group("Languages", |group| {
                languages.iter().for_each(|language| group.say(record, "Type", &language.code));
            });
            if let Some((record, enrolment)) = present {
                details.say(Some(record), "EnrolStatus", &enrolment.status);
            }
        });
    }

    fn sex(&mut self, record: Option<&Record>, person: &Person) {
        if self.says_sex {
            return self.say(record, "Sex", &person.sex.map(PupilSex));
        }
        let gender = person.more.as_ref().map_or(Said::NotAsked, |more| more.gender);
        let gender = match gender {
            Said::Is(Gender::Male) => Said::Is(Sex::Male),
            Said::Is(Gender::Female) => Said::Is(Sex::Female),
            _ => person.sex,
        };
        self.say(record, "Gender", &gender.map(PupilSex));
    }

    /// Whether the child is looked after on the day, as the authority itself knows it.
    fn looked_after(&mut self, episodes: &[(&Record, &CareEpisode)], options: &Options, disclosure: &Disclosure<'_>) {
        let Some(day) = options.as_at_day() else { return };
        let open = episodes.iter().find(|(_, episode)| {
            let begun = episode.start_date.is().is_some_and(|start| start <= day);
            let over = episode.end_date.is().is_some_and(|end| end <= day);
            begun && !over && matches!(episode.end_date, Said::Is(_) | Said::Blank)
        });
        let Some((record, _)) = open else { return };
        self.group("LookedAfter", |group| {
            group.say(Some(record), "InCare", &Said::Is(Truth(true)));
            let authority = disclosure.subject.authority.or(options.authority);
            group.say(Some(record), "CareAuthority", &said(authority));
        });
    }

    fn sen(&mut self, provisions: &[(&Record, &SenProvision)]) {
        let with_needs = provisions.iter().filter(|(_, provision)| provision.needs.has_value());
        let present =
            with_needs.max_by_key(|(_, provision)| (!provision.end_date.has_value(), provision.start_date.is()));
        self.group("SENhistory", |history| {
            for (record, provision) in provisions {
                history.group("SEN", |group| {
                    group.say(Some(record), "StartDate", &provision.start_date);
                    group.say(Some(record), "EndDate", &provision.end_date);
                    group.say(Some(record), "SENprovision", &provision.provision);
                });
                // The file has one list of needs, which is the present one.
                let is_present = present.is_some_and(|(other, _)| std::ptr::eq(*other, *record));
                if provision.needs.has_value() && !is_present {
                    history.lose(record);
                }
            }
            if let Some((record, provision)) = present {
                history.group("SENneeds", |group| {
                    for need in provision.needs.as_ref().is().into_iter().flatten() {
                        group.group("SENneed", |group| {
                            group.say(Some(record), "SENtypeRank", &need.rank);
                            group.say(Some(record), "SENtype", &need.r#type);
                        });
                    }
                });
            }
        });
    }

    fn attendance(&mut self, sums: &[(&Record, &AttendanceSummary)]) {
        self.group("Attendance", |group| {
            for (record, sums) in sums {
                // Sums are of a school year from its beginning; others, and those of which nobody may know from when they
                // are, the file cannot say.
                let begun = sums.period_start.is();
                let year = sums.academic_year.is().or(begun.and_then(AcademicYear::of));
                if begun.is_none() || begun != year.map(AcademicYear::starts) {
                    group.lose(record);
                    continue;
                }
                group.group("YearData", |group| {
                    group.say(Some(record), "Year", &said(year.map(YearBegun)));
                    group.school(record, sums.school_laestab, &sums.school_name);
                    group.say(Some(record), "SessionsPossible", &sums.possible);
                    group.say(Some(record), "SessionsAuthorised", &sums.authorised);
                    group.say(Some(record), "SessionsAttended", &sums.attended);
                    group.say(Some(record), "SessionsUnauthorised", &sums.unauthorised);
                });
            }
        });
    }

    fn attainment(&mut self, results: &[(&Record, &Attainment)]) {
        let (can_say, cannot): (Vec<_>, Vec<_>) = results.iter().partition(|(_, result)| is_of_file(result));
        cannot.into_iter().for_each(|(record, _)| self.lose(record));
        let mut stages: Vec<AssessmentStage> = Vec::new();
        for stage in can_say.iter().filter_map(|(_, result)| result.stage.is()) {
            if !stages.contains(&stage) {
                stages.push(stage);
            }
        }
        self.group("StageAssessments", |group| {
            for stage in stages {
                group.group("KeyStage", |group| {
                    let of_stage = can_say.iter().filter(|(_, result)| result.stage == Said::Is(stage));
                    for (n, (record, result)) in of_stage.enumerate() {
                        if n == 0 {
                            group.say(Some(record), "Stage", &Said::Is(stage));
                        }
                        group.result(record, result);
                    }
                });
            }
        });
    }

    fn result(&mut self, record: &Record, result: &Attainment) {
        let more = result.more.as_deref().cloned().unwrap_or_default();
        self.group("StageAssessment", |group| {
            group.say(Some(record), "Locale", &more.locale);
            group.say(Some(record), "Year", &result.academic_year.map(YearEnded));
            group.say(Some(record), "Subject", &result.subject);
            group.say(Some(record), "Method", &result.method);
            group.say(Some(record), "Component", &result.component);
            group.say(Some(record), "ResultStatus", &more.status);
            group.say(Some(record), "ResultQualifier", &more.qualifier);
            group.say(Some(record), "Result", &result.result);
            group.say(Some(record), "ResultDate", &result.assessed_on);
        });
    }

    fn schools(&mut self, all: &Sorted<'_>) {
        let present = all.present().map(|(record, _)| *record);
        self.group("SchoolHistory", |group| {
            for (record, enrolment) in &all.enrolments {
                let wrote = group.group("School", |group| {
                    group.school(record, enrolment.school_laestab, &enrolment.school_name);
                    group.say(Some(record), "EntryDate", &enrolment.entry_date);
                    if enrolment.leaving_date.has_value() {
                        group.say(Some(record), "LeavingDate", &enrolment.leaving_date);
                    }
                    if let Some(more) = &enrolment.more {
                        group.say(Some(record), "LeavingReason", &more.leaving_reason);
                    }
                    if enrolment.leaving_date == Said::Blank {
                        group.say(Some(record), "LastSchool", &Said::Is(Truth(true)));
                    }
                });
                // Without a school there may still be a year and a status, which stand elsewhere.
                if !wrote && !present.is_some_and(|present| std::ptr::eq(present, *record)) {
                    group.lose(record);
                }
            }
        });
    }

    /// A school by its number in two halves, and its name.
    fn school(&mut self, record: &Record, laestab: Said<Laestab>, name: &Said<Box<str>>) {
        self.say(Some(record), "LEA", &laestab.map(|number| Lea(Some(number.authority()))));
        self.say(Some(record), "Estab", &laestab.map(|number| Estab(Some(number.establishment()))));
        self.say(Some(record), "SchoolName", name);
    }

    /// Writes what stands in a group, and the group only where something does.
    fn group(&mut self, name: &'static str, inside: impl FnOnce(&mut PupilWriter<'_, '_, '_>)) -> bool {
        let Self { writer, writing, says_sex, report } = self;
        writer.group(name, |writer| {
            inside(&mut PupilWriter { writer, writing, says_sex: *says_sex, report: &mut **report });
        })
    }

    /// Writes an answer: a value in its spelling, a blank as an empty element, a loss for what has no word.
    fn say<T: Wire>(&mut self, record: Option<&Record>, element: &'static str, answer: &Said<T>) {
        let mut text = Vec::new();
        let written = match answer {
            Said::NotAsked | Said::Unreadable => return,
            Said::Blank => Written::Yes,
            Said::Is(value) => value.write(&mut text, self.writing),
            Said::Unknown | Said::Refused | Said::NotApplicable | Said::Reduced(_) => Written::CannotSay,
        };
        let text = String::from_utf8_lossy(&text);
        if (written == Written::CannotSay || self.writer.text(element, &text) == Written::CannotSay)
            && let Some(record) = record
        {
            self.lose(record);
        }
    }

    fn lose(&mut self, record: &Record) {
        self.report.raise(Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone()));
    }
}

fn said<T>(value: Option<T>) -> Said<T> {
    value.map_or(Said::NotAsked, Said::Is)
}

fn upn(disclosure: &Disclosure<'_>, wanted: bool) -> Option<WireUpn> {
    disclosure.subject.identifiers.iter().find_map(|identifier| match identifier {
        Identifier::Upn { upn, former } if *former == wanted => Some(WireUpn::Number(*upn)),
        _ => None,
    })
}

/// Whether the file has codes for a result: its own stages, and its own scale.
fn is_of_file(result: &Attainment) -> bool {
    let scale = result.more.as_ref().map_or(Said::NotAsked, |more| more.scale.clone());
    let ours = [AssessmentStage::KeyStageFour, AssessmentStage::KeyStageFive, AssessmentStage::PostSixteen];
    let is_stage = result.stage.is().is_some_and(|stage| !ours.contains(&stage));
    is_stage && matches!(scale, Said::Is(Open::Listed(AssessmentScale::Ctf)))
}

/// A child's records by what they say.
#[derive(Default)]
struct Sorted<'r> {
    person: Option<(&'r Record, &'r Person)>,
    enrolments: Vec<(&'r Record, &'r Enrolment)>,
    episodes: Vec<(&'r Record, &'r CareEpisode)>,
    sen: Vec<(&'r Record, &'r SenProvision)>,
    sums: Vec<(&'r Record, &'r AttendanceSummary)>,
    results: Vec<(&'r Record, &'r Attainment)>,
    others: Vec<&'r Record>,
}

impl<'r> Sorted<'r> {
    fn of(records: &[&'r Record]) -> Self {
        let mut all = Self::default();
        for record in records.iter().copied() {
            match &record.statement {
                Statement::Person(person) => all.person = Some((record, person)),
                Statement::Enrolment(enrolment) => all.enrolments.push((record, enrolment)),
                Statement::CareEpisode(episode) => all.episodes.push((record, episode)),
                Statement::SenProvision(provision) => all.sen.push((record, provision)),
                Statement::AttendanceSummary(sums) => all.sums.push((record, sums)),
                Statement::Attainment(result) => all.results.push((record, result)),
                _ => all.others.push(record),
            }
        }
        all
    }

    /// The enrolment whose year and status the file tells: the one that says so and was not left.
    fn present(&self) -> Option<&(&'r Record, &'r Enrolment)> {
        let tells = |enrolment: &Enrolment| enrolment.nc_year.has_value() || enrolment.status.has_value();
        let open = self.enrolments.iter().filter(|(_, enrolment)| !enrolment.leaving_date.has_value());
        open.clone().find(|(_, enrolment)| tells(enrolment)).or_else(|| open.clone().next())
    }
}
