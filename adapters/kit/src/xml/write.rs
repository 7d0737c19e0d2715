//! Writes elements: text escaped, and refused where XML has no way to hold it.

use crate::{wire::Written, xml::read::may_stand};

/// Writes elements into a part, indented by two blanks a level.
pub struct Writer<'o> {
    out: &'o mut Vec<u8>,
    open: Vec<&'static str>,
}

/// What a document in XML begins with.
pub const DECLARATION: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

impl<'o> Writer<'o> {
    /// A writer that goes on inside these elements.
    pub fn within(out: &'o mut Vec<u8>, open: &[&'static str]) -> Self {
        Self { out, open: open.to_vec() }
    }

    /// Opens an element.
    pub fn open(&mut self, name: &'static str) {
        self.indent();
        self.tag("<", name);
        self.out.push(b'\n');
        self.open.push(name);
    }

    /// Closes the element that is open.
    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.tag("</", name);
            self.out.push(b'\n');
        }
    }

    /// Writes what stands in a group of elements, and the group only where something does. Whether it does.
    pub fn group(&mut self, name: &'static str, inside: impl FnOnce(&mut Self)) -> bool {
        let before = self.out.len();
        self.open(name);
        let begun = self.out.len();
        inside(self);
        if self.out.len() == begun {
            self.open.pop();
            self.out.truncate(before);
            return false;
        }
        self.close();
        true
    }

    /// Writes an element that holds a text. What XML cannot hold is not written at all.
    pub fn text(&mut self, name: &'static str, text: &str) -> Written {
        if !text.chars().all(may_stand) {
            return Written::CannotSay;
        }
        self.indent();
        self.tag("<", name);
        escape(text, self.out);
        self.tag("</", name);
        self.out.push(b'\n');
        Written::Yes
    }

    fn tag(&mut self, before: &str, name: &str) {
        self.out.extend_from_slice(before.as_bytes());
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'>');
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n(b' ', 2 * self.open.len()));
    }
}

/// Text with what would be markup escaped; a carriage return too, which a reader would take for a line end.
fn escape(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'\r' => out.extend_from_slice(b"&#13;"),
            other => out.push(other),
        }
    }
}
