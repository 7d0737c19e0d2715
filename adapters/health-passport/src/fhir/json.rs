//! Reads a resource in JSON into a tree, and looks at everything on the way (R4, JSON representation).
//!
//! Limits: those of the tree; objects within each other no deeper than its elements. Format: RFC 8259 in UTF-8, with or
//! without a byte order mark. Operations: [`read`]. Whatever breaks the grammar ends the reading; whatever breaks FHIR
//! costs the element that it stands in.

use std::borrow::Cow;

use crate::fhir::{
    build::{Build, Stop, TreeLimits, offset},
    definitions::{Kind, NameId, TypeId},
    fault::Faults,
    primitive::{JsonKind, Primitive},
    rules, text,
    tree::{NodeId, Notation, Tree, Value},
};

/// Reads a resource: its tree as far as it can be read, and what is wrong. Without a tree nothing of it can be used.
pub(crate) fn read(bytes: &[u8], limits: TreeLimits) -> (Option<Tree<'_>>, Faults) {
    let text = match utf8(bytes, limits) {
        Ok(text) => text,
        Err(faults) => return (None, faults),
    };
    let mut reader = Reader { text, bytes: text.as_bytes(), next: 0, build: Build::new(text, Notation::Json, limits) };
    reader.blanks();
    if reader.peek() == Some(0xef) && text.starts_with('\u{feff}') {
        reader.next += 3;
        reader.blanks();
    }
    let read = reader.document();
    let Build { tree, faults, .. } = reader.build;
    (read.is_ok().then_some(tree).filter(|tree| tree.len() > 0), faults)
}

/// The text, if it is UTF-8 and no longer than is read.
pub(crate) fn utf8(bytes: &[u8], limits: TreeLimits) -> Result<&str, Faults> {
    let mut faults = Faults::new(limits.faults_max);
    if bytes.len() > limits.resource_bytes_max as usize {
        faults.add(&rules::TOO_LONG, "Resource", 0);
        return Err(faults);
    }
    std::str::from_utf8(bytes).map_err(|error| {
        faults.add(&rules::ENCODING, "Resource", offset(error.valid_up_to()));
        faults
    })
}

struct Reader<'b> {
    text: &'b str,
    bytes: &'b [u8],
    next: usize,
    build: Build<'b>,
}

/// Which of an element's two names a member has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Its own: the value, or all of it.
    Value,
    /// With an underscore: id and extensions of a value.
    Under,
}

/// The elements of an object that have been there.
#[derive(Default)]
struct Seen {
    values: u128,
    under: u128,
    /// A primitive element may have turned out to be nothing.
    hollow: bool,
    /// The last child.
    last: Option<NodeId>,
}

impl<'b> Reader<'b> {
    fn document(&mut self) -> Result<(), Stop> {
        if self.peek() != Some(b'{') {
            let rule = if self.next < self.bytes.len() { &rules::MALFORMED } else { &rules::UNCLOSED };
            return Err(self.build.stop(rule, self.next));
        }
        self.resource(None, None, NameId::NONE)?;
        self.blanks();
        if self.next < self.bytes.len() {
            return Err(self.build.stop(&rules::TRAILING, self.next));
        }
        Ok(())
    }

    /// The resource whose object begins here; `None` where it is none.
    fn resource(
        &mut self,
        parent: Option<NodeId>,
        after: Option<NodeId>,
        name: NameId,
    ) -> Result<Option<NodeId>, Stop> {
        let at = self.next;
        let Some(is) = self.resource_type()? else {
            self.build.fault(&rules::NO_RESOURCE, at)?;
            self.skip()?;
            return Ok(None);
        };
        let node = self.build.add(parent, after, (name, is), at)?;
        let since = self.build.local_references();
        self.members(node, is)?;
        self.build.tree.end(node, self.next);
        let contained = self.build.definitions.element_of(name).is_some_and(|element| element.name == "contained");
        if !contained {
            self.build.settle_contained(node, since)?;
        }
        Ok(Some(node))
    }

    /// The type of the resource whose object begins here; the reader stays where it is. It comes first more often than
    /// not; wherever it is, what it is decides what the other members are.
    fn resource_type(&mut self) -> Result<Option<TypeId>, Stop> {
        let from = self.next;
        self.next += 1;
        let mut found = None;
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                break;
            }
            let key = self.string()?;
            self.blanks();
            if self.peek() != Some(b':') {
                break;
            }
            self.next += 1;
            self.blanks();
            if self.of(key) == "resourceType" {
                if self.peek() == Some(b'"') {
                    let value = self.string()?;
                    found = self.build.definitions.resource(&self.of(value));
                }
                break;
            }
            self.skip()?;
            self.blanks();
            if self.peek() != Some(b',') {
                break;
            }
            self.next += 1;
        }
        self.next = from;
        Ok(found)
    }

    /// The members of the object that begins here, each an element of that type.
    fn members(&mut self, node: NodeId, is: TypeId) -> Result<(), Stop> {
        let is_resource = matches!(self.build.definitions.get(is).kind, Kind::Resource { .. });
        let begin = self.next;
        let (mut seen, mut typed, mut empty) = (Seen::default(), false, true);
        self.next += 1;
        self.blanks();
        if self.peek() == Some(b'}') {
            self.next += 1;
        } else {
            loop {
                let at = self.next;
                if self.peek() != Some(b'"') {
                    return Err(self.broken());
                }
                let key = self.string()?;
                self.blanks();
                if self.peek() != Some(b':') {
                    return Err(self.broken());
                }
                self.next += 1;
                self.blanks();
                empty = false;
                if is_resource && self.of(key) == "resourceType" {
                    if typed {
                        self.build.fault(&rules::DUPLICATE, at)?;
                    }
                    typed = true;
                    self.skip()?;
                } else {
                    self.member(node, is, key, at, &mut seen)?;
                }
                self.blanks();
                match self.peek() {
                    Some(b',') => {
                        self.next += 1;
                        self.blanks();
                    }
                    Some(b'}') => {
                        self.next += 1;
                        break;
                    }
                    _ => return Err(self.broken()),
                }
            }
        }
        if empty && matches!(self.build.definitions.get(is).kind, Kind::Primitive(_)) {
            self.build.fault(&rules::HOLLOW, begin)?;
        }
        if seen.hollow {
            self.hollow(node)?;
        }
        self.build.close(node, is, seen.values | seen.under)
    }

    /// A member of an object.
    fn member(&mut self, node: NodeId, is: TypeId, key: Value, at: usize, seen: &mut Seen) -> Result<(), Stop> {
        let definitions = self.build.definitions;
        let key = self.of(key);
        let (side, bare) = match key.strip_prefix('_') {
            Some(bare) => (Side::Under, bare),
            None => (Side::Value, &*key),
        };
        let name = definitions.name(is, bare.as_bytes());
        let is_value = |name: NameId| matches!(definitions.get(definitions.type_of(name)).kind, Kind::Primitive(_));
        let Some(name) = name.filter(|name| side == Side::Value || is_value(*name)) else {
            self.build.fault(&rules::UNKNOWN_ELEMENT, at)?;
            return self.skip();
        };
        let bit = 1_u128 << definitions.place_of(name);
        let before = seen.values | seen.under;
        let mine = if side == Side::Value { &mut seen.values } else { &mut seen.under };
        let (twice, joins) = (*mine & bit != 0, before & bit != 0);
        *mine |= bit;
        self.build.enter(name, at)?;
        if joins && self.known(node, name).is_none() {
            self.build.fault(&rules::CHOICE_TWICE, at)?;
            self.skip()?;
        } else if twice {
            self.build.fault(&rules::DUPLICATE, at)?;
            self.skip()?;
        } else {
            seen.hollow |= side == Side::Under;
            let known = if joins { self.known(node, name) } else { None };
            self.items(node, name, side, known, seen)?;
        }
        self.build.leave();
        Ok(())
    }

    /// The first child of that name.
    fn known(&self, node: NodeId, name: NameId) -> Option<NodeId> {
        self.build.tree.element(node).children().find(|child| child.name() == name).map(|child| child.id())
    }

    /// What stands under a name: one value, or several in brackets. `known` is the first element of this name, where
    /// the other side of it was there before.
    fn items(
        &mut self,
        node: NodeId,
        name: NameId,
        side: Side,
        known: Option<NodeId>,
        seen: &mut Seen,
    ) -> Result<(), Stop> {
        let repeats = self.build.definitions.element_of(name).is_some_and(|element| element.repeats);
        let mut run = Run { node, name, side, repeats, known, after: if known.is_some() { None } else { seen.last } };
        match (self.peek(), repeats) {
            (Some(b'['), false) => {
                self.build.fault(&rules::NOT_REPEATED, self.next)?;
                return self.skip();
            }
            (Some(b'['), true) => {
                let at = self.next;
                self.next += 1;
                self.blanks();
                if self.peek() == Some(b']') {
                    self.next += 1;
                    return self.build.fault(&rules::EMPTY, at);
                }
                let mut nth = 0;
                loop {
                    self.build.count(nth);
                    self.item(&mut run, seen)?;
                    nth += 1;
                    self.blanks();
                    match self.peek() {
                        Some(b',') => {
                            self.next += 1;
                            self.blanks();
                        }
                        Some(b']') => {
                            self.next += 1;
                            break;
                        }
                        _ => return Err(self.broken()),
                    }
                }
            }
            (_, true) => {
                self.build.count(0);
                self.build.fault(&rules::REPEATED, self.next)?;
                self.item(&mut run, seen)?;
            }
            (_, false) => self.item(&mut run, seen)?,
        }
        Ok(())
    }

    /// One value.
    fn item(&mut self, run: &mut Run, seen: &mut Seen) -> Result<(), Stop> {
        let definitions = self.build.definitions;
        let is = definitions.type_of(run.name);
        let at = self.next;
        let begins = self.peek();
        match (definitions.get(is).kind, run.side) {
            (Kind::Primitive(primitive), Side::Value) => {
                let node = match begins {
                    Some(b'{' | b'[') => {
                        self.build.fault(&rules::WRONG_TYPE, at)?;
                        return self.skip();
                    }
                    Some(b'n') if !run.repeats => {
                        self.build.fault(&rules::NULL, at)?;
                        return self.skip();
                    }
                    _ => run.element(&mut self.build, is, at, seen)?,
                };
                if begins == Some(b'n') {
                    seen.hollow = true;
                    return self.word("null");
                }
                self.scalar(node, primitive)
            }
            (Kind::Primitive(_), Side::Under) => match begins {
                Some(b'{') => {
                    let node = run.element(&mut self.build, is, at, seen)?;
                    self.members(node, is)
                }
                Some(b'n') if run.repeats => {
                    run.element(&mut self.build, is, at, seen)?;
                    self.word("null")
                }
                _ => self.not_an_object(at),
            },
            (Kind::AnyResource, _) if begins == Some(b'{') => {
                let after = run.after;
                if let Some(resource) = self.resource(Some(run.node), after, run.name)? {
                    run.settle(resource, seen);
                }
                Ok(())
            }
            (Kind::Complex | Kind::Resource { .. }, _) if begins == Some(b'{') => {
                let node = run.element(&mut self.build, is, at, seen)?;
                self.members(node, is)
            }
            _ => self.not_an_object(at),
        }
    }

    fn not_an_object(&mut self, at: usize) -> Result<(), Stop> {
        let rule = if self.peek() == Some(b'n') { &rules::NULL } else { &rules::WRONG_TYPE };
        self.build.fault(rule, at)?;
        self.skip()
    }

    /// Text, a number, true or false.
    fn scalar(&mut self, node: NodeId, primitive: Primitive) -> Result<(), Stop> {
        let from = self.next;
        let (kind, value) = match self.peek() {
            Some(b'"') => (JsonKind::Text, self.string()?),
            Some(b't' | b'f') => {
                self.word(if self.peek() == Some(b't') { "true" } else { "false" })?;
                (JsonKind::Boolean, self.plain(from))
            }
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                (JsonKind::Number, self.plain(from))
            }
            _ => return Err(self.broken()),
        };
        if kind != primitive.json() {
            self.build.tree.set_value(node, value);
            return self.build.fault(&rules::WRONG_TYPE, from);
        }
        self.build.value(node, primitive, value)?;
        if matches!(primitive, Primitive::String | Primitive::Uri) && self.bytes.get(from + 1) == Some(&b'#') {
            self.build.local_reference(node, primitive, from);
        }
        Ok(())
    }

    /// What stands from there to here, as it is.
    fn plain(&self, from: usize) -> Value {
        Value { from: offset(from), to: offset(self.next), escaped: false }
    }

    /// Tells of every primitive element that has neither a value nor an extension.
    fn hollow(&mut self, node: NodeId) -> Result<(), Stop> {
        let mut found = Vec::new();
        let mut nth = 0_u32;
        let mut before = NameId::NONE;
        for child in self.build.tree.element(node).children() {
            nth = if child.name() == before { nth + 1 } else { 0 };
            before = child.name();
            let is_value = matches!(child.kind(), Kind::Primitive(_));
            if is_value && child.spelling().is_none() && !child.has("extension") {
                found.push((child.name(), nth, child.at()));
            }
        }
        for (name, nth, at) in found {
            self.build.enter(name, at as usize)?;
            self.build.count(nth);
            self.build.fault(&rules::NULL, at as usize)?;
            self.build.leave();
        }
        Ok(())
    }

    /// The text of a key or a type.
    fn of(&self, value: Value) -> Cow<'b, str> {
        let spelling = self.text.get(value.from as usize..value.to as usize).unwrap_or_default();
        match value.escaped {
            true => text::of_json(spelling).map_or(Cow::Borrowed(""), Cow::Owned),
            false => Cow::Borrowed(spelling),
        }
    }

    /// The text in quotes that begins here.
    #[inline]
    fn string(&mut self) -> Result<Value, Stop> {
        let from = self.next + 1;
        let mut end = from;
        let mut escaped = false;
        loop {
            match self.bytes.get(end) {
                None => return Err(self.build.stop(&rules::UNCLOSED, self.next)),
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    end += 2;
                }
                Some(0..=0x1f) => return Err(self.build.stop(&rules::MALFORMED, end)),
                Some(_) => end += 1,
            }
        }
        self.next = end + 1;
        Ok(Value { from: offset(from), to: offset(end), escaped })
    }

    fn number(&mut self) -> Result<(), Stop> {
        let from = self.next;
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.next += 1;
        }
        // What JSON allows is what a decimal may be.
        let spelt = self.text.get(from..self.next).is_some_and(|number| Primitive::Decimal.fault(number).is_none());
        if spelt { Ok(()) } else { Err(self.build.stop(&rules::MALFORMED, from)) }
    }

    fn word(&mut self, word: &str) -> Result<(), Stop> {
        if !self.bytes[self.next..].starts_with(word.as_bytes()) {
            return Err(self.broken());
        }
        self.next += word.len();
        Ok(())
    }

    /// Passes over the value that begins here, which has to be JSON all the same.
    fn skip(&mut self) -> Result<(), Stop> {
        // Closing brackets that are to come, innermost last: 1 for an object.
        let mut depth: Vec<bool> = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                Some(b'"') => {
                    self.string()?;
                }
                Some(open @ (b'{' | b'[')) => {
                    self.next += 1;
                    self.blanks();
                    let close = if open == b'{' { b'}' } else { b']' };
                    if self.peek() == Some(close) {
                        self.next += 1;
                    } else {
                        depth.push(open == b'{');
                        if depth.len() > SKIPPED_DEPTH_MAX {
                            return Err(self.build.stop(&rules::TOO_DEEP, self.next));
                        }
                        self.skipped_key(&depth)?;
                        continue;
                    }
                }
                Some(b't') => self.word("true")?,
                Some(b'f') => self.word("false")?,
                Some(b'n') => self.word("null")?,
                Some(b'-' | b'0'..=b'9') => self.number()?,
                _ => return Err(self.broken()),
            }
            // The value is over: close what it was the last of, or go on to the next.
            loop {
                let Some(object) = depth.last() else { return Ok(()) };
                self.blanks();
                match (self.peek(), object) {
                    (Some(b','), _) => {
                        self.next += 1;
                        self.blanks();
                        self.skipped_key(&depth)?;
                        break;
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => {
                        self.next += 1;
                        depth.pop();
                    }
                    _ => return Err(self.broken()),
                }
            }
        }
    }

    /// The name before a value of an object that is passed over.
    fn skipped_key(&mut self, depth: &[bool]) -> Result<(), Stop> {
        if depth.last() == Some(&true) {
            if self.peek() != Some(b'"') {
                return Err(self.broken());
            }
            self.string()?;
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.broken());
            }
            self.next += 1;
        }
        Ok(())
    }

    #[inline]
    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.next += 1;
        }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.next).copied()
    }

    /// The grammar of JSON is broken here, or the text ends.
    fn broken(&mut self) -> Stop {
        let rule = if self.next < self.bytes.len() { &rules::MALFORMED } else { &rules::UNCLOSED };
        self.build.stop(rule, self.next)
    }
}

/// How deep what is passed over may be.
const SKIPPED_DEPTH_MAX: usize = 1_000;

/// The elements of one name, as they come.
struct Run {
    node: NodeId,
    name: NameId,
    side: Side,
    repeats: bool,
    /// The next element that the other side made.
    known: Option<NodeId>,
    /// What a new one stands after.
    after: Option<NodeId>,
}

impl Run {
    /// The element for the next value: one that is there, or a new one.
    fn element(&mut self, build: &mut Build<'_>, is: TypeId, at: usize, seen: &mut Seen) -> Result<NodeId, Stop> {
        if let Some(known) = self.known {
            let next = build.tree.next_of(known).filter(|next| build.tree.element(*next).name() == self.name);
            (self.known, self.after) = (next, Some(known));
            return Ok(known);
        }
        let node = build.add(Some(self.node), self.after, (self.name, is), at)?;
        self.settle(node, seen);
        Ok(node)
    }

    /// A new element stands; it may be the last of all.
    fn settle(&mut self, node: NodeId, seen: &mut Seen) {
        if seen.last == self.after {
            seen.last = Some(node);
        }
        self.after = Some(node);
    }
}
