//! An invented market, as varied as a seed makes it, and the question of a scan: each home looked at, one by one.

use std::sync::Arc;

use exchange::market::{
    answer::{Answer, Offered, Surroundings},
    question::{Asked, Criterion, Kind, Question, Sort},
    search::{Home, MILES_SAME_AREA, MILES_UNKNOWN, Market},
    vacancy::{Checked, Freshness},
};
use schemas::{
    code::{Code, PlacementContract, Regulator, VacancyStatus},
    date::{Date, DateTime},
    identifier::{LaCode, ProviderUrn},
    money::Pence,
    postcode::{Postcode, PostcodeRead},
    record::{
        Availability, Fee, FeeBand, HomeArea, HomeFacts, Places, Provider, Vacancy, VacancyFramework, VacancyMore,
        WhoFor,
    },
    reflect::Number,
    said::Said,
};

pub(crate) fn today() -> Date {
    Date::new(2026, 1, 14).unwrap()
}

/// Numbers without end, the same for the same seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 33) % end
    }

    fn one_in(&mut self, end: u64) -> bool {
        self.below(end) == 0
    }

    fn number<const MOST: u16>(&mut self, end: u64) -> Number<MOST> {
        Number::new(self.below(end) as u16).unwrap()
    }

    /// Mostly a value, sometimes none.
    fn said<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Said<T> {
        match self.below(8) {
            0 => Said::Blank,
            _ => Said::Is(value(self)),
        }
    }

    fn code<C: Code>(&mut self) -> C {
        let all: Vec<C> = C::all().collect();
        all[self.below(all.len() as u64) as usize]
    }

    fn codes<C: Code>(&mut self, most: u64) -> Vec<C> {
        (0..self.below(most + 1)).map(|_| self.code()).collect()
    }
}

pub(crate) const OUTCODES: [&str; 6] = ["B13", "B14", "CV1", "WS2", "DY3", "M1"];

pub(crate) fn outcode(text: &str) -> Postcode {
    match Postcode::read(text.as_bytes()) {
        PostcodeRead::Is(code) => code,
        _ => panic!("an outcode"),
    }
}

pub(crate) fn urn(n: u64) -> ProviderUrn {
    ProviderUrn::read(Regulator::Ofsted, format!("SC{:06}", 900_000 + n).as_bytes()).unwrap()
}

pub(crate) fn home(dice: &mut Dice, n: u64, providers: u64) -> Home {
    let as_at = today().add_days(-(dice.below(18) as i32)).unwrap();
    let (least, span) = (dice.below(17) as u16, dice.below(9) as u16);
    let reference = format!("V-{n}");
    let more = VacancyMore {
        framework: dice.said(|dice| VacancyFramework {
            id: dice.said(|dice| format!("framework-{}", dice.below(3)).into()),
            contract: dice.said(Dice::code),
            block_ref: Said::Blank,
            block_owner: dice.said(|dice| vec![LaCode::new(330 + dice.below(3) as u16).unwrap()]),
        }),
        places: dice.said(|dice| Places { available: dice.said(|dice| dice.number(5)), ..Places::default() }),
        available: dice.said(|dice| Availability {
            from: dice.said(|dice| today().add_days(dice.below(30) as i32 - 15).unwrap()),
            until: if dice.one_in(4) {
                Said::Is(today().add_days(dice.below(40) as i32 - 5).unwrap())
            } else {
                Said::Blank
            },
        }),
        who_for: dice.said(|dice| WhoFor {
            age_min: Said::Is(Number::new(least).unwrap()),
            age_max: Said::Is(Number::new((least + span).min(25)).unwrap()),
            genders: dice.said(|dice| vec![dice.code()]),
            siblings_max: dice.said(|dice| Number::new(1 + dice.below(4) as u16).unwrap()),
            siblings_only: Said::Blank,
            solo_only: dice.said(|dice| dice.one_in(5)),
        }),
        placement_types: dice.said(|dice| dice.codes(4)),
        skills: dice.said(|dice| dice.codes(5)),
        skills_not: dice.said(|dice| dice.codes(2)),
        home: dice.said(|dice| HomeFacts {
            children_here: dice.said(|dice| dice.codes(3)),
            pets: dice.said(|dice| dice.codes(2)),
            smoking: dice.said(Dice::code),
            wheelchair: dice.said(Dice::code),
            own_bedroom: dice.said(|dice| dice.one_in(2)),
            languages: dice.said(|dice| vec![["ENG", "URD", "POL"][dice.below(3) as usize].into()]),
            ..HomeFacts::default()
        }),
        home_ethnicity: dice.said(|dice| dice.codes(2)),
        home_religion: dice.said(|dice| dice.codes(1)),
        outward_postcode: dice.said(|dice| outcode(OUTCODES[dice.below(6) as usize])),
        location: dice.said(|dice| HomeArea {
            authority: dice.said(|dice| LaCode::new(330 + dice.below(5) as u16).unwrap()),
            school_run_miles: dice.said(|dice| dice.number(30)),
            family_time: Said::Blank,
        }),
        fee: dice.said(|dice| Fee {
            weekly: dice.said(|dice| Pence::new(60_000 + dice.below(60_000) as u32).unwrap()),
            note: Said::Blank,
            bands: dice.said(|dice| {
                (0..dice.below(3))
                    .map(|n| FeeBand {
                        age_from: Said::Is(Number::new(n as u16 * 5).unwrap()),
                        age_to: dice.said(|_| Number::new(n as u16 * 5 + 6).unwrap()),
                        weekly: dice.said(|dice| Pence::new(60_000 + dice.below(60_000) as u32).unwrap()),
                        ..FeeBand::default()
                    })
                    .collect()
            }),
        }),
        ..VacancyMore::default()
    };
    let vacancy = Vacancy {
        vacancy_id: Said::Is(reference.into()),
        // Some households stand there twice.
        carer_ref: dice.said(|dice| format!("C-{}", if dice.one_in(10) { dice.below(20) } else { 1_000 + n }).into()),
        lot: dice.said(|dice| ["standard", "enhanced"][dice.below(2) as usize].into()),
        provision: dice.said(Dice::code),
        status: if dice.one_in(3) { Said::Is(dice.code()) } else { Said::Is(VacancyStatus::Open) },
        as_at: if dice.one_in(30) { Said::Blank } else { Said::Is(at(as_at, 8 + dice.below(9))) },
        more: (!dice.one_in(40)).then(|| Box::new(more)),
    };
    Home {
        urn: urn(dice.below(providers)),
        vacancy,
        is_registered: !dice.one_in(15),
        freshness: Freshness::default(),
        updated_at: at(as_at, 12),
    }
}

pub(crate) fn at(day: Date, hour: u64) -> DateTime {
    DateTime::read(format!("{day}T{hour:02}:00:00Z").as_bytes()).unwrap()
}

/// A market of so many homes, and the same homes in a list.
pub(crate) fn market(seed: u64, homes: u64, providers: u64) -> Market {
    let (mut market, mut dice) = (Market::default(), Dice(seed));
    for n in 0..providers {
        let provider = Provider { rating: dice.said(Dice::code), ..Provider::default() };
        market.put_provider(urn(n), provider);
    }
    for n in 0..homes {
        let home = home(&mut dice, n, providers);
        assert!(market.put(home));
    }
    market
}

/// Outcodes on a line, but for one that no table has.
pub(crate) struct Line {
    pub(crate) has_table: bool,
}

impl Surroundings for Line {
    fn miles(&self, from: Postcode, to: Postcode) -> Option<f64> {
        let place = |code: Postcode| OUTCODES.iter().position(|known| outcode(known) == code);
        if from == to {
            return Some(0.0);
        }
        let (from, to) = (place(from)?, place(to)?);
        (self.has_table && from < 5 && to < 5).then(|| (from.abs_diff(to) * 7) as f64)
    }

    fn framework_price(&self, vacancy: &Vacancy, age: Option<u8>, _: Date) -> Option<Pence> {
        let enhanced = vacancy.lot.as_ref().is().is_some_and(|lot| **lot == *"enhanced");
        enhanced.then(|| Pence::new(80_000 + u32::from(age.unwrap_or(0)) * 1_000).unwrap())
    }

    fn is_near(&self, area: LaCode) -> bool {
        area.number() < 332
    }

    fn today(&self) -> Date {
        today()
    }
}

/// Parameters of a question.
pub(crate) fn parameters(dice: &mut Dice) -> Vec<(&'static str, String)> {
    let mut parameters = Vec::new();
    let kind = |dice: &mut Dice| ["", "must:", "want:"][dice.below(3) as usize];
    for _ in 0..dice.below(3) {
        parameters.push(("age", dice.below(19).to_string()));
    }
    let texts: [(&str, &[&str]); 17] = [
        ("sex", &["M", "F", "U"]),
        ("siblings", &["1", "2", "3"]),
        ("provision", &["fostering", "residential", "supported-accommodation"]),
        ("placement_type", &["short-term", "long-term", "respite"]),
        ("attribute", &["uasc", "autism-adhd;self-harm", "fire-setting"]),
        ("companions", &["solo", "only-older", "only-younger"]),
        ("pets", &["none", "dog"]),
        ("wheelchair", &["full", "ground-floor", "none"]),
        ("smoking", &["no", "outside"]),
        ("own_bedroom", &["Y", "N"]),
        ("language", &["ENG", "urd"]),
        ("culture", &["APKN", "muslim"]),
        ("school", &["B13", "M1"]),
        ("available_from", &["2026-01-20", "2026-02-10"]),
        ("max_fee", &["900.00", "700"]),
        ("rating", &["good;outstanding", "inadequate"]),
        ("lot", &["standard", "enhanced"]),
    ];
    for (name, values) in texts {
        if dice.one_in(4) {
            parameters.push((name, format!("{}{}", kind(dice), values[dice.below(values.len() as u64) as usize])));
        }
    }
    if dice.one_in(2) {
        parameters.push(("outward", OUTCODES[dice.below(6) as usize].to_owned()));
        parameters.push(("miles", format!("{}{}", kind(dice), dice.below(30))));
    }
    if dice.one_in(3) {
        parameters.push(("framework", "framework-1".to_owned()));
    }
    for (name, text) in
        [("needed", "today"), ("include_stale", "true"), ("updated_since", "2026-01-05T00:00:00Z"), ("sort", "fee")]
    {
        if dice.one_in(4) {
            parameters.push((name, text.to_owned()));
        }
    }
    if !parameters.iter().any(|(name, _)| *name == "sort") && dice.one_in(4) {
        parameters.push(("sort", "block".to_owned()));
    }
    parameters
}

/// What a scan finds: the homes in their order without the last number that tells equals apart, how many stale ones it
/// left out, and what each criterion that must hold leaves out alone.
pub(crate) struct Scanned {
    pub(crate) homes: Vec<(Ordered, Arc<Home>)>,
    pub(crate) stale_left_out: usize,
    pub(crate) removed_by_must: Vec<(String, usize)>,
}

/// The order of a home as the specification tells it, written anew.
pub(crate) type Ordered = (bool, bool, u64, usize, i64, usize, u16, i64);

/// Looks at each home, one by one.
pub(crate) fn scan(market: &Market, question: &Question, around: &dyn Surroundings) -> Scanned {
    let ages = question.ages();
    let musts: Vec<&Criterion> = question.criteria.iter().filter(|it| it.kind == Kind::Must).collect();
    let mut scanned = Scanned {
        homes: Vec::new(),
        stale_left_out: 0,
        removed_by_must: musts.iter().map(|must| (must.asked.name(), 0)).collect(),
    };
    let all: Vec<&Arc<Home>> = market.homes().collect();
    let open = |home: &Home| home.is_registered && home.vacancy.status == Said::Is(VacancyStatus::Open);
    // The newest of each household, of equals the one that came first.
    let mut newest: std::collections::HashMap<_, usize> = std::collections::HashMap::new();
    for (n, home) in all.iter().enumerate().filter(|(_, home)| open(home)) {
        if let Said::Is(carer) = &home.vacancy.carer_ref {
            let household = (home.urn, carer.clone(), home.vacancy.provision.is());
            let best = newest.entry(household).or_insert(n);
            if all[*best].vacancy.as_at.is() < home.vacancy.as_at.is() {
                *best = n;
            }
        }
    }
    for (n, home) in all.iter().enumerate() {
        let is_newest = match &home.vacancy.carer_ref {
            Said::Is(carer) => newest.get(&(home.urn, carer.clone(), home.vacancy.provision.is())) == Some(&n),
            _ => true,
        };
        let as_at = home.vacancy.as_at.is();
        let age = as_at.and_then(DateTime::date).map(|day| today().days_since(day));
        let until = home.vacancy.more.as_ref().and_then(|more| more.available.as_ref().is()?.until.is());
        let is_over = until.is_some_and(|until| until < today());
        let is_old = question.updated_since.is_some_and(|since| home.updated_at <= since);
        if !open(home) || !is_newest || is_over || is_old || age.is_none_or(|age| age > 14) {
            continue;
        }
        let offered = Offered { vacancy: &home.vacancy, provider: market.provider(home.urn).map(|it| &**it) };
        let answers: Vec<(Kind, Answer)> =
            question.criteria.iter().map(|it| (it.kind, it.asked.answer(offered, ages, around))).collect();
        let count = |kind, answer| answers.iter().filter(|it| **it == (kind, answer)).count();
        let failing: Vec<usize> = answers
            .iter()
            .filter(|(kind, _)| *kind == Kind::Must)
            .enumerate()
            .filter(|(_, (_, answer))| *answer == Answer::NotMet)
            .map(|(n, _)| n)
            .collect();
        let is_stale = !question.include_stale && age.is_none_or(|age| age > 7);
        match (&failing[..], is_stale) {
            ([], false) => {
                let from = question.criteria.iter().find_map(|it| match it.asked {
                    Asked::Within { outward, .. } => Some(outward),
                    _ => None,
                });
                let to = home.vacancy.more.as_ref().and_then(|more| more.outward_postcode.is());
                let miles = match (from, to) {
                    (Some(from), Some(to)) => match around.miles(from, to) {
                        Some(miles) => miles.round() as u16,
                        None if letters(from) == letters(to) => MILES_SAME_AREA,
                        None => MILES_UNKNOWN,
                    },
                    _ => MILES_UNKNOWN,
                };
                let checked = Checked::of(as_at.and_then(DateTime::date), today());
                let block = home.vacancy.more.as_ref().is_some_and(|more| {
                    more.framework.as_ref().is().is_some_and(|it| it.contract == Said::Is(PlacementContract::Block))
                });
                let order = (
                    question.needed_today && checked.working_days.is_none_or(|days| days > 1),
                    question.sort == Sort::Block && !block,
                    if question.sort == Sort::Fee { dearest(offered, ages, around) } else { 0 },
                    count(Kind::Must, Answer::Unknown),
                    -(count(Kind::Want, Answer::Met) as i64),
                    count(Kind::Want, Answer::NotMet),
                    miles,
                    -(seconds(as_at)),
                );
                scanned.homes.push((order, Arc::clone(home)));
            }
            ([], true) => scanned.stale_left_out += 1,
            ([one], false) => scanned.removed_by_must[*one].1 += 1,
            _ => {}
        }
    }
    scanned.homes.sort_by_key(|(order, _)| *order);
    scanned
}

/// The dearest of the children's fees: the least amount at which every fee is met; unknown last.
fn dearest(offered: Offered<'_>, ages: &[u8], around: &dyn Surroundings) -> u64 {
    let meets = |pence: u32| Asked::FeeAtMost(Pence::new(pence).unwrap()).answer(offered, ages, around);
    if meets(Pence::MOST) == Answer::Unknown {
        return u64::MAX;
    }
    let (mut low, mut high) = (0, Pence::MOST);
    while low < high {
        let middle = low + (high - low) / 2;
        if meets(middle) == Answer::Met { high = middle } else { low = middle + 1 }
    }
    u64::from(low)
}

fn seconds(at: Option<DateTime>) -> i64 {
    let Some(at) = at else { return 0 };
    let mut text = Vec::new();
    at.write(&mut text);
    let text = String::from_utf8(text).unwrap();
    i64::from(at.date().unwrap().days_since(Date::new(2020, 1, 1).unwrap())) * 24 + text[11..13].parse::<i64>().unwrap()
}

fn letters(code: Postcode) -> String {
    let mut text = Vec::new();
    code.write_spaced(&mut text);
    String::from_utf8(text).unwrap().chars().take_while(char::is_ascii_alphabetic).collect()
}
