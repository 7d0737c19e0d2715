//! Writes a tree as JSON (R4, JSON representation): on one line, members in the order of the tree, digits as they were.

use crate::fhir::{
    definitions::Kind,
    primitive::{JsonKind, Primitive},
    text,
    tree::{Element, Notation},
};

/// Writes a resource.
pub(crate) fn write(resource: Element<'_>, out: &mut Vec<u8>) {
    out.push(b'{');
    if matches!(resource.kind(), Kind::Resource { .. }) {
        out.extend_from_slice(b"\"resourceType\":\"");
        out.extend_from_slice(resource.type_name().as_bytes());
        out.extend_from_slice(b"\",");
    }
    members(resource, out);
    if out.last() == Some(&b',') {
        out.pop();
    }
    out.push(b'}');
}

/// The members of an object, each with a comma after it.
fn members(element: Element<'_>, out: &mut Vec<u8>) {
    let mut children = element.children().peekable();
    let mut run: Vec<Element<'_>> = Vec::new();
    while let Some(child) = children.next() {
        run.clear();
        run.push(child);
        while let Some(next) = children.next_if(|next| next.name() == child.name()) {
            run.push(next);
        }
        let repeats = element.tree().definitions().element_of(child.name()).is_some_and(|own| own.repeats);
        match child.kind() {
            Kind::Primitive(primitive) => {
                if run.iter().any(|one| one.spelling().is_some()) {
                    member(child, "", repeats, &run, out, |one, out| value(one, primitive, out));
                }
                if run.iter().any(|one| one.children().next().is_some()) {
                    member(child, "_", repeats, &run, out, |one, out| match one.children().next() {
                        Some(_) => write(one, out),
                        None => out.extend_from_slice(b"null"),
                    });
                }
            }
            _ => member(child, "", repeats, &run, out, write),
        }
    }
}

fn member<'t>(
    first: Element<'t>,
    before: &str,
    repeats: bool,
    run: &[Element<'t>],
    out: &mut Vec<u8>,
    write: impl Fn(Element<'t>, &mut Vec<u8>),
) {
    out.push(b'"');
    out.extend_from_slice(before.as_bytes());
    out.extend_from_slice(first.tree().definitions().wire(first.name()).as_bytes());
    out.extend_from_slice(b"\":");
    if repeats {
        out.push(b'[');
        for one in run {
            write(*one, out);
            out.push(b',');
        }
        out.pop();
        out.push(b']');
    } else {
        write(first, out);
    }
    out.push(b',');
}

fn value(element: Element<'_>, primitive: Primitive, out: &mut Vec<u8>) {
    let Some(spelling) = element.spelling() else { return out.extend_from_slice(b"null") };
    if primitive.json() != JsonKind::Text {
        return out.extend_from_slice(spelling.as_bytes());
    }
    match (element.tree().notation(), element.value()) {
        // It stood in quotes before.
        (Notation::Json, _) => {
            out.push(b'"');
            out.extend_from_slice(spelling.as_bytes());
            out.push(b'"');
        }
        (Notation::Xml, Some(value)) => text::write_json(&value, out),
        (Notation::Xml, None) => out.extend_from_slice(b"null"),
    }
}
