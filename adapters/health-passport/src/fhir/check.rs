//! What is looked at when an element is whole: required codes, references, contained resources, invariants, UK Core.
//!
//! The checks of a type are found once, by its place among the types; most types have none.

use std::sync::LazyLock;

use schemas::{diagnostic::Rule, identifier::NhsNumber};

use crate::fhir::{
    definitions::{Kind, r4},
    invariants, rules,
    tree::Element,
    uk_core,
};

/// Hears of a fault: the rule, the path below the element, and the byte.
pub(crate) type Tell<'a> = &'a mut dyn FnMut(&'static Rule, String, u32);

type Check = fn(Element<'_>, Tell<'_>);

/// The checks of each type, by its place.
struct Checks {
    own: Vec<Option<Check>>,
    invariants: Vec<Vec<&'static invariants::Invariant>>,
    uk_core: Vec<Vec<&'static uk_core::Hard>>,
}

static CHECKS: LazyLock<Checks> = LazyLock::new(|| {
    let mut checks = Checks { own: Vec::new(), invariants: Vec::new(), uk_core: Vec::new() };
    for (_, one) in r4().types() {
        checks.own.push(match one.name {
            "CodeableConcept" => Some(concept),
            "Coding" => Some(coding),
            "Reference" => Some(reference),
            "Extension" => Some(extension),
            "Identifier" => Some(identifier),
            _ if matches!(one.kind, Kind::Resource { .. }) => Some(resource),
            _ => None,
        });
        checks.invariants.push(invariants::ALL.iter().filter(|invariant| invariant.of == one.name).collect());
        checks.uk_core.push(uk_core::HARD.iter().filter(|hard| hard.of == one.name).collect());
    }
    checks
});

/// Looks at an element that is whole.
pub(crate) fn whole(element: Element<'_>, tell: Tell<'_>) {
    let place = element.type_id().place();
    let checks = &*CHECKS;
    if let Some(own) = checks.own[place] {
        own(element, tell);
    }
    for invariant in &checks.invariants[place] {
        if !(invariant.holds)(element) {
            tell(&invariant.rule, String::new(), element.at());
        }
    }
    for hard in &checks.uk_core[place] {
        (hard.look)(element, &mut |below, at| tell(&hard.rule, below, at));
    }
}

/// A concept that must come from a value set has a coding of it.
fn concept(element: Element<'_>, tell: Tell<'_>) {
    let definitions = element.tree().definitions();
    let Some(codes) = definitions.element_of(element.name()).and_then(|own| own.codes) else { return };
    let is_member = |coding: Element<'_>| match (coding.text("system"), coding.text("code")) {
        (Some(system), Some(code)) => definitions.has_coding(codes, &system, &code),
        _ => false,
    };
    let told = element.has("coding") || element.has("text");
    if told && !element.all("coding").any(is_member) {
        tell(&rules::CODE, String::new(), element.at());
    }
}

fn coding(element: Element<'_>, tell: Tell<'_>) {
    let definitions = element.tree().definitions();
    let Some(codes) = definitions.element_of(element.name()).and_then(|own| own.codes) else { return };
    if let (Some(system), Some(code)) = (element.text("system"), element.text("code"))
        && !definitions.has_coding(codes, &system, &code)
    {
        tell(&rules::CODE, String::new(), element.at());
    }
}

/// A reference has the form of one, and leads to a type that may stand here.
fn reference(element: Element<'_>, tell: Tell<'_>) {
    let definitions = element.tree().definitions();
    let to = element.first("reference").and_then(|to| to.value());
    let told = match (&to, element.text("type")) {
        (Some(to), told) => match Target::of(to) {
            Target::Typed(name) => Some(name.to_owned()),
            Target::Elsewhere => told.map(std::borrow::Cow::into_owned),
            Target::Nowhere => {
                let at = element.first("reference").map_or(element.at(), Element::at);
                tell(&rules::REFERENCE_FORM, "reference".to_owned(), at);
                told.map(std::borrow::Cow::into_owned)
            }
        },
        (None, told) => told.map(std::borrow::Cow::into_owned),
    };
    let Some(own) = definitions.element_of(element.name()).filter(|own| !own.targets.is_empty()) else { return };
    if let Some(name) = told
        && definitions.resource(&name).is_some()
        && !own.targets.contains(&&*name)
    {
        tell(&rules::REFERENCE_TYPE, String::new(), element.at());
    }
}

/// Where a reference leads by its words alone.
enum Target<'t> {
    /// To a resource of that type.
    Typed(&'t str),
    /// To what only the document around it can tell.
    Elsewhere,
    /// It is no reference.
    Nowhere,
}

impl<'t> Target<'t> {
    fn of(to: &'t str) -> Self {
        if to.starts_with('#') || to.starts_with("urn:") {
            return Self::Elsewhere;
        }
        let (address, query) = to.split_once(['?', '#']).map_or((to, None), |(address, query)| (address, Some(query)));
        let address = address.split_once("/_history/").map_or(address, |(address, _)| address);
        let is_type = |name: &str| r4().resource(name).is_some();
        let mut segments = address.rsplit('/');
        let (id, name, more) = (segments.next().unwrap_or_default(), segments.next(), segments.next());
        let absolute = to.starts_with("http://") || to.starts_with("https://");
        match name {
            Some(name) if is_type(name) && !id.is_empty() && (absolute || more.is_none()) => Self::Typed(name),
            // By a search, as transactions may.
            _ if query.is_some() && is_type(id) => Self::Typed(id),
            _ if absolute => Self::Elsewhere,
            _ => Self::Nowhere,
        }
    }
}

/// A modifier changes the meaning of what it stands in: one that is not known may not be passed over.
fn extension(element: Element<'_>, tell: Tell<'_>) {
    if element.tree().definitions().wire(element.name()) == "modifierExtension" {
        tell(&rules::MODIFIER, String::new(), element.at());
    }
}

/// An NHS number keeps its check digit, wherever it stands.
fn identifier(element: Element<'_>, tell: Tell<'_>) {
    if !element.says("system", uk_core::NHS_NUMBER) {
        return;
    }
    if let Some(value) = element.first("value")
        && let Some(text) = value.value()
        && (NhsNumber::read(text.as_bytes()).is_err() || text.len() != 10)
    {
        tell(&rules::NHS_NUMBER, "value".to_owned(), value.at());
    }
}

/// What is contained contains nothing, and has no version, time of change or labels (dom-2, dom-4, dom-5).
fn resource(element: Element<'_>, tell: Tell<'_>) {
    let definitions = element.tree().definitions();
    if definitions.element_of(element.name()).is_none_or(|own| own.name != "contained") {
        return;
    }
    if let Some(within) = element.first("contained") {
        tell(&rules::CONTAINED, "contained[0]".to_owned(), within.at());
    }
    let meta = element.first("meta");
    for name in ["versionId", "lastUpdated", "security"] {
        if let Some(told) = meta.and_then(|meta| meta.first(name)) {
            tell(&rules::CONTAINED, format!("meta.{name}"), told.at());
        }
    }
}
