//! What both readers share: the tree that grows, where they stand in it, and what is looked at when an element is whole.
//!
//! Limits: `depth_max`, `elements_max`, `faults_max`. Format: the path holds the element that is open and all around it. Operations:
//! open and close an element, give it a value, tell a fault of it.

use std::fmt::Write;

use kit::limits::ReadingLimits;
use schemas::diagnostic::Rule;

use crate::fhir::{
    check,
    definitions::{Definitions, Kind, NameId, TypeId, r4},
    fault::Faults,
    primitive::Primitive,
    rules,
    tree::{NodeId, Notation, Tree, Value},
    xhtml,
};

/// How much of a resource is read.
#[derive(Clone, Copy, Debug)]
pub struct TreeLimits {
    /// The most bytes of one resource.
    pub resource_bytes_max: u32,
    /// The most elements of one resource.
    pub elements_max: u32,
    /// The most elements within each other.
    pub depth_max: u16,
    /// The most faults that are told before it is given up.
    pub faults_max: u32,
}

impl TreeLimits {
    /// None at all, for what we have written ourselves: a limit guards against others.
    pub(crate) const NONE: Self =
        Self { resource_bytes_max: u32::MAX, elements_max: u32::MAX, depth_max: u16::MAX, faults_max: u32::MAX };
}

impl From<&ReadingLimits> for TreeLimits {
    fn from(limits: &ReadingLimits) -> Self {
        let ReadingLimits { resource_bytes_max, elements_max, depth_max, faults_max, .. } = *limits;
        Self { resource_bytes_max, elements_max, depth_max, faults_max }
    }
}

/// Reading ends here; why has been told.
pub(crate) struct Stop;

/// An element that is open.
struct Open {
    name: NameId,
    /// Its place among those that repeat.
    nth: Option<u32>,
}

/// A reference to a contained resource, until the resource around it is whole.
struct LocalReference {
    to: Box<str>,
    /// An address, which may lead elsewhere: to a part of a document.
    is_address: bool,
    path: Box<str>,
    at: u32,
}

/// A tree that grows.
pub(crate) struct Build<'b> {
    /// The tree.
    pub(crate) tree: Tree<'b>,
    /// What is wrong.
    pub(crate) faults: Faults,
    /// Its definitions.
    pub(crate) definitions: &'static Definitions,
    limits: TreeLimits,
    open: Vec<Open>,
    local: Vec<LocalReference>,
}

impl<'b> Build<'b> {
    /// A tree of this text.
    pub(crate) fn new(text: &'b str, notation: Notation, limits: TreeLimits) -> Self {
        let tree = Tree::new(text, notation, r4());
        Self {
            tree,
            faults: Faults::new(limits.faults_max),
            definitions: r4(),
            limits,
            open: Vec::new(),
            local: Vec::new(),
        }
    }

    /// Tells a fault of the element that is open.
    ///
    /// # Errors
    /// When there are too many.
    pub(crate) fn fault(&mut self, rule: &'static Rule, at: usize) -> Result<(), Stop> {
        self.fault_below(rule, "", at)
    }

    /// The same of something in it.
    ///
    /// # Errors
    /// When there are too many.
    pub(crate) fn fault_below(&mut self, rule: &'static Rule, below: &str, at: usize) -> Result<(), Stop> {
        let path = self.path(below);
        if self.faults.add(rule, path, offset(at)) { Ok(()) } else { Err(Stop) }
    }

    /// A fault after which nothing is read.
    pub(crate) fn stop(&mut self, rule: &'static Rule, at: usize) -> Stop {
        let path = self.path("");
        self.faults.add(rule, path, offset(at));
        Stop
    }

    /// The FHIRPath of the element that is open, with a name below it.
    fn path(&self, below: &str) -> String {
        let mut path = match self.tree.len() {
            0 => String::from("Resource"),
            _ => self.tree.root().type_name().to_owned(),
        };
        for Open { name, nth } in &self.open {
            if let Some(element) = self.definitions.element_of(*name) {
                let _ = write!(path, ".{}", element.name);
            }
            if let Some(nth) = nth {
                let _ = write!(path, "[{nth}]");
            }
        }
        if !below.is_empty() {
            let _ = write!(path, ".{below}");
        }
        path
    }

    /// Goes into an element of that name.
    ///
    /// # Errors
    /// When it is too deep.
    pub(crate) fn enter(&mut self, name: NameId, at: usize) -> Result<(), Stop> {
        self.open.push(Open { name, nth: None });
        if self.open.len() > usize::from(self.limits.depth_max) { Err(self.stop(&rules::TOO_DEEP, at)) } else { Ok(()) }
    }

    /// Says which of those that repeat it is; what does not repeat has no number.
    pub(crate) fn count(&mut self, nth: u32) {
        let definitions = self.definitions;
        if let Some(open) = self.open.last_mut() {
            let repeats = definitions.element_of(open.name).is_some_and(|element| element.repeats);
            open.nth = repeats.then_some(nth);
        }
    }

    /// Leaves it.
    pub(crate) fn leave(&mut self) {
        self.open.pop();
    }

    /// A new element after another.
    ///
    /// # Errors
    /// When there are too many.
    pub(crate) fn add(
        &mut self,
        parent: Option<NodeId>,
        after: Option<NodeId>,
        (name, is): (NameId, TypeId),
        at: usize,
    ) -> Result<NodeId, Stop> {
        if self.tree.len() >= self.limits.elements_max as usize {
            return Err(self.stop(&rules::TOO_MANY_ELEMENTS, at));
        }
        let node = self.tree.add(name, is, offset(at));
        if let Some(parent) = parent {
            self.tree.link(parent, after, node);
        }
        Ok(node)
    }

    /// Gives the element that is open its value, and looks at it.
    ///
    /// # Errors
    /// When there are too many faults.
    #[inline]
    pub(crate) fn value(&mut self, node: NodeId, primitive: Primitive, value: Value) -> Result<(), Stop> {
        self.tree.set_value(node, value);
        let element = self.tree.element(node);
        let Some(text) = element.value() else {
            return self.fault(&rules::ESCAPE, value.from as usize);
        };
        let fault = primitive.fault(&text).or_else(|| match primitive {
            Primitive::Code => {
                let codes = self.definitions.element_of(element.name()).and_then(|element| element.codes);
                codes.is_some_and(|codes| !self.definitions.has_code(codes, &text)).then_some(&rules::CODE)
            }
            Primitive::Xhtml => (!xhtml::is_narrative(&text)).then_some(&rules::XHTML),
            _ => None,
        });
        match fault {
            Some(rule) => self.fault(rule, value.from as usize),
            None => Ok(()),
        }
    }

    /// Looks at an element that is whole. `seen` has the bits of the elements that it has.
    ///
    /// # Errors
    /// When there are too many faults.
    pub(crate) fn close(&mut self, node: NodeId, is: TypeId, seen: u128) -> Result<(), Stop> {
        let definitions = self.definitions;
        let at = self.tree.element(node).at() as usize;
        let one = definitions.get(is);
        let mut missing = one.required & !seen;
        while missing != 0 {
            let place = missing.trailing_zeros() as usize;
            missing &= missing - 1;
            self.fault_below(&rules::MISSING, definitions.elements(is)[place].name, at)?;
        }
        let is_value = matches!(one.kind, Kind::Primitive(_));
        if !is_value && !matches!(one.kind, Kind::Resource { .. }) && seen & !definitions.id_bit(is) == 0 {
            self.fault(&rules::HOLLOW, at)?;
        }
        let mut found = Vec::new();
        check::whole(self.tree.element(node), &mut |rule, below, at| found.push((rule, below, at)));
        for (rule, below, at) in found {
            self.fault_below(rule, &below, at as usize)?;
        }
        Ok(())
    }

    /// Keeps an element whose value leads to a contained resource, as a reference or as an address, until the resource
    /// around it is whole.
    pub(crate) fn local_reference(&mut self, node: NodeId, primitive: Primitive, at: usize) {
        let element = self.tree.element(node);
        let is_address = primitive == Primitive::Uri;
        let is_reference = primitive == Primitive::String && self.definitions.wire(element.name()) == "reference";
        if (is_address || is_reference)
            && let Some(value) = element.value()
            && let Some(to) = value.strip_prefix('#')
        {
            let to = to.into();
            let path = self.path("").into();
            self.local.push(LocalReference { to, is_address, path, at: offset(at) });
        }
    }

    /// How many such references wait.
    pub(crate) fn local_references(&self) -> usize {
        self.local.len()
    }

    /// Looks whether the references since then lead to what is contained, and whether everything contained is led to
    /// (R4, ref-1 and dom-3).
    ///
    /// # Errors
    /// When there are too many faults.
    pub(crate) fn settle_contained(&mut self, node: NodeId, since: usize) -> Result<(), Stop> {
        let local: Vec<LocalReference> = self.local.drain(since..).collect();
        let resource = self.tree.element(node);
        let contained: Vec<_> = resource.all("contained").map(|one| (one.text("id"), one)).collect();
        let mut found = Vec::new();
        for LocalReference { to, is_address, path, at } in &local {
            if !to.is_empty() && !is_address && !contained.iter().any(|(id, _)| id.as_deref() == Some(&**to)) {
                found.push((&rules::REFERENCE, path.to_string(), *at));
            }
        }
        let base = self.path("");
        let mut ids = Vec::new();
        for (n, (id, one)) in contained.iter().enumerate() {
            let path = format!("{base}.contained[{n}]");
            match id {
                Some(id) if ids.contains(&id) => found.push((&rules::CONTAINED, format!("{path}.id"), one.at())),
                Some(id) => {
                    ids.push(id);
                    // One that leads to what it stands in is led to enough (dom-3).
                    let leads_out =
                        local.iter().any(|reference| reference.to.is_empty() && reference.path.starts_with(&path));
                    if !leads_out && !local.iter().any(|reference| *reference.to == **id) {
                        found.push((&rules::CONTAINED, path, one.at()));
                    }
                }
                None => found.push((&rules::CONTAINED, path, one.at())),
            }
        }
        for (rule, path, at) in found {
            if !self.faults.add(rule, path, at) {
                return Err(Stop);
            }
        }
        Ok(())
    }
}

/// A place in the text; a text of more than 4 GiB is not read at all.
pub(crate) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
