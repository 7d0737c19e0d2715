//! Writes a tree as XML (R4, XML representation): on one line, elements in the order of their definition, without a
//! declaration, which UTF-8 does not need.

use crate::fhir::{definitions::Kind, primitive::Primitive, text, tree::Element};

/// Writes a resource.
pub(crate) fn write(resource: Element<'_>, out: &mut Vec<u8>) {
    let name = resource.type_name();
    open(name, out);
    out.extend_from_slice(b" xmlns=\"http://hl7.org/fhir\"");
    rest(resource, name, out);
}

fn open(name: &str, out: &mut Vec<u8>) {
    out.push(b'<');
    out.extend_from_slice(name.as_bytes());
}

fn attribute(name: &str, value: &str, out: &mut Vec<u8>) {
    out.push(b' ');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"=\"");
    text::write_attribute(value, out);
    out.push(b'"');
}

/// What follows the name of an element and its attributes: its children, and its end.
fn rest(element: Element<'_>, name: &str, out: &mut Vec<u8>) {
    let definitions = element.tree().definitions();
    let mut children: Vec<Element<'_>> = element.children().filter(|child| !is_attribute(element, *child)).collect();
    children.sort_by_key(|child| definitions.place_of(child.name()));
    if children.is_empty() {
        return out.extend_from_slice(b"/>");
    }
    out.push(b'>');
    for child in children {
        write_element(child, out);
    }
    out.extend_from_slice(b"</");
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

/// Whether a child is written as an attribute: the id of what is no resource, the URL of an extension.
pub(crate) fn is_attribute(parent: Element<'_>, child: Element<'_>) -> bool {
    match parent.tree().definitions().wire(child.name()) {
        "id" => !matches!(parent.kind(), Kind::Resource { .. }),
        "url" => parent.type_name() == "Extension",
        _ => false,
    }
}

fn write_element(element: Element<'_>, out: &mut Vec<u8>) {
    let name = element.tree().definitions().wire(element.name());
    if let Kind::Primitive(Primitive::Xhtml) = element.kind() {
        // The narrative is XML itself.
        return out.extend_from_slice(element.value().unwrap_or_default().as_bytes());
    }
    open(name, out);
    if let Kind::Resource { .. } = element.kind() {
        out.push(b'>');
        open(element.type_name(), out);
        rest(element, element.type_name(), out);
        out.extend_from_slice(b"</");
        out.extend_from_slice(name.as_bytes());
        out.push(b'>');
        return;
    }
    for child in element.children().filter(|child| is_attribute(element, *child)) {
        let name = element.tree().definitions().wire(child.name());
        attribute(name, &child.value().unwrap_or_default(), out);
    }
    if let Some(value) = element.value() {
        attribute("value", &value, out);
    }
    rest(element, name, out);
}
