//! Our own judgement of FHIR R4 UK Core NDJSON, for what fhirbolt lets pass: codes, dates, references, hard rules.
//!
//! The lines of one text are one set: references have to resolve inside it, or, for the entries of a Bundle, inside
//! that Bundle. Which elements exist, their order and their JSON types are fhirbolt's to judge (`oracle`).

mod calendar;
mod constraints;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Map, Value};

/// One broken rule: where, and which, never what stood there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of the text, from 1.
    pub line: usize,
    /// Element names and item numbers from the resource type down.
    pub path: String,
    /// What the rule says.
    pub rule: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}: {}", self.line, self.path, self.rule)
    }
}

/// Judges a text of one resource a line.
///
/// # Errors
/// The faults, in the order of the lines.
pub fn check(ndjson: &[u8]) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    let mut resources = Vec::new();
    let text = ndjson.strip_suffix(b"\n").unwrap_or(ndjson);
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate().filter(|_| !ndjson.is_empty()) {
        match serde_json::from_slice(line) {
            Ok(resource) => resources.push((index + 1, resource)),
            Err(_) => faults.push(Fault { line: index + 1, path: String::new(), rule: "a line is one JSON value" }),
        }
    }
    let (set, twice) = References::of_lines(&resources);
    faults.extend(twice.into_iter().map(|line| Fault {
        line,
        path: "id".to_owned(),
        rule: "a resource type and id stand once in a set",
    }));
    for (line, resource) in &resources {
        let mut examiner =
            Examiner { line: *line, set: set.clone(), contained: References::default(), faults: Vec::new() };
        examiner.resource(resource, "");
        faults.append(&mut examiner.faults);
    }
    faults.sort_by_key(|fault| fault.line);
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// What references may point to: the reference text and the type of the resource that it finds.
#[derive(Clone, Debug, Default)]
struct References(std::rc::Rc<BTreeMap<String, String>>);

impl References {
    /// The resources that stand alone on a line, and the lines whose type and id stood on an earlier one.
    fn of_lines(resources: &[(usize, Value)]) -> (Self, Vec<usize>) {
        let mut known = BTreeMap::new();
        let mut twice = Vec::new();
        for (line, resource) in resources {
            if let (Some(kind), Some(id)) = (text(resource, "resourceType"), text(resource, "id"))
                && known.insert(format!("{kind}/{id}"), kind.to_owned()).is_some()
            {
                twice.push(*line);
            }
        }
        (Self(known.into()), twice)
    }

    /// The entries of a Bundle, by full URL and by type and id.
    fn of_bundle(bundle: &Map<String, Value>) -> Self {
        let mut known = BTreeMap::new();
        for entry in items(bundle.get("entry")) {
            let Some(resource) = entry.get("resource") else { continue };
            let Some(kind) = text(resource, "resourceType") else { continue };
            if let Some(url) = text(entry, "fullUrl") {
                known.insert(url.to_owned(), kind.to_owned());
            }
            if let Some(id) = text(resource, "id") {
                known.insert(format!("{kind}/{id}"), kind.to_owned());
            }
        }
        Self(known.into())
    }

    /// The resources inside a resource, by `#id`; for these `#` alone is the resource that holds them.
    fn of_contained(resource: &Map<String, Value>) -> Self {
        let contained = items(resource.get("contained"));
        let known = contained
            .filter_map(|inner| Some((format!("#{}", text(inner, "id")?), text(inner, "resourceType")?.to_owned())));
        let holder = resource.get("resourceType").and_then(Value::as_str).map(|kind| ("#".to_owned(), kind.to_owned()));
        Self(known.chain(holder).collect::<BTreeMap<_, _>>().into())
    }

    fn target(&self, reference: &str) -> Option<&str> {
        self.0.get(reference).map(String::as_str)
    }
}

struct Examiner {
    line: usize,
    set: References,
    contained: References,
    faults: Vec<Fault>,
}

impl Examiner {
    fn fault(&mut self, path: &str, rule: &'static str) {
        self.faults.push(Fault { line: self.line, path: path.to_owned(), rule });
    }

    /// The type of the resource that a reference finds.
    fn target(&self, reference: &str) -> Option<&str> {
        self.set.target(reference).or_else(|| self.contained.target(reference))
    }

    fn require(&mut self, holds: bool, path: &str, rule: &'static str) {
        if !holds {
            self.fault(path, rule);
        }
    }

    /// A resource at `place`: alone on its line (`place` is empty), in an entry, or contained.
    fn resource(&mut self, resource: &Value, place: &str) {
        let Some(elements) = resource.as_object() else { return self.fault(place, "a resource is an object") };
        let Some(kind) = text(resource, "resourceType") else {
            return self.fault(place, "a resource says its resourceType");
        };
        let path = if place.is_empty() { kind } else { place };
        if let Some(id) = elements.get("id") {
            self.require(id.as_str().is_some_and(is_id), &format!("{path}.id"), "an id has 1 to 64 of [A-Za-z0-9.-]");
        }
        let (set, contained) = (self.set.clone(), self.contained.clone());
        if kind == "Bundle" {
            self.set = References::of_bundle(elements);
        }
        if elements.contains_key("contained") {
            self.contained = References::of_contained(elements);
        }
        self.profiles(elements, kind, path);
        self.elements(elements, path, kind);
        constraints::check(self, kind, elements, path);
        (self.set, self.contained) = (set, contained);
    }

    /// A claimed UK Core profile has to be one of this resource type.
    fn profiles(&mut self, elements: &Map<String, Value>, kind: &str, path: &str) {
        for profile in items(elements.get("meta").and_then(|meta| meta.get("profile"))) {
            let name = profile.as_str().and_then(|url| url.strip_prefix(tables::UK_CORE)?.strip_prefix("UKCore-"));
            let fits = name.is_none_or(|name| name.split('-').next() == Some(kind));
            self.require(fits, &format!("{path}.meta.profile"), "a UK Core profile is one of the resource's type");
        }
    }

    /// Every element of an object: its place with item numbers, and its path in the standard without them.
    fn elements(&mut self, elements: &Map<String, Value>, place: &str, path: &str) {
        self.require(!elements.is_empty(), place, "no empty object");
        self.extensions_once(elements, place);
        for (name, value) in elements {
            let (place, path) = (format!("{place}.{name}"), format!("{path}.{name}"));
            self.require(
                !matches!(name.as_str(), "modifierExtension" | "implicitRules"),
                &place,
                "nothing that changes the meaning of the rest",
            );
            let Some(array) = value.as_array() else {
                self.value(value, name, &place, &path);
                continue;
            };
            self.require(!array.is_empty(), &place, "no empty array");
            // Primitive values and their extensions are parallel arrays with gaps.
            let sibling = name.strip_prefix('_').map_or_else(|| format!("_{name}"), str::to_owned);
            for (index, item) in array.iter().enumerate() {
                let is_gap = item.is_null()
                    && elements.get(&sibling).and_then(|other| other.get(index)).is_some_and(|other| !other.is_null());
                if !is_gap {
                    self.value(item, name, &format!("{place}[{index}]"), &path);
                }
            }
        }
    }

    fn value(&mut self, value: &Value, name: &str, place: &str, path: &str) {
        match value {
            Value::Null => self.fault(place, "no null"),
            Value::Array(_) => self.fault(place, "no array in an array"),
            Value::String(text) => self.text(text, name, place, path),
            Value::Object(elements) if elements.contains_key("resourceType") => self.resource(value, place),
            Value::Object(elements) => {
                let kind = data_type(name, elements);
                self.datatype(kind, elements, place, path);
                self.elements(elements, place, kind.unwrap_or(path));
            }
            Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, text: &str, name: &str, place: &str, path: &str) {
        self.require(!text.trim().is_empty(), place, "no empty text");
        if let Some((_, codes)) = tables::CODES.iter().find(|(bound, _)| *bound == path) {
            self.require(is_listed(text, codes), place, "a code of the required value set");
        }
        if let Some((_, kind)) = tables::TEMPORAL.iter().find(|(temporal, _)| *temporal == path || *temporal == name) {
            self.require(calendar::is_real(*kind, text), place, "a real day in the form of its type");
        }
    }

    fn datatype(&mut self, kind: Option<&str>, elements: &Map<String, Value>, place: &str, path: &str) {
        match kind {
            Some("Coding") => self.coding(elements, place),
            Some("Identifier") => {
                self.require(elements.contains_key("value"), place, "an identifier has a value");
            }
            Some("ContactPoint") => {
                let holds = !elements.contains_key("value") || elements.contains_key("system");
                self.require(holds, place, "cpt-2: a contact point with a value has a system");
            }
            Some("Extension") => self.extension(elements, place),
            Some("Period") => {
                let (start, end) = (field(elements, "start"), field(elements, "end"));
                let holds = start.zip(end).is_none_or(|(start, end)| day(start) <= day(end));
                self.require(holds, place, "per-1: a period starts no later than it ends");
            }
            Some("Narrative") => {
                let is_div = field(elements, "div")
                    .is_some_and(|div| div.starts_with("<div xmlns=\"http://www.w3.org/1999/xhtml\""));
                self.require(is_div, place, "a narrative is a div of XHTML");
            }
            _ => {}
        }
        if let Some((_, system, codes)) = tables::CONCEPTS.iter().find(|(bound, ..)| *bound == path) {
            let holds = codings(elements).any(|coding| is_in(coding, system, codes));
            self.require(holds, place, "a coding of the required value set");
        }
        if elements.contains_key("reference") {
            self.reference(elements, place, path);
        }
    }

    fn coding(&mut self, elements: &Map<String, Value>, place: &str) {
        let is_absolute = field(elements, "system").is_some_and(|system| system.contains(':'));
        self.require(is_absolute, place, "a coding has an absolute system");
        self.require(field(elements, "code").is_some_and(|code| !code.is_empty()), place, "a coding has a code");
    }

    /// ext-1, and the required bindings and cardinalities of UK Core's own extensions.
    fn extension(&mut self, elements: &Map<String, Value>, place: &str) {
        let values = elements.keys().filter(|name| name.starts_with("value")).count();
        let nested = usize::from(elements.contains_key("extension"));
        self.require(values + nested == 1, place, "ext-1: an extension has either a value or extensions");
        let Some(name) = field(elements, "url").and_then(uk_core_extension) else {
            return self.require(elements.contains_key("url"), place, "an extension has a url");
        };
        let concept = elements.get("valueCodeableConcept").and_then(Value::as_object);
        let bound: Vec<_> = tables::EXTENSION_CONCEPTS.iter().filter(|(extension, ..)| *extension == name).collect();
        if !bound.is_empty() {
            let holds = concept.is_some_and(|concept| {
                codings(concept).any(|coding| bound.iter().any(|(_, system, codes)| is_in(coding, system, codes)))
            });
            self.require(holds, place, "UK Core: a coding of the extension's value set");
        }
        if name == "AddressKey" {
            let parts: Vec<_> = items(elements.get("extension")).filter_map(|part| text(part, "url")).collect();
            let holds = parts.len() == 2 && parts.contains(&"type") && parts.contains(&"value");
            self.require(holds, place, "UK Core: an address key has one type and one value");
        }
    }

    fn reference(&mut self, elements: &Map<String, Value>, place: &str, path: &str) {
        let Some(reference) = field(elements, "reference") else { return };
        let relative = reference.split_once('/').filter(|_| !reference.contains(':') && !reference.starts_with('#'));
        if let Some((_, id)) = relative {
            self.require(is_id(id), place, "an id has 1 to 64 of [A-Za-z0-9.-]");
        }
        let Some(found) = self.target(reference).map(str::to_owned) else {
            return self.fault(place, "a reference finds a resource of the same set");
        };
        let allowed = tables::TARGETS.iter().find(|(source, _)| *source == path);
        let fits = allowed.is_none_or(|(_, kinds)| is_listed(&found, kinds));
        self.require(fits, place, "a reference finds a resource of a type that the element allows");
        let claimed = field(elements, "type").is_none_or(|claimed| claimed == found);
        self.require(claimed, place, "a reference finds a resource of the type that it names");
    }

    /// Every UK Core extension that may stand once only does, among the extensions of one element.
    fn extensions_once(&mut self, elements: &Map<String, Value>, place: &str) {
        let mut seen = BTreeSet::new();
        for name in items(elements.get("extension")).filter_map(|one| uk_core_extension(text(one, "url")?)) {
            let once = !tables::ONCE.contains(&name) || seen.insert(name);
            self.require(once, &format!("{place}.extension"), "UK Core: this extension stands once only");
        }
    }
}

/// The items of an array, the one value, or nothing.
fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
    .iter()
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str()
}

fn field<'v>(elements: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    elements.get(name)?.as_str()
}

fn codings(concept: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    items(concept.get("coding"))
}

fn is_in(coding: &Value, system: &str, codes: &str) -> bool {
    text(coding, "system") == Some(system) && text(coding, "code").is_some_and(|code| is_listed(code, codes))
}

/// Whether a list of words parted by blanks has this word.
fn is_listed(word: &str, words: &str) -> bool {
    words.split(' ').any(|listed| listed == word)
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}

/// The day of a temporal text, so that days compare with times.
fn day(text: &str) -> &str {
    text.split('T').next().unwrap_or(text)
}

/// The data type of the items of an element, where the rules care.
fn data_type(name: &str, elements: &Map<String, Value>) -> Option<&'static str> {
    let kind = tables::TYPES.iter().find(|(element, _)| *element == name).map(|(_, kind)| *kind)?;
    // CodeableConcept and CodeableReference share element names with these types.
    let is_concept = kind == "Coding" && elements.contains_key("coding");
    (!is_concept).then_some(kind)
}

/// The name of a UK Core extension, by its URL.
fn uk_core_extension(url: &str) -> Option<&str> {
    url.strip_prefix(tables::UK_CORE)?.strip_prefix("Extension-UKCore-")
}
