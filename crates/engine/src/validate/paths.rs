//! Whether a path in a template or a condition names something that is known there.

use super::suggest::closest;
use super::templates::Place;
use super::{Check, Found};
use crate::expr::Path;
use serde_json::Value;
use std::collections::BTreeMap;

impl Check<'_> {
    pub(super) fn path(
        &self,
        path: &Path,
        at: &str,
        place: &Place,
        ids: &BTreeMap<&str, String>,
        found: &mut Found,
    ) {
        let mut wrong = |code: &str, message: String, suggestion: Option<String>| {
            found.error(code, at.to_owned(), place.step, message);
            found.suggest(suggestion);
        };
        match path.root.as_str() {
            "input" => {
                if let Some((message, suggestion)) = self.input_field(path) {
                    wrong("unknown_input_field", message, suggestion);
                }
            }
            "steps" if !place.sees_steps => wrong(
                "invalid_template",
                "Only `input` is known before a run begins.".into(),
                None,
            ),
            "steps" => step_path(path, place, ids, &mut wrong),
            "item" if place.in_for_each => {}
            "index" if place.in_loop => {}
            "item" => wrong(
                "invalid_template",
                "`item` is known only inside a for_each.".into(),
                None,
            ),
            "index" => wrong(
                "invalid_template",
                "`index` is known only inside a loop.".into(),
                None,
            ),
            other => {
                let names = ["input", "steps", "item", "index"];
                wrong(
                    "invalid_template",
                    format!(
                        "There is no value {other}; a path begins with input, steps, item or index."
                    ),
                    closest(other, names),
                );
            }
        }
    }

    /// A field that the input schema says there is not.
    fn input_field(&self, path: &Path) -> Option<(String, Option<String>)> {
        let mut schema = self.workflow.input_schema.as_ref()?;
        let mut way = String::from("input");
        for part in &path.parts {
            let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
            let properties = schema.get("properties")?.as_object()?;
            if let Some(inner) = properties.get(part) {
                schema = inner;
            } else if closed {
                return Some((
                    format!("{way} has no field {part} in the input schema."),
                    closest(part, properties.keys().map(String::as_str)),
                ));
            } else {
                return None;
            }
            way = format!("{way}.{part}");
        }
        None
    }
}

fn step_path(
    path: &Path,
    place: &Place,
    ids: &BTreeMap<&str, String>,
    wrong: &mut dyn FnMut(&str, String, Option<String>),
) {
    let Some((id, rest)) = path.parts.split_first() else {
        return wrong(
            "invalid_template",
            "`steps` needs a step: `steps.<id>.result`.".into(),
            None,
        );
    };
    let what = rest.first().map(String::as_str);
    if !matches!(what, Some("result" | "status" | "error")) {
        let head = [id.as_str(), "result"].into_iter();
        let meant: Vec<_> = head.chain(rest.iter().map(String::as_str)).collect();
        wrong(
            "invalid_template",
            format!("`{path}` names no value of the step {id}: use result, status or error."),
            Some(format!("Did you mean steps.{}?", meant.join("."))),
        );
    }
    if place.own_body.iter().any(|s| s.id.as_str() == id) {
        return;
    }
    let mut at = place.at;
    let mut inside = false;
    while let Some((scope, own)) = at {
        if let Some(&other) = scope.by_id.get(id.as_str()) {
            if other == own {
                let message = if inside {
                    format!(
                        "{id} is the loop around this step; its result is known only at its end."
                    )
                } else {
                    format!("{id} is this step itself.")
                };
                return wrong("not_upstream", message, None);
            }
            if !scope.is_upstream(own, other) {
                let whose = &scope.steps[own].id;
                return wrong(
                    "not_upstream",
                    format!("{id} may not have finished when {whose} begins."),
                    Some(format!("Add {id} to depends_on of {whose}.")),
                );
            }
            return;
        }
        inside = true;
        at = scope.around.and_then(|(around, outer)| {
            let place = outer.steps.iter().position(|s| std::ptr::eq(s, around))?;
            Some((outer, place))
        });
    }
    if let Some(elsewhere) = ids.get(id.as_str()) {
        let message = format!(
            "{id} stands inside a loop, at {elsewhere}; only the loop's own result is known outside."
        );
        return wrong("not_upstream", message, None);
    }
    let beside = place.at.map(|(scope, _)| scope.by_id.keys().copied());
    let own = place.own_body.iter().map(|s| s.id.as_str());
    let suggestion = closest(id, beside.into_iter().flatten().chain(own));
    wrong(
        "unknown_step",
        format!("There is no step {id}."),
        suggestion,
    );
}
