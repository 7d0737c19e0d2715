//! Nested documents, XML and JSON alike: items in a frame, read one at a time into rows of tables.
//!
//! Limits: an item, and the frame around all items, hold at most `item_bytes_max` bytes; a document is never in memory
//! as a whole. Format: a [`Parted`] document is its items by place and its [`Frame`], all that stands around them, each
//! run of items shrunk to one empty item. Operations: a reader of XML or JSON gives [`Step`]s, an [`Outline`] says at
//! which path each table and column stands, and a [`Walk`] reads an item by it into [`Rows`], in any order of elements.

mod frame;
mod outline;
mod pence;
mod rows;
pub mod rules;
mod walk;

use std::borrow::Cow;

use schemas::diagnostic::Rule;

pub use self::{
    frame::{Frame, Ground, Item, Parted},
    outline::{Branch, Columns, LeftOut, Outline, Spot},
    pence::InPence,
    rows::{Hearing, Held, Rows, TableRows},
    rules::NestedRules,
    walk::{Walk, Walked},
};

/// One step of a reader through an item or a frame. What XML calls an element and JSON a member is a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<'b> {
    /// A node begins. An array of JSON is its entries, each a node of the array's name; so are elements that repeat.
    Open(Cow<'b, [u8]>),
    /// A piece of the text of the node that is open.
    Text(Cow<'b, [u8]>),
    /// The node that is open ends.
    Close,
    /// Something is told, and reading goes on.
    Told(&'static Rule),
    /// The value of the node that is open cannot be used.
    Spoilt(&'static Rule),
    /// Nothing more can be read.
    Broken(&'static Rule),
    /// All was read.
    End,
}

/// Gives one step after another; after the last, and after what broke it, the end for ever.
pub trait Steps<'b> {
    /// The next step.
    fn step(&mut self) -> Step<'b>;

    /// Where the last step stands in the part's text.
    fn at(&self) -> u64;
}

/// How a nested document is spelt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// Elements; places are told as XPath does, from 1: `/CTfile/CTFpupilData/Pupil[2]/UPN`.
    Xml,
    /// Objects; places are told as FHIRPath does, from 0: `peps[1].setting.urn`.
    Json,
}

impl Syntax {
    /// The rules that both keep, under the name of this one.
    #[must_use]
    pub fn rules(self) -> &'static NestedRules {
        match self {
            Self::Xml => &rules::XML,
            Self::Json => &rules::JSON,
        }
    }
}
