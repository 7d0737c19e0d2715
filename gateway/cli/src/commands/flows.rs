//! `homeward config describe`: who gets what of whom, for those who answer for it and do not read TOML.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use exchange::{
    children::{Children, Statuses},
    market::framework::Framework,
    pipeline::Output,
    precision::Precision,
    view::{self, View},
    views::COLLECTOR,
};
use kit::{
    adapter::Parts,
    pep::{CountedWhen, HowOften, PepSettings},
};
use schemas::{
    code::{Code, local_authority_name},
    identifier::{IdentifierKind, LaCode},
    record::STATEMENTS,
};
use server::config::{
    self, AfterPickup, Batch, ClientProof, Config, Https, Intake, MeshInbox, MeshRecipient, Partner, Pickup, Route,
    RowErrors, Scope, SftpHost, SignIn, Transport, Untraced,
};

use crate::{
    failure::{Ended, Outcome},
    output::{Target, cannot_write},
    reading::load_config,
    terminal::Terminal,
};

pub(crate) fn run(file: &Path, output: Option<&Path>, terminal: &Terminal) -> Outcome {
    let page = page(&load_config(file)?);
    if output.is_none() {
        terminal.print(page.as_bytes())?;
        return Ok(Ended::Well);
    }
    let mut target = Target::open(output, Parts::One)?;
    target.write("flows.md", page.as_bytes()).map_err(cannot_write)?;
    target.finish()?;
    Ok(Ended::Well)
}

/// The whole page: a section a route, a part of it a recipient. No secret is held by what it is made from.
fn page(config: &Config) -> String {
    let mut page = format!("# What {} sends to whom\n\nConfiguration `{}`.\n", config.name, config.digest);
    if config.routes.is_empty() {
        page.push_str("\nThere is no route: nothing is sent to anyone.\n");
    }
    for route in &config.routes {
        describe_route(&mut page, config, route);
    }
    for partner in &config.partners {
        describe_reader(&mut page, config, partner);
    }
    describe_plans(&mut page, &config.pep);
    for framework in &config.frameworks {
        describe_framework(&mut page, framework);
    }
    describe_registers(&mut page, config);
    page
}

/// What a partner asks for and states over FHIR, whenever it likes.
fn describe_reader(page: &mut String, config: &Config, partner: &Partner) {
    // Nobody writes who may not read.
    if !partner.scopes.contains(Scope::FhirRead) {
        return;
    }
    let writes = partner.scopes.contains(Scope::FhirWrite);
    let view = config.views.get(&partner.view);
    let is_authority = view.as_ref().is_some_and(|view| view.is_for_an_authority());
    let routes: Vec<&str> = config
        .routes
        .iter()
        .filter(|route| route.to.iter().any(|target| target.partner == partner.name))
        .map(|route| route.name.as_str())
        .collect();
    let taken =
        if routes.is_empty() { String::new() } else { format!(", and whom these take to it: {}", routes.join(", ")) };
    let whose = match (is_authority, &partner.ods_code) {
        (true, _) => "its own, and it may list them".to_owned(),
        (false, Some(ods)) => format!("those for whom the authority names {ods}{taken}"),
        (false, None) => format!("nobody by name{taken}"),
    };
    let states = match (writes, is_authority) {
        (false, _) => "nothing".to_owned(),
        (true, true) => "health and care, of its own children, as its own word".to_owned(),
        (true, false) => "health, of any child that it names, as its own word; that opens no record".to_owned(),
    };
    let _ = writeln!(page, "\n## Over FHIR: {}\n", partner.name);
    list(
        page,
        &[
            ("Reads", "by id, by search and as the passport, each reading in the audit chain".to_owned()),
            ("Children", whose),
            ("View", format!("{}; of a child whom nobody has traced no place", partner.view)),
            ("Basis", basis(view.as_deref())),
            ("States", states),
        ],
    );
}

/// Who buys under a framework, of whom, and how long what is offered holds.
fn describe_framework(page: &mut String, framework: &Framework) {
    let until = framework.valid_to.map_or("until further notice".to_owned(), |last| format!("to {last}"));
    let asked = match framework.tiers.len() {
        0 => "any that names it".to_owned(),
        1 => format!("{} in one tier", framework.tiers.iter().map(Vec::len).sum::<usize>()),
        tiers => {
            let counts: Vec<String> = framework.tiers.iter().map(|tier| tier.len().to_string()).collect();
            format!("{} in {tiers} tiers, asked one after the other", counts.join(", "))
        }
    };
    let prices = match framework.prices.len() {
        0 => "none is given".to_owned(),
        rows => format!("{rows} of the price list, the narrowest counts"),
    };
    let _ = writeln!(page, "\n## Framework {}\n", framework.id);
    list(
        page,
        &[
            ("Name", format!("{}, for {}", framework.name, framework.provision.label())),
            ("Lead", authority(framework.lead)),
            ("Members", authorities(&framework.members)),
            ("Lots", framework.lots.join(", ")),
            ("Agencies", asked),
            ("In-house", format!("{}, asked first", framework.in_house_urns.len())),
            ("Holds", format!("from {} {until}", framework.valid_from)),
            (
                "Vacancies",
                format!(
                    "fresh up to {} days after they were checked, closed after {}",
                    framework.fresh_days, framework.expire_days
                ),
            ),
            ("Offers", format!("within {} hours, unless the referral says otherwise", framework.offer_hours)),
            ("Prices", prices),
        ],
    );
}

/// What is known of places and providers from public registers.
fn describe_registers(page: &mut String, config: &Config) {
    let registers = &config.registers;
    let outcodes = match registers.outcodes.len() {
        0 => "not known but within one outward code".to_owned(),
        count => format!("by the middles of {count} outward codes"),
    };
    let providers = match &registers.providers {
        None => "not held to Ofsted's register".to_owned(),
        Some(register) => format!("held to Ofsted's register, which has {}", register.len()),
    };
    let near = match registers.neighbours.as_slice() {
        [] => "none is named".to_owned(),
        neighbours => authorities(neighbours),
    };
    page.push_str("\n## Registers\n\n");
    list(page, &[("Distances", outcodes), ("Providers", providers), ("Near", near)]);
}

fn authorities(codes: &[LaCode]) -> String {
    codes.iter().map(|code| authority(*code)).collect::<Vec<_>>().join(", ")
}

/// An authority by its code and its name.
fn authority(code: LaCode) -> String {
    local_authority_name(code.number()).map_or_else(|| code.to_string(), |name| format!("{code} {name}"))
}

/// What personal education plans are held to, by which terms.
fn describe_plans(page: &mut String, pep: &PepSettings) {
    let often = match pep.often {
        HowOften::PerTerm(number) => format!("{number} a term"),
        HowOften::PerYear(number) => format!("{number} a school year"),
    };
    let terms: Vec<String> = pep
        .calendar
        .terms()
        .iter()
        .map(|term| format!("{} {} from {} to {}", term.name, term.year, term.days.first, term.days.last))
        .collect();
    let given = if terms.is_empty() { "none is given".to_owned() } else { terms.join("; ") };
    page.push_str("\n## Personal education plans\n\n");
    list(
        page,
        &[
            ("First", format!("due {} {} days after the start of care", pep.first_days, pep.first_day_kind.word())),
            ("Then", often),
            ("Counts", format!("on the day it is {}", counted(pep.counted_when))),
            (
                "Children",
                format!(
                    "from the term after they are {} to the end of the year they are {}",
                    pep.ages.from, pep.ages.to
                ),
            ),
            ("Terms", format!("{given}; every other school year is approximate, and what follows from it says so")),
        ],
    );
}

fn counted(when: CountedWhen) -> &'static str {
    match when {
        CountedWhen::Complete => "complete",
        CountedWhen::Meeting => "held",
    }
}

fn describe_route(page: &mut String, config: &Config, route: &Route) {
    let from = &route.from;
    let stopped = if route.enabled { "" } else { " (switched off)" };
    let mut lines = vec![
        ("Sender", format!("{}: `{}`, {}", from.partner, from.format.name, from.format.summary)),
        ("Comes", intake(&from.transport)),
        ("Children", children(&route.children)),
        ("Wrong rows", row_errors(route)),
    ];
    if route.complete {
        let (percent, count) = (route.subjects_missing_percent_max, route.subjects_missing_max);
        let words =
            format!("what a message lacks is withdrawn; a person is asked above {percent} % or {count} subjects");
        lines.push(("Complete", words));
    }
    let schedule = route.schedule.as_ref().map_or("at once".to_owned(), |schedule| {
        let on = schedule.on.as_ref().map_or(String::new(), |on| format!(" on {on}"));
        format!("every {}{on} at {}", schedule.every.word(), schedule.at.as_deref().unwrap_or("00:00"))
    });
    lines.push(("Leaves", schedule));
    lines.push(("Retention", retention(config)));
    let _ = writeln!(page, "\n## {}{stopped}\n", route.name);
    list(page, &lines);
    for target in &route.to {
        describe_target(page, config, route, target);
    }
}

fn describe_target(page: &mut String, config: &Config, route: &Route, target: &config::Target) {
    let _ = writeln!(page, "\n### {} → {}\n", target.format.name, target.partner);
    let batch = match target.batch {
        Batch::Child => "one child a delivery",
        Batch::Message => "one delivery a message",
        Batch::Schedule => "everybody as a whole file at each run of the schedule, whatever changed",
    };
    let partners = target.partner_view.as_deref().and_then(|name| config.views.get(name));
    let own = target.view.as_deref().and_then(|name| config.views.get(name));
    // Several views on the way are met, never joined.
    let view = match (partners, own) {
        (Some(partners), Some(own)) => Some(Arc::new(partners.meet(&own))),
        (view, None) | (None, view) => view,
    };
    let collectors = target.is_collectors_roll().then(|| config.views.get(COLLECTOR)).flatten();
    let view = match (view, collectors) {
        (Some(view), Some(collectors)) => Some(Arc::new(view.meet(&collectors))),
        (view, _) => view,
    };
    let mut lines = vec![
        ("Gets", format!("`{}`, {}; {batch}", target.format.name, target.format.summary)),
        ("Travels", transport(&target.transport)),
        ("View", view.as_ref().map_or("none: nothing is sent".to_owned(), |view| format!("`{}`", view.digest()))),
        ("Basis", basis(view.as_deref())),
    ];
    lines.push(("Approval", approval(target).to_owned()));
    let schools = config.schools_of_roll(route, target);
    if !schools.is_empty() {
        lines.push(("Beside the sender", format!("where a child learns is told as {} have it", schools.join(", "))));
    }
    if target.untraced == Untraced::Send {
        lines.push(("Untraced", "placement addresses are sent of children without a traced NHS number too".to_owned()));
    }
    list(page, &lines);
    match view {
        Some(view) => describe_view(page, &view),
        None => page.push_str("\nWithout a view nothing is sent.\n"),
    }
}

/// How long what comes on a route is kept, and what is told of it.
fn retention(config: &Config) -> String {
    let Some(store) = &config.store else { return "nothing is kept: there is no [store]".to_owned() };
    let days = &store.retention;
    format!(
        "bytes as received and as sent {} days after they are settled; a quarantined message {} days; reports {} days; \
         word of deliveries {} days; audit lines {} days",
        days.content_days, days.quarantine_days, days.report_days, days.delivery_days, days.audit_days
    )
}

/// Who lets the first delivery go, and the first after a change.
fn approval(target: &config::Target) -> &'static str {
    match target.untraced {
        _ if target.roll == config::Roll::Full => "two persons, at first and after each change: it is a full roll",
        Untraced::Send => "two persons, at first and after each change of view, format or filter",
        Untraced::Withhold => {
            "two persons at first and for another view; one for a change of format or filter of a view that two approved"
        }
    }
}

fn basis(view: Option<&View>) -> String {
    let shipped = |view: &View| format!("that of the shipped view it is made from: {}", view.name());
    view.map_or("none".to_owned(), |view| view.basis().map_or_else(|| shipped(view), str::to_owned))
}

/// Every field that is let out, with its precision; what is not named is withheld.
fn describe_view(page: &mut String, view: &View) {
    page.push_str("\n| statement | field | precision |\n|---|---|---|\n");
    for kind in IdentifierKind::ALL {
        if view.lets_out_kind(kind) {
            let _ = writeln!(page, "| Identifier | {} | full |", view::identifier_row(kind));
        }
    }
    for statement in STATEMENTS {
        for field in statement.fields {
            let precision = view.precision(statement.name, field.name);
            if precision != Precision::Withheld {
                let _ = writeln!(page, "| {} | {} | {} |", statement.name, field.name, precision.word());
            }
        }
    }
    page.push_str("\nEverything else is withheld.\n");
}

fn list(page: &mut String, lines: &[(&str, String)]) {
    for (name, words) in lines {
        let _ = writeln!(page, "- **{name}**: {words}");
    }
}

fn intake(intake: &Intake) -> String {
    match intake {
        Intake::Https => "by request, posted by the sender".to_owned(),
        Intake::Directory(pickup) => files(pickup, |path| path.display().to_string()),
        Intake::Sftp(pickup) => {
            format!("{}, by SFTP from {}", files(&pickup.files, Clone::clone), account(&pickup.host))
        }
        Intake::Mesh(inbox) => format!("from the MESH mailbox {}, {}", inbox.mailbox, messages(inbox)),
        Intake::MeshFolder(inbox) => {
            format!("from the folders of a MESH client, mailbox {}, {}", inbox.mailbox, messages(inbox))
        }
    }
}

fn files<P>(pickup: &Pickup<P>, show: impl Fn(&P) -> String) -> String {
    let after = match &pickup.after {
        AfterPickup::Move(done) => format!("then moved to `{}`", show(done)),
        AfterPickup::Delete => "then deleted".to_owned(),
    };
    format!("as files `{}` in `{}`, {after}", pickup.pattern, show(&pickup.path))
}

/// An account at a host, as people write it.
fn account(host: &SftpHost) -> String {
    format!("`{}@{}`, port {}", host.user, host.address.name(), host.address.port())
}

/// Which messages of a mailbox are meant.
fn messages(inbox: &MeshInbox) -> String {
    let sender = inbox.sender.as_ref().map(|sender| format!(" sent by {sender}"));
    format!("as {}{}", inbox.workflow.as_str(), sender.unwrap_or_default())
}

fn children(children: &Children) -> String {
    let mut words = match children.statuses {
        None => "looked after".to_owned(),
        Some(Statuses { looked_after, care_leaver }) => {
            let named = [(looked_after, "looked after"), (care_leaver, "care leavers")];
            named.iter().filter(|(asked, _)| *asked).map(|(_, word)| *word).collect::<Vec<_>>().join(", ")
        }
    };
    let codes = |codes: &Option<BTreeSet<LaCode>>| {
        codes.as_ref().map(|codes| codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
    };
    let areas = children.placement_areas.as_ref().map(|areas| {
        let spelt = areas.iter().map(|area| {
            let mut text = Vec::new();
            area.write_compact(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        spelt.collect::<Vec<_>>().join(", ")
    });
    for (name, list) in [
        ("of authority", codes(&children.authorities)),
        ("placed in authority", codes(&children.placement_authorities)),
        ("placed in", areas),
    ] {
        if let Some(list) = list {
            let _ = write!(words, "; {name} {list}");
        }
    }
    for (name, age) in [("from", children.age_min), ("to", children.age_max)] {
        if let Some(age) = age {
            let _ = write!(words, "; {name} {age} years");
        }
    }
    if children.short_breaks == Some(true) {
        words.push_str("; short breaks too");
    }
    words.push_str("; from 18 only with the adult's own consent");
    words
}

fn row_errors(route: &Route) -> String {
    let what = match route.errors {
        RowErrors::Fail => "any quarantines the whole message",
        RowErrors::Skip => "left out",
        RowErrors::Quarantine => "kept back, the rest goes out",
    };
    format!("{what}; above {} the whole message is quarantined", route.errors_max)
}

fn transport(transport: &Transport) -> String {
    match transport {
        Transport::Https(https) => by_request(https),
        Transport::Directory(folder) => format!("as a file in `{}`", folder.path.display()),
        Transport::Sftp(folder) => format!("as a file in `{}`, by SFTP to {}", folder.path, account(&folder.host)),
        Transport::Mesh(way) => {
            let to = match &way.to {
                MeshRecipient::Mailbox(mailbox) => format!("the MESH mailbox {mailbox}"),
                MeshRecipient::Organisation(ods) => format!("the MESH mailbox of {}", ods.as_str()),
            };
            format!("from the MESH mailbox {} to {to}, as {}", way.mailbox.mailbox, way.workflow.as_str())
        }
        Transport::MeshFolder(way) => {
            let (from, workflow) = (&way.folder.mailbox, way.workflow.as_str());
            format!("through the folders of a MESH client, mailbox {from}, to {}, as {workflow}", way.to)
        }
    }
}

fn by_request(https: &Https) -> String {
    let mut words = format!("{} to {}", https.method, https.url);
    let sign_in = match &https.sign_in {
        SignIn::None => None,
        SignIn::Bearer(_) => Some("with a fixed token".to_owned()),
        SignIn::Token { url, proof: ClientProof::SignedAssertion(_), .. } => {
            Some(format!("with a token of {url} by signed assertion"))
        }
        SignIn::Token { url, proof: ClientProof::Secret(_), .. } => {
            Some(format!("with a token of {url} by client secret"))
        }
    };
    let certificate = https.certificate.as_ref().map(|_| "under our client certificate".to_owned());
    let proxy = https.proxy.as_ref().map(|proxy| format!("through the proxy {proxy}"));
    for more in [certificate, sign_in, proxy].into_iter().flatten() {
        let _ = write!(words, ", {more}");
    }
    words
}
