//! How the cells of a workbook look, and which of them may be written in: its styles (ECMA-376, part 1, section 18.8).

use std::fmt::Write;

use crate::workbook::write::{HEAD, MAIN};

/// How a cell looks, by its place among the styles of the workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Title,
    NeededHeading,
    Heading,
    MachineName,
    Help,
    ExampleText,
    ExampleDay,
    ExampleNumber,
    ExampleMoney,
    Text,
    Day,
    Number,
    Money,
}

impl Look {
    const ALL: [Self; 14] = [
        Self::Plain,
        Self::Title,
        Self::NeededHeading,
        Self::Heading,
        Self::MachineName,
        Self::Help,
        Self::ExampleText,
        Self::ExampleDay,
        Self::ExampleNumber,
        Self::ExampleMoney,
        Self::Text,
        Self::Day,
        Self::Number,
        Self::Money,
    ];

    /// The format of numbers, the font, the background, whether lines are broken, and whether it may be written in.
    fn facts(self) -> (u16, u8, u8, bool, bool) {
        const GENERAL: u16 = 0;
        match self {
            Self::Plain => (GENERAL, 0, 0, false, false),
            Self::Title => (GENERAL, 3, 0, false, false),
            Self::NeededHeading => (GENERAL, 1, 2, true, false),
            Self::Heading => (GENERAL, 0, 2, true, false),
            Self::MachineName => (GENERAL, 2, 3, false, false),
            Self::Help => (GENERAL, 2, 0, true, false),
            Self::ExampleText => (AS_TEXT, 4, 3, false, false),
            Self::ExampleDay => (AS_DAY, 4, 3, false, false),
            Self::ExampleNumber => (AS_NUMBER, 4, 3, false, false),
            Self::ExampleMoney => (AS_MONEY, 4, 3, false, false),
            Self::Text => (AS_TEXT, 0, 0, false, true),
            Self::Day => (AS_DAY, 0, 0, false, true),
            Self::Number => (AS_NUMBER, 0, 0, false, true),
            Self::Money => (AS_MONEY, 0, 0, false, true),
        }
    }
}

/// Formats of numbers: three that need no declaration (section 18.8.30), and one of ours.
const AS_TEXT: u16 = 49;
const AS_NUMBER: u16 = 1;
const AS_MONEY: u16 = 2;
const AS_DAY: u16 = 164;

/// The styles of a workbook.
pub(super) fn styles() -> String {
    let mut out = format!(
        "{HEAD}<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"1\"><numFmt numFmtId=\"{AS_DAY}\" \
         formatCode=\"dd/mm/yyyy\"/></numFmts><fonts count=\"5\">\
         <font><sz val=\"11\"/><name val=\"Calibri\"/></font>\
         <font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font>\
         <font><sz val=\"9\"/><color rgb=\"FF595959\"/><name val=\"Calibri\"/></font>\
         <font><b/><sz val=\"14\"/><name val=\"Calibri\"/></font>\
         <font><i/><sz val=\"11\"/><color rgb=\"FF595959\"/><name val=\"Calibri\"/></font></fonts>\
         <fills count=\"4\"><fill><patternFill patternType=\"none\"/></fill>\
         <fill><patternFill patternType=\"gray125\"/></fill>"
    );
    for colour in ["FFDCE6F1", "FFEDEDED"] {
        let _ = write!(
            out,
            "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"{colour}\"/><bgColor indexed=\"64\"/></patternFill></fill>"
        );
    }
    let _ = write!(
        out,
        "</fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
         <cellXfs count=\"{}\">",
        Look::ALL.len()
    );
    for look in Look::ALL {
        let (format, font, fill, wraps, is_open) = look.facts();
        let wraps = if wraps { " wrapText=\"1\"" } else { "" };
        let _ = write!(
            out,
            "<xf numFmtId=\"{format}\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"0\" xfId=\"0\" \
             applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\" applyProtection=\"1\">\
             <alignment vertical=\"top\"{wraps}/><protection locked=\"{}\"/></xf>",
            u8::from(!is_open)
        );
    }
    out + "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>\
           <dxfs count=\"1\"><dxf><font><color rgb=\"FF7F7F7F\"/></font><fill><patternFill patternType=\"solid\">\
           <fgColor rgb=\"FFBFBFBF\"/><bgColor rgb=\"FFBFBFBF\"/></patternFill></fill></dxf></dxfs></styleSheet>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_look_stands_in_its_place() {
        for (n, look) in Look::ALL.into_iter().enumerate() {
            assert_eq!(look as usize, n);
        }
    }
}
