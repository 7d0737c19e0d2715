//! `[[view]]` and `[views]`: the views of a house, each narrower than the one that it is made from.

use std::collections::BTreeSet;

use exchange::{
    children::{Children, Statuses},
    narrow::{Change, Changes, Fault, Wrong},
    precision::Precision,
    statistics::STATISTICS_CHILDREN_MIN,
    views::{Definition, DefinitionFault, Views, WrongDefinition},
};
use schemas::{
    identifier::LaCode,
    postcode::{Postcode, PostcodeRead, Precision as PostcodePrecision},
};

use super::{
    fault::{self, ConfigRule},
    section::{Placed, Section},
};

/// A view's name may have so many characters.
const VIEW_NAME_CHARACTERS_MAX: usize = 64;

/// No group of children is larger than this for being small.
const STATISTICS_CHILDREN_MOST: u64 = 10_000;

/// Children leave care before this age; care leavers are supported to 25.
const AGE_YEARS_MAX: u64 = 25;

/// How long those who care for a child see it. Only shorter times than the shipped ones are taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReleaseDays {
    /// After the end of a placement its provider and carer still see it for so many days.
    pub placement_days_after_max: u64,
    /// So many days after an offer was accepted its release ends, if no start was told.
    pub accepted_days_max: u64,
}

impl Default for ReleaseDays {
    fn default() -> Self {
        Self { placement_days_after_max: 28, accepted_days_max: 14 }
    }
}

/// One `[[view]]` with the places of what it says.
struct Written<'a> {
    section: Section<'a>,
    definition: Definition,
    name: usize,
    base: usize,
    withhold: Vec<usize>,
    reduce: Vec<usize>,
    allow: Vec<usize>,
}

/// Reads `[views]` and every `[[view]]`.
pub(super) fn read(root: &Section<'_>) -> (Views, ReleaseDays) {
    let section = root.section("views");
    let shipped = ReleaseDays::default();
    let integer = |key, range, shipped| section.integer(key, range).map_or(shipped, |found| found.value);
    let least = u64::from(STATISTICS_CHILDREN_MIN);
    let children_min = integer("statistics_children_min", least..=STATISTICS_CHILDREN_MOST, least);
    let days = ReleaseDays {
        placement_days_after_max: integer(
            "placement_days_after_max",
            0..=shipped.placement_days_after_max,
            shipped.placement_days_after_max,
        ),
        accepted_days_max: integer("accepted_days_max", 1..=shipped.accepted_days_max, shipped.accepted_days_max),
    };
    section.not_yet(&[
        "sensitive_list_file",
        "sensitive_list_version",
        "sensitive_list_signed_by",
        "sensitive_list_signed_on",
    ]);
    section.finish();

    let written: Vec<Written<'_>> = root.sections("view").into_iter().filter_map(read_view).collect();
    let definitions: Vec<Definition> = written.iter().map(|view| view.definition.clone()).collect();
    let views = Views::build(&definitions, u32::try_from(children_min).unwrap_or(u32::MAX));
    let views = views.unwrap_or_else(|faults| {
        for fault in faults {
            if let Some(view) = written.get(fault.definition) {
                tell(view, fault);
            }
        }
        Views::default()
    });
    for view in written {
        view.section.finish();
    }
    (views, days)
}

/// One `[[view]]`; `None` only with a fault.
fn read_view(section: Section<'_>) -> Option<Written<'_>> {
    section.require("name");
    section.require("base");
    let name = section.text("name");
    if let Some(name) = name.filter(|name| !is_view_name(name.value)) {
        section.range(name.byte, "small letters, digits and hyphens, at most 64".to_owned());
    }
    let base = section.text("base");
    let withhold = section.texts("withhold").unwrap_or_default();
    let reduce = read_reduce(&section);
    let allow = section.texts("allow");
    let basis = section.text("basis");
    let children = read_children(section.section("children"));
    let places = |texts: &[Placed<&str>]| texts.iter().map(|text| text.byte).collect::<Vec<usize>>();
    let names = |texts: &[Placed<&str>]| texts.iter().map(|text| text.value.into()).collect::<Vec<Box<str>>>();
    let (Some(name), Some(base)) = (name, base) else {
        section.finish();
        return None;
    };
    Some(Written {
        definition: Definition {
            name: name.value.into(),
            base: base.value.into(),
            changes: Changes {
                name: None,
                withhold: names(&withhold),
                reduce: reduce.iter().map(|(field, precision)| (field.value.into(), *precision)).collect(),
                allow: allow.as_deref().map(names),
                basis: basis.map(|basis| basis.value.into()),
                children,
                group_children_min: 0,
            },
        },
        name: name.byte,
        base: base.byte,
        withhold: places(&withhold),
        reduce: reduce.iter().map(|(field, _)| field.byte).collect(),
        allow: places(allow.as_deref().unwrap_or_default()),
        section,
    })
}

fn is_view_name(name: &str) -> bool {
    let of_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=VIEW_NAME_CHARACTERS_MAX).contains(&name.len()) && name.bytes().all(of_name)
}

fn read_reduce<'a>(section: &Section<'a>) -> Vec<(Placed<&'a str>, Precision)> {
    let words = || Precision::WORDS.into_iter().filter(|(precision, _)| *precision != Precision::Withheld);
    let entries = section.entries("reduce").into_iter();
    entries
        .filter_map(|(field, written)| match words().find(|(_, word)| *word == written.value) {
            Some((precision, _)) => Some((field, precision)),
            None => {
                let words: Vec<&str> = words().map(|(_, word)| word).collect();
                section.range(written.byte, format!("one of {}", words.join(", ")));
                None
            }
        })
        .collect()
}

/// Which children, as a view and a route say it (views, section 6).
pub(super) fn read_children(section: Section<'_>) -> Children {
    let age = |key| section.integer(key, 0..=AGE_YEARS_MAX).and_then(|found| u8::try_from(found.value).ok());
    let (age_min, age_max) = (age("age_min"), age("age_max"));
    if let (Some(least), Some(most)) = (age_min, age_max)
        && least > most
    {
        section.range(section.byte(), "`age_min` at most `age_max`".to_owned());
    }
    let statuses = section.texts("status").map(|words| {
        let mut statuses = Statuses { looked_after: false, care_leaver: false };
        if words.is_empty() {
            section.range(section.byte(), "`status` with at least one of looked-after, care-leaver".to_owned());
        }
        for word in words {
            match word.value {
                "looked-after" => statuses.looked_after = true,
                "care-leaver" => statuses.care_leaver = true,
                _ => section.range(word.byte, "one of looked-after, care-leaver".to_owned()),
            }
        }
        statuses
    });
    let children = Children {
        authorities: read_set(&section, "authority", "three digits", |text| LaCode::read(text.as_bytes())),
        age_min,
        age_max,
        statuses,
        placement_authorities: read_set(&section, "placement_authority", "three digits", |text| {
            LaCode::read(text.as_bytes())
        }),
        placement_areas: read_set(&section, "placement_area", "an outward code, as in CV1", outward_code),
        short_breaks: section.boolean("short_breaks").map(|found| found.value),
    };
    section.finish();
    children
}

fn outward_code(text: &str) -> Option<Postcode> {
    match Postcode::read(text.as_bytes()) {
        PostcodeRead::Is(postcode) if postcode.precision() == PostcodePrecision::Outward => Some(postcode),
        _ => None,
    }
}

fn read_set<T: Ord>(
    section: &Section<'_>,
    key: &'static str,
    allowed: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Option<BTreeSet<T>> {
    let texts = section.texts(key)?;
    // An empty list might be meant as everybody, and would be nobody.
    if texts.is_empty() {
        section.range(section.byte(), format!("`{key}` with at least one of {allowed}; left out, it asks nothing"));
    }
    let read = texts.into_iter().filter_map(|text| {
        let value = read(text.value);
        if value.is_none() {
            section.range(text.byte, allowed.to_owned());
        }
        value
    });
    Some(read.collect())
}

/// Tells a fault at the place of what it is about.
fn tell(view: &Written<'_>, DefinitionFault { wrong, .. }: DefinitionFault) {
    let section = &view.section;
    match wrong {
        WrongDefinition::NameTaken => section.range(view.name, "a name that no other view has".to_owned()),
        WrongDefinition::NoSuchBase(nearest) => {
            let nearest = nearest.map(|nearest| format!("; nearest: `{nearest}`")).unwrap_or_default();
            section.range(view.base, format!("the name of a view{nearest}"));
        }
        WrongDefinition::Loop => section.fault(&fault::VIEW_LOOP, view.base, None),
        WrongDefinition::Changes(faults) => faults.into_iter().for_each(|fault| tell_change(view, fault)),
    }
}

fn tell_change(view: &Written<'_>, Fault { change, wrong }: Fault) {
    let byte = match change {
        Change::Withhold(n) => view.withhold.get(n),
        Change::Reduce(n) => view.reduce.get(n),
        Change::Allow(n) => view.allow.get(n),
        Change::Basis => None,
    };
    let byte = byte.copied().unwrap_or(view.section.byte());
    let (rule, detail): (&'static ConfigRule, Option<String>) = match wrong {
        Wrong::Widens { base: Precision::Withheld } => (&fault::VIEW_WIDENS, Some("it withholds the field".to_owned())),
        Wrong::Widens { base } => (&fault::VIEW_WIDENS, Some(format!("it lets the field out as `{}`", base.word()))),
        Wrong::NoSuchField { nearest } => {
            (&fault::VIEW_NO_SUCH_FIELD, nearest.map(|nearest| format!("nearest: `{nearest}`")))
        }
        Wrong::Chain { fitting } => (&fault::VIEW_CHAIN, Some(format!("one of {}", fitting.join(", ")))),
        Wrong::NoBasis => (&fault::MISSING_KEY, Some("`basis`".to_owned())),
    };
    view.section.fault(rule, byte, detail);
}
