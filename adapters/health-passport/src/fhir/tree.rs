//! A resource as a tree of elements, whichever notation it came in.
//!
//! Limits: 4 GiB of text, of which values are slices; so many elements as a reader lets through. Format: elements in
//! the order in which they stood; those that repeat stand side by side. An element of a primitive type has a value, or
//! children (an id, extensions), or both: what JSON writes under two names is one element here. Operations: children,
//! by name or all; the value as text.

use std::borrow::Cow;

use crate::fhir::{
    definitions::{Definitions, Kind, NameId, TypeId},
    text,
};

/// How values are spelt in the text that a tree was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// In JSON: with backslashes.
    Json,
    /// In XML: with references.
    Xml,
}

/// An element by its place in a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NodeId(u32);

impl NodeId {
    /// The resource that the tree is of.
    pub(crate) const ROOT: Self = Self(0);
}

/// No further element: the root is nobody's child and nobody's neighbour.
const NONE: u32 = 0;

/// A value: where it stands, and whether it stands there as it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value {
    /// Where it begins.
    pub(crate) from: u32,
    /// Where it ends.
    pub(crate) to: u32,
    /// Some of its characters are spelt by escapes or references.
    pub(crate) escaped: bool,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    name: NameId,
    is: TypeId,
    /// Where the element begins.
    at: u32,
    from: u32,
    to: u32,
    first_child: u32,
    next: u32,
    has_value: bool,
    escaped: bool,
}

/// A tree over the text that it was read from.
pub struct Tree<'b> {
    text: &'b str,
    notation: Notation,
    definitions: &'static Definitions,
    nodes: Vec<Node>,
    /// Where each resource ends, in the order in which they ended.
    ends: Vec<(NodeId, u32)>,
}

impl<'b> Tree<'b> {
    /// A tree without elements.
    pub(crate) fn new(text: &'b str, notation: Notation, definitions: &'static Definitions) -> Self {
        // Most elements take about this much text.
        let nodes = Vec::with_capacity(text.len() / 18);
        Self { text, notation, definitions, nodes, ends: Vec::new() }
    }

    /// The definitions that it was read by.
    pub(crate) fn definitions(&self) -> &'static Definitions {
        self.definitions
    }

    /// How values are spelt.
    pub(crate) fn notation(&self) -> Notation {
        self.notation
    }

    /// How many bytes its elements take, beside the text that they stand in.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>()
    }

    /// How many elements it has.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Says where a resource ends.
    pub(crate) fn end(&mut self, resource: NodeId, at: usize) {
        self.ends.push((resource, u32::try_from(at).unwrap_or(u32::MAX)));
    }

    /// Where a resource ends.
    pub(crate) fn end_of(&self, resource: NodeId) -> Option<u32> {
        // Those of a document end in the order in which they begin; what is contained ends before what holds it.
        let from = self.ends.partition_point(|(ended, _)| ended.0 < resource.0);
        let found = self.ends.get(from).filter(|(ended, _)| *ended == resource);
        found.or_else(|| self.ends.iter().find(|(ended, _)| *ended == resource)).map(|(_, at)| *at)
    }

    /// A further element without a value, that nothing leads to yet.
    pub(crate) fn add(&mut self, name: NameId, is: TypeId, at: u32) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node {
            name,
            is,
            at,
            from: 0,
            to: 0,
            first_child: NONE,
            next: NONE,
            has_value: false,
            escaped: false,
        });
        id
    }

    /// Puts an element after another among its parent's children; first where there is no other.
    pub(crate) fn link(&mut self, parent: NodeId, after: Option<NodeId>, child: NodeId) {
        let next = match after {
            Some(after) => std::mem::replace(&mut self.node_mut(after).next, child.0),
            None => std::mem::replace(&mut self.node_mut(parent).first_child, child.0),
        };
        self.node_mut(child).next = next;
    }

    /// The neighbour that follows an element.
    pub(crate) fn next_of(&self, id: NodeId) -> Option<NodeId> {
        let next = self.node(id).next;
        (next != NONE).then_some(NodeId(next))
    }

    /// Gives an element its value.
    pub(crate) fn set_value(&mut self, id: NodeId, value: Value) {
        let node = self.node_mut(id);
        (node.from, node.to, node.escaped, node.has_value) = (value.from, value.to, value.escaped, true);
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.0 as usize]
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// An element.
    pub(crate) fn element(&self, id: NodeId) -> Element<'_> {
        Element { tree: self, id }
    }

    /// The resource.
    pub(crate) fn root(&self) -> Element<'_> {
        self.element(NodeId::ROOT)
    }
}

/// An element of a tree.
#[derive(Clone, Copy)]
pub(crate) struct Element<'t> {
    tree: &'t Tree<'t>,
    id: NodeId,
}

impl<'t> Element<'t> {
    /// Its place in the tree.
    pub(crate) fn id(self) -> NodeId {
        self.id
    }

    /// The tree.
    pub(crate) fn tree(self) -> &'t Tree<'t> {
        self.tree
    }

    /// Its name.
    pub(crate) fn name(self) -> NameId {
        self.tree.node(self.id).name
    }

    /// Its type.
    pub(crate) fn type_id(self) -> TypeId {
        self.tree.node(self.id).is
    }

    /// What its type is called.
    pub(crate) fn type_name(self) -> &'static str {
        self.tree.definitions.get(self.type_id()).name
    }

    /// What sort of type it has.
    pub(crate) fn kind(self) -> Kind {
        self.tree.definitions.get(self.type_id()).kind
    }

    /// Where it begins in the text.
    pub(crate) fn at(self) -> u32 {
        self.tree.node(self.id).at
    }

    /// Its value as it is spelt in the text; `None` without one.
    pub(crate) fn spelling(self) -> Option<&'t str> {
        let node = self.tree.node(self.id);
        if !node.has_value {
            return None;
        }
        self.tree.text.get(node.from as usize..node.to as usize)
    }

    /// Whether its value is spelt with escapes or references.
    pub(crate) fn is_escaped(self) -> bool {
        self.tree.node(self.id).escaped
    }

    /// Its value.
    pub(crate) fn value(self) -> Option<Cow<'t, str>> {
        let spelling = self.spelling()?;
        if !self.is_escaped() {
            return Some(Cow::Borrowed(spelling));
        }
        match (self.tree.notation, self.kind()) {
            (Notation::Json, _) => text::of_json(spelling).map(Cow::Owned),
            // Markup is kept as it is.
            (Notation::Xml, Kind::Primitive(crate::fhir::primitive::Primitive::Xhtml)) => Some(Cow::Borrowed(spelling)),
            (Notation::Xml, _) => text::of_attribute(spelling).map(Cow::Owned),
        }
    }

    /// Whether its value is this text.
    pub(crate) fn is(self, text: &str) -> bool {
        self.value().is_some_and(|value| value == text)
    }

    /// Its children, in the order of the text.
    pub(crate) fn children(self) -> impl Iterator<Item = Element<'t>> {
        let tree = self.tree;
        let first = tree.node(self.id).first_child;
        std::iter::successors((first != NONE).then(|| tree.element(NodeId(first))), move |child| {
            let next = tree.node(child.id).next;
            (next != NONE).then(|| tree.element(NodeId(next)))
        })
    }

    /// The children of that element; of a choice, whatever its type: `value`.
    pub(crate) fn all(self, name: &'static str) -> impl Iterator<Item = Element<'t>> {
        let definitions = self.tree.definitions;
        self.children()
            .filter(move |child| definitions.element_of(child.name()).is_some_and(|element| element.name == name))
    }

    /// The first child of that element.
    pub(crate) fn first(self, name: &'static str) -> Option<Element<'t>> {
        self.all(name).next()
    }

    /// Whether it has a child of that element.
    pub(crate) fn has(self, name: &'static str) -> bool {
        self.first(name).is_some()
    }

    /// The value of the first child of that element.
    pub(crate) fn text(self, name: &'static str) -> Option<Cow<'t, str>> {
        self.first(name)?.value()
    }

    /// Whether a child of that element has this value.
    pub(crate) fn says(self, name: &'static str, text: &str) -> bool {
        self.all(name).any(|child| child.is(text))
    }
}
