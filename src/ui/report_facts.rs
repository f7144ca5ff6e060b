//! What a person wrote in a report, and what does not go with it: on the report's page and in its file.

use super::card::Fact;
use leptos::prelude::*;
use model::mask::MaskCounts;
use model::report::{Attachment, ReportForm};
use std::collections::BTreeSet;

/// The form's fields but the subject.
pub fn written(form: &ReportForm) -> AnyView {
    let expected = said(&form.expected, "Not written");
    let contact = said(&form.contact, "Not given");
    let (category, severity) = (form.category.shown(), form.severity.shown());
    view! {
        <Fact name="Expected">{expected}</Fact>
        <Fact name="Category">{category}</Fact>
        <Fact name="Severity">{severity}</Fact>
        <Fact name="Contact">{contact}</Fact>
    }
    .into_any()
}

/// What was left out by choice, and cut out by rule.
pub fn missing(left_out: &BTreeSet<Attachment>, masked: &MaskCounts) -> AnyView {
    let left_out = said(&Attachment::list(left_out), "Nothing");
    let masked = said(&masked.shown(), "Nothing");
    view! {
        <Fact name="Left out">{left_out}</Fact>
        <Fact name="Cut out">{masked}</Fact>
    }
    .into_any()
}

fn said(text: &str, none: &str) -> String {
    let text = text.trim();
    if text.is_empty() { none } else { text }.to_owned()
}
