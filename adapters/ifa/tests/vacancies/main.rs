//! Vacancies from outside: what documents say, what is told of them, and that they come back.

mod bad_input;
mod comes_back;
mod json;
mod rows;
mod support;
