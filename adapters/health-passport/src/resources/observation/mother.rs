//! Whether the child is herself a mother.

use super::{Effective, Frame, component, write_flag};
use crate::writer::{Object, key, members};

pub(super) fn write(frame: &Frame<'_>, object: &mut Object<'_>) {
    let people = &frame.child.people;
    frame.write(
        object,
        members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history","display":"Social History"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"mother","display":"Is a mother"}]}"#
        ),
        Effective::On(None),
    );
    write_flag(object, people.said(|person| &person.is_mother).map(|flag| *flag));
    let born = people.said(|person| &person.mother_child_birth_date);
    object.array(key!(component), |components| {
        let code = members!(
            r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"mother-child-birth-date","display":"Date of birth of her child"}]}"#
        );
        component(components, code, &born, |day, component| component.date(key!(valueDateTime), **day));
    });
}
