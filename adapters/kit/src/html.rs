//! Writes pages of HTML that stand alone: text is escaped whatever it holds, nothing is fetched, nothing runs.
//!
//! Limits: one page in memory. Format: HTML that is well-formed XML too, in English, with a style of its own and a policy
//! that forbids everything else; pictures stand within the page. Operations: [`Page::begin`], sections with headings,
//! [`Page::end`].

use base64::{Engine, engine::general_purpose::STANDARD};
use schemas::date::Date;

use crate::{dialect::MONTHS, photograph::Photograph};

/// Nothing is fetched and nothing runs, whatever a text manages to say.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// What a page may hold besides, where it has pictures: such as stand in it.
const PICTURES: &str = "; img-src data:";

/// A page that is being written.
pub struct Page<'o> {
    out: &'o mut Vec<u8>,
}

impl<'o> Page<'o> {
    /// Begins a page under a title, which is its first heading too. `style` is CSS of ours.
    pub fn begin(out: &'o mut Vec<u8>, title: &str, style: &'static str) -> Self {
        Self::begin_under(out, title, style, "")
    }

    /// The same of a page that has pictures.
    pub fn begin_with_pictures(out: &'o mut Vec<u8>, title: &str, style: &'static str) -> Self {
        Self::begin_under(out, title, style, PICTURES)
    }

    fn begin_under(out: &'o mut Vec<u8>, title: &str, style: &'static str, besides: &'static str) -> Self {
        let mut page = Self { out };
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n");
        page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n");
        page.raw("<meta name=\"referrer\" content=\"no-referrer\" />\n");
        page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"");
        page.raw(POLICY);
        page.raw(besides);
        page.raw("\" />\n");
        page.element("title", title);
        page.raw("<style>\n");
        page.raw(style);
        page.raw("</style>\n</head>\n<body>\n<main>\n");
        page.element("h1", title);
        page
    }

    /// Ends it.
    pub fn end(mut self) {
        self.raw("</main>\n</body>\n</html>\n");
    }

    /// A section under a heading of ours.
    pub fn section(&mut self, heading: &str, write: impl FnOnce(&mut Self)) {
        self.raw("<section>\n");
        self.element("h2", heading);
        write(self);
        self.raw("</section>\n");
    }

    /// A paragraph. Its lines stay lines, and its direction is that of its own script.
    pub fn paragraph(&mut self, text: &str) {
        self.raw("<p dir=\"auto\">");
        self.text(text);
        self.raw("</p>\n");
    }

    /// A list.
    pub fn list<'t>(&mut self, items: impl IntoIterator<Item = &'t str>) {
        self.raw("<ul>\n");
        for item in items {
            self.raw("<li dir=\"auto\">");
            self.text(item);
            self.raw("</li>\n");
        }
        self.raw("</ul>\n");
    }

    /// A picture within the page: `instead` is read where it cannot be seen, and what it shows stands below it.
    pub fn picture(&mut self, photograph: &Photograph, instead: &str, shows: Option<&str>) {
        self.raw("<figure>\n<img src=\"data:");
        self.raw(photograph.picture().media_type());
        self.raw(";base64,");
        self.out.extend_from_slice(STANDARD.encode(photograph.bytes()).as_bytes());
        self.raw("\" alt=\"");
        self.text(instead);
        self.raw("\" />\n");
        if let Some(shows) = shows {
            self.raw("<figcaption dir=\"auto\">");
            self.text(shows);
            self.raw("</figcaption>\n");
        }
        self.raw("</figure>\n");
    }

    /// Names of things, each with what is said of it.
    pub fn facts<'t>(&mut self, facts: impl IntoIterator<Item = (&'t str, &'t str)>) {
        self.raw("<dl>\n");
        for (name, said) in facts {
            self.raw("<dt>");
            self.text(name);
            self.raw("</dt>\n<dd dir=\"auto\">");
            self.text(said);
            self.raw("</dd>\n");
        }
        self.raw("</dl>\n");
    }

    /// A table under a caption, with a heading for each column.
    pub fn table<'t>(&mut self, caption: &str, headings: &[&str], rows: impl IntoIterator<Item = Vec<&'t str>>) {
        self.raw("<table>\n");
        self.element("caption", caption);
        self.raw("<thead><tr>");
        for heading in headings {
            self.raw("<th scope=\"col\">");
            self.text(heading);
            self.raw("</th>");
        }
        self.raw("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.raw("<tr>");
            for cell in row {
                self.raw("<td dir=\"auto\">");
                self.text(cell);
                self.raw("</td>");
            }
            self.raw("</tr>\n");
        }
        self.raw("</tbody>\n</table>\n");
    }

    /// A line through numbers over time, drawn within the page. Who cannot see it needs the numbers beside it.
    pub fn line_chart(&mut self, chart: &LineChart<'_>) {
        chart.draw(self);
    }

    /// What stands at the foot.
    pub fn footer(&mut self, paragraphs: &[String]) {
        self.raw("<footer>\n");
        paragraphs.iter().for_each(|paragraph| self.paragraph(paragraph));
        self.raw("</footer>\n");
    }

    fn element(&mut self, name: &'static str, text: &str) {
        self.raw("<");
        self.raw(name);
        self.raw(">");
        self.text(text);
        self.raw("</");
        self.raw(name);
        self.raw(">\n");
    }

    /// Markup of ours.
    fn raw(&mut self, markup: &'static str) {
        self.out.extend_from_slice(markup.as_bytes());
    }

    /// Markup of ours around numbers and escaped text.
    fn written(&mut self, markup: &str) {
        self.out.extend_from_slice(markup.as_bytes());
    }

    fn text(&mut self, text: &str) {
        escape(text, self.out);
    }
}

/// Numbers over time, to be drawn as a line.
pub struct LineChart<'c> {
    /// What it shows, for those who hear it.
    pub shows: &'c str,
    /// The unit of the numbers.
    pub unit: &'c str,
    /// Days with their numbers, in their order.
    pub points: &'c [(Date, f64)],
}

/// The drawing in its own units; the page makes it as wide as there is room.
const CHART_WIDTH: f64 = 320.0;
const CHART_HEIGHT: f64 = 180.0;
/// Room for words at the left and below.
const CHART_LEFT: f64 = 44.0;
const CHART_BELOW: f64 = 24.0;
const CHART_MARGIN: f64 = 10.0;

impl LineChart<'_> {
    /// Nothing is drawn of fewer than two days.
    fn draw(&self, page: &mut Page<'_>) {
        let (Some((first, _)), Some((last, _))) = (self.points.first(), self.points.last()) else { return };
        let numbers = || self.points.iter().map(|(_, number)| *number);
        let (low, high) = (numbers().fold(f64::INFINITY, f64::min), numbers().fold(f64::NEG_INFINITY, f64::max));
        let days = f64::from(last.days_since(*first));
        if days <= 0.0 || !(low.is_finite() && high.is_finite()) {
            return;
        }
        // A line that stays level runs through the middle.
        let (low, high) = if high > low { (low, high) } else { (low - 1.0, high + 1.0) };
        let x = |day: Date| {
            CHART_LEFT + f64::from(day.days_since(*first)) / days * (CHART_WIDTH - CHART_LEFT - CHART_MARGIN)
        };
        let y =
            |number: f64| CHART_MARGIN + (high - number) / (high - low) * (CHART_HEIGHT - CHART_MARGIN - CHART_BELOW);
        let places: Vec<(f64, f64)> = self.points.iter().map(|(day, number)| (x(*day), y(*number))).collect();
        page.written(&format!(
            "<svg viewBox=\"0 0 {CHART_WIDTH} {CHART_HEIGHT}\" role=\"img\" aria-label=\"{}\" xmlns=\"http://www.w3.org/2000/svg\">\n",
            escaped(self.shows)
        ));
        let floor = CHART_HEIGHT - CHART_BELOW;
        page.written(&format!(
            "<path d=\"M{CHART_LEFT} {CHART_MARGIN}V{floor}H{}\" fill=\"none\" stroke=\"#595959\" />\n",
            CHART_WIDTH - CHART_MARGIN
        ));
        let line: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        page.written(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"#124a63\" stroke-width=\"2\" />\n",
            line.join(" ")
        ));
        for (x, y) in &places {
            page.written(&format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"#124a63\" />\n"));
        }
        let mut word = |x: f64, y: f64, anchor: &str, words: &str| {
            page.written(&format!(
                "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"11\" fill=\"#1d1d1d\">{}</text>\n",
                escaped(words)
            ));
        };
        word(CHART_LEFT - 4.0, y(high) + 4.0, "end", &format!("{high} {}", self.unit));
        word(CHART_LEFT - 4.0, y(low), "end", &format!("{low} {}", self.unit));
        word(CHART_LEFT, CHART_HEIGHT - 8.0, "start", &first.year().to_string());
        word(CHART_WIDTH - CHART_MARGIN, CHART_HEIGHT - 8.0, "end", &last.year().to_string());
        page.raw("</svg>\n");
    }
}

fn escaped(text: &str) -> String {
    let mut out = Vec::new();
    escape(text, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// Appends text as it may stand in an element or between quotes. What no page may hold, and what turns the text around
/// it, becomes a blank.
fn escape(text: &str, out: &mut Vec<u8>) {
    for character in text.chars() {
        match character {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '\'' => out.extend_from_slice(b"&#39;"),
            '\n' | '\t' => out.push(character as u8),
            character if character.is_control() || is_mark(character) => out.push(b' '),
            character => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// Overrides and isolates of direction, and code points that are no characters.
fn is_mark(character: char) -> bool {
    let code = u32::from(character);
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fdd0}'..='\u{fdef}')
        || code & 0xfffe == 0xfffe
}

/// A day as people write it: `5 January 2026`.
#[must_use]
pub fn day_in_words(day: Date) -> String {
    let month = MONTHS.get(usize::from(day.month()).wrapping_sub(1)).copied().unwrap_or_default();
    format!("{} {month} {}", day.day(), day.year())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::{Reader, events::Event};

    use super::*;

    /// The elements that hold our texts.
    const TEXTS: [&str; 10] = ["title", "h1", "h2", "p", "li", "dt", "dd", "caption", "th", "td"];

    /// A page with this text everywhere a text can stand.
    fn page(text: &str) -> String {
        let mut out = Vec::new();
        let mut page = Page::begin(&mut out, text, "p { margin: 0 }\n");
        page.section(text, |page| {
            page.paragraph(text);
            page.list([text]);
            page.facts([(text, text)]);
            page.table(text, &[text], [vec![text]]);
            let days = [(Date::new(2020, 1, 1).unwrap(), 1.0), (Date::new(2021, 1, 1).unwrap(), 2.5)];
            page.line_chart(&LineChart { shows: text, unit: "cm", points: &days });
        });
        page.footer(&[text.to_owned()]);
        page.end();
        String::from_utf8(out).unwrap()
    }

    /// The names of the elements, and the texts of those that hold ours.
    fn read(page: &str) -> (Vec<String>, Vec<String>) {
        let mut reader = Reader::from_str(page.strip_prefix("<!DOCTYPE html>\n").unwrap());
        let (mut names, mut texts, mut inside) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    let name = String::from_utf8(start.name().as_ref().to_vec()).unwrap();
                    if TEXTS.contains(&name.as_str()) {
                        texts.push(String::new());
                    }
                    names.push(name.clone());
                    inside.push(name);
                }
                Event::End(_) => drop(inside.pop()),
                Event::Empty(start) => names.push(String::from_utf8(start.name().as_ref().to_vec()).unwrap()),
                Event::Text(text) => {
                    if TEXTS.contains(&inside.last().map_or("", String::as_str)) {
                        texts.last_mut().unwrap().push_str(&text.decode().unwrap());
                    }
                }
                Event::GeneralRef(name) => {
                    let character = match &*name.decode().unwrap() {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "#39" => '\'',
                        other => panic!("&{other};"),
                    };
                    texts.last_mut().unwrap().push(character);
                }
                Event::Eof => break,
                other => panic!("{other:?}"),
            }
        }
        assert!(inside.is_empty(), "every element ends");
        (names, texts)
    }

    const ELEMENTS: [&str; 38] = [
        "html", "head", "meta", "meta", "meta", "meta", "title", "style", "body", "main", "h1", "section", "h2", "p",
        "ul", "li", "dl", "dt", "dd", "table", "caption", "thead", "tr", "th", "tbody", "tr", "td", "svg", "path",
        "polyline", "circle", "circle", "text", "text", "text", "text", "footer", "p",
    ];

    #[test]
    fn a_hostile_text_is_text() {
        for text in [
            "<script>alert(1)</script>",
            "</p></main><img src=x onerror=alert(1)>",
            "\" onload=\"alert(1)",
            "' style='color:red",
            "&lt;b&gt; &amp; &#x3c;",
            "</title></style><style>@import 'http://x.example'</style>",
            "<!-- --> <![CDATA[ ]]> <?php ?>",
            "{{7*7}} ${7*7} javascript:alert(1)",
        ] {
            let (names, texts) = read(&page(text));
            assert_eq!(names, ELEMENTS, "{text}");
            assert!(texts.len() == 11 && texts.iter().all(|read| read == text), "{text}: {texts:?}");
        }
        let (_, texts) = read(&page("a\u{0}b\u{202e}c\u{7f}d\u{ffff}e\nf\tg\u{2068}h"));
        assert_eq!(texts[3], "a b c d e\nf\tg h");
    }

    #[test]
    fn a_day_is_in_words() {
        assert_eq!(day_in_words(Date::new(2026, 1, 5).unwrap()), "5 January 2026");
        assert_eq!(day_in_words(Date::new(2026, 12, 31).unwrap()), "31 December 2026");
    }

    proptest! {
        #[test]
        fn no_text_is_markup(text in "(<|>|&|\"|'|/|=|[a-z#;]|\\PC|\\p{Cc}){0,40}") {
            let (names, texts) = read(&page(&text));
            prop_assert_eq!(names, ELEMENTS);
            let plain: String = text.chars().map(|one| if (one.is_control() && !matches!(one, '\n' | '\t')) || is_mark(one) { ' ' } else { one }).collect();
            prop_assert!(texts.iter().all(|read| *read == plain));
        }
    }
}
