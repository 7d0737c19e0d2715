//! What a sheet says of a cell when somebody points at it: comments (ECMA-376, part 1, section 18.7), and the boxes they
//! are shown in (part 4, section 19).

use std::fmt::Write;

use crate::workbook::{
    sheet::letters_of,
    write::{Drawn, HEAD, MAIN, OFFICE, RELATIONS, cell_text},
};

/// Where the comments of the n-th sheet stand, and the boxes of them.
pub(super) fn relations(n: usize) -> String {
    format!(
        "{HEAD}<Relationships xmlns=\"{RELATIONS}\">\
         <Relationship Id=\"rId1\" Type=\"{OFFICE}/comments\" Target=\"../comments{n}.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"{OFFICE}/vmlDrawing\" Target=\"../drawings/vmlDrawing{n}.vml\"/></Relationships>"
    )
}

/// The comments of a sheet.
pub(super) fn comments(sheet: &Drawn) -> String {
    let mut out = format!("{HEAD}<comments xmlns=\"{MAIN}\"><authors><author>Homeward</author></authors><commentList>");
    for ((column, row), text) in &sheet.comments {
        let _ = write!(
            out,
            "<comment ref=\"{}{}\" authorId=\"0\"><text><t xml:space=\"preserve\">{}</t></text></comment>",
            letters_of(*column),
            row + 1,
            cell_text(text)
        );
    }
    out + "</commentList></comments>"
}

/// The boxes that comments are shown in: without them Excel shows none.
pub(super) fn shapes(sheet_number: usize, sheet: &Drawn) -> String {
    let mut out = format!(
        "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
         xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><o:shapelayout v:ext=\"edit\">\
         <o:idmap v:ext=\"edit\" data=\"{sheet_number}\"/></o:shapelayout><v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" \
         o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/>\
         <v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>",
    );
    for (n, ((column, row), _)) in (1_usize..).zip(&sheet.comments) {
        let _ = write!(
            out,
            "<v:shape id=\"_x0000_s{}\" type=\"#_x0000_t202\" style=\"position:absolute;width:240pt;height:120pt;\
             z-index:{n};visibility:hidden\" fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/>\
             <v:textbox/><x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/>\
             <x:Anchor>{}, 15, {row}, 2, {}, 15, {}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>\
             <x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>",
            1024 * sheet_number + n,
            column + 1,
            column + 4,
            row + 6
        );
    }
    out + "</xml>"
}
