//! How statements and their groups are declared: one declaration makes the struct, its key, and its fields by name.

macro_rules! shape {
    ($($(#[doc = $doc:literal])+ $shape:ident { $($(#[doc = $member_doc:literal])+ $member:ident: $type:ty),+ $(,)? })+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $shape { $($(#[doc = $member_doc])+ pub $member: crate::said::Said<$type>),+ }

        impl crate::reflect::FieldValue for $shape {
            const KIND: crate::reflect::Kind = crate::reflect::Kind::Item(&crate::reflect::Shape {
                name: stringify!($shape),
                members: &[$(crate::reflect::Member {
                    name: crate::reflect::plain(stringify!($member)),
                    kind: <$type as crate::reflect::FieldValue>::KIND,
                    meaning: concat!($($member_doc),+),
                }),+],
            });
            fn to_value(&self) -> crate::reflect::Value {
                crate::reflect::Value::Item(vec![$(self.$member.to_said_value()),+])
            }
            fn from_value(value: crate::reflect::Value) -> Option<Self> {
                let crate::reflect::Value::Item(members) = value else { return None };
                let mut members = members.into_iter();
                let mut item = Self::default();
                $(if !item.$member.take(members.next()?) { return None; })+
                members.next().is_none().then_some(item)
            }
        }
    )+};
}
pub(super) use shape;

/// The fields of one part of a natural key: one, or in brackets several of which the first that is said counts.
macro_rules! fields_of_part {
    (($($field:ident)|+)) => { &[$(crate::reflect::plain(stringify!($field))),+] };
    ($field:ident) => { &[crate::reflect::plain(stringify!($field))] };
}

/// Whether two statements have the same part of a natural key.
macro_rules! same_part {
    ($left:expr, $right:expr, ($last:ident)) => { crate::reflect::name_the_same(&$left.$last, &$right.$last) };
    ($left:expr, $right:expr, ($first:ident | $($rest:ident)|+)) => {
        match (&$left.$first, &$right.$first) {
            (crate::said::Said::Is(left), crate::said::Said::Is(right)) => crate::reflect::FieldValue::names_the_same(left, right),
            (crate::said::Said::Is(_), _) | (_, crate::said::Said::Is(_)) => false,
            _ => crate::record::declare::same_part!($left, $right, ($($rest)|+)),
        }
    };
    ($left:expr, $right:expr, $field:ident) => { crate::reflect::name_the_same(&$left.$field, &$right.$field) };
}
pub(super) use {fields_of_part, same_part};

macro_rules! statements {
    ($about:ident: $(
        $(#[doc = $doc:literal])+
        $statement:ident $(reference($($reference:ident),+))? key($($key:tt),*) {
            $($(#[doc = $field_doc:literal])+ $field:ident: $type:ty $([$($mark:ident),+])?,)+
        }
        $(rarely $(#[doc = $more_doc:literal])+ $more:ident { $($(#[doc = $rare_doc:literal])+ $rare:ident: $rare_type:ty,)+ })?
    )+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
            pub struct $statement {
                $($(#[doc = $field_doc])+ pub $field: crate::said::Said<$type>,)+
                $(/// What is rarely said.
                pub more: Option<Box<$more>>, )?
            }

            impl $statement {
                /// The statement's declaration: its name, meaning, key and fields.
                pub const TYPE: crate::reflect::StatementType = crate::reflect::StatementType {
                    name: stringify!($statement),
                    about: crate::record::SubjectKind::$about,
                    meaning: concat!($($doc),+),
                    key: crate::reflect::Key {
                        reference: &[$($(crate::reflect::plain(stringify!($reference))),+)?],
                        parts: &[$(crate::record::declare::fields_of_part!($key)),*],
                    },
                    fields: Self::FIELDS,
                    guards: crate::reflect::any_guards(Self::FIELDS),
                };

                /// Whether both speak of the same thing: they have the same natural key.
                pub(super) fn same_key(&self, _other: &Self) -> bool {
                    $(let is_said = |it: &Self| true $(&& it.$reference.has_value())+;
                    match (is_said(self), is_said(_other)) {
                        (true, true) => return true $(&& self.$reference == _other.$reference)+,
                        (false, false) => {}
                        _ => return false,
                    })?
                    true $(&& crate::record::declare::same_part!(self, _other, $key))*
                }

                const FIELDS: &[crate::reflect::Field] = &[
                        $(crate::reflect::Field::declare(
                            (crate::reflect::plain(stringify!($field)), <$type as crate::reflect::FieldValue>::KIND, concat!($($field_doc),+)),
                            &[$($(stringify!($mark)),+)?],
                            (
                                |statement| match statement {
                                    crate::record::Statement::$statement(it) => it.$field.to_said_value(),
                                    _ => crate::said::Said::NotAsked,
                                },
                                |statement, answer| match statement {
                                    crate::record::Statement::$statement(it) => it.$field.take(answer),
                                    _ => false,
                                },
                            ),
                            |statement| matches!(statement, crate::record::Statement::$statement(it) if matches!(it.$field, crate::said::Said::Unreadable)),
                        ),)+
                        $($(crate::reflect::Field::declare(
                            (crate::reflect::plain(stringify!($rare)), <$rare_type as crate::reflect::FieldValue>::KIND, concat!($($rare_doc),+)),
                            &[],
                            (
                                |statement| match statement {
                                    crate::record::Statement::$statement(it) => it.more.as_ref().map_or(crate::said::Said::NotAsked, |more| more.$rare.to_said_value()),
                                    _ => crate::said::Said::NotAsked,
                                },
                                |statement, answer| match statement {
                                    crate::record::Statement::$statement(it) if it.more.is_none() && answer == crate::said::Said::NotAsked => true,
                                    crate::record::Statement::$statement(it) => it.more.get_or_insert_default().$rare.take(answer),
                                    _ => false,
                                },
                            ),
                            |statement| matches!(statement, crate::record::Statement::$statement(it)
                                if it.more.as_ref().is_some_and(|more| matches!(more.$rare, crate::said::Said::Unreadable))),
                        ),)+)?
                ];
            }

            impl From<$statement> for crate::record::Statement {
                fn from(statement: $statement) -> Self { Self::$statement(statement) }
            }

            $(
                $(#[doc = $more_doc])+
                #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
                pub struct $more { $($(#[doc = $rare_doc])+ pub $rare: crate::said::Said<$rare_type>,)+ }
            )?
        )+
    };
}
pub(super) use statements;

/// Declares the closed list of what may be said: its statements, in their order.
macro_rules! closed_list {
    ($($statement:ident),+ $(,)?) => {
        /// The closed list of what may be said.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Statement { $(
            #[doc = concat!("See [`", stringify!($statement), "`](struct@", stringify!($statement), ").")]
            $statement($statement),
        )+ }

        impl Statement {
            /// The type of the statement.
            #[must_use]
            pub fn statement_type(&self) -> &'static StatementType {
                match self { $(Self::$statement(_) => &$statement::TYPE),+ }
            }

            /// Whether both speak of the same thing: the same type and the same natural key.
            #[must_use]
            pub fn same_key(&self, other: &Self) -> bool {
                match (self, other) {
                    $((Self::$statement(left), Self::$statement(right)) => left.same_key(right),)+
                    _ => false,
                }
            }
        }

        /// Every type of statement, in the order of the record's document.
        pub static STATEMENTS: &[&StatementType] = &[$(&$statement::TYPE),+];

        /// A statement of that type that says nothing yet; `None` for a name that is no type.
        #[must_use]
        pub fn unsaid(name: &str) -> Option<Statement> {
            match name { $(stringify!($statement) => Some(Statement::$statement($statement::default())),)+ _ => None }
        }
    };
}
pub(super) use closed_list;
