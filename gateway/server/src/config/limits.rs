//! Every limit, declared once: name, default, range and meaning give the struct, the reader, the faults and the
//! reference page.

use std::time::Duration;

use kit::{limits::ReadingLimits, photograph::PhotoLimits};

use super::section::Section;

/// A limit as the reference page tells it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LimitDeclaration {
    /// The key in `[limits]`, ending in its unit and `_max` or `_min`.
    pub name: &'static str,
    /// Its value when the file says nothing.
    pub default: u64,
    /// The least value taken.
    pub least: u64,
    /// The greatest value taken.
    pub greatest: u64,
    /// What it limits.
    pub meaning: &'static str,
}

macro_rules! limits {
    ($(#[$doc:meta])* $limits:ident, $declarations:ident: $($name:ident = $default:literal, $least:literal ..= $greatest:literal, $meaning:literal;)*) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, PartialEq)]
        pub struct $limits {
            $(#[doc = concat!($meaning, ".")] pub $name: u64,)*
        }

        impl Default for $limits {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl $limits {
            /// Every limit of the table, for the reference page.
            pub const $declarations: &'static [LimitDeclaration] = &[
                $(LimitDeclaration {
                    name: stringify!($name), default: $default, least: $least, greatest: $greatest, meaning: $meaning,
                },)*
            ];

            /// These limits, but for what a table says otherwise.
            pub(super) fn overridden(&self, section: &Section<'_>) -> Self {
                Self { $($name: section.integer(stringify!($name), $least..=$greatest).map_or(self.$name, |found| found.value),)* }
            }
        }
    };
}

limits! {
    /// `[limits]`: what anyone may ask of the gateway. Defaults are to be confirmed by whoever runs it.
    Limits, DECLARATIONS:
    connections_max = 4096, 1..=1_000_000, "connections open at once; more wait to be accepted";
    connections_per_address_max = 64, 1..=1_000_000, "connections open at once from one address (IPv6: one /64); more are closed";
    streams_per_connection_max = 128, 1..=10_000, "requests at once on one HTTP/2 connection";
    header_bytes_max = 32_768, 8_192..=1_048_576, "bytes of a request's header fields, names and values together";
    header_count_max = 100, 10..=1_000, "header fields of a request";
    header_seconds_max = 10, 1..=300, "seconds from the first byte of a request to the end of its header";
    keep_alive_seconds_max = 75, 1..=3_600, "seconds that a connection may rest between requests";
    body_idle_seconds_max = 30, 1..=3_600, "seconds without a byte of an expected body";
    body_bytes_per_second_min = 1_024, 0..=1_073_741_824, "slowest body, on average, after its first ten seconds";
    answer_idle_seconds_max = 30, 1..=3_600, "seconds in which the peer reads nothing of an answer before the connection is reset";
    handler_seconds_max = 30, 1..=3_600, "seconds to answer a request that is neither translate nor check";
    translate_seconds_max = 120, 1..=86_400, "seconds to translate or check a document once it is there";
    translate_bytes_max = 16_777_216, 1..=1_099_511_627_776, "bytes of a document to translate or check, inflated";
    translate_output_bytes_max = 67_108_864, 1..=1_099_511_627_776, "bytes of the output of a translation";
    translate_concurrency_max = 4, 1..=1_024, "documents translated or checked at once";
    translate_waiting_max = 64, 1..=100_000, "documents being read, worked on or answered at once: bounds what the spools take on disk";
    message_bytes_max = 268_435_456, 1..=1_099_511_627_776, "bytes of a message sent to a route, inflated";
    bulk_bytes_max = 16_777_216, 1..=1_099_511_627_776, "bytes of a document of vacancies that is submitted at once, inflated";
    bulk_rows_max = 50_000, 1..=10_000_000, "rows of a document of vacancies that is submitted at once";
    photo_bytes_max = 4_194_304, 1_024..=67_108_864, "bytes of a photograph of a home, as it comes";
    photo_side_pixels_max = 6_000, 1..=65_535, "pixels of a side of a photograph";
    photos_per_profile_max = 12, 1..=100, "photographs of one home";
    json_bytes_max = 1_048_576, 1_024..=1_073_741_824, "bytes of a body in JSON that is no document";
    form_bytes_max = 16_384, 1_024..=1_048_576, "bytes of the form of a token request";
    spool_bytes_min = 1_048_576, 0..=1_099_511_627_776, "bodies and outputs above this many bytes go to disk, encrypted";
    inflate_ratio_max = 100, 1..=10_000, "inflated to sent bytes of a body or an archive";
    zip_members_max = 1_000, 1..=65_534, "files in one archive, folder or multipart body";
    errors_max = 10_000, 1..=1_000_000_000, "errors of a document after which a translation stops, and the most that a request may ask for";
    diagnostics_max = 10_000, 1..=1_000_000, "places that a report tells";
    drain_seconds_max = 30, 1..=3_600, "seconds in which running requests may finish after a signal to stop";
}

limits! {
    /// `[limits.reading]`: what a document may hold, and what is written after it.
    DocumentReading, DECLARATIONS:
    row_bytes_max = 1_048_576, 1_024..=1_073_741_824, "bytes of a row";
    row_lines_max = 100, 1..=1_000_000, "lines that one quoted row spans";
    columns_max = 1_000, 100..=65_535, "cells of a row, and members of an object";
    rows_max = 100_000_000, 1..=1_000_000_000, "rows of a document, and items of a nested one";
    parts_max = 1_000, 1..=65_534, "parts of a document";
    item_bytes_max = 4_194_304, 1_024..=1_073_741_824, "bytes of an item of a nested document, and of all that stands around its items";
    resource_bytes_max = 67_108_864, 1_024..=1_073_741_824, "bytes of a FHIR resource, a Bundle with all that is in it";
    elements_max = 4_000_000, 1_000..=100_000_000, "elements of a FHIR resource";
    faults_max = 10_000, 1..=1_000_000, "faults of a FHIR resource that are told before it is given up";
    depth_max = 32, 8..=256, "elements or objects within each other";
    attributes_max = 32, 8..=1_000, "attributes of an element";
    text_bytes_max = 65_536, 1_024..=1_073_741_824, "bytes of the text of an element or member";
    workbook_bytes_max = 268_435_456, 1_048_576..=68_719_476_736, "bytes that are unpacked of one workbook";
    cells_bytes_max = 67_108_864, 1_048_576..=68_719_476_736, "bytes that are held of the cells of one workbook";
    sheet_rows_max = 100_000, 1..=1_048_571, "rows of a sheet that is written";
    photos_bytes_max = 268_435_456, 1_048_576..=68_719_476_736, "bytes of the photographs that one provider's document brings";
}

limits! {
    /// `[limits.address]`: callers that show no credential, by address (IPv4 /32, IPv6 /64).
    AddressLimits, DECLARATIONS:
    requests_per_minute = 60, 1..=100_000_000, "requests a minute from one address, all at once or spread";
    addresses_max = 65_536, 1..=16_777_216, "addresses remembered at once; further ones share one quota";
}

limits! {
    /// `[retention]`: how long what is kept stands. Defaults are to be confirmed by whoever runs the gateway.
    Retention, DECLARATIONS:
    record_days_after_eligibility_end = 90, 1..=36_500, "days that what is held of a child stands after nothing is owed to it any more; it waits for a person's word";
    content_days = 30, 1..=36_500, "days that bytes as received and as sent stand after they are settled";
    quarantine_days = 90, 1..=36_500, "days that a quarantined message waits for a person";
    report_days = 365, 1..=36_500, "days that reports stand";
    delivery_days = 365, 1..=36_500, "days that deliveries are told of, and searches for homes after they ended";
    audit_days = 2_922, 1..=36_500, "days that audit lines stand; a checkpoint stays in their place";
    idempotency_hours = 24, 1..=8_760, "hours in which a repeat under the same key gets the first answer";
}

limits! {
    /// `[delivery]`: how often, how long and how many at once a delivery is tried. Defaults, overridden per target.
    DeliveryLimits, DECLARATIONS:
    attempts_max = 20, 1..=1_000, "attempts of one delivery before it is dead";
    age_hours_max = 72, 1..=8_760, "hours from its planning after which a delivery is dead";
    wait_ms_min = 1_000, 1..=3_600_000, "shortest wait between two attempts, in milliseconds";
    wait_ms_max = 900_000, 1..=86_400_000, "longest wait between two attempts, in milliseconds";
    timeout_seconds_max = 30, 1..=3_600, "seconds for one attempt as a whole";
    concurrency_per_partner_max = 4, 1..=1_024, "attempts at once to one partner";
    breaker_failures_max = 5, 1..=1_000, "failures in a row that open the breaker";
    breaker_open_ms_min = 30_000, 1..=86_400_000, "milliseconds that the breaker stays open at first";
    breaker_open_ms_max = 900_000, 1..=86_400_000, "milliseconds that the breaker stays open at most";
}

limits! {
    /// `[limits.partner]`: what one partner may ask, by GCRA; `[partner.limits]` says otherwise for one of them.
    PartnerLimits, DECLARATIONS:
    requests_per_minute = 600, 1..=100_000_000, "requests a minute of one partner in the long run";
    requests_burst = 600, 1..=100_000_000, "requests of one partner all at once";
    bytes_per_minute = 268_435_456, 1..=1_000_000_000, "bytes of bodies a minute of one partner, all at once or spread";
}

limits! {
    /// `[fhir]`: what is asked over FHIR.
    FhirLimits, DECLARATIONS:
    page_max = 200, 1..=1_000, "resources on a page of a search, and when more are asked for";
    search_children_max = 1_000, 1..=1_000_000, "children that are looked at for a page where an authority asks for all of its own";
    resource_bytes_max = 4_194_304, 1_024..=1_073_741_824, "bytes of a resource that is sent by itself, inflated";
    bundle_bytes_max = 16_777_216, 1_024..=1_073_741_824, "bytes of a transaction or a batch, inflated";
    bundle_entries_max = 1_000, 1..=100_000, "entries of a transaction or a batch";
}

/// A value that its declaration keeps within the type.
fn narrow<T: TryFrom<u64>>(value: u64, most: T) -> T {
    T::try_from(value).unwrap_or(most)
}

impl DocumentReading {
    /// The limits of reading, with those of photographs, which whoever takes one in by itself asks for too.
    #[must_use]
    pub fn with_photos(&self, limits: &Limits) -> ReadingLimits {
        ReadingLimits {
            row_bytes_max: narrow(self.row_bytes_max, u32::MAX),
            row_lines_max: narrow(self.row_lines_max, u32::MAX),
            columns_max: narrow(self.columns_max, u16::MAX),
            rows_max: narrow(self.rows_max, u32::MAX),
            parts_max: narrow(self.parts_max, u16::MAX),
            item_bytes_max: narrow(self.item_bytes_max, u32::MAX),
            resource_bytes_max: narrow(self.resource_bytes_max, u32::MAX),
            elements_max: narrow(self.elements_max, u32::MAX),
            faults_max: narrow(self.faults_max, u32::MAX),
            depth_max: narrow(self.depth_max, u16::MAX),
            attributes_max: narrow(self.attributes_max, u16::MAX),
            text_bytes_max: narrow(self.text_bytes_max, u32::MAX),
            workbook_bytes_max: self.workbook_bytes_max,
            cells_bytes_max: self.cells_bytes_max,
            sheet_rows_max: narrow(self.sheet_rows_max, u32::MAX),
            photos: PhotoLimits {
                photo_bytes_max: limits.photo_bytes_max,
                photo_side_pixels_max: narrow(limits.photo_side_pixels_max, u32::MAX),
                photos_per_profile_max: narrow(limits.photos_per_profile_max, u32::MAX),
                photos_bytes_max: self.photos_bytes_max,
            },
        }
    }
}

/// Seconds as a duration.
pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_by_default_as_the_command_line_reads_them() {
        assert_eq!(DocumentReading::default().with_photos(&Limits::default()), ReadingLimits::default());
    }

    #[test]
    fn every_default_is_allowed_and_every_name_ends_in_its_kind() {
        for limit in Limits::DECLARATIONS.iter().chain(DocumentReading::DECLARATIONS) {
            assert!((limit.least..=limit.greatest).contains(&limit.default), "{}", limit.name);
            assert!(limit.name.ends_with("_max") || limit.name.ends_with("_min"), "{}", limit.name);
        }
        let all = AddressLimits::DECLARATIONS.iter().chain(DeliveryLimits::DECLARATIONS);
        let all = all.chain(FhirLimits::DECLARATIONS);
        for limit in all.chain(PartnerLimits::DECLARATIONS).chain(Retention::DECLARATIONS) {
            assert!((limit.least..=limit.greatest).contains(&limit.default), "{}", limit.name);
        }
    }
}
