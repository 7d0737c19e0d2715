//! The views that a house has: the shipped ones, and those that its configuration made of them.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use crate::{
    narrow::{Changes, Fault},
    view::{NAMES, View},
};

/// Views by name. A configured view is used wherever a shipped one is.
#[derive(Clone, Debug)]
pub struct Views {
    views: BTreeMap<Box<str>, Arc<View>>,
}

/// The name of the shipped view that is made from another: what whoever collects attendance may know.
pub const COLLECTOR: &str = "attendance-collector";

/// The fields that are let out to whoever collects attendance (epep, section 3, the columns marked AC).
static COLLECTOR_ALLOWS: &str = include_str!("../views/attendance-collector.csv");

impl Default for Views {
    /// The shipped views.
    fn default() -> Self {
        let shipped = NAMES.into_iter().filter_map(|name| Some((name.into(), View::shared(name)?)));
        let mut views: BTreeMap<Box<str>, Arc<View>> = shipped.collect();
        views.extend(COLLECTOR_VIEW.clone().map(|view| (COLLECTOR.into(), view)));
        Self { views }
    }
}

static COLLECTOR_VIEW: LazyLock<Option<Arc<View>>> = LazyLock::new(|| {
    let allowed = COLLECTOR_ALLOWS.lines().skip(1).filter_map(|line| {
        let mut cells = line.split(',');
        Some(format!("{}.{}", cells.next()?, cells.next()?).into())
    });
    let changes = Changes {
        name: Some(COLLECTOR.into()),
        allow: Some(allowed.collect()),
        basis: Some("Children Act 1989, section 22(3A): to promote the child's education".into()),
        ..Changes::default()
    };
    // A list that named a field that there is not would make no view, and nobody would get anything.
    let view = View::narrow(View::shipped("virtual-school")?, changes).ok()?;
    Some(Arc::new(view.leaving_out_restricted()))
});

/// The names of the shipped views: those of the matrix, and the one that is made from another.
pub fn shipped_names<'n>() -> impl Iterator<Item = &'n str> {
    let of_matrix: [&'n str; NAMES.len()] = NAMES;
    of_matrix.into_iter().chain([COLLECTOR])
}

fn is_shipped(name: &str) -> bool {
    shipped_names().any(|shipped| shipped == name)
}

/// A view as it is configured: another one, by its name, with changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its name; one of its own.
    pub name: Box<str>,
    /// The name of the view that it narrows.
    pub base: Box<str>,
    /// What is taken away.
    pub changes: Changes,
}

/// Why a definition makes no view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionFault {
    /// Which definition.
    pub definition: usize,
    /// What is wrong.
    pub wrong: WrongDefinition,
}

/// What is wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrongDefinition {
    /// Another view has the name.
    NameTaken,
    /// No view has the name of the base; the one that was probably meant.
    NoSuchBase(Option<String>),
    /// Its bases lead back to it: `view-loop`.
    Loop,
    /// The changes cannot be made.
    Changes(Vec<Fault>),
}

impl Views {
    /// The shipped views and these. Under pseudonyms fewer than `group_children_min` children who are alike are told with
    /// less; a number below the shipped one changes nothing.
    ///
    /// # Errors
    /// Every definition that makes no view. One whose base makes none is not told again.
    pub fn build(definitions: &[Definition], group_children_min: u32) -> Result<Self, Vec<DefinitionFault>> {
        let mut views = Self::default();
        for view in views.views.values_mut() {
            if view.needs_pseudonyms() && group_children_min > view.group_children_min() {
                let raised = View::narrow(view, Changes { group_children_min, ..Changes::default() });
                // A change of no field has no fault.
                *view = raised.map_or_else(|_| Arc::clone(view), Arc::new);
            }
        }
        let mut faults = Vec::new();
        for (n, definition) in definitions.iter().enumerate() {
            if let Some(wrong) = wrong_names(definitions, n, definition) {
                faults.push(DefinitionFault { definition: n, wrong });
            }
        }
        // Each round makes those whose base is made. Whose base is faulty is never made, nor told.
        let is_named_well = |n: &usize| !faults.iter().any(|fault| fault.definition == *n);
        let mut left: Vec<usize> = (0..definitions.len()).filter(is_named_well).collect();
        let mut made_one = true;
        while made_one {
            made_one = false;
            left.retain(|n| {
                let Some(definition) = definitions.get(*n) else { return false };
                let Some(base) = views.get(&definition.base) else { return true };
                let changes = Changes { name: Some(definition.name.clone()), ..definition.changes.clone() };
                match View::narrow(&base, changes) {
                    Ok(view) => {
                        views.views.insert(definition.name.clone(), Arc::new(view));
                    }
                    Err(wrong) => {
                        faults.push(DefinitionFault { definition: *n, wrong: WrongDefinition::Changes(wrong) });
                    }
                }
                made_one = true;
                false
            });
        }
        if faults.is_empty() { Ok(views) } else { Err(faults) }
    }

    /// The view of that name, shipped or configured.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<View>> {
        self.views.get(name).cloned()
    }

    /// Every name, the shipped ones first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let configured = self.views.keys().map(AsRef::as_ref).filter(|name| !is_shipped(name));
        shipped_names().chain(configured)
    }
}

/// What is wrong with a definition before any view is made.
fn wrong_names(definitions: &[Definition], n: usize, definition: &Definition) -> Option<WrongDefinition> {
    let earlier = definitions.iter().take(n).any(|other| other.name == definition.name);
    if earlier || is_shipped(&definition.name) {
        return Some(WrongDefinition::NameTaken);
    }
    let mut base = &definition.base;
    for _ in definitions {
        if *base == definition.name {
            return Some(WrongDefinition::Loop);
        }
        if is_shipped(base) {
            return None;
        }
        match definitions.iter().find(|other| other.name == *base) {
            Some(next) => base = &next.base,
            // The one that names the missing base is told, not those above it.
            None if *base != definition.base => return None,
            None => {
                let known = shipped_names().chain(definitions.iter().map(|other| &*other.name));
                let nearest = kit::nearest::nearest(base, known.filter(|name| **name != *definition.name));
                return Some(WrongDefinition::NoSuchBase(nearest.map(str::to_owned)));
            }
        }
    }
    None
}
