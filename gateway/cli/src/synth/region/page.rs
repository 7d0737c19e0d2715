//! Texts of a home: a summary for social workers, and what a child may read before moving.

use schemas::{
    code::{ProfileRelease, Provision},
    date::Date,
    record::ForTheChild,
    said::Said,
};

use super::super::draw::{Draw, later};

/// First names of nobody.
const FIRST_NAMES: [&str; 16] = [
    "Ash", "Bea", "Cal", "Dot", "Eli", "Flo", "Gus", "Hattie", "Ines", "Jem", "Kofi", "Lal", "Mina", "Noor", "Oz",
    "Pip",
];

/// A summary, of two sentences.
pub(super) fn summary(provision: Provision, draw: &mut Draw) -> String {
    let (who, what) = match provision {
        Provision::Fostering => (
            draw.pick(&[
                "Patient couple with grown-up children of their own",
                "Single carer who has fostered for many years",
                "Young family, new to fostering and full of energy",
                "Calm household that keeps to its routines",
            ]),
            draw.pick(&[
                "Used to school meetings and to busy weekends.",
                "They like the outdoors and cook together.",
                "They have done extra training and ask for help early.",
                "They keep in touch with the children who have moved on.",
            ]),
        ),
        Provision::Residential => (
            draw.pick(&[
                "Small home with a settled team",
                "Detached home with a large garden",
                "Home at the edge of a town",
            ]),
            draw.pick(&[
                "Staff work with a therapist.",
                "Every child has a key worker.",
                "Young people plan the week with staff.",
            ]),
        ),
        Provision::SupportedAccommodation => (
            draw.pick(&["Staffed house of single flats", "Shared house with support by day", "Lodgings with a host"]),
            draw.pick(&["Support towards a tenancy.", "Help with cooking, money and college.", "A worker sleeps in."]),
        ),
    };
    format!("{who}. {what}")
}

/// What a child may read of a household; some say less than others.
pub(super) fn page(checked: Date, draw: &mut Draw) -> ForTheChild {
    let (one, other) = (draw.pick(&FIRST_NAMES), draw.pick(&FIRST_NAMES));
    let alone = one == other || draw.chance(300);
    let written = later(checked, -draw.days(5, 200));
    let mut text = |per_mille: u32, texts: [&str; 3]| {
        if draw.chance(per_mille) { Said::Is(draw.pick(&texts).into()) } else { Said::NotAsked }
    };
    ForTheChild {
        call_me: Said::Is(if alone { one.into() } else { format!("{one} and {other}").into() }),
        who_lives_here: text(
            900,
            ["Just us.", "Us, and a girl who goes to big school.", "Us, and a boy of primary age."],
        ),
        pets: text(
            700,
            ["A dog called Biscuit.", "Two cats. They sleep a lot.", "No animals, but birds in the garden."],
        ),
        home: text(900, ["A house with a garden and a swing.", "A flat near a park.", "A house with a big kitchen."]),
        your_room: text(
            900,
            [
                "Your room is yours. You can choose the colour.",
                "It has a desk and a lamp.",
                "It looks over the garden.",
            ],
        ),
        food: text(800, ["Tell us what you like. Pizza on Fridays.", "We cook together.", "There is always fruit."]),
        weekends: text(700, ["Swimming, and films.", "Football in the park.", "We go to see our family."]),
        screens_and_bedtime: text(700, ["Phones sleep downstairs.", "One film a day.", "We read before bed."]),
        we_like: text(600, ["Baking and quizzes.", "Walking and music.", "Board games."]),
        faith_and_languages: text(
            400,
            ["We go to church sometimes.", "We speak Urdu and English.", "We have no religion."],
        ),
        our_rules: if draw.chance(600) {
            Said::Is(
                draw.some(&["We are kind", "We knock on doors", "Shoes off inside"], 1, 3)
                    .into_iter()
                    .map(Into::into)
                    .collect(),
            )
        } else {
            Said::NotAsked
        },
        you_can_bring: Said::Is("Your toys and your photos.".into()),
        message: Said::Is("We look forward to meeting you.".into()),
        consent_date: Said::Is(written),
        written_on: Said::Is(written),
        release: Said::Is(if draw.chance(200) { ProfileRelease::OnMatchTalk } else { ProfileRelease::OnAccept }),
        ..ForTheChild::default()
    }
}
