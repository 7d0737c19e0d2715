//! Control files: the few elements of a `DTSControl` that say what a message is and what became of it.
//!
//! They come from outside. A document type, an entity of its own, more nesting, more elements or longer texts than any
//! real one has, and the file is refused.

use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use uuid::Uuid;

use crate::config::MeshFolderWay;
use crate::outbound::mesh::{MailboxName, MessageId, Refusal};

/// Elements within elements; real ones have three.
const DEPTH_MAX: usize = 4;

/// Elements of a file; real ones have some two dozen.
const ELEMENTS_MAX: usize = 200;

/// Bytes of a text; a subject may have 500 characters.
const TEXT_BYTES_MAX: usize = 2_000;

/// What a control file says.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Control {
    /// Whether it is word of MESH about a message of ours.
    pub is_report: bool,
    /// What MESH calls the message.
    pub message_id: Option<MessageId>,
    /// The mailbox that sent it.
    pub from: Option<MailboxName>,
    /// What its sender calls it; as its sender wrote it.
    pub local_id: Option<String>,
    /// What it is for; as its sender wrote it.
    pub workflow: Option<String>,
    /// Bytes of the content, where the file names them. The client of NHS England does not.
    pub data_bytes: Option<u64>,
    /// Why the message failed, where it did.
    pub failure: Option<Refusal>,
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control").field("is_report", &self.is_report).finish_non_exhaustive()
    }
}

/// Why a control file is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ControlFault {
    /// It cannot be opened or read.
    #[error("the control file cannot be read")]
    Unreadable,
    /// It is no XML in UTF-8, or not a `DTSControl`.
    #[error("this is no control file")]
    Malformed,
    /// It has a document type, or an entity that XML does not have by itself.
    #[error("a control file has no document type and no entities")]
    DocumentType,
    /// It is larger, deeper or longer than any real one.
    #[error("the control file is larger than a limit allows")]
    Limit,
}

impl Control {
    /// Reads a control file.
    ///
    /// # Errors
    /// [`ControlFault`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ControlFault> {
        let text = std::str::from_utf8(bytes).map_err(|_| ControlFault::Malformed)?;
        let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        reader.config_mut().check_end_names = true;
        let mut building = Building::default();
        loop {
            match reader.read_event().map_err(|_| ControlFault::Malformed)? {
                Event::Start(start) => building.open(start.local_name().as_ref())?,
                Event::Empty(empty) => {
                    building.open(empty.local_name().as_ref())?;
                    building.close();
                }
                Event::End(_) => building.close(),
                Event::Text(text) => building.say(&text.decode().map_err(|_| ControlFault::Malformed)?)?,
                Event::CData(text) => building.say(&text.decode().map_err(|_| ControlFault::Malformed)?)?,
                Event::GeneralRef(reference) => building.refer(&reference)?,
                Event::DocType(_) => return Err(ControlFault::DocumentType),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => return building.finish(),
            }
        }
    }
}

/// A control file while it is read.
#[derive(Default)]
struct Building {
    /// Names of the elements that are open.
    path: Vec<String>,
    text: String,
    elements: usize,
    control: Control,
    /// What the last status record says.
    status: Option<String>,
    code: Option<String>,
    is_control: bool,
}

impl Building {
    fn open(&mut self, name: &[u8]) -> Result<(), ControlFault> {
        self.elements += 1;
        if self.path.len() >= DEPTH_MAX || self.elements > ELEMENTS_MAX {
            return Err(ControlFault::Limit);
        }
        if name.len() > TEXT_BYTES_MAX {
            return Err(ControlFault::Limit);
        }
        let name = String::from_utf8_lossy(name).into_owned();
        if self.path.is_empty() {
            if self.is_control || name != "DTSControl" {
                return Err(ControlFault::Malformed);
            }
            self.is_control = true;
        }
        self.path.push(name);
        self.text.clear();
        Ok(())
    }

    fn say(&mut self, text: &str) -> Result<(), ControlFault> {
        if self.path.is_empty() {
            return if text.trim().is_empty() { Ok(()) } else { Err(ControlFault::Malformed) };
        }
        if self.text.len() + text.len() > TEXT_BYTES_MAX {
            return Err(ControlFault::Limit);
        }
        self.text.push_str(text);
        Ok(())
    }

    fn refer(&mut self, reference: &BytesRef<'_>) -> Result<(), ControlFault> {
        if let Some(character) = reference.resolve_char_ref().map_err(|_| ControlFault::Malformed)? {
            return self.say(character.encode_utf8(&mut [0; 4]));
        }
        let named: &[u8] = reference;
        self.say(match named {
            b"lt" => "<",
            b"gt" => ">",
            b"amp" => "&",
            b"apos" => "'",
            b"quot" => "\"",
            _ => return Err(ControlFault::DocumentType),
        })
    }

    fn close(&mut self) {
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let said = || (!text.is_empty()).then(|| text.to_owned());
        match path.as_slice() {
            ["DTSControl", "MessageType"] => self.control.is_report = text.eq_ignore_ascii_case("report"),
            ["DTSControl", "DTSId"] => self.control.message_id = MessageId::parse(text),
            ["DTSControl", "From_DTS"] => self.control.from = MailboxName::parse(text),
            ["DTSControl", "LocalId"] => self.control.local_id = said(),
            ["DTSControl", "WorkflowId"] => self.control.workflow = said(),
            ["DTSControl", "DataSize"] => self.control.data_bytes = text.parse().ok(),
            ["DTSControl", "StatusRecord", "Status"] => self.status = said(),
            ["DTSControl", "StatusRecord", "StatusCode"] => self.code = said(),
            _ => {}
        }
        self.path.pop();
    }

    fn finish(mut self) -> Result<Control, ControlFault> {
        if !self.is_control || !self.path.is_empty() {
            return Err(ControlFault::Malformed);
        }
        let succeeded = self.status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case("success"));
        // A report that does not say that all went well says that something did not.
        if !succeeded && (self.status.is_some() || self.control.is_report) {
            self.control.failure = Some(Refusal::of_code(self.code.as_deref().unwrap_or_default()));
        }
        Ok(self.control)
    }
}

/// The control file of a delivery. Every value in it is a checked name, so that nothing needs to be escaped.
pub(super) fn written(way: &MeshFolderWay, delivery: Uuid) -> String {
    let mut text = String::from("<DTSControl>\n");
    for (name, value) in [
        ("Version", "1.0"),
        ("AddressType", "DTS"),
        ("MessageType", "Data"),
        ("WorkflowId", way.workflow.as_str()),
        ("To_DTS", way.to.as_str()),
        ("From_DTS", way.folder.mailbox.as_str()),
        ("LocalId", &delivery.to_string()),
        ("Compress", "Y"),
        ("AllowChunking", "Y"),
        ("Encrypted", "N"),
    ] {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "<{name}>{value}</{name}>");
    }
    text.push_str("</DTSControl>\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIVED: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<DTSControl>\r\n<Version>1.0</Version>\
        <AddressType>ALL</AddressType><MessageType>Data</MessageType><From_DTS>x26hc010</From_DTS>\
        <To_DTS>X26OT002</To_DTS><Subject>a &amp; b</Subject><LocalId> autumn &lt;1&gt; </LocalId>\
        <DTSId>20180808160418053343_B8CF9A</DTSId><PartnerId/><WorkflowId>HOMEWARD_PASSPORT</WorkflowId>\
        <StatusRecord><DateTime>20180808170418</DateTime><Event>TRANSFER</Event><Status>SUCCESS</Status>\
        <StatusCode>00</StatusCode><Description>Transferred</Description></StatusRecord></DTSControl>";

    #[test]
    fn a_control_file_of_the_client_is_read() {
        let control = Control::parse(RECEIVED.as_bytes()).unwrap();
        let expected = Control {
            is_report: false,
            message_id: MessageId::parse("20180808160418053343_B8CF9A"),
            from: MailboxName::parse("X26HC010"),
            local_id: Some("autumn <1>".to_owned()),
            workflow: Some("HOMEWARD_PASSPORT".to_owned()),
            data_bytes: None,
            failure: None,
        };
        assert_eq!(control, expected);
        assert_eq!(Control::parse(format!("\u{feff}{RECEIVED}").as_bytes()), Ok(control));
    }

    #[test]
    fn a_report_fails_unless_it_says_that_all_went_well() {
        let report = |rest: &str| {
            let text = format!("<DTSControl><MessageType>Report</MessageType>{rest}</DTSControl>");
            Control::parse(text.as_bytes()).unwrap().failure.map(Refusal::code)
        };
        assert_eq!(report(""), Some(0));
        assert_eq!(report("<StatusRecord><Status>ERROR</Status><StatusCode>14</StatusCode></StatusRecord>"), Some(14));
        assert_eq!(report("<StatusRecord><Status>SUCCESS</Status><StatusCode>00</StatusCode></StatusRecord>"), None);
    }

    #[test]
    fn a_hostile_file_is_refused() {
        let bomb = "<!DOCTYPE DTSControl [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><DTSControl>&b;</DTSControl>";
        let outside = "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><DTSControl>&f;</DTSControl>";
        let deep = format!("{}{}", "<DTSControl>".repeat(1_000), "</DTSControl>".repeat(1_000));
        let many = format!("<DTSControl>{}</DTSControl>", "<a/>".repeat(ELEMENTS_MAX));
        let long = format!("<DTSControl><LocalId>{}</LocalId></DTSControl>", "x".repeat(TEXT_BYTES_MAX + 1));
        let pieces = format!("<DTSControl><LocalId>{}</LocalId></DTSControl>", "&amp;".repeat(TEXT_BYTES_MAX + 1));
        for (text, fault) in [
            (bomb, ControlFault::DocumentType),
            (outside, ControlFault::DocumentType),
            ("<DTSControl>&canary;</DTSControl>", ControlFault::DocumentType),
            (&deep, ControlFault::Limit),
            (&many, ControlFault::Limit),
            (&long, ControlFault::Limit),
            (&pieces, ControlFault::Limit),
            ("", ControlFault::Malformed),
            ("<DTSControl>", ControlFault::Malformed),
            ("<DTSControl></a></DTSControl>", ControlFault::Malformed),
            ("<DTSControl/><DTSControl/>", ControlFault::Malformed),
            ("<DTSControl/>canary", ControlFault::Malformed),
            ("canary<DTSControl/>", ControlFault::Malformed),
            ("<other/>", ControlFault::Malformed),
            ("<DTSControl>&#x110000;</DTSControl>", ControlFault::Malformed),
        ] {
            let start: String = text.chars().take(60).collect();
            assert_eq!(Control::parse(text.as_bytes()).unwrap_err(), fault, "{start}");
        }
        assert_eq!(Control::parse(b"<DTSControl>\xff</DTSControl>").unwrap_err(), ControlFault::Malformed);
    }

    #[test]
    fn no_cut_and_no_changed_byte_breaks_the_reader() {
        let bytes = RECEIVED.as_bytes();
        for end in 0..bytes.len() {
            assert!(Control::parse(&bytes[..end]).is_err(), "{end}");
        }
        for place in 0..bytes.len() {
            for byte in [0, b'<', b'>', b'&', b'"', 0x80, 0xff] {
                let mut changed = bytes.to_vec();
                changed[place] = byte;
                let _ = Control::parse(&changed);
            }
        }
    }
}
