//! The DfE's integrity rules: a child of a module is in the header, once, with the same birth date and sex.

use kit::{
    csv::{header::Layout, index::RowAt, rows::RowReader},
    encoding::PartText,
};
use schemas::{
    code::Sex,
    date::Date,
    diagnostic::{Diagnostic, Place, Report, Rule},
    said::Said,
};

use crate::{module::Module, ssda903::rules};

/// What the rows of one child say that is compared between modules.
#[derive(Default)]
pub struct Integrity {
    headers: Vec<Seen>,
    rows: Vec<Seen>,
}

struct Seen {
    module: Module,
    at: RowAt,
    dob: Option<Date>,
    sex: Option<Sex>,
}

/// The rules of one module: not in the header, another birth date, more than once.
struct ModuleRules {
    absent: Option<&'static Rule>,
    dob: Option<&'static Rule>,
    once: Option<&'static Rule>,
}

impl Integrity {
    /// Forgets the child.
    pub fn clear(&mut self) {
        self.headers.clear();
        self.rows.clear();
    }

    /// Notes a row of the child.
    pub fn saw(&mut self, module: Module, at: RowAt, dob: Said<Date>, sex: Said<Sex>) {
        let seen = Seen { module, at, dob: dob.is(), sex: sex.is() };
        if module == Module::Header { self.headers.push(seen) } else { self.rows.push(seen) }
    }

    /// Tells the rules that the child's rows break. Without a header module at all, nothing is absent from it.
    pub fn tell(
        &self,
        has_header: bool,
        rows: &mut [RowReader<'_>],
        parts: &[(PartText<'_>, Layout)],
        report: &mut dyn Report,
    ) {
        let mut raise = |rule: &'static Rule, seen: &Seen, column: &str, related: &[&Seen]| {
            let place = place_of(seen, column, rows, parts);
            let related: Vec<Place> = related.iter().map(|other| place_of(other, column, rows, parts)).collect();
            report.raise(Diagnostic::new(rule, place).related_to(related));
        };
        for seen in &self.rows {
            let of_module = module_rules(seen.module);
            if let (true, true, Some(rule)) = (has_header, self.headers.is_empty(), of_module.absent) {
                raise(rule, seen, "CHILD", &[]);
            }
            let differs = |header: &&Seen| header.dob.is_some() && seen.dob.is_some() && header.dob != seen.dob;
            if let (Some(rule), Some(header)) = (of_module.dob, self.headers.iter().find(differs)) {
                raise(rule, seen, "DOB", &[header]);
            }
            let differs = |header: &&Seen| header.sex.is_some() && seen.sex.is_some() && header.sex != seen.sex;
            if let (Module::Uasc, Some(header)) = (seen.module, self.headers.iter().find(differs)) {
                raise(&rules::INT21, seen, "SEX", &[header]);
            }
        }
        for rows_of_module in
            [self.headers.as_slice()].into_iter().chain(self.rows.chunk_by(|left, right| left.module == right.module))
        {
            if let [first, .., _] = rows_of_module
                && let Some(rule) = module_rules(first.module).once
            {
                for (n, seen) in rows_of_module.iter().enumerate() {
                    let other = if n == 0 { &rows_of_module[1] } else { first };
                    raise(rule, seen, "CHILD", &[other]);
                }
            }
        }
    }
}

/// The place of a row's cell; rows are read again only where something is wrong.
fn place_of(seen: &Seen, column: &str, rows: &mut [RowReader<'_>], parts: &[(PartText<'_>, Layout)]) -> Place {
    let number = usize::from(seen.at.layout);
    let (rows, layout) = (&mut rows[number], &parts[number].1);
    rows.read(seen.at.start());
    layout.column_place(rows, column)
}

fn module_rules(module: Module) -> ModuleRules {
    let of = |absent, dob, once| ModuleRules { absent: Some(absent), dob, once };
    match module {
        Module::Ad1 => of(&rules::INT01, Some(&rules::INT11), Some(&rules::INT31)),
        Module::PlacedAdoption => of(&rules::INT02, Some(&rules::INT12), None),
        Module::Episodes => of(&rules::INT03, None, None),
        Module::Missing => of(&rules::INT04, Some(&rules::INT13), None),
        Module::Oc2 => of(&rules::INT05, Some(&rules::INT14), Some(&rules::INT33)),
        Module::Oc3 => of(&rules::INT06, Some(&rules::INT15), Some(&rules::INT34)),
        Module::PrevPerm => of(&rules::INT07, Some(&rules::INT16), Some(&rules::INT35)),
        Module::Reviews => of(&rules::INT08, Some(&rules::INT17), None),
        Module::Uasc => of(&rules::INT09, Some(&rules::INT18), Some(&rules::INT36)),
        Module::Header => ModuleRules { absent: None, dob: None, once: Some(&rules::INT32) },
        Module::Links
        | Module::Restriction
        | Module::Consent
        | Module::Delegation
        | Module::SocialWorker
        | Module::Dolo => ModuleRules { absent: None, dob: None, once: None },
    }
}
