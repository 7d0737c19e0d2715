//! Writes the page that a child reads about a home before moving: one page a home, in the carers' own words (IFA
//! formats, section 9).
//!
//! Limits: the texts are as long as their columns let them be, photographs as large and as many as they were let in.
//! Format: the fields of `for_the_child` in their order and nothing else of the home, photographs within the page;
//! whoever may not have them has no page. Operations: [`ProfileEncode`] writes.

use kit::{
    adapter::{DeclaredLoss, Disclosure, Encode, Encoder, Format, Options, Parts},
    html::{Page, day_in_words},
    photograph::Photograph,
    sheaf::{PartName, Sheaf},
};
use schemas::{
    code::VacancyStatus,
    diagnostic::{Diagnostic, Report, Rule},
    record::{ForTheChild, Photo, Record, Statement, SubjectKind, Vacancy},
    said::Said,
};

use crate::{
    marks, rules,
    vacancies::{rows::is_confirmation, tables::ProfileRow},
};

/// Pages for children.
pub static PROFILE_HTML: Format = Format {
    name: "profile-html",
    summary: "What a child may read about a home before moving: one page a home, in plain words",
    media_types: &["text/html"],
    extensions: &["html"],
    parts: Parts::EachChild,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[],
    rules: &[rules::WRITING, rules::PAGES],
    settings: &[],
    losses: LOSSES,
    together: &["Vacancy"],
    decode: None,
    encode: Some(&ProfileEncode),
};

/// What is not for the child to read, and what cannot be shown.
static LOSSES: &[DeclaredLoss] = &[
    DeclaredLoss { field: "Provider", why: "the page is the home's, not the agency's" },
    DeclaredLoss { field: "Vacancy", why: "but for for_the_child: the page has only what the child may read" },
    DeclaredLoss {
        field: "Vacancy.for_the_child",
        why: "photos that are named and were not brought have no picture; consent_date and release are for the social worker",
    },
];

/// Readable by a child and on any screen, and on one or two sheets of paper.
const STYLE: &str = "\
body { margin: 0; background: #fffdf7; color: #1d1d1d; font: 1.25rem/1.6 Verdana, Arial, sans-serif }
main { max-width: 38rem; margin: 0 auto; padding: 1.5rem }
h1 { font-size: 2rem; line-height: 1.25; margin: 0 0 1rem }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .25rem; color: #124a63 }
section { margin: 0 0 1.5rem; break-inside: avoid }
p, ul { margin: 0; white-space: pre-line }
ul { padding: 0 1.5rem }
figure { margin: 0 0 1rem; break-inside: avoid }
img { display: block; max-width: 100%; height: auto; border-radius: .5rem }
footer { margin-top: 2rem; padding-top: 1rem; border-top: 2px solid #124a63; font-size: 1rem }
@media print { body { background: none; font-size: 12pt } main { max-width: none; padding: 0 } }
";

/// Writes pages.
pub struct ProfileEncode;

impl Encode for ProfileEncode {
    fn begin<'o>(&self, _: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(ProfileEncoder)
    }
}

struct ProfileEncoder;

impl Encoder for ProfileEncoder {
    fn about(&self) -> SubjectKind {
        SubjectKind::Place
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let mut tell = |record: &Record, rule: &'static Rule| {
            report.raise(Diagnostic::new(rule, record.source.place.clone()).of_field("Vacancy.for_the_child"));
        };
        for record in disclosure.records {
            let vacancy = match &record.statement {
                Statement::Vacancy(vacancy) if !record.source.retracts && !is_confirmation(vacancy) => vacancy,
                _ => continue,
            };
            match profile_of(vacancy) {
                None if may_be_moved_to(vacancy) => tell(record, &rules::PROFILE_MISSING),
                None => {}
                Some(profile) if identifies(profile) => tell(record, &rules::PROFILE_IDENTIFIES),
                Some(profile) => {
                    let pictures = pictures_of(profile, disclosure.photographs);
                    if pictures.len() < photos_of(profile).count() {
                        tell(record, &rules::NOT_EXPRESSIBLE);
                    }
                    let part = PartName::Child { nth: sheaf.next_child(), split: 1, extension: "html" };
                    write(profile, &pictures, sheaf.part(part));
                    sheaf.count("pages", 1);
                }
            }
        }
    }
}

/// What the child may read, where the recipient may have it and it says something.
fn profile_of(vacancy: &Vacancy) -> Option<&ForTheChild> {
    let profile = vacancy.more.as_deref()?.for_the_child.as_ref().is()?;
    let says = blocks(profile).iter().any(|(_, text)| text.is_some()) || rules_of(profile).next().is_some();
    says.then_some(profile)
}

/// Whether a child could move there: of what is not offered no page is missed.
fn may_be_moved_to(vacancy: &Vacancy) -> bool {
    use VacancyStatus::{Draft, Expired, Withdrawn};
    !matches!(vacancy.status, Said::Is(Draft | Withdrawn | Expired))
}

/// Whether any text tells who or where somebody is. Documents are asked when they come in; this is asked of whatever
/// brought it, when it leaves.
fn identifies(profile: &ForTheChild) -> bool {
    let captions = photos_of(profile).filter_map(|photo| said(&photo.caption));
    ProfileRow::of(profile.clone()).texts().chain(captions).any(marks::identifies)
}

/// A heading, and what the carers said under it.
type Block<'p> = (&'static str, Option<&'p str>);

fn said(text: &Said<Box<str>>) -> Option<&str> {
    text.as_ref().is().map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// The texts in their order (IFA formats, section 9), but for the rules of the house, which stand before
/// the eleventh.
fn blocks(profile: &ForTheChild) -> [Block<'_>; 13] {
    [
        ("What to call us", said(&profile.call_me)),
        ("Who lives here", said(&profile.who_lives_here)),
        ("Animals", said(&profile.pets)),
        ("Our home", said(&profile.home)),
        ("Your room", said(&profile.your_room)),
        ("Food", said(&profile.food)),
        ("Weekends", said(&profile.weekends)),
        ("Screens and bedtime", said(&profile.screens_and_bedtime)),
        ("Things we like", said(&profile.we_like)),
        ("Faith and languages", said(&profile.faith_and_languages)),
        ("You can bring", said(&profile.you_can_bring)),
        ("What children have said", said(&profile.children_have_said)),
        ("A message to you", said(&profile.message)),
    ]
}

/// How many texts stand before the rules of the house.
const BEFORE_THE_RULES: usize = 10;

fn rules_of(profile: &ForTheChild) -> impl Iterator<Item = &str> {
    let rules = profile.our_rules.as_ref().is().into_iter().flatten();
    rules.map(|rule| rule.trim()).filter(|rule| !rule.is_empty())
}

fn photos_of(profile: &ForTheChild) -> impl Iterator<Item = &Photo> {
    profile.photos.as_ref().is().into_iter().flatten()
}

/// The photographs that were brought, each with what it shows.
fn pictures_of<'p>(profile: &'p ForTheChild, brought: &'p [Photograph]) -> Vec<(&'p Photograph, Option<&'p str>)> {
    let picture = |photo: &'p Photo| {
        let hash = photo.sha256.as_ref().is()?;
        let found = brought.iter().find(|photograph| photograph.sha256() == &**hash)?;
        Some((found, said(&photo.caption)))
    };
    photos_of(profile).filter_map(picture).collect()
}

fn write(profile: &ForTheChild, pictures: &[(&Photograph, Option<&str>)], out: &mut Vec<u8>) {
    let title =
        said(&profile.call_me).map_or_else(|| "About a home for you".to_owned(), |names| format!("Meet {names}"));
    let begin = if pictures.is_empty() { Page::begin } else { Page::begin_with_pictures };
    let mut page = begin(out, &title, STYLE);
    let blocks = blocks(profile);
    let (before, after) = blocks.split_at(BEFORE_THE_RULES);
    let write_texts = |page: &mut Page<'_>, blocks: &[Block<'_>]| {
        for (heading, text) in blocks {
            if let Some(text) = text {
                page.section(heading, |page| page.paragraph(text));
            }
        }
    };
    write_texts(&mut page, before);
    if rules_of(profile).next().is_some() {
        page.section("A few house rules", |page| page.list(rules_of(profile)));
    }
    write_texts(&mut page, after);
    if !pictures.is_empty() {
        page.section("Photos", |page| {
            for ((photograph, shows), number) in pictures.iter().zip(1..) {
                // Who is in it is nobody's to read aloud: the carers' own words stand below.
                page.picture(photograph, &format!("Photo {number} of {}", pictures.len()), *shows);
            }
        });
    }
    let mut foot = vec!["Do you want to know more? Ask your social worker.".to_owned()];
    if let Said::Is(day) = profile.written_on {
        foot.push(format!("This page was written on {}.", day_in_words(day)));
    }
    page.footer(&foot);
    page.end();
}
