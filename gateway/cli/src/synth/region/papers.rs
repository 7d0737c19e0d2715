//! What a gateway of the region is configured with: frameworks with their prices, the register, the outward codes.

use schemas::{code::Regulator, date::Date};

use super::{
    Order,
    agency::{Agency, Listed, MARKETS, Market, own_services},
    land::Authority,
};

/// The tiers into which agencies are put, in turn.
const TIERS: u32 = 2;

/// A date as Ofsted's publications have it; nothing where there is none.
fn british(day: Option<Date>) -> String {
    let mut text = Vec::new();
    if let Some(day) = day {
        day.write_british(&mut text);
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// `outcode,easting,northing`.
pub(super) fn outcodes(land: &[Authority]) -> String {
    let rows = land.iter().flat_map(|authority| &authority.districts).map(|district| format!("{district}\n"));
    std::iter::once("outcode,easting,northing\n".to_owned()).chain(rows).collect()
}

/// The register, under the headings of Ofsted's publication.
pub(super) fn register(listed: &[Listed]) -> String {
    let mut text = "URN,Provision type,Registration status,Name,Sector,\
                    Overall experiences and progress of children and young people,Latest full inspection date\n"
        .to_owned();
    for listed in listed {
        let Listed { urn, registered_as, status, name, sector, rating, rating_date } = listed;
        let (urn, day) = (urn.as_str(), british(*rating_date));
        text += &format!("{urn},{registered_as},{status},{name},{sector},{rating},{day}\n");
    }
    text
}

/// What the frameworks pay, by lot and age.
pub(super) fn prices(agencies: &[Agency]) -> String {
    let mut text = "framework,lot,vacancy_id,age_from,age_to,weekly_fee,valid_from,valid_to\n".to_owned();
    for market in markets(agencies) {
        for (lot, ..) in market.lots {
            for (from, to, _) in market.ages {
                let price = market.price(lot, *from);
                text += &format!("{},{lot},,{from},{to},{price}.00,,\n", market.id);
            }
        }
    }
    text
}

/// The frameworks under which somebody offers.
fn markets(agencies: &[Agency]) -> impl Iterator<Item = &'static Market> {
    MARKETS.iter().filter(|market| agencies.iter().any(|agency| agency.market.id == market.id))
}

/// The configuration.
pub(super) fn configuration(order: &Order, land: &[Authority], agencies: &[Agency]) -> String {
    let members: Vec<String> = land.iter().map(|authority| format!("\"{}\"", authority.code)).collect();
    let (lead, members) = (members.first().cloned().unwrap_or_default(), members.join(", "));
    let mut text = format!(
        "# A gateway of an invented region: no agency, home or price of it exists. See README.md.\n\
         version = 1\n\
         name = \"invented-region\"\n\
         public_url = \"http://127.0.0.1:8443\"\n\
         authority = {lead}\n\n\
         [listen.public]\n\
         address = \"127.0.0.1:8443\"\n\n\
         [ids]\n\
         key_file = \"ids.key\"                     # `openssl rand -base64 32`, mode 0600\n\n\
         [registers]\n\
         outcodes_file = \"registers/outcodes.csv\"\n\
         providers_file = \"registers/ofsted.csv\"\n"
    );
    // Whatever the day of the order, the frameworks hold on it and for a year of searches after it.
    let year = order.as_at.year() - 1;
    for market in markets(agencies) {
        let lots: Vec<String> = market.lots.iter().map(|(lot, ..)| format!("\"{lot}\"")).collect();
        let own = if std::ptr::eq(market, &raw const MARKETS[0]) { in_house(land.len() as u32) } else { String::new() };
        text += &format!(
            "\n[[framework]]\n\
             id = \"{}\"\n\
             name = \"{}\"\n\
             provision = \"{}\"\n\
             lead = {lead}\n\
             members = [{members}]\n\
             lots = [{}]\n\
             tiers = [{}]\n\
             {own}\
             valid_from = {year}-01-01\n\
             vacancy_fresh_days = 7\n\
             vacancy_expire_days = 14\n\
             prices_file = \"registers/prices.csv\"\n",
            market.id,
            market.name,
            word(market),
            lots.join(", "),
            tiers(market, agencies),
        );
    }
    text + &partners(&lead, agencies)
}

fn word(market: &Market) -> String {
    use schemas::code::Code as _;
    market.provision.word()
}

fn in_house(authorities: u32) -> String {
    let own: Vec<String> = own_services(authorities).iter().map(|urn| format!("\"{}\"", urn.as_str())).collect();
    format!("in_house_urns = [{}]\n", own.join(", "))
}

fn tiers(market: &Market, agencies: &[Agency]) -> String {
    let tier = |tier: u32| {
        let of = agencies.iter().filter(|agency| agency.market.id == market.id && agency.number % TIERS == tier);
        let urns: Vec<String> = of.map(|agency| format!("\"{}\"", agency.urn.as_str())).collect();
        if urns.is_empty() { None } else { Some(format!("[{}]", urns.join(", "))) }
    };
    (0..TIERS).filter_map(tier).collect::<Vec<_>>().join(", ")
}

/// A store, and who may offer and search, to be taken when their keys are made.
fn partners(lead: &str, agencies: &[Agency]) -> String {
    debug_assert!(agencies.iter().all(|agency| agency.urn.regulator() == Regulator::Ofsted));
    let urns: Vec<String> = agencies.iter().map(|agency| format!("\"{}\"", agency.urn.as_str())).collect();
    format!(
        "\n# With a store and these two the market can be offered and searched: make the keys first (README.md).\n\
         #[store]\n\
         #path = \"store\"\n\
         #key_file = \"store.key\"\n\n\
         #[[partner]]\n\
         #name = \"agencies\"                       # all of them at once, which only an invented region may do\n\
         #view = \"provider\"\n\
         #scopes = [\"vacancies:read\", \"vacancies:write\"]\n\
         #urns = [{}]\n\n\
         #[[partner]]\n\
         #name = \"placements\"\n\
         #view = \"local-authority\"\n\
         #authority = {lead}\n\
         #scopes = [\"vacancies:read\"]\n",
        urns.join(", ")
    )
}
