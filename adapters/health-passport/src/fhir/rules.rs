//! The rules of a resource's form: which elements there are, how values are spelt, how resources hang together.

use schemas::diagnostic::{Rule, Severity};

const fn rule(code: &'static str, message: &'static str, help: &'static str, source: &'static str) -> Rule {
    Rule { code, severity: Severity::Error, message, help, source }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $message:literal, $help:literal, $source:literal;)+) => {
        $($(#[doc = $doc])+ pub(crate) static $name: Rule = rule($code, $message, $help, $source);)+

        /// Every rule of this file.
        pub(crate) static ALL: &[&Rule] = &[$(&$name,)+ &HOLLOW, &ORDER, &REFERENCE_FORM];
    };
}

/// Nothing in an element. PDS sends such objects, so they are passed on and told.
pub(crate) static HOLLOW: Rule = Rule {
    severity: Severity::Warning,
    ..rule(
        "fhir/hollow",
        "This element has neither a value nor an extension nor anything in it",
        "Leave it out, or say in an extension why it is absent.",
        "FHIR R4, ele-1",
    )
};

/// Out of order. What is meant is plain all the same, and UK Core's own examples hold some.
pub(crate) static ORDER: Rule = Rule {
    severity: Severity::Warning,
    ..rule(
        "fhir/element-order",
        "This element stands after one that it has to come before; it is read all the same",
        "Write the elements in the order of the definition: in XML the order counts.",
        "FHIR R4, XML",
    )
};

/// A reference that no one can follow. Examples of the NHS hold some, with an identifier beside them.
pub(crate) static REFERENCE_FORM: Rule = Rule {
    severity: Severity::Warning,
    ..rule(
        "fhir/reference-form",
        "This reference is no address: nobody can follow it",
        "Write Type/id, a whole address, urn:uuid: or urn:oid:, or # and the id of a contained resource.",
        "FHIR R4, references",
    )
};

rules! {
    /// Not JSON.
    MALFORMED = "fhir/malformed", "This is not JSON, or not XML, from here on; nothing of the document is used",
        "Send what a writer of JSON or XML made, whole and by itself.", "RFC 8259; XML 1.0";
    /// Not UTF-8.
    ENCODING = "fhir/encoding", "These bytes are not UTF-8; nothing of the document is used",
        "Send UTF-8: FHIR knows no other encoding.", "FHIR R4, resource formats";
    /// The end comes too early.
    UNCLOSED = "fhir/unclosed", "The document ends before it is whole; nothing of it is used",
        "Send it again, whole.", "RFC 8259; XML 1.0";
    /// Something after the end.
    TRAILING = "fhir/trailing", "Something stands after the end of the resource; nothing of the document is used",
        "Send one resource by itself, or one a line as fhir-ndjson.", "FHIR R4, resource formats";
    /// Larger than is read.
    TOO_LONG = "fhir/too-long", "The resource has more bytes than resource_bytes_max; nothing of it is used",
        "Send it in smaller Bundles, or raise the limit.", "limit resource_bytes_max";
    /// More elements than are read.
    TOO_MANY_ELEMENTS = "fhir/too-many-elements", "The resource has more elements than elements_max; nothing of it is used",
        "Send it in smaller Bundles, or raise the limit.", "limit elements_max";
    /// Too deep.
    TOO_DEEP = "fhir/too-deep", "Elements stand within each other deeper than depth_max; nothing of the document is used",
        "Check that this is a FHIR resource at all.", "limit depth_max";
    /// More faults than are told.
    TOO_MANY_FAULTS = "fhir/too-many-faults", "The resource has more faults than are worth telling; it is not read further",
        "Mend the ones before and check again.", "limit faults_max";
    /// No resource.
    NO_RESOURCE = "fhir/no-resource", "No FHIR resource stands here: it names no resourceType that R4 has",
        "Begin with resourceType, or in XML with the resource's element in the namespace http://hl7.org/fhir.",
        "FHIR R4, resource list";
    /// Twice in an object.
    DUPLICATE = "fhir/duplicate-element", "This element stands here twice and may stand once",
        "Remove one of the two: readers do not agree on which of them counts.", "FHIR R4, JSON; RFC 8259, section 4";
    /// Two types of one choice.
    CHOICE_TWICE = "fhir/choice-twice", "This element is here under two of its types and may have one",
        "Keep the one that is meant.", "FHIR R4, choice of data types";
    /// Unknown.
    UNKNOWN_ELEMENT = "fhir/unknown-element", "Something stands here that R4 does not have",
        "Check the spelling, the version of FHIR, and whether it belongs into an extension.", "FHIR R4, element definitions";
    /// Missing.
    MISSING = "fhir/missing-element", "An element that R4 requires is missing",
        "Give it, or say in an extension of it why it is absent.", "FHIR R4, cardinality";
    /// An array that should be none.
    NOT_REPEATED = "fhir/array", "An array stands where R4 has one value",
        "Write the value without brackets.", "FHIR R4, JSON";
    /// No array where one should be.
    REPEATED = "fhir/no-array", "One value stands where R4 has an array",
        "Write it in brackets, also when there is only one.", "FHIR R4, JSON";
    /// A value of the wrong sort.
    WRONG_TYPE = "fhir/wrong-type", "The value is of another JSON type than R4 has here",
        "Write objects, text, numbers and true or false as the element's type asks.", "FHIR R4, JSON";
    /// `null`.
    NULL = "fhir/null", "null stands where it may not",
        "Leave out what is not known; null fills only the gaps between repeated values and their extensions.",
        "FHIR R4, JSON";
    /// Nothing in it.
    EMPTY = "fhir/empty", "This is empty: text or an array without anything in it",
        "Leave it out, or say in an extension why it is absent.", "FHIR R4, JSON";
    /// An escape that is none.
    ESCAPE = "fhir/escape", "This text holds an escape that stands for no character",
        "Write the character itself, or both halves of a surrogate pair.", "RFC 8259, sections 7 and 8.2";
    /// Control characters.
    CONTROL_CHARACTER = "fhir/control-character", "This text holds a character that FHIR does not allow",
        "Remove what stands below 32 but tabs and line ends.", "FHIR R4, datatypes, string";
    /// A number or Boolean.
    NUMBER = "fhir/number", "This is not spelt as a number or truth value of its type",
        "Whole numbers have digits only, within the range of the type; true and false are spelt so.",
        "FHIR R4, datatypes";
    /// A date or time.
    DATE = "fhir/date", "This is no date or time of the calendar as FHIR spells them",
        "Write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a zone, as the element allows.",
        "FHIR R4, datatypes, date, dateTime, time";
    /// An instant.
    INSTANT = "fhir/instant", "This is no instant: it needs a day, a time to the second and a zone",
        "Write YYYY-MM-DDThh:mm:ss and Z or +01:00.", "FHIR R4, datatypes, instant";
    /// An id.
    ID = "fhir/id", "This is no id",
        "An id has 1 to 64 letters, digits, hyphens and dots.", "FHIR R4, datatypes, id";
    /// A code.
    CODE_SPELLING = "fhir/code-spelling", "This is no code: blanks stand around it, or two in a row",
        "Write the code as its system has it.", "FHIR R4, datatypes, code";
    /// Base64.
    BASE64 = "fhir/base64", "This is not base64",
        "Write the letters of base64 with what fills them up.", "FHIR R4, datatypes, base64Binary";
    /// An address.
    URI = "fhir/uri", "This is not spelt as an address of its type",
        "Addresses hold no blanks; urn:oid: and urn:uuid: are followed by an identifier of that sort.",
        "FHIR R4, datatypes, uri, oid, uuid";
    /// Markup.
    XHTML = "fhir/xhtml", "This is no narrative: one div of XHTML with some text, without scripts, forms, frames or styles of its own",
        "Write a div in the namespace http://www.w3.org/1999/xhtml that holds text, tables, lists and images at most.",
        "FHIR R4, narrative, txt-1 and txt-2";
    /// A code outside of a required binding.
    CODE = "fhir/code", "The code is none of those that R4 requires here",
        "Use a code of the value set that the element is bound to.", "FHIR R4, required bindings";
    /// A reference to the wrong type.
    REFERENCE_TYPE = "fhir/reference-type", "The reference leads to a type of resource that may not stand here",
        "Refer to one of the types that the element allows.", "FHIR R4, references";
    /// A reference to nothing contained.
    REFERENCE = "fhir/reference", "This reference leads to a contained resource that is not there",
        "Contain the resource under this id, or refer to where it is.", "FHIR R4, references, ref-1";
    /// Contained within contained.
    CONTAINED = "fhir/contained", "A contained resource breaks the rules of what is contained",
        "Give it an id of its own, refer to it from the resource around it, and contain nothing in it; it has no version, no time of change and no labels.",
        "FHIR R4, dom-2, dom-3, dom-4 and dom-5";
    /// An unknown modifier.
    MODIFIER = "fhir/modifier-extension", "A modifier extension that is not known here changes what the resource means",
        "Send it without, or ask for this extension to be understood.", "FHIR R4, extensibility";
    /// XML that is not FHIR's.
    XML_FORM = "fhir/xml-form", "This is not how FHIR is written in XML",
        "Values stand in the attribute value, elements in the namespace http://hl7.org/fhir without prefixes, and text only in the narrative.",
        "FHIR R4, XML";
    /// An NHS number.
    NHS_NUMBER = "fhir/nhs-number-check", "This NHS number is none: it is not ten digits, or its check digit is wrong",
        "Send the ten digits from the PDS record, without blanks.", "NHS Data Dictionary, NHS number, modulus 11";
}
