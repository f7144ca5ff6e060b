//! Everything that can be said about a workflow document before it runs, all at once.

mod fields;
mod graph;
mod models;
mod paths;
mod steps;
mod structure;
mod suggest;
mod templates;

use model::api::{Issue, Report};
use model::{Step, StepId, Workflow};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The most steps of a document, those in loops included.
pub const MAX_STEPS: usize = 10_000;
/// How deep loops may stand in each other.
pub const MAX_NESTING: usize = 8;

/// What the surroundings know: MCP servers, providers, other workflows, and the checkers that need libraries. What is
/// absent is not checked.
#[derive(Default, Clone, Copy)]
pub struct Catalog<'a> {
    /// Servers by name with their tools; `None` for a server that could not be asked.
    pub servers: Option<&'a BTreeMap<String, Option<Vec<Tool>>>>,
    pub providers: Option<&'a BTreeSet<String>>,
    /// The ids and names of the project's workflows.
    pub workflows: Option<&'a [(String, String)]>,
    /// The id of the workflow being validated.
    pub own_id: Option<&'a str>,
    /// Compiles a Lua script; an error has its line.
    pub lua: Option<&'a LuaCheck<'a>>,
    /// Checks a JSON Schema itself (without an instance) or a value against it; errors have a JSON pointer into the schema
    /// or the value.
    pub schema: Option<&'a SchemaCheck<'a>>,
}

pub type LuaCheck<'a> = dyn Fn(&str) -> Result<(), (u32, String)> + 'a;
pub type SchemaCheck<'a> = dyn Fn(&Value, Option<&Value>) -> Vec<(String, String)> + 'a;

/// One tool of an MCP server.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    pub name: String,
    /// JSON Schema of its arguments.
    pub input_schema: Option<Value>,
}

/// Reads a workflow document. The errors are those of its structure: missing fields, wrong types, unknown step types, with
/// a JSON pointer each, all at once. What the steps mean together is a matter of [`validate`].
pub fn parse_workflow(doc: &Value) -> Result<Workflow, Vec<Issue>> {
    let read = structure::read(doc);
    match read.workflow {
        Some(workflow) if read.errors.is_empty() => Ok(workflow),
        Some(_) | None => Err(read.errors),
    }
}

/// Everything wrong or doubtful about a document. Errors stop publishing; warnings do not.
pub fn validate(doc: &Value, catalog: &Catalog) -> Report {
    let read = structure::read(doc);
    let mut found = Found {
        errors: read.errors,
        warnings: read.warnings,
    };
    if let Some(workflow) = &read.workflow {
        let check = Check {
            workflow,
            catalog,
            unreadable: &read.unreadable,
        };
        check.bodies(&mut found);
    }
    Report {
        errors: found.errors,
        warnings: found.warnings,
    }
}

/// The issues so far.
#[derive(Default)]
struct Found {
    errors: Vec<Issue>,
    warnings: Vec<Issue>,
}

impl Found {
    fn error(&mut self, code: &str, at: String, step: Option<&StepId>, message: String) {
        self.errors.push(issue(code, at, step, message));
    }

    fn warning(&mut self, code: &str, at: String, step: Option<&StepId>, message: String) {
        self.warnings.push(issue(code, at, step, message));
    }

    /// Adds a suggestion to the last error.
    fn suggest(&mut self, suggestion: Option<String>) {
        if let Some(last) = self.errors.last_mut() {
            last.suggestion = suggestion;
        }
    }
}

fn issue(code: &str, pointer: String, step: Option<&StepId>, message: String) -> Issue {
    Issue {
        code: code.to_owned(),
        pointer,
        step: step.cloned(),
        message,
        suggestion: None,
    }
}

struct Check<'a> {
    workflow: &'a Workflow,
    catalog: &'a Catalog<'a>,
    /// Pointers of steps whose type could not be read; their own fields are not looked at.
    unreadable: &'a BTreeSet<String>,
}

/// The steps that stand side by side, with what is around them.
struct Scope<'a> {
    steps: &'a [Step],
    /// `/steps`, `/steps/3/steps`.
    pointer: String,
    /// The loop these steps are the body of.
    around: Option<(&'a Step, &'a Scope<'a>)>,
    by_id: BTreeMap<&'a str, usize>,
    /// The direct dependencies of each step, fallbacks and primaries included.
    before: Vec<Vec<usize>>,
}

impl<'a> Check<'a> {
    fn bodies(&self, found: &mut Found) {
        let mut ids = BTreeMap::new();
        unique_ids(&self.workflow.steps, "/steps", &mut ids, found);
        self.scope(&self.workflow.steps, "/steps".into(), None, &ids, found);
        self.outside_steps(found);
    }

    fn scope(
        &self,
        steps: &'a [Step],
        pointer: String,
        around: Option<(&'a Step, &Scope<'a>)>,
        ids: &BTreeMap<&'a str, String>,
        found: &mut Found,
    ) {
        let scope = Scope::new(steps, pointer, around);
        graph::check(&scope, ids, found);
        for (place, step) in steps.iter().enumerate() {
            let at = format!("{}/{place}", scope.pointer);
            if self.unreadable.contains(&at) {
                continue;
            }
            self.step(step, &at, found);
            self.templates(step, place, &at, &scope, ids, found);
            if !step.body().is_empty() {
                let inner = format!("{at}/steps");
                self.scope(step.body(), inner, Some((step, &scope)), ids, found);
            }
        }
    }
}

/// Where each id stands. Ids are unique in the whole document, so that a name means one step.
fn unique_ids<'a>(
    steps: &'a [Step],
    pointer: &str,
    ids: &mut BTreeMap<&'a str, String>,
    found: &mut Found,
) {
    for (place, step) in steps.iter().enumerate() {
        let at = format!("{pointer}/{place}");
        if let Some(first) = ids.get(step.id.as_str()) {
            found.error(
                "duplicate_id",
                format!("{at}/id"),
                Some(&step.id),
                format!("The id {} is used by {first} already.", step.id),
            );
        } else {
            ids.insert(step.id.as_str(), at.clone());
        }
        unique_ids(step.body(), &format!("{at}/steps"), ids, found);
    }
}

#[cfg(test)]
mod tests;
