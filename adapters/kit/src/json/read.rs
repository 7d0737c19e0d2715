//! Members and values of one item or frame, one step after another.
//!
//! Limits: `depth_max` objects and arrays within each other, `columns_max` members of an object. Format: RFC 8259, with
//! numbers kept as they are written. An array is its entries, each under the array's name; `null` is as if it were not
//! there. Operations: [`Reader::step`](Steps::step). Whatever breaks the grammar ends the reading, and what was read
//! until then must not be used.

use std::borrow::Cow;

use schemas::diagnostic::Rule;

use crate::{
    json::rules,
    limits::ReadingLimits,
    nested::{Ground, Step, Steps, rules::JSON},
};

/// Reads the units of one item or frame.
pub struct Reader<'b> {
    units: &'b [u8],
    ground: Ground<'b>,
    limits: ReadingLimits,
    /// Where reading goes on.
    next: usize,
    /// Where the last step stands.
    at: usize,
    levels: Vec<Level<'b>>,
    /// The names of the members of every object that is open.
    names: Vec<Cow<'b, [u8]>>,
    state: State,
}

/// An object or array that is open.
enum Level<'b> {
    /// Where its names begin among all.
    Object(usize),
    /// What it is called.
    Array(Cow<'b, [u8]>),
}

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The outermost value.
    Begin,
    /// A member, or the end of an object.
    Members { first: bool },
    /// An entry, or the end of an array.
    Entries { first: bool },
    /// A text, number or word.
    Scalar,
    /// The end of one.
    Closing,
    /// A value that is passed over.
    Passed,
    /// Nothing but blanks.
    Done,
    /// Nothing at all.
    Over,
}

/// Why reading stops.
struct Broken(&'static Rule);

impl<'b> Reader<'b> {
    /// A reader of these units, which stand on that ground.
    #[must_use]
    pub fn new(units: &'b [u8], ground: Ground<'b>, limits: ReadingLimits) -> Self {
        let (levels, names) = (Vec::new(), Vec::new());
        Self { units, ground, limits, next: 0, at: 0, levels, names, state: State::Begin }
    }

    /// Goes on until there is a step.
    fn advance(&mut self) -> Result<Step<'b>, Broken> {
        loop {
            let step = match self.state {
                State::Begin => {
                    self.blanks();
                    self.at = self.next;
                    self.value(Cow::Borrowed(b""))?
                }
                State::Members { first } => self.member(first)?,
                State::Entries { first } => self.entry(first)?,
                State::Scalar => Some(self.scalar()?),
                State::Closing => {
                    self.state = self.after_value();
                    Some(Step::Close)
                }
                State::Passed => {
                    self.next = end_of_value(self.units, self.next).ok_or(Broken(&JSON.unclosed))?;
                    self.state = self.after_value();
                    None
                }
                State::Done => {
                    self.blanks();
                    self.at = self.next;
                    if self.next < self.units.len() {
                        return Err(Broken(&rules::TRAILING));
                    }
                    self.state = State::Over;
                    None
                }
                State::Over => Some(Step::End),
            };
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    /// Begins the value of a name.
    fn value(&mut self, name: Cow<'b, [u8]>) -> Result<Option<Step<'b>>, Broken> {
        match self.units.get(self.next) {
            Some(b'{') => {
                self.deeper(Level::Object(self.names.len()))?;
                self.state = State::Members { first: true };
                Ok(Some(Step::Open(name)))
            }
            Some(b'[') => {
                self.deeper(Level::Array(name))?;
                self.state = State::Entries { first: true };
                Ok(None)
            }
            Some(b'n') => {
                self.word(b"null")?;
                self.state = self.after_value();
                Ok(None)
            }
            Some(b'"' | b'-' | b'0'..=b'9' | b't' | b'f') => {
                self.state = State::Scalar;
                Ok(Some(Step::Open(name)))
            }
            Some(_) => Err(self.malformed()),
            None => Err(self.unclosed()),
        }
    }

    fn deeper(&mut self, level: Level<'b>) -> Result<(), Broken> {
        if self.levels.len() >= usize::from(self.limits.depth_max) {
            return Err(Broken(&JSON.too_deep));
        }
        self.levels.push(level);
        self.next += 1;
        Ok(())
    }

    fn after_value(&self) -> State {
        match self.levels.last() {
            Some(Level::Object(_)) => State::Members { first: false },
            Some(Level::Array(_)) => State::Entries { first: false },
            None => State::Done,
        }
    }

    fn member(&mut self, first: bool) -> Result<Option<Step<'b>>, Broken> {
        self.blanks();
        self.at = self.next;
        if self.takes(b'}') {
            if let Some(Level::Object(names)) = self.levels.pop() {
                self.names.truncate(names);
            }
            self.state = self.after_value();
            return Ok(Some(Step::Close));
        }
        self.separator(first)?;
        self.at = self.next;
        if self.units.get(self.next) != Some(&b'"') {
            return Err(if self.next < self.units.len() { self.malformed() } else { self.unclosed() });
        }
        let name = self.string()?.map_err(Broken)?;
        self.blanks();
        if !self.takes(b':') {
            return Err(if self.next < self.units.len() { self.malformed() } else { self.unclosed() });
        }
        self.blanks();
        let from = match self.levels.last() {
            Some(Level::Object(from)) => *from,
            _ => self.names.len(),
        };
        if self.names[from..].contains(&name) {
            self.state = State::Passed;
            return Ok(Some(Step::Told(&rules::DUPLICATE_MEMBER)));
        }
        if self.names.len() - from >= usize::from(self.limits.columns_max) {
            return Err(Broken(&rules::TOO_MANY_MEMBERS));
        }
        self.names.push(name.clone());
        self.value(name)
    }

    fn entry(&mut self, first: bool) -> Result<Option<Step<'b>>, Broken> {
        self.blanks();
        if self.takes(b']') {
            self.levels.pop();
            self.state = self.after_value();
            return Ok(None);
        }
        self.separator(first)?;
        self.at = self.next;
        let name = match self.levels.last() {
            Some(Level::Array(name)) => name.clone(),
            _ => Cow::Borrowed(&b""[..]),
        };
        self.value(name)
    }

    /// The comma before all but the first.
    fn separator(&mut self, first: bool) -> Result<(), Broken> {
        if !first {
            if !self.takes(b',') {
                return Err(if self.next < self.units.len() { self.malformed() } else { self.unclosed() });
            }
            self.blanks();
        }
        Ok(())
    }

    /// A text, number or word.
    fn scalar(&mut self) -> Result<Step<'b>, Broken> {
        self.state = State::Closing;
        match self.units.get(self.next) {
            Some(b'"') => Ok(match self.string()? {
                Ok(text) => Step::Text(text),
                Err(rule) => Step::Spoilt(rule),
            }),
            Some(b't') => Ok(Step::Text(Cow::Borrowed(self.word(b"true")?))),
            Some(b'f') => Ok(Step::Text(Cow::Borrowed(self.word(b"false")?))),
            _ => {
                let number = number(&self.units[self.next..]).ok_or_else(|| self.malformed())?;
                let from = self.next;
                self.next += number;
                Ok(Step::Text(Cow::Borrowed(&self.units[from..self.next])))
            }
        }
    }

    /// The text in quotes that begins here. What it holds may be readable by nobody; where it ends is known even so.
    fn string(&mut self) -> Result<Result<Cow<'b, [u8]>, &'static Rule>, Broken> {
        let from = self.next + 1;
        let (mut end, mut escaped, mut beyond) = (from, false, false);
        loop {
            match self.units.get(end) {
                None => return Err(self.unclosed()),
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    end += 2;
                }
                Some(0..=0x1f) => return Err(Broken(&JSON.malformed)),
                Some(byte) => {
                    beyond |= *byte >= 0x80;
                    end += 1;
                }
            }
        }
        self.next = end + 1;
        let mut text = Cow::Borrowed(&self.units[from..end]);
        if beyond && self.ground.text().is_utf_16() {
            text = Cow::Owned(self.ground.text().exact(self.ground.at(from), &text).into_owned());
        }
        if !escaped {
            return Ok(Ok(text));
        }
        Ok(unescaped(&text).map(Cow::Owned).ok_or(&rules::ESCAPE))
    }

    fn word(&mut self, word: &'static [u8]) -> Result<&'b [u8], Broken> {
        let found = self.units.get(self.next..self.next + word.len()).filter(|found| *found == word);
        let found = found.ok_or_else(|| self.malformed())?;
        self.next += word.len();
        Ok(found)
    }

    fn blanks(&mut self) {
        while matches!(self.units.get(self.next), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.next += 1;
        }
    }

    fn takes(&mut self, byte: u8) -> bool {
        let takes = self.units.get(self.next) == Some(&byte);
        self.next += usize::from(takes);
        takes
    }

    fn malformed(&mut self) -> Broken {
        self.at = self.next.min(self.units.len());
        Broken(&JSON.malformed)
    }

    fn unclosed(&mut self) -> Broken {
        Broken(&JSON.unclosed)
    }
}

impl<'b> Steps<'b> for Reader<'b> {
    fn step(&mut self) -> Step<'b> {
        self.advance().unwrap_or_else(|Broken(rule)| {
            self.state = State::Over;
            Step::Broken(rule)
        })
    }

    fn at(&self) -> u64 {
        self.ground.at(self.at)
    }
}

/// Where a value ends that begins here, by its brackets and quotes alone.
pub(super) fn end_of_value(units: &[u8], from: usize) -> Option<usize> {
    let mut brackets = Brackets::default();
    let ended = units.get(from..)?.iter().position(|byte| brackets.ends_before(*byte))?;
    // The last bracket or quote is part of the value; what ends a number or word is not.
    Some(from + ended)
}

/// Follows brackets and quotes until a value is over.
#[derive(Default)]
pub(super) struct Brackets {
    depth: u64,
    quoted: bool,
    escaped: bool,
    /// The value has ended with the byte before.
    over: bool,
    begun: bool,
}

impl Brackets {
    /// Whether the value ended before this byte.
    pub(super) fn ends_before(&mut self, byte: u8) -> bool {
        if self.over {
            return true;
        }
        if self.quoted {
            if self.escaped {
                self.escaped = false;
            } else if byte == b'\\' {
                self.escaped = true;
            } else if byte == b'"' {
                self.quoted = false;
                self.over = self.depth == 0;
            }
            return false;
        }
        match byte {
            b'"' if self.begun && self.depth == 0 => return true,
            b'"' => self.quoted = true,
            b'{' | b'[' if self.begun && self.depth == 0 => return true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' if self.depth == 0 => return true,
            b'}' | b']' => {
                self.depth -= 1;
                self.over = self.depth == 0;
            }
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => return self.begun,
            _ => {}
        }
        self.begun = true;
        false
    }

    /// Whether the value is whole if nothing comes after.
    pub(super) fn is_whole(&self) -> bool {
        self.over || (self.begun && self.depth == 0 && !self.quoted)
    }
}

/// How many bytes a number takes (RFC 8259, section 6).
fn number(units: &[u8]) -> Option<usize> {
    let digits =
        |from: usize| units.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(units.first() == Some(&b'-'));
    let whole = digits(at);
    if whole == 0 || (whole > 1 && units[at] == b'0') {
        return None;
    }
    at += whole;
    if units.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(units.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(units.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at);
        if exponent == 0 {
            return None;
        }
        at += exponent;
    }
    Some(at)
}

/// A text without its escapes; `None` where one of them stands for no character.
fn unescaped(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..place]);
        let kind = *rest.get(place + 1)?;
        rest = &rest[place + 2..];
        let character = match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = hex(&mut rest)?;
                match char::from_u32(first) {
                    Some(character) => character,
                    None => {
                        rest = rest.strip_prefix(b"\\u")?;
                        let second = hex(&mut rest)?;
                        let pair = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
                        char::decode_utf16(pair).next()?.ok()?
                    }
                }
            }
            _ => return None,
        };
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    out.extend_from_slice(rest);
    Some(out)
}

fn hex(rest: &mut &[u8]) -> Option<u32> {
    let (digits, after) = rest.split_at_checked(4)?;
    *rest = after;
    digits.iter().try_fold(0, |number, digit| Some(number << 4 | char::from(*digit).to_digit(16)?))
}
