//! The types of FHIR R4 with their elements, as the standard defines them: what may stand where, and how often.
//!
//! Limits: at most 128 elements of a type. Format: `definitions/r4.txt`, made from the definitions of HL7. Operations:
//! a type by its name, an element of a type by its name on the wire, a value set by code.

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use crate::fhir::primitive::Primitive;

static R4: LazyLock<Definitions> = LazyLock::new(|| Definitions::read(include_str!("definitions/r4.txt")));

/// The definitions of R4.
pub(crate) fn r4() -> &'static Definitions {
    &R4
}

/// A type by its place among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TypeId(u16);

/// A name on the wire, of one type, by its place among all: an element, with one of its types where it has a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NameId(u16);

impl TypeId {
    /// Its place among all types.
    pub(crate) fn place(self) -> usize {
        usize::from(self.0)
    }
}

impl NameId {
    /// The name of what is no element of another: a resource that stands alone.
    pub(crate) const NONE: Self = Self(u16::MAX);
}

/// What sort of type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A value, with an id and extensions at most.
    Primitive(Primitive),
    /// A type that has elements.
    Complex,
    /// A resource.
    Resource {
        /// It has text, contained resources and extensions.
        domain: bool,
    },
    /// Whatever resource stands there.
    AnyResource,
}

/// A type.
pub(crate) struct Type {
    /// Its name; a component of a type is named by its path: `Patient.contact`.
    pub(crate) name: &'static str,
    /// What sort.
    pub(crate) kind: Kind,
    elements: Range<u16>,
    /// Its names on the wire, in the order of the alphabet.
    names: Range<u16>,
    /// The elements that must be there, each by its bit.
    pub(crate) required: u128,
}

/// An element of a type.
pub(crate) struct Element {
    /// Its name, of a choice without the type: `value`.
    pub(crate) name: &'static str,
    /// It may stand several times.
    pub(crate) repeats: bool,
    /// It is one of several types, and the type is in its name.
    pub(crate) choice: bool,
    /// The codes that it must come from.
    pub(crate) codes: Option<SetId>,
    /// The types that a Reference may lead to; none for any.
    pub(crate) targets: Vec<&'static str>,
}

/// An element under one name on the wire.
struct Name {
    wire: Box<str>,
    /// Its place among the elements of the type.
    element: u8,
    of: TypeId,
    is: TypeId,
}

/// A value set by its place among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SetId(u16);

/// The codes of one required binding.
struct ValueSet {
    name: &'static str,
    /// Codes with their systems, by code.
    codes: Vec<(&'static str, &'static str)>,
}

/// All types.
pub(crate) struct Definitions {
    types: Vec<Type>,
    elements: Vec<Element>,
    names: Vec<Name>,
    sets: Vec<ValueSet>,
    by_name: HashMap<&'static str, TypeId>,
}

/// The lines of one section of the file.
struct Section {
    name: &'static str,
    base: Option<&'static str>,
    lines: Vec<&'static str>,
}

impl Definitions {
    fn read(text: &'static str) -> Self {
        let (types, sets) = sections(text);
        let mut it = Self {
            types: Vec::with_capacity(types.len() + Primitive::ALL.len() + 1),
            elements: Vec::new(),
            names: Vec::new(),
            sets: sets.iter().map(value_set).collect(),
            by_name: HashMap::new(),
        };
        for (name, kind) in Primitive::ALL.iter().map(|(name, primitive)| (*name, Kind::Primitive(*primitive))) {
            it.add_type(name, kind);
        }
        // Abstract: what is meant is any resource that there is.
        it.add_type("Resource", Kind::AnyResource);
        let sections: HashMap<&str, &Section> = types.iter().map(|section| (section.name, section)).collect();
        for section in types.iter().filter(|section| section.name != "Resource") {
            it.add_type(section.name, kind_of(section));
        }
        let primitive = ["id 0..1 string", "extension 0..* Extension"];
        for n in 0..it.types.len() {
            let lines = match sections.get(it.types[n].name) {
                Some(section) => inherited(section, &sections),
                None => primitive.to_vec(),
            };
            it.fill(n, &lines);
        }
        it
    }

    fn add_type(&mut self, name: &'static str, kind: Kind) {
        self.by_name.insert(name, TypeId(place(self.types.len())));
        self.types.push(Type { name, kind, elements: 0..0, names: 0..0, required: 0 });
    }

    /// Reads the elements of a type.
    fn fill(&mut self, n: usize, lines: &[&'static str]) {
        let (first_element, first_name) = (self.elements.len(), self.names.len());
        for (nth, line) in lines.iter().enumerate() {
            let Some((required, element, types)) = self.element(line) else { continue };
            if required {
                self.types[n].required |= 1 << nth;
            }
            for is in types {
                let wire = match element.choice {
                    true => format!("{}{}", element.name, capitalised(self.types[usize::from(is.0)].name)).into(),
                    false => element.name.into(),
                };
                let (element, of) = (u8::try_from(nth).unwrap_or(u8::MAX), TypeId(place(n)));
                self.names.push(Name { wire, element, of, is });
            }
            self.elements.push(element);
        }
        self.names[first_name..].sort_unstable_by(|left, right| left.wire.cmp(&right.wire));
        self.types[n].elements = place(first_element)..place(self.elements.len());
        self.types[n].names = place(first_name)..place(self.names.len());
    }

    /// An element as its line declares it, whether it is required, and its types.
    fn element(&self, line: &'static str) -> Option<(bool, Element, Vec<TypeId>)> {
        let mut words = line.split(' ');
        let (name, cardinality, types) = (words.next()?, words.next()?, words.next()?);
        let codes = (words.next() == Some("=")).then(|| words.next()).flatten();
        let codes = codes.and_then(|name| self.sets.iter().position(|set| set.name == name));
        let mut targets = Vec::new();
        let mut found = Vec::new();
        // Bars stand between types only, commas between the types that a Reference may lead to.
        for one in types.split('|') {
            let (one, leads_to) = one.strip_suffix(')').and_then(|one| one.split_once('(')).unwrap_or((one, ""));
            targets.extend(leads_to.split(',').filter(|target| !target.is_empty()));
            found.extend(self.by_name.get(one));
        }
        let own = name.strip_suffix("[x]");
        let element = Element {
            name: own.unwrap_or(name),
            repeats: !cardinality.ends_with("..1"),
            choice: own.is_some(),
            codes: codes.map(|at| SetId(place(at))),
            targets,
        };
        Some((!cardinality.starts_with('0'), element, found))
    }

    /// A type.
    pub(crate) fn get(&self, id: TypeId) -> &Type {
        &self.types[usize::from(id.0)]
    }

    /// The type of that name.
    pub(crate) fn type_named(&self, name: &str) -> Option<TypeId> {
        self.by_name.get(name).copied()
    }

    /// The resource of that name.
    pub(crate) fn resource(&self, name: &str) -> Option<TypeId> {
        self.type_named(name).filter(|id| matches!(self.get(*id).kind, Kind::Resource { .. }))
    }

    /// Every type with its id.
    pub(crate) fn types(&self) -> impl Iterator<Item = (TypeId, &Type)> {
        self.types.iter().enumerate().map(|(n, one)| (TypeId(place(n)), one))
    }

    /// The elements of a type, in the order of its definition.
    pub(crate) fn elements(&self, of: TypeId) -> &[Element] {
        let range = &self.get(of).elements;
        &self.elements[usize::from(range.start)..usize::from(range.end)]
    }

    /// The bit of the element `id` of a type that has one first, as all but resources do.
    pub(crate) fn id_bit(&self, of: TypeId) -> u128 {
        u128::from(self.elements(of).first().is_some_and(|first| first.name == "id"))
    }

    /// The name on the wire that a type has an element under.
    pub(crate) fn name(&self, of: TypeId, wire: &[u8]) -> Option<NameId> {
        let range = &self.get(of).names;
        let names = &self.names[usize::from(range.start)..usize::from(range.end)];
        let at = names.binary_search_by(|name| name.wire.as_bytes().cmp(wire)).ok()?;
        Some(NameId(range.start + place(at)))
    }

    /// The name as it stands on the wire.
    pub(crate) fn wire(&self, name: NameId) -> &str {
        self.names.get(usize::from(name.0)).map_or("", |name| &name.wire)
    }

    /// The place of a name's element among the elements of its type.
    pub(crate) fn place_of(&self, name: NameId) -> usize {
        self.names.get(usize::from(name.0)).map_or(0, |name| usize::from(name.element))
    }

    /// The type that stands under a name.
    pub(crate) fn type_of(&self, name: NameId) -> TypeId {
        self.names.get(usize::from(name.0)).map_or(TypeId(0), |name| name.is)
    }

    /// The element of a name.
    pub(crate) fn element_of(&self, name: NameId) -> Option<&Element> {
        let name = self.names.get(usize::from(name.0))?;
        self.elements(name.of).get(usize::from(name.element))
    }

    /// Whether a code stands in a value set.
    pub(crate) fn has_code(&self, set: SetId, code: &str) -> bool {
        let codes = &self.sets[usize::from(set.0)].codes;
        codes.binary_search_by(|(known, _)| (*known).cmp(code)).is_ok()
    }

    /// Whether a code of a system stands in a value set.
    pub(crate) fn has_coding(&self, set: SetId, system: &str, code: &str) -> bool {
        let codes = &self.sets[usize::from(set.0)].codes;
        let from = codes.partition_point(|(known, _)| *known < code);
        codes[from..].iter().take_while(|(known, _)| *known == code).any(|(_, of)| *of == system)
    }
}

fn sections(text: &'static str) -> (Vec<Section>, Vec<Section>) {
    let (mut types, mut sets) = (Vec::new(), Vec::new());
    let mut current: Option<&mut Vec<Section>> = None;
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix("@@ ") {
            sets.push(Section { name, base: None, lines: Vec::new() });
            current = Some(&mut sets);
        } else if let Some(head) = line.strip_prefix("@ ") {
            let (name, base) = head.split_once(": ").map_or((head, None), |(name, base)| (name, Some(base)));
            types.push(Section { name, base, lines: Vec::new() });
            current = Some(&mut types);
        } else if let Some(section) = current.as_mut().and_then(|sections| sections.last_mut()) {
            section.lines.push(line);
        }
    }
    (types, sets)
}

fn value_set(section: &Section) -> ValueSet {
    let mut codes = Vec::new();
    for line in &section.lines {
        let mut words = line.split(' ');
        let system = words.next().unwrap_or_default();
        codes.extend(words.map(|code| (code, system)));
    }
    codes.sort_unstable();
    ValueSet { name: section.name, codes }
}

fn kind_of(section: &Section) -> Kind {
    match section.base {
        Some("DomainResource") => Kind::Resource { domain: true },
        Some("Resource") if section.name != "DomainResource" => Kind::Resource { domain: false },
        _ => Kind::Complex,
    }
}

/// The elements of a type: those of its bases first.
fn inherited(section: &Section, sections: &HashMap<&str, &Section>) -> Vec<&'static str> {
    let mut lines =
        section.base.and_then(|base| sections.get(base)).map_or_else(Vec::new, |base| inherited(base, sections));
    lines.extend(&section.lines);
    lines
}

fn capitalised(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + characters.as_str())
}

/// There are some ten thousand of the most: the test counts them.
fn place(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_is_read() {
        let it = r4();
        assert!(it.names.len() < usize::from(u16::MAX) && it.elements.len() < usize::from(u16::MAX));
        assert!(it.types().all(|(id, _)| it.elements(id).len() <= 128));
        let resources = it.types().filter(|(_, one)| matches!(one.kind, Kind::Resource { .. })).count();
        assert_eq!(resources, 148, "every resource of R4");
        let text = include_str!("definitions/r4.txt");
        let declared: Vec<&str> = text.lines().filter(|line| line.contains("..")).collect();
        for line in declared.iter().filter(|line| !line.starts_with('#')) {
            let (_, _, types) = it.element(line).unwrap();
            let told = line.split(' ').nth(2).unwrap().split('|').count();
            assert_eq!(types.len(), told, "a type is unknown in: {line}");
        }
        for line in declared.iter().filter(|line| line.contains(" = ")) {
            assert!(it.element(line).unwrap().1.codes.is_some(), "a value set is unknown in: {line}");
        }
    }

    #[test]
    fn elements_are_found_by_their_names_on_the_wire() {
        let it = r4();
        let observation = it.resource("Observation").unwrap();
        let value = it.name(observation, b"valueQuantity").unwrap();
        assert_eq!(it.get(it.type_of(value)).name, "Quantity");
        assert_eq!(it.element_of(value).unwrap().name, "value");
        assert!(it.name(observation, b"value").is_none() && it.name(observation, b"valueAddress").is_none());
        let link = it.name(it.type_named("Bundle.entry").unwrap(), b"link").unwrap();
        assert_eq!(it.get(it.type_of(link)).name, "Bundle.link");
        let gender = it.name(it.resource("Patient").unwrap(), b"gender").unwrap();
        let codes = it.element_of(gender).unwrap().codes.unwrap();
        assert!(it.has_code(codes, "female") && !it.has_code(codes, "boy"));
    }
}
