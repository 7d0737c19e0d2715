//! Reads a resource in XML into a tree, and looks at everything on the way (R4, XML representation).
//!
//! Limits: those of the tree, and `attributes_max`. Format: XML 1.0 in UTF-8 without a document type; elements in the
//! namespace of FHIR without prefixes, the narrative in that of XHTML. Operations: [`read`]. Whatever breaks the grammar
//! ends the reading; whatever breaks FHIR costs the element that it stands in.

use kit::xml::rules as xml_rules;
use quick_xml::{
    Error,
    errors::{IllFormedError, SyntaxError},
    events::{BytesStart, Event},
};
use schemas::diagnostic::Rule;

use crate::fhir::{
    build::{Build, Stop, TreeLimits, offset},
    definitions::{Kind, NameId, TypeId},
    fault::Faults,
    json::utf8,
    primitive::Primitive,
    rules,
    tree::{NodeId, Notation, Tree, Value},
};

const FHIR: &str = "http://hl7.org/fhir";

/// The most attributes of an element; FHIR has three.
const ATTRIBUTES_MAX: usize = 32;

/// Reads a resource: its tree as far as it can be read, and what is wrong. Without a tree nothing of it can be used.
pub(crate) fn read(bytes: &[u8], limits: TreeLimits) -> (Option<Tree<'_>>, Faults) {
    read_as(bytes, limits, false)
}

/// The same of a resource that stood in another, whose namespace it has.
pub(crate) fn read_part(bytes: &[u8], limits: TreeLimits) -> (Option<Tree<'_>>, Faults) {
    read_as(bytes, limits, true)
}

fn read_as(bytes: &[u8], limits: TreeLimits, is_part: bool) -> (Option<Tree<'_>>, Faults) {
    let text = match utf8(bytes, limits) {
        Ok(text) => text,
        Err(faults) => return (None, faults),
    };
    let mut inner = quick_xml::Reader::from_str(text);
    inner.config_mut().check_end_names = true;
    let mut reader = Reader { inner, text, at: 0, is_part, build: Build::new(text, Notation::Xml, limits) };
    let read = reader.document();
    let Build { tree, faults, .. } = reader.build;
    (read.is_ok().then_some(tree).filter(|tree| tree.len() > 0), faults)
}

struct Reader<'b> {
    inner: quick_xml::Reader<&'b [u8]>,
    text: &'b str,
    /// Where the last event began.
    at: usize,
    /// The namespace is that of a resource around it.
    is_part: bool,
    build: Build<'b>,
}

/// A tag, and whether its element ends with it.
struct Tag<'b> {
    start: BytesStart<'b>,
    empty: bool,
    at: usize,
}

/// The elements within another that have been there.
#[derive(Default)]
struct Seen {
    bits: u128,
    last: Option<NodeId>,
    place: usize,
    name: Option<NameId>,
    nth: u32,
}

impl<'b> Reader<'b> {
    fn document(&mut self) -> Result<(), Stop> {
        let Some(tag) = self.tag(true)? else { return Err(self.build.stop(&rules::NO_RESOURCE, 0)) };
        self.resource(None, None, NameId::NONE, &tag)?;
        match self.tag(true)? {
            None => Ok(()),
            Some(tag) => Err(self.build.stop(&rules::TRAILING, tag.at)),
        }
    }

    /// The next tag that begins an element; `None` at the end of the one that is open, or of the text.
    fn tag(&mut self, outside: bool) -> Result<Option<Tag<'b>>, Stop> {
        loop {
            self.at = usize::try_from(self.inner.buffer_position()).unwrap_or(usize::MAX);
            let at = self.at;
            let rule = match self.inner.read_event() {
                Ok(Event::Start(start)) => return Ok(Some(Tag { start, empty: false, at })),
                Ok(Event::Empty(start)) => return Ok(Some(Tag { start, empty: true, at })),
                Ok(Event::End(_)) => return Ok(None),
                Ok(Event::Eof) if outside => return Ok(None),
                Ok(Event::Eof) => &rules::UNCLOSED,
                Ok(Event::Comment(_) | Event::PI(_)) => continue,
                Ok(Event::Decl(declared)) => match declared.encoding() {
                    None => continue,
                    Some(Ok(name)) if name.eq_ignore_ascii_case(b"utf-8") => continue,
                    Some(_) => &rules::ENCODING,
                },
                Ok(Event::Text(words)) if words.iter().all(u8::is_ascii_whitespace) => continue,
                Ok(Event::Text(words)) if outside && &*words == "\u{feff}".as_bytes() => continue,
                Ok(Event::DocType(_)) => &xml_rules::DOCTYPE,
                Ok(Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)) if outside => &rules::TRAILING,
                Ok(Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)) => {
                    self.build.fault(&rules::XML_FORM, at)?;
                    continue;
                }
                Err(error) => rule_of(&error),
            };
            return Err(self.build.stop(rule, at));
        }
    }

    /// The resource whose tag this is; `None` where it is none.
    fn resource(
        &mut self,
        parent: Option<NodeId>,
        after: Option<NodeId>,
        name: NameId,
        tag: &Tag<'b>,
    ) -> Result<Option<NodeId>, Stop> {
        let known = std::str::from_utf8(tag.start.name().into_inner())
            .ok()
            .and_then(|name| self.build.definitions.resource(name));
        let Some(is) = known else {
            self.build.fault(&rules::NO_RESOURCE, tag.at)?;
            self.skip(tag)?;
            return Ok(None);
        };
        let node = self.build.add(parent, after, (name, is), tag.at)?;
        let since = self.build.local_references();
        self.content(node, is, tag)?;
        self.build.tree.end(node, usize::try_from(self.inner.buffer_position()).unwrap_or(tag.at));
        let contained = self.build.definitions.element_of(name).is_some_and(|element| element.name == "contained");
        if !contained {
            self.build.settle_contained(node, since)?;
        }
        Ok(Some(node))
    }

    /// The attributes and children of an element that is open, to its end.
    fn content(&mut self, node: NodeId, is: TypeId, tag: &Tag<'b>) -> Result<(), Stop> {
        let mut seen = Seen::default();
        self.attributes(node, is, tag, &mut seen)?;
        if !tag.empty {
            while let Some(child) = self.tag(false)? {
                self.child(node, is, &child, &mut seen)?;
            }
        }
        let element = self.build.tree.element(node);
        let is_value = matches!(element.kind(), Kind::Primitive(_));
        if is_value && element.spelling().is_none() && !element.has("extension") {
            self.build.fault(&rules::HOLLOW, tag.at)?;
        }
        self.build.close(node, is, seen.bits)
    }

    fn attributes(&mut self, node: NodeId, is: TypeId, tag: &Tag<'b>, seen: &mut Seen) -> Result<(), Stop> {
        let kind = self.build.definitions.get(is).kind;
        let is_resource = matches!(kind, Kind::Resource { .. });
        let mut spaced = !is_resource || self.is_part || self.build.tree.len() > 1;
        let mut told = Vec::new();
        for (n, attribute) in tag.start.attributes().enumerate() {
            let Ok(attribute) = attribute else { return Err(self.build.stop(&rules::MALFORMED, tag.at)) };
            if n >= ATTRIBUTES_MAX {
                return Err(self.build.stop(&xml_rules::TOO_MANY_ATTRIBUTES, tag.at));
            }
            told.push((attribute.key.into_inner().to_vec(), self.value_of(&attribute.value, tag)));
        }
        for (key, value) in told {
            let spelling = self.text.get(value.from as usize..value.to as usize).unwrap_or_default();
            match &key[..] {
                b"xmlns" if spelling == FHIR => spaced = true,
                b"value" => match kind {
                    Kind::Primitive(primitive) => {
                        self.build.value(node, primitive, value)?;
                        self.build.local_reference(node, primitive, value.from as usize);
                    }
                    _ => self.build.fault(&rules::XML_FORM, tag.at)?,
                },
                b"id" | b"url" if !is_resource && (&key[..] == b"id" || self.is_extension(is)) => {
                    self.attribute_child(node, is, &key, value, seen)?;
                }
                key if key.starts_with(b"xsi:") || key == b"xmlns:xsi" => {}
                _ => self.build.fault(&rules::XML_FORM, tag.at)?,
            }
        }
        if spaced { Ok(()) } else { Err(self.build.stop(&rules::NO_RESOURCE, tag.at)) }
    }

    fn is_extension(&self, is: TypeId) -> bool {
        self.build.definitions.get(is).name == "Extension"
    }

    /// An element that XML writes as an attribute.
    fn attribute_child(
        &mut self,
        node: NodeId,
        is: TypeId,
        key: &[u8],
        value: Value,
        seen: &mut Seen,
    ) -> Result<(), Stop> {
        let definitions = self.build.definitions;
        let Some(name) = definitions.name(is, key) else { return Ok(()) };
        let is = definitions.type_of(name);
        let child = self.build.add(Some(node), seen.last, (name, is), value.from as usize)?;
        seen.last = Some(child);
        seen.bits |= 1 << definitions.place_of(name);
        self.build.enter(name, value.from as usize)?;
        if let Kind::Primitive(primitive) = definitions.get(is).kind {
            self.build.value(child, primitive, value)?;
        }
        self.build.leave();
        Ok(())
    }

    /// Where the value of an attribute stands in the text.
    fn value_of(&self, value: &[u8], tag: &Tag<'b>) -> Value {
        let from = (value.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        // An attribute is part of its tag; were it a copy, it would stand nowhere.
        let from = if from >= tag.at && from + value.len() <= self.text.len() { from } else { tag.at };
        let to = if from == tag.at { from } else { from + value.len() };
        let escaped = value.iter().any(|byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r'));
        Value { from: offset(from), to: offset(to), escaped }
    }

    fn child(&mut self, node: NodeId, is: TypeId, tag: &Tag<'b>, seen: &mut Seen) -> Result<(), Stop> {
        let definitions = self.build.definitions;
        let wire = tag.start.name().into_inner();
        let own = matches!(definitions.get(is).kind, Kind::Resource { .. });
        let as_attribute = !own && wire == b"id" || wire == b"url" && self.is_extension(is);
        let Some(name) = definitions.name(is, wire).filter(|_| !as_attribute) else {
            self.build.fault(if as_attribute { &rules::XML_FORM } else { &rules::UNKNOWN_ELEMENT }, tag.at)?;
            return self.skip(tag);
        };
        let repeats = definitions.element_of(name).is_some_and(|element| element.repeats);
        let place = definitions.place_of(name);
        let (twice, again) = (seen.bits & (1 << place) != 0, seen.name == Some(name));
        self.build.enter(name, tag.at)?;
        seen.nth = if again { seen.nth + 1 } else { 0 };
        self.build.count(seen.nth);
        if twice && !repeats {
            self.build.fault(if again { &rules::DUPLICATE } else { &rules::CHOICE_TWICE }, tag.at)?;
            self.skip(tag)?;
        } else {
            seen.bits |= 1 << place;
            let mut after = seen.last;
            if twice && !again {
                // It joins those of its name that came before.
                self.build.fault(&rules::ORDER, tag.at)?;
                let same = self.build.tree.element(node).children().filter(|child| child.name() == name);
                after = same.last().map(|child| child.id()).or(after);
            } else if place < seen.place {
                self.build.fault(&rules::ORDER, tag.at)?;
            }
            (seen.place, seen.name) = (place.max(seen.place), Some(name));
            let child = self.element(node, name, tag, after)?;
            if after == seen.last {
                seen.last = child.or(seen.last);
            }
        }
        self.build.leave();
        Ok(())
    }

    fn element(
        &mut self,
        parent: NodeId,
        name: NameId,
        tag: &Tag<'b>,
        after: Option<NodeId>,
    ) -> Result<Option<NodeId>, Stop> {
        let is = self.build.definitions.type_of(name);
        match self.build.definitions.get(is).kind {
            Kind::AnyResource => self.holder(parent, name, tag, after),
            Kind::Primitive(Primitive::Xhtml) => {
                let node = self.build.add(Some(parent), after, (name, is), tag.at)?;
                self.skip(tag)?;
                let to = usize::try_from(self.inner.buffer_position()).unwrap_or(tag.at);
                let value = Value { from: offset(tag.at), to: offset(to), escaped: false };
                self.build.value(node, Primitive::Xhtml, value)?;
                Ok(Some(node))
            }
            _ => {
                let node = self.build.add(Some(parent), after, (name, is), tag.at)?;
                self.content(node, is, tag)?;
                Ok(Some(node))
            }
        }
    }

    /// An element around exactly one resource.
    fn holder(
        &mut self,
        parent: NodeId,
        name: NameId,
        tag: &Tag<'b>,
        after: Option<NodeId>,
    ) -> Result<Option<NodeId>, Stop> {
        if tag.empty {
            self.build.fault(&rules::EMPTY, tag.at)?;
            return Ok(None);
        }
        let mut found = None;
        let mut others = false;
        while let Some(inner) = self.tag(false)? {
            if found.is_some() || others {
                self.build.fault(&rules::XML_FORM, inner.at)?;
                self.skip(&inner)?;
            } else {
                found = self.resource(Some(parent), after, name, &inner)?;
                others = found.is_none();
            }
        }
        if found.is_none() && !others {
            self.build.fault(&rules::EMPTY, tag.at)?;
        }
        Ok(found)
    }

    /// Passes over an element whose tag was read.
    fn skip(&mut self, tag: &Tag<'b>) -> Result<(), Stop> {
        if tag.empty {
            return Ok(());
        }
        match self.inner.read_to_end(tag.start.name()) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.build.stop(rule_of(&error), tag.at)),
        }
    }
}

fn rule_of(error: &Error) -> &'static Rule {
    match error {
        Error::IllFormed(IllFormedError::MismatchedEndTag { .. } | IllFormedError::UnmatchedEndTag(_)) => {
            &xml_rules::MISMATCHED
        }
        Error::IllFormed(IllFormedError::MissingEndTag(_)) => &rules::UNCLOSED,
        Error::Syntax(SyntaxError::InvalidBangMarkup) => &rules::MALFORMED,
        Error::Syntax(_) => &rules::UNCLOSED,
        _ => &rules::MALFORMED,
    }
}
