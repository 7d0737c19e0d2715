//! Words that only the roll has.

use kit::wire::{Heard, Reading, Wire, WireType, Writing, Written};
use schemas::said::Coarse;

macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $variant_doc:literal])+ $variant:ident = $word:literal,)+ })+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[doc = $variant_doc])+ $variant,)+ }

        impl Wire for $name {
            const TYPE: WireType = WireType::Text { characters_max: 25 };

            fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
                match cell {
                    $(cell if cell.eq_ignore_ascii_case($word.as_bytes()) => Heard::Is(Self::$variant),)+
                    _ => Heard::Unreadable,
                }
            }

            fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
                out.extend_from_slice(match self { $(Self::$variant => $word.as_bytes(),)+ });
                Written::Yes
            }
        }
    )+};
}

words! {
    /// What the National Curriculum year rests on.
    YearBasis {
        /// Somebody said it.
        Told = "told",
        /// It follows from the birth date.
        ByAge = "by-age",
    }
    /// How a child's school is called.
    CallMode {
        /// Every day.
        Daily = "daily",
        /// As a college of those over 16.
        PostSixteen = "post-16",
        /// Not at all.
        None = "none",
    }
    /// Who hears first of an absence that nobody explains.
    AlertTo {
        /// The carer, then the social worker.
        CarerThenSocialWorker = "carer-then-social-worker",
        /// The social worker alone.
        SocialWorkerOnly = "social-worker-only",
    }
}

/// The group of a code, never the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group(pub Coarse);

impl Wire for Group {
    const TYPE: WireType = WireType::Text { characters_max: 20 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let known = Coarse::ALL.iter().find(|group| cell.eq_ignore_ascii_case(group.word().as_bytes()));
        known.map_or(Heard::Unreadable, |group| Heard::Is(Self(*group)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.0.word().as_bytes());
        Written::Yes
    }
}
