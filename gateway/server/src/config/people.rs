//! `[[console.person]]`: people who act on the gateway, what they may do, and how they are known.
//!
//! A person calls as a partner does and is found in the same way; what a partner's system may not do (approve a route,
//! take the second step of what needs two) is a person's role.

use super::Placed;
use super::fault;
use super::limits::PartnerLimits;
use super::partners::{Judging, Partner, PartnerCertificate, read_api_keys, read_fingerprint};
use super::scope::{Scope, Scopes};
use super::section::Section;

/// What a person may do.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Role {
    /// Messages and deliveries of all partners, without their content.
    Messages,
    /// Who is who.
    Identity,
    /// Restrictions.
    Restrictions,
    /// Approving what routes send.
    Approve,
    /// Looking at partners.
    Partners,
    /// The audit chain.
    Audit,
}

impl Role {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("messages", Self::Messages),
        ("identity", Self::Identity),
        ("restrictions", Self::Restrictions),
        ("approve", Self::Approve),
        ("partners", Self::Partners),
        ("audit", Self::Audit),
    ];

    /// Its word in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(_, role)| *role == self).map_or("", |(word, _)| word)
    }

    fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Messages => {
                &[Scope::MessagesRead, Scope::MessagesAct, Scope::DeliveriesRead, Scope::DeliveriesAct, Scope::Operator]
            }
            Self::Identity => &[Scope::IdentityRead, Scope::IdentityAct],
            Self::Restrictions => &[Scope::RestrictionsAct, Scope::IdentityRead],
            Self::Approve | Self::Partners => &[],
            Self::Audit => &[Scope::AuditRead, Scope::Operator],
        }
    }
}

/// A person behind a caller.
#[derive(Clone, Debug)]
pub struct Person {
    /// The name that audit lines tell.
    pub name: String,
    /// What the person may do.
    pub roles: Vec<Role>,
}

/// Reads `[console]` and its people. The console's pages are a later version's.
pub(super) fn read(
    root: &Section<'_>,
    judging: &mut Judging<'_>,
    partners: &[Partner],
    authority: Option<&str>,
) -> Vec<Partner> {
    let section = root.section("console");
    if let Some(found) = section.boolean("enabled").filter(|found| found.value) {
        section.fault(
            &fault::NOT_YET,
            found.byte,
            Some("the pages of the console; its people act over HTTP".to_owned()),
        );
    }
    section.not_yet(&["path", "session_minutes_max", "oidc"]);
    let people: Vec<Partner> = section
        .sections("person")
        .into_iter()
        .filter_map(|person| read_person(person, judging, partners, authority))
        .collect();
    section.finish();
    people
}

fn read_person(
    section: Section<'_>,
    judging: &mut Judging<'_>,
    partners: &[Partner],
    authority: Option<&str>,
) -> Option<Partner> {
    section.require("name");
    section.require("roles");
    let name = section.text("name").filter(|found| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
        let valid = (1..=64).contains(&found.value.len()) && found.value.bytes().all(plain);
        if !valid {
            section.range(found.byte, "1 to 64 of a-z, 0-9, . and -".to_owned());
        }
        valid
    });
    if let Some(found) = name {
        judging.take(&section, "the name of a person", found.value, found.byte);
    }
    let roles = section.choices("roles", Role::WORDS).unwrap_or_default();
    let partner = section.text("partner").and_then(|found| {
        let partner = partners.iter().find(|partner| partner.name == found.value);
        if partner.is_none() {
            section.fault(&fault::ROUTE_PARTNER, found.byte, None);
        }
        partner
    });
    let view = section.text("view");
    if let Some(found) = view.filter(|found| !judging.knows_view(found.value)) {
        section.fault(&fault::VIEW, found.byte, None);
    }
    let certificates: Vec<PartnerCertificate> =
        read_fingerprint(&section, "certificate_sha256", judging).into_iter().collect();
    let api_keys = read_api_keys(&section, judging);
    section.not_yet(&["oidc_subject", "email"]);
    if certificates.is_empty() && api_keys.is_empty() && section.present("certificate_sha256").is_none() {
        let byte = section.byte();
        section.fault(
            &fault::MISSING_KEY,
            byte,
            Some("`certificate_sha256` or `[[console.person.api_key]]`".to_owned()),
        );
    }
    section.finish();
    let name: Placed<&str> = name?;
    let of_roles: Scopes = roles.iter().flat_map(|role| role.scopes()).copied().collect();
    Some(Partner {
        // No partner can be named so: a person is never taken for one.
        name: format!("person:{}", name.value),
        title: None,
        view: view.map_or_else(
            || partner.map_or_else(|| "local-authority".to_owned(), |partner| partner.view.clone()),
            |found| found.value.to_owned(),
        ),
        authority: partner.map_or_else(|| authority.map(str::to_owned), |partner| partner.authority.clone()),
        ods_code: partner.and_then(|partner| partner.ods_code.clone()),
        urns: partner.map(|partner| partner.urns.clone()).unwrap_or_default(),
        tell_to: Vec::new(),
        scopes: of_roles.with(partner.map(|partner| partner.scopes).unwrap_or_default()),
        require: Vec::new(),
        enabled: true,
        certificates,
        oauth: None,
        api_keys,
        limits: PartnerLimits::default(),
        person: Some(Person { name: name.value.to_owned(), roles }),
    })
}
