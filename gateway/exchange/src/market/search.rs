//! Homes that are offered, held so that a question is answered without looking at each of them.
//!
//! Limits: [`PAGE_HOMES_MAX`] homes a page; one to two kilobytes a home and its texts. Format: one bit a home for each
//! answer to what every question asks (open, provision, age, sex, places), made of [`Asked::answer_of`] itself; the rest
//! is answered for the few that these leave. Operations: [`Market::put`], [`Market::remove`], [`Market::search`].
//!
//! A market is cheap to copy: searches go on in the one they began with while another is written.

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use schemas::{
    code::{Code, PlacementContract, Provision, VacancyStatus},
    date::{Date, DateTime},
    identifier::ProviderUrn,
    money::Pence,
    postcode::Postcode,
    record::{Provider, Vacancy},
    said::Said,
};
use sha2::{Digest, Sha256};

use super::{
    answer::{Answer, Offered, Surroundings, distance, fees},
    question::{Asked, CHILDREN_MAX, Criterion, Kind, Question, Sex, Sort},
    told::Told,
    vacancy::{Checked, Freshness},
};

/// Homes that a page of answers holds.
pub const PAGE_HOMES_MAX: usize = 200;

/// The oldest child that has a set of its own.
const AGE_YEARS_MAX: u8 = 25;

/// A home that is offered.
#[derive(Clone, Debug)]
pub struct Home {
    /// Who offers it.
    pub urn: ProviderUrn,
    /// What is offered; it has a `vacancy_id`.
    pub vacancy: Vacancy,
    /// The provider is registered, as far as the register says.
    pub is_registered: bool,
    /// How long what is said of it holds.
    pub freshness: Freshness,
    /// When it was last changed here.
    pub updated_at: DateTime,
}

/// A home by its provider and the provider's reference.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    urn: ProviderUrn,
    vacancy_id: Box<str>,
}

/// A household, home or setting, which may be offered twice by mistake.
type Household = (ProviderUrn, Box<str>, Option<Provision>);

/// A home in its place.
#[derive(Clone)]
struct Held {
    home: Arc<Home>,
    /// Of its key: so that no provider is always first.
    hash: u64,
}

/// Everything that is offered.
#[derive(Clone, Default)]
pub struct Market {
    held: Vec<Option<Held>>,
    free: Vec<u32>,
    by_key: HashMap<Key, u32>,
    by_household: HashMap<Household, Vec<u32>>,
    providers: HashMap<ProviderUrn, Arc<Provider>>,
    /// Open, of a provider that is registered, and the newest of its household.
    shown: Bits,
    sets: Vec<Set>,
}

/// For one thing that may be asked: who meets it, and of whom it is not known.
#[derive(Clone, Default)]
struct Set {
    met: Bits,
    unknown: Bits,
}

/// One bit a home.
#[derive(Clone, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn set(&mut self, n: u32, is: bool) {
        let (word, bit) = (n as usize / 64, 1_u64 << (n % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] = if is { self.0[word] | bit } else { self.0[word] & !bit };
    }

    fn word(&self, n: usize) -> u64 {
        self.0.get(n).copied().unwrap_or(0)
    }
}

/// Where a home stands among those that are found: the smaller, the earlier (ifa-formats, section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// 1 for what was not checked within a working day, where it is needed today.
    pub later: bool,
    /// Not paid for already, where that comes first.
    pub not_block: bool,
    /// Fee unknown, where the cheaper comes first.
    pub fee_unknown: bool,
    /// The dearest of the children's fees, where the cheaper comes first.
    pub fee: Option<Pence>,
    /// How many of what must hold is not known.
    pub musts_unknown: u8,
    /// How many of what is wanted is met.
    pub wants_met: Reverse<u8>,
    /// How many of what is wanted is not met.
    pub wants_not_met: u8,
    /// About how many miles away; what is not known comes last, and of that what is in the same area first.
    pub miles: u16,
    /// When it was true.
    pub as_at: Reverse<Option<DateTime>>,
    /// A number of the search and the home.
    pub tie: u64,
}

/// A distance that is not known, within the same postcode area.
pub const MILES_SAME_AREA: u16 = u16::MAX - 1;
/// A distance that is not known.
pub const MILES_UNKNOWN: u16 = u16::MAX;

/// A home that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The home.
    pub home: Arc<Home>,
    /// Who offers it, as far as anybody said.
    pub provider: Option<Arc<Provider>>,
    /// How it stands to each criterion.
    pub criteria: Vec<Told>,
    /// Where it stands in the order.
    pub rank: Rank,
    /// When it was checked, as the day of the question sees it.
    pub checked: Checked,
}

/// What answers a question.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The homes, in their order.
    pub homes: Vec<Found>,
    /// How many were found in all.
    pub found: usize,
    /// How many were left out only because they were not checked lately.
    pub stale_left_out: usize,
    /// By criterion that must hold: how many homes it alone leaves out.
    pub removed_by_must: Vec<(String, usize)>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Rank>,
}

/// Which page of which search.
#[derive(Clone, Copy, Debug, Default)]
pub struct Paging {
    /// A number of the search: the same for all its pages, another for another search.
    pub search: u64,
    /// Only what stands after this.
    pub after: Option<Rank>,
    /// At most so many homes, up to [`PAGE_HOMES_MAX`].
    pub homes: usize,
}

impl Market {
    /// How many homes are held, in whatever state.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// A home by its provider's reference.
    #[must_use]
    pub fn home(&self, urn: ProviderUrn, vacancy_id: &str) -> Option<&Arc<Home>> {
        let number = *self.by_key.get(&Key { urn, vacancy_id: vacancy_id.into() })?;
        Some(&self.held[number as usize].as_ref()?.home)
    }

    /// All homes of a provider.
    pub fn homes_of(&self, urn: ProviderUrn) -> impl Iterator<Item = &Arc<Home>> {
        self.homes().filter(move |home| home.urn == urn)
    }

    /// All homes.
    pub fn homes(&self) -> impl Iterator<Item = &Arc<Home>> {
        self.held.iter().flatten().map(|held| &held.home)
    }

    /// Who a provider is, as far as anybody said.
    #[must_use]
    pub fn provider(&self, urn: ProviderUrn) -> Option<&Arc<Provider>> {
        self.providers.get(&urn)
    }

    /// Takes note of who a provider is.
    pub fn put_provider(&mut self, urn: ProviderUrn, provider: Provider) {
        self.providers.insert(urn, Arc::new(provider));
    }

    /// Puts a home in the place of what was said of it before. Without a reference of its provider's it is not taken:
    /// false.
    pub fn put(&mut self, home: Home) -> bool {
        let Said::Is(vacancy_id) = &home.vacancy.vacancy_id else { return false };
        let key = Key { urn: home.urn, vacancy_id: vacancy_id.clone() };
        let before = self.by_key.get(&key).copied();
        let number = match before {
            Some(number) => {
                self.leave_household(number);
                number
            }
            None => self.free.pop().unwrap_or_else(|| {
                self.held.push(None);
                (self.held.len() - 1) as u32
            }),
        };
        self.sets.resize_with(indexed().count(), Set::default);
        for (set, asked) in self.sets.iter_mut().zip(indexed()) {
            let answer = asked.answer_of(Offered { vacancy: &home.vacancy, provider: None });
            set.met.set(number, answer == Some(Answer::Met));
            set.unknown.set(number, answer == Some(Answer::Unknown));
        }
        let hash = hash_of(&key);
        self.by_key.insert(key, number);
        let household = household(&home);
        self.held[number as usize] = Some(Held { home: Arc::new(home), hash });
        self.shown.set(number, false);
        match household {
            Some(household) => {
                self.by_household.entry(household.clone()).or_default().push(number);
                self.show_newest(&household);
            }
            None => self.shown.set(number, self.may_be_shown(number)),
        }
        true
    }

    /// Takes a home out; false where it is not held.
    pub fn remove(&mut self, urn: ProviderUrn, vacancy_id: &str) -> bool {
        let Some(number) = self.by_key.remove(&Key { urn, vacancy_id: vacancy_id.into() }) else { return false };
        self.leave_household(number);
        self.shown.set(number, false);
        self.held[number as usize] = None;
        self.free.push(number);
        true
    }

    fn leave_household(&mut self, number: u32) {
        let held = self.held[number as usize].as_ref();
        let Some(household) = held.and_then(|held| household(&held.home)) else { return };
        if let Some(numbers) = self.by_household.get_mut(&household) {
            numbers.retain(|other| *other != number);
            if numbers.is_empty() {
                self.by_household.remove(&household);
            }
        }
        self.show_newest(&household);
    }

    /// Of the same household under two references the newer is shown; places are not added (ifa-formats, section 4.5).
    fn show_newest(&mut self, household: &Household) {
        let numbers = self.by_household.get(household).cloned().unwrap_or_default();
        let as_at = |number: &u32| self.held[*number as usize].as_ref().and_then(|held| held.home.vacancy.as_at.is());
        let candidates = numbers.iter().copied().filter(|number| self.may_be_shown(*number));
        let newest = candidates.max_by_key(|number| (as_at(number), Reverse(*number)));
        for number in numbers {
            self.shown.set(number, newest == Some(number));
        }
    }

    fn may_be_shown(&self, number: u32) -> bool {
        let held = self.held[number as usize].as_ref();
        held.is_some_and(|held| held.home.is_registered && held.home.vacancy.status == Said::Is(VacancyStatus::Open))
    }

    /// Answers a question.
    #[must_use]
    pub fn search(&self, question: &Question, around: &dyn Surroundings, paging: Paging) -> Page {
        let asking = Asking::of(question, around, paging.search);
        let (musts, wants): (Vec<&Criterion>, Vec<&Criterion>) =
            question.criteria.iter().partition(|criterion| criterion.kind == Kind::Must);
        let (indexed, others): (Vec<_>, Vec<_>) = musts
            .iter()
            .enumerate()
            .map(|(n, must)| (n, *must, sets_of(&must.asked)))
            .partition(|(.., sets)| sets.is_some());
        let mut page =
            Page { removed_by_must: musts.iter().map(|must| (must.asked.name(), 0)).collect(), ..Page::default() };
        let mut ranked: Vec<(Rank, u32)> = Vec::new();
        let mut passes = vec![!0_u64; indexed.len()];
        for word in 0..self.shown.0.len() {
            let (mut none_fails, mut one_fails) = (self.shown.word(word), 0);
            passes.fill(!0);
            for (passes, (.., sets)) in passes.iter_mut().zip(&indexed) {
                for set in sets.iter().flatten() {
                    let set = self.sets.get(*set);
                    *passes &= set.map_or(0, |set| set.met.word(word) | set.unknown.word(word));
                }
                one_fails = (one_fails & *passes) | (none_fails & !*passes);
                none_fails &= *passes;
            }
            each_bit(none_fails | one_fails, |bit| {
                let number = (word * 64) as u32 + bit;
                let Some(held) = &self.held[number as usize] else { return };
                if !asking.takes(&held.home) {
                    return;
                }
                let offered = self.offered(&held.home);
                let mut failing = (one_fails >> bit & 1 == 1).then(|| {
                    indexed
                        .iter()
                        .zip(&passes)
                        .find(|(_, passes)| **passes >> bit & 1 == 0)
                        .map_or(0, |((n, ..), _)| *n)
                });
                for (n, must, _) in &others {
                    if must.asked.answer(offered, asking.ages, around) == Answer::NotMet {
                        if failing.is_some() {
                            return;
                        }
                        failing = Some(*n);
                    }
                }
                let is_stale = !question.include_stale && held.home.freshness.is_stale(as_at(&held.home), asking.today);
                match (failing, is_stale) {
                    (None, false) => {
                        let rank = asking.rank(held, offered, &musts, &wants);
                        ranked.push((rank, number));
                    }
                    (None, true) => page.stale_left_out += 1,
                    (Some(n), false) => page.removed_by_must[n].1 += 1,
                    (Some(_), true) => {}
                }
            });
        }
        page.found = ranked.len();
        self.cut(ranked, &asking, paging, &mut page);
        page
    }

    /// Takes the homes of the page out of all that were found, and tells them.
    fn cut(&self, mut ranked: Vec<(Rank, u32)>, asking: &Asking<'_>, paging: Paging, page: &mut Page) {
        if let Some(after) = paging.after {
            ranked.retain(|(rank, _)| *rank > after);
        }
        let homes = paging.homes.clamp(1, PAGE_HOMES_MAX);
        if ranked.len() > homes {
            ranked.select_nth_unstable(homes);
            ranked.truncate(homes);
            page.next = ranked.iter().map(|(rank, _)| *rank).max();
        }
        ranked.sort_unstable();
        let found = ranked.into_iter().filter_map(|(rank, number)| {
            let home = &self.held[number as usize].as_ref()?.home;
            let tell = |criterion: &Criterion| criterion.tell(self.offered(home), asking.ages, asking.around);
            Some(Found {
                home: Arc::clone(home),
                provider: self.providers.get(&home.urn).cloned(),
                criteria: asking.question.criteria.iter().map(tell).collect(),
                rank,
                checked: Checked::of(as_at(home), asking.today),
            })
        });
        page.homes = found.collect();
    }

    fn offered<'m>(&'m self, home: &'m Home) -> Offered<'m> {
        Offered { vacancy: &home.vacancy, provider: self.providers.get(&home.urn).map(|provider| &**provider) }
    }
}

/// A question while it is answered.
struct Asking<'q> {
    question: &'q Question,
    around: &'q dyn Surroundings,
    ages: &'q [u8],
    today: Date,
    search: u64,
}

impl<'q> Asking<'q> {
    fn of(question: &'q Question, around: &'q dyn Surroundings, search: u64) -> Self {
        Self { question, around, ages: question.ages(), today: around.today(), search }
    }

    /// Whether a home is looked at at all: what is expired never is.
    fn takes(&self, home: &Home) -> bool {
        let is_new = self.question.updated_since.is_none_or(|since| home.updated_at > since);
        let until = home.vacancy.more.as_ref().and_then(|more| more.available.as_ref().is()?.until.is());
        is_new && !home.freshness.is_expired(as_at(home), until, self.today)
    }

    fn rank(&self, held: &Held, offered: Offered<'_>, musts: &[&Criterion], wants: &[&Criterion]) -> Rank {
        let answer = |criterion: &&Criterion| criterion.asked.answer(offered, self.ages, self.around);
        let count = |criteria: &[&Criterion], wanted: Answer| {
            criteria.iter().filter(|criterion| answer(criterion) == wanted).count().min(usize::from(u8::MAX)) as u8
        };
        let (mut met, mut not_met) = (0_u8, 0_u8);
        for want in wants {
            match answer(want) {
                Answer::Met => met = met.saturating_add(1),
                Answer::NotMet => not_met = not_met.saturating_add(1),
                Answer::Unknown => {}
            }
        }
        let fee = (self.question.sort == Sort::Fee).then(|| {
            let more = offered.vacancy.more.as_deref()?;
            fees(offered.vacancy, more, self.ages, self.around)?.into_iter().max()
        });
        Rank {
            later: self.question.needed_today && !Checked::of(as_at(&held.home), self.today).is_within_a_working_day(),
            not_block: self.question.sort == Sort::Block && !is_block(offered.vacancy),
            fee_unknown: fee == Some(None),
            fee: fee.flatten(),
            musts_unknown: count(musts, Answer::Unknown),
            wants_met: Reverse(met),
            wants_not_met: not_met,
            miles: self.miles(offered.vacancy),
            as_at: Reverse(held.home.vacancy.as_at.is()),
            tie: mixed(held.hash ^ self.search),
        }
    }

    /// Whole miles from where the search begins.
    fn miles(&self, vacancy: &Vacancy) -> u16 {
        let from = self.question.criteria.iter().find_map(|criterion| match criterion.asked {
            Asked::Within { outward, .. } => Some(outward),
            _ => None,
        });
        let (Some(from), Some(more)) = (from, vacancy.more.as_deref()) else { return MILES_UNKNOWN };
        if let Some(miles) = distance(more, from, self.around) {
            return (miles.round() as u16).min(MILES_SAME_AREA - 1);
        }
        let is_same_area = more.outward_postcode.is().is_some_and(|home| area(home) == area(from));
        if is_same_area { MILES_SAME_AREA } else { MILES_UNKNOWN }
    }
}

fn is_block(vacancy: &Vacancy) -> bool {
    let framework = vacancy.more.as_ref().and_then(|more| more.framework.as_ref().is());
    framework.is_some_and(|framework| framework.contract == Said::Is(PlacementContract::Block))
}

/// The letters of the postcode area.
fn area(outward: Postcode) -> [u8; 2] {
    let mut text = Vec::new();
    outward.write_spaced(&mut text);
    let mut letters = text.into_iter().take_while(u8::is_ascii_alphabetic);
    [letters.next().unwrap_or(0), letters.next().unwrap_or(0)]
}

fn as_at(home: &Home) -> Option<Date> {
    home.vacancy.as_at.is()?.date()
}

fn household(home: &Home) -> Option<Household> {
    let Said::Is(carer_ref) = &home.vacancy.carer_ref else { return None };
    Some((home.urn, carer_ref.clone(), home.vacancy.provision.is()))
}

fn hash_of(key: &Key) -> u64 {
    let mut hash = Sha256::new();
    let mut urn = Vec::new();
    key.urn.write(&mut urn);
    hash.update(&urn);
    hash.update([0]);
    hash.update(key.vacancy_id.as_bytes());
    hash.finalize().first_chunk().map_or(0, |begin| u64::from_le_bytes(*begin))
}

/// Mixes all bits, so that another search gives another order.
fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

fn each_bit(mut bits: u64, mut take: impl FnMut(u32)) {
    while bits != 0 {
        take(bits.trailing_zeros());
        bits &= bits - 1;
    }
}

/// What has a set of its own.
fn indexed() -> impl Iterator<Item = Asked> {
    let ages = (0..=AGE_YEARS_MAX).map(|age| Asked::Ages(vec![age]));
    let sexes = [Sex::Male, Sex::Female, Sex::Unknown].map(Asked::Sex);
    let places = (1..=CHILDREN_MAX as u8).map(Asked::Places);
    ages.chain(sexes).chain(Provision::all().map(Asked::Provision)).chain(places)
}

/// The sets of what is asked; `None` where it has none.
fn sets_of(asked: &Asked) -> Option<Vec<usize>> {
    let of = |wanted: &Asked| indexed().position(|asked| asked == *wanted);
    match asked {
        Asked::Ages(ages) => ages.iter().map(|age| of(&Asked::Ages(vec![*age]))).collect(),
        asked => of(asked).map(|set| vec![set]),
    }
}
