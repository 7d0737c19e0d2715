//! Blank, unknown, refused and reduced are different answers: what a source said of one field.

/// What a source said of a field (record, section 1.5).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Said<T> {
    /// A value.
    Is(T),
    /// The source cannot say it: no such column, element or module.
    #[default]
    NotAsked,
    /// The cell is there and empty.
    Blank,
    /// Asked, and no answer is known.
    Unknown,
    /// Asked, and declined.
    Refused,
    /// The question does not arise.
    NotApplicable,
    /// Something is there that did not become a value; its text is not kept.
    Unreadable,
    /// A view has let out less than the value.
    Reduced(Reduction),
}

impl<T> Said<T> {
    /// The value, where there is one.
    pub fn is(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            _ => None,
        }
    }

    /// The value by reference.
    pub fn as_ref(&self) -> Said<&T> {
        match self {
            Self::Is(value) => Said::Is(value),
            other => other.retyped(),
        }
    }

    /// Another value in place of this one; the other answers stay.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Said<U> {
        match self {
            Self::Is(value) => Said::Is(change(value)),
            other => other.retyped(),
        }
    }

    /// Whether the source gave a value.
    pub fn has_value(&self) -> bool {
        matches!(self, Self::Is(_))
    }

    /// An answer without a value, for a field of another type; a value cannot be retyped and becomes `Unreadable`.
    pub(crate) fn retyped<U>(&self) -> Said<U> {
        match self {
            Self::Is(_) | Self::Unreadable => Said::Unreadable,
            Self::NotAsked => Said::NotAsked,
            Self::Blank => Said::Blank,
            Self::Unknown => Said::Unknown,
            Self::Refused => Said::Refused,
            Self::NotApplicable => Said::NotApplicable,
            Self::Reduced(reduction) => Said::Reduced(*reduction),
        }
    }
}

/// The debug form tells which answer it is and never the value: values stay out of logs and panics.
impl<T> std::fmt::Debug for Said<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Is(_) => "Is(..)",
            Self::NotAsked => "NotAsked",
            Self::Blank => "Blank",
            Self::Unknown => "Unknown",
            Self::Refused => "Refused",
            Self::NotApplicable => "NotApplicable",
            Self::Unreadable => "Unreadable",
            Self::Reduced(_) => "Reduced(..)",
        })
    }
}

/// What a view lets out in place of a value (views, section 1). Dates to the month and shortened postcodes stay
/// values of their own type; what no longer fits the type stands here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reduction {
    /// Whole years at the as-at date.
    Age(u8),
    /// A band or a coarser group.
    Coarse(Coarse),
    /// That there is one, or yes and no.
    Flag(bool),
}

macro_rules! coarse {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal),+ $(,)?) => {
        /// Bands and coarser groups: the words of views, section 1.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Coarse { $($(#[doc = $doc])+ $variant),+ }

        impl Coarse {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its own name, unlike that of any other: several words that leave are alike.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),+ }
            }

            /// The word that leaves.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

coarse! {
    /// Age 0 to 4.
    Age0To4 = "0-4",
    /// Age 5 to 9.
    Age5To9 = "5-9",
    /// Age 10 to 15.
    Age10To15 = "10-15",
    /// Age 16 or 17.
    Age16To17 = "16-17",
    /// Age 18 or over.
    Age18OrOver = "18+",
    /// SDQ 0 to 13.
    SdqNormal = "normal",
    /// SDQ 14 to 16.
    SdqBorderline = "borderline",
    /// SDQ 17 to 40.
    SdqConcern = "cause for concern",
    /// Ethnic group white.
    White = "white",
    /// Ethnic group mixed.
    Mixed = "mixed",
    /// Ethnic group Asian.
    Asian = "asian",
    /// Ethnic group black.
    Black = "black",
    /// Another ethnic group.
    OtherEthnicity = "other",
    /// Ethnic group not known.
    EthnicityNotKnown = "not-known",
    /// A foster home.
    Foster = "foster",
    /// Relatives or friends.
    Kinship = "kinship",
    /// A home or school to live in.
    Residential = "residential",
    /// Supported accommodation.
    Supported = "supported",
    /// Placed for adoption.
    AdoptionPlacement = "adoption",
    /// With parents.
    Parents = "parents",
    /// Another kind of placement.
    OtherPlacement = "other",
    /// An interim order.
    InterimOrder = "interim-order",
    /// A full order.
    FullOrder = "full-order",
    /// Accommodated by agreement.
    Accommodated = "accommodated",
    /// A placement order.
    PlacementOrder = "placement-order",
    /// Through the courts or police.
    Justice = "justice",
    /// Another legal status.
    OtherStatus = "other",
}
