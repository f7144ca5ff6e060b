//! Whether what stands in templates and conditions can have a value.

use super::structure::escaped;
use super::{Check, Found, Scope};
use crate::expr::{Expr, SyntaxError};
use crate::template::{self, Piece};
use model::workflow::Template;
use model::{Step, StepId, StepKind};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a path may name where it stands.
pub(super) struct Place<'s> {
    pub step: Option<&'s StepId>,
    /// The scope and the step's place in it; `None` for the workflow's own templates, which see what `sees` says.
    pub at: Option<(&'s Scope<'s>, usize)>,
    /// The body of the `while` whose condition this is.
    pub own_body: &'s [Step],
    pub sees_steps: bool,
    pub in_loop: bool,
    pub in_for_each: bool,
}

impl<'a> Check<'a> {
    pub(super) fn templates(
        &self,
        step: &'a Step,
        place: usize,
        at: &str,
        scope: &Scope<'a>,
        ids: &BTreeMap<&str, String>,
        found: &mut Found,
    ) {
        let is_while = matches!(step.kind, StepKind::While(_));
        let (in_loop, in_for_each) = loops_around(scope);
        let mut seen = Place {
            step: Some(&step.id),
            at: Some((scope, place)),
            own_body: &[],
            sees_steps: true,
            in_loop,
            in_for_each,
        };
        step.templates(&mut |names, template| {
            let names = names.iter().map(|name| format!("/{}", escaped(name)));
            let pointer = format!("{at}{}", names.collect::<String>());
            match template {
                Template::Text(text) => self.text(text, &pointer, &seen, ids, found),
                Template::Value(value) => self.value(value, &pointer, &seen, ids, found),
            }
        });
        if let Some(condition) = &step.condition {
            if is_while {
                seen.own_body = step.body();
                seen.in_loop = true;
            }
            match template::parse_condition(condition) {
                Ok(expr) => self.expr(&expr, &format!("{at}/condition"), &seen, ids, found),
                Err(e) => invalid(
                    "invalid_condition",
                    "condition",
                    &e,
                    format!("{at}/condition"),
                    &seen,
                    found,
                ),
            }
        }
    }

    /// The workflow's own templates: what a run is about, from its input, and its output, from its steps.
    pub(super) fn outside_steps(&self, found: &mut Found) {
        let mut place = Place {
            step: None,
            at: None,
            own_body: &self.workflow.steps,
            sees_steps: false,
            in_loop: false,
            in_for_each: false,
        };
        let ids = BTreeMap::new();
        if let Some(about) = &self.workflow.about {
            self.text(&about.kind, "/about/type", &place, &ids, found);
            self.text(&about.id, "/about/id", &place, &ids, found);
            let label = about.label.as_deref().unwrap_or_default();
            self.text(label, "/about/label", &place, &ids, found);
        }
        place.sees_steps = true;
        if let Some(output) = &self.workflow.output {
            self.value(output, "/output", &place, &ids, found);
        }
        if let Some(schema) = &self.workflow.input_schema {
            self.json_schema(schema, "/input_schema", None, found);
        }
    }

    fn value(
        &self,
        value: &Value,
        at: &str,
        place: &Place,
        ids: &BTreeMap<&str, String>,
        found: &mut Found,
    ) {
        match value {
            Value::String(text) => self.text(text, at, place, ids, found),
            Value::Array(list) => {
                for (i, item) in list.iter().enumerate() {
                    self.value(item, &format!("{at}/{i}"), place, ids, found);
                }
            }
            Value::Object(object) => {
                for (name, item) in object {
                    self.value(item, &format!("{at}/{}", escaped(name)), place, ids, found);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(
        &self,
        text: &str,
        at: &str,
        place: &Place,
        ids: &BTreeMap<&str, String>,
        found: &mut Found,
    ) {
        match template::pieces(text) {
            Ok(pieces) => {
                for piece in &pieces {
                    if let Piece::Expr(expr) = piece {
                        self.expr(expr, at, place, ids, found);
                    }
                }
            }
            Err(e) => invalid(
                "invalid_template",
                "template",
                &e,
                at.to_owned(),
                place,
                found,
            ),
        }
    }

    fn expr(
        &self,
        expr: &Expr,
        at: &str,
        place: &Place,
        ids: &BTreeMap<&str, String>,
        found: &mut Found,
    ) {
        expr.paths(&mut |path, _| self.path(path, at, place, ids, found));
    }
}

fn loops_around(scope: &Scope) -> (bool, bool) {
    let mut around = scope.around;
    let in_loop = around.is_some();
    while let Some((step, outer)) = around {
        if matches!(step.kind, StepKind::ForEach(_)) {
            return (in_loop, true);
        }
        around = outer.around;
    }
    (in_loop, false)
}

fn invalid(
    code: &str,
    what: &str,
    error: &SyntaxError,
    at: String,
    place: &Place,
    found: &mut Found,
) {
    let message = format!("This {what} cannot be read: {error}.");
    found.error(code, at, place.step, message);
}
