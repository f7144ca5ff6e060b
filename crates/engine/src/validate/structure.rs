//! The document's shape, checked against the table of fields.

use super::fields::{Field, Holds, STEP, WORKFLOW, fields_of};
use super::suggest::closest;
use super::{Found, MAX_NESTING, MAX_STEPS};
use model::api::Issue;
use model::{StepId, StepKind, Workflow, id::is_slug};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(super) struct Read {
    /// What could be read, wrong fields left out; `None` when the document is no workflow at all.
    pub workflow: Option<Workflow>,
    pub errors: Vec<Issue>,
    pub warnings: Vec<Issue>,
    /// Steps whose type could not be read.
    pub unreadable: BTreeSet<String>,
}

pub(super) fn read(doc: &Value) -> Read {
    let mut reader = Reader {
        found: Found::default(),
        unreadable: BTreeSet::new(),
        steps: 0,
    };
    let workflow = reader.workflow(doc);
    Read {
        workflow,
        errors: reader.found.errors,
        warnings: reader.found.warnings,
        unreadable: reader.unreadable,
    }
}

struct Reader {
    found: Found,
    unreadable: BTreeSet<String>,
    steps: usize,
}

impl Reader {
    fn workflow(&mut self, doc: &Value) -> Option<Workflow> {
        let no_workflow = |found: &mut Found, message: &str| {
            found.error("not_a_workflow", String::new(), None, message.into());
            None
        };
        let Value::Object(object) = doc else {
            return no_workflow(&mut self.found, "A workflow is a JSON object.");
        };
        if !object.get("steps").is_some_and(Value::is_array) {
            return no_workflow(&mut self.found, "A workflow has a list `steps`.");
        }
        let mut clean = self.object(object, "", &[WORKFLOW], None, 0);
        match object.get("name").and_then(Value::as_str).map(str::trim) {
            Some("") | None => {
                if object.get("name").is_none_or(Value::is_string) {
                    self.missing("missing_name", "/name", None, "A workflow has a name.");
                }
                clean.insert("name".into(), "".into());
            }
            Some(_) => {}
        }
        if let Some(queue) = clean.get("queue").and_then(Value::as_str)
            && !is_slug(queue)
        {
            self.found.error(
                "invalid_queue",
                "/queue".into(),
                None,
                format!("{queue:?} is no name for a queue: 1 to 64 letters, digits, _ or -, a letter first."),
            );
        }
        if self.steps == 0 {
            let message = "A workflow has at least one step.";
            self.missing("no_steps", "/steps", None, message);
        }
        if self.steps > MAX_STEPS {
            self.found.error(
                "too_many_steps",
                "/steps".into(),
                None,
                format!(
                    "A workflow has at most 10,000 steps; this one has {}.",
                    self.steps
                ),
            );
            return None;
        }
        match serde_json::from_value(Value::Object(clean)) {
            Ok(workflow) => Some(workflow),
            Err(e) => {
                self.found
                    .error("not_a_workflow", String::new(), None, format!("{e}."));
                None
            }
        }
    }

    fn missing(&mut self, code: &str, at: &str, step: Option<&StepId>, message: &str) {
        self.found.error(code, at.into(), step, message.into());
    }

    /// The object with only the fields that hold what they may.
    fn object(
        &mut self,
        object: &Map<String, Value>,
        at: &str,
        tables: &[&'static [Field]],
        step: Option<&StepId>,
        depth: usize,
    ) -> Map<String, Value> {
        let known = || tables.iter().flat_map(|t| t.iter());
        let mut clean = Map::new();
        for (name, value) in object {
            let pointer = format!("{at}/{}", escaped(name));
            let Some((_, holds)) = known().find(|(field, _)| field == name) else {
                self.found.warning(
                    "unknown_field",
                    pointer,
                    step,
                    format!("There is no field {name} here; it has no effect."),
                );
                if let Some(last) = self.found.warnings.last_mut() {
                    last.suggestion = closest(name, known().map(|(field, _)| *field));
                }
                continue;
            };
            if let Some(value) = self.value(*holds, value, &pointer, step, depth) {
                clean.insert(name.clone(), value);
            }
        }
        clean
    }

    fn value(
        &mut self,
        holds: Holds,
        value: &Value,
        at: &str,
        step: Option<&StepId>,
        depth: usize,
    ) -> Option<Value> {
        let wrong = match holds {
            Holds::Steps => return self.step_list(value, at, step, depth),
            Holds::About => return self.about(value, at),
            Holds::Fields(fields) if value.is_object() => {
                return self.fields(value, at, fields, step);
            }
            Holds::ListOf(fields)
                if value
                    .as_array()
                    .is_some_and(|l| l.iter().all(Value::is_object)) =>
            {
                let list = value.as_array().into_iter().flatten().enumerate();
                let list =
                    list.filter_map(|(i, v)| self.fields(v, &format!("{at}/{i}"), fields, step));
                return Some(Value::Array(list.collect()));
            }
            Holds::Text if value.is_string() => None,
            Holds::Text => Some("a text".to_owned()),
            Holds::Flag if value.is_boolean() => None,
            Holds::Flag => Some("true or false".to_owned()),
            Holds::Whole(from, to) => {
                let fits = value.as_u64().is_some_and(|n| (from..=to).contains(&n));
                (!fits).then(|| format!("a whole number from {from} to {to}"))
            }
            Holds::Number(from, to) => {
                let fits = value.as_f64().is_some_and(|n| (from..=to).contains(&n));
                (!fits).then(|| format!("a number from {from} to {to}"))
            }
            Holds::Anything => None,
            Holds::List => (!value.is_array()).then(|| "a list".to_owned()),
            Holds::ListOf(_) => Some("a list of objects".to_owned()),
            Holds::Fields(_) => Some("an object".to_owned()),
            Holds::Object => (!value.is_object()).then(|| "an object".to_owned()),
            Holds::Texts => {
                let fits = value
                    .as_array()
                    .is_some_and(|list| list.iter().all(Value::is_string));
                (!fits).then(|| "a list of texts".to_owned())
            }
            Holds::TextMap => {
                let fits = value
                    .as_object()
                    .is_some_and(|object| object.values().all(Value::is_string));
                (!fits).then(|| "an object of texts".to_owned())
            }
            Holds::OneOf(words) => {
                let fits = value.as_str().is_some_and(|text| words.contains(&text));
                (!fits).then(|| format!("one of {}", words.join(", ")))
            }
            Holds::OnFailure => {
                let word = matches!(value.as_str(), Some("fail" | "skip"));
                let fallback = value.as_object().is_some_and(|o| {
                    o.len() == 1 && o.get("fallback").is_some_and(Value::is_string)
                });
                (!word && !fallback)
                    .then(|| "\"fail\", \"skip\" or {\"fallback\": \"<step>\"}".to_owned())
            }
            Holds::Schema => {
                (!value.is_object() && !value.is_boolean()).then(|| "a JSON Schema".to_owned())
            }
        };
        let Some(expected) = wrong else {
            return Some(value.clone());
        };
        // A field set to null is a field left out.
        if !value.is_null() {
            let field = at.rsplit('/').next().unwrap_or(at);
            self.found.error(
                "wrong_type",
                at.to_owned(),
                step,
                format!("{field} must be {expected}."),
            );
        }
        None
    }

    fn fields(
        &mut self,
        value: &Value,
        at: &str,
        fields: &'static [Field],
        step: Option<&StepId>,
    ) -> Option<Value> {
        let clean = self.object(value.as_object()?, at, &[fields], step, 0);
        Some(Value::Object(clean))
    }

    fn about(&mut self, value: &Value, at: &str) -> Option<Value> {
        const ABOUT: &[Field] = &[
            ("type", Holds::Text),
            ("id", Holds::Text),
            ("label", Holds::Text),
        ];
        if value.is_null() {
            return None;
        }
        let Value::Object(object) = value else {
            self.found.error(
                "wrong_type",
                at.into(),
                None,
                "about must be an object with type and id.".into(),
            );
            return None;
        };
        let clean = self.object(object, at, &[ABOUT], None, 0);
        for field in ["type", "id"] {
            if !object.contains_key(field) {
                let message = format!("about needs {field}.");
                self.missing("missing_field", &format!("{at}/{field}"), None, &message);
            }
        }
        (clean.contains_key("type") && clean.contains_key("id")).then_some(Value::Object(clean))
    }

    fn step_list(
        &mut self,
        value: &Value,
        at: &str,
        step: Option<&StepId>,
        depth: usize,
    ) -> Option<Value> {
        let Value::Array(list) = value else {
            self.found.error(
                "wrong_type",
                at.into(),
                step,
                "steps must be a list.".into(),
            );
            return None;
        };
        if depth > MAX_NESTING {
            let message = format!("Loops may stand in each other {MAX_NESTING} deep, not deeper.");
            self.found
                .error("nested_too_deep", at.into(), step, message);
            return None;
        }
        self.steps += list.len();
        if self.steps > MAX_STEPS {
            return None;
        }
        let steps = list.iter().enumerate();
        let steps =
            steps.map(|(place, step)| self.step(step, &format!("{at}/{place}"), place, depth));
        Some(Value::Array(steps.collect()))
    }

    /// Always a step, so that places stay what they are; what cannot be read becomes an empty script under a name that no
    /// step can have.
    fn step(&mut self, value: &Value, at: &str, place: usize, depth: usize) -> Value {
        let nameless = format!("(step {})", place + 1);
        let Value::Object(object) = value else {
            self.found.error(
                "wrong_type",
                at.into(),
                None,
                "A step must be an object.".into(),
            );
            self.unreadable.insert(at.into());
            return json!({"id": nameless, "type": "lua_script"});
        };
        let id = object.get("id").and_then(Value::as_str);
        let step = id.map(StepId::from);
        let step = step.as_ref();
        match id {
            Some(id) if is_slug(id) => {}
            Some(id) => self.found.error(
                "invalid_id",
                format!("{at}/id"),
                step,
                format!("{id:?} is no id for a step: 1 to 64 letters, digits, _ or -, a letter or _ first."),
            ),
            None if object.contains_key("id") => {}
            None => self.missing("missing_id", &format!("{at}/id"), None, "A step has an id."),
        }
        let id = id.unwrap_or(&nameless);
        let kind = object.get("type").and_then(Value::as_str);
        let Some(fields) = kind.and_then(fields_of) else {
            let pointer = format!("{at}/type");
            match kind {
                Some(kind) => {
                    let message = format!("There is no step type {kind}.");
                    self.found
                        .error("unknown_step_type", pointer, step, message);
                    let suggestion = closest(kind, StepKind::TYPES.iter().copied());
                    let all = || format!("The types are {}.", StepKind::TYPES.join(", "));
                    self.found.suggest(Some(suggestion.unwrap_or_else(all)));
                }
                None => self.missing("missing_type", &pointer, step, "A step has a type."),
            }
            self.unreadable.insert(at.into());
            // What every step has still says how it hangs together with the others.
            let common = object
                .iter()
                .filter(|(name, _)| STEP.iter().any(|(f, _)| f == name));
            let common = common
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            let mut clean = self.object(&common, at, &[STEP], step, depth);
            clean.insert("id".into(), id.into());
            clean.insert("type".into(), "lua_script".into());
            return Value::Object(clean);
        };
        let mut clean = self.object(object, at, &[STEP, fields], step, depth + 1);
        clean.insert("id".into(), id.into());
        Value::Object(clean)
    }
}

/// A name as a part of a JSON pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
