//! The rules that every nested document keeps: the same for XML and JSON, each under its own family.

use schemas::diagnostic::{Rule, Severity};

/// The rules of one syntax.
pub struct NestedRules {
    /// The document is none of the format.
    pub unrecognised: Rule,
    /// Its grammar is broken.
    pub malformed: Rule,
    /// It ends too early.
    pub unclosed: Rule,
    /// Nodes within nodes beyond `depth_max`.
    pub too_deep: Rule,
    /// An item beyond `item_bytes_max`.
    pub item_too_long: Rule,
    /// A frame beyond `item_bytes_max`.
    pub frame_too_long: Rule,
    /// A text beyond `text_bytes_max`.
    pub text_too_long: Rule,
    /// More items than `rows_max`.
    pub too_many_items: Rule,
    /// Items where the format has none.
    pub misplaced: Rule,
    /// A value that comes twice.
    pub repeated: Rule,
    /// Nodes where a value is asked for, or a value where nodes are.
    pub shape: Rule,
    /// A text in another encoding.
    pub encoding: Rule,
    /// A part that failed while being read.
    pub unreadable: Rule,
}

macro_rules! rule {
    ($family:literal, $slug:literal, $severity:ident, $message:literal, $help:literal, $source:expr) => {
        Rule {
            code: concat!($family, "/", $slug),
            severity: Severity::$severity,
            message: $message,
            help: $help,
            source: $source,
        }
    };
}

macro_rules! nested_rules {
    ($name:ident, $family:literal, $grammar:literal) => {
        #[doc = concat!("The rules of the family `", $family, "/`.")]
        pub static $name: NestedRules = NestedRules {
            unrecognised: rule!(
                $family,
                "unrecognised",
                Error,
                "This is no document of this format; nothing of it is read",
                "Check that the right export was run, and that its outermost names are those of the format's description.",
                $grammar
            ),
            malformed: rule!(
                $family,
                "malformed",
                Error,
                "The markup is broken here; what it stands in is not read",
                "Export the document again, or mend the markup at this place.",
                $grammar
            ),
            unclosed: rule!(
                $family,
                "unclosed",
                Error,
                "The text ends before what is open is closed; what is open is not read",
                "The document may have been cut short on its way. Send it again, whole.",
                $grammar
            ),
            too_deep: rule!(
                $family,
                "too-deep",
                Error,
                "More stands within each other here than depth_max; what it stands in is not read",
                "Check that this is a document of this format at all.",
                "limit depth_max"
            ),
            item_too_long: rule!(
                $family,
                "item-too-long",
                Error,
                "This item is longer than item_bytes_max; it is not read",
                "Check that it is closed, and that it is what the format asks for.",
                "limit item_bytes_max"
            ),
            frame_too_long: rule!(
                $family,
                "frame-too-long",
                Error,
                "What stands around the items is longer than item_bytes_max; nothing of the document is read",
                "Check that this is a document of this format at all.",
                "limit item_bytes_max"
            ),
            text_too_long: rule!(
                $family,
                "text-too-long",
                Error,
                "This text is longer than text_bytes_max; it is not read",
                "Shorten it.",
                "limit text_bytes_max"
            ),
            too_many_items: rule!(
                $family,
                "too-many-items",
                Error,
                "This document has more items than rows_max; the rest is not read",
                "Send it in several documents.",
                "limit rows_max"
            ),
            misplaced: rule!(
                $family,
                "misplaced",
                Error,
                "Items stand where the format has none; they are not read",
                "Put them where the format's description has them.",
                "Homeward nested documents"
            ),
            repeated: rule!(
                $family,
                "repeated",
                Error,
                "This says again what stands once; the first is read",
                "Remove one of the two.",
                "Homeward nested documents"
            ),
            shape: rule!(
                $family,
                "shape",
                Error,
                "A single value stands where a group is asked for, or a group where a single value is; it is not read",
                "See the format's description for what stands here.",
                "Homeward nested documents"
            ),
            encoding: rule!(
                $family,
                "encoding",
                Warning,
                "This text is not in the encoding of the document; it is read as Windows-1252",
                "Save the document as UTF-8, and let it name no other encoding.",
                "WHATWG Encoding, windows-1252"
            ),
            unreadable: rule!(
                $family,
                "unreadable",
                Error,
                "The document could not be read to its end",
                "Check the disk or share it lies on, and try again.",
                "Homeward nested documents"
            ),
        };
    };
}

nested_rules!(XML, "xml", "XML 1.0, fifth edition, section 2.1");
nested_rules!(JSON, "json", "RFC 8259, section 2");
