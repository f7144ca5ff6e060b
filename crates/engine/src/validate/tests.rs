#![allow(clippy::unwrap_used)]

use super::*;
use serde_json::json;

/// One step is enough to hold most mistakes.
fn with(step: Value) -> Value {
    json!({"name": "W", "steps": [
        {"id": "first", "type": "lua_script", "script": "return 1"},
        step,
    ]})
}

fn check(doc: &Value) -> Report {
    validate(doc, &Catalog::default())
}

fn the_error(doc: &Value) -> Issue {
    let report = check(doc);
    assert_eq!(report.errors.len(), 1, "{report:#?}");
    report.errors[0].clone()
}

#[test]
fn a_good_document_has_no_issues() {
    let doc = json!({
        "name": "RFQ", "queue": "sales", "timeout_s": 600, "ttl_s": 60, "labels": {"team": "sales"},
        "input_schema": {"type": "object", "properties": {"rfq": {"type": "string"}}, "additionalProperties": false},
        "about": {"type": "rfq", "id": "{{input.rfq}}", "label": null},
        "output": {"quote": "{{steps.write.result}}"},
        "steps": [
            {"id": "read", "type": "mcp_call", "server": "files", "tool_name": "read", "arguments": {"path": "{{input.rfq}}.md"}, "effect": "read"},
            {"id": "lines", "type": "llm_call", "prompt": "Extract: {{steps.read.result.text}}", "depends_on": ["read"], "retry_count": 2, "retry_backoff_s": 0.5},
            {"id": "price", "type": "for_each", "items": "{{steps.lines.result.lines}}", "depends_on": ["lines"], "on_item_error": "collect", "steps": [
                {"id": "look_up", "type": "lua_script", "script": "return input", "input": "{{item.sku | index}}", "on_failure": {"fallback": "guess"}},
                {"id": "guess", "type": "lua_script", "script": "return 0", "input": "{{steps.look_up.error.code}}"},
                {"id": "sum", "type": "lua_script", "script": "return 1", "depends_on": ["look_up"], "input": ["{{steps.look_up.result}}", "{{steps.read.status}}"]}
            ]},
            {"id": "poll", "type": "while", "condition": "index < 3 and (steps.ask.result.ok | true)", "depends_on": ["price"], "steps": [
                {"id": "ask", "type": "waitpoint", "expires_in_s": 60, "schema": true}
            ]},
            {"id": "approve", "type": "human_task", "depends_on": ["poll"], "condition": "steps.price.result.errors == null or true", "on_reject": "branch"},
            {"id": "pause", "type": "timer", "seconds": "{{input.rfq}}", "depends_on": ["approve"]},
            {"id": "write", "type": "mcp_call", "server_url": "https://x.example/mcp", "tool_name": "write", "depends_on": ["pause"]},
            {"id": "child", "type": "workflow_call", "workflow": "Other", "enabled": false}
        ]
    });
    let report = check(&doc);
    assert_eq!(report, Report::default(), "{report:#?}");
    let workflow = parse_workflow(&doc).unwrap();
    let back = serde_json::to_value(&workflow).unwrap();
    assert_eq!(parse_workflow(&back).unwrap(), workflow);
}

#[test]
fn every_mistake_is_named_with_its_place() {
    let script = |more: Value| {
        let mut step = json!({"id": "b", "type": "lua_script", "script": "return 1"});
        step.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        with(step)
    };
    let cases = [
        (json!([]), "not_a_workflow", "", "JSON object"),
        (json!({"name": "x"}), "not_a_workflow", "", "list `steps`"),
        (
            json!({"name": "x", "steps": []}),
            "no_steps",
            "/steps",
            "at least one",
        ),
        (
            json!({"name": " ", "steps": [{"id": "a", "type": "waitpoint"}]}),
            "missing_name",
            "/name",
            "name",
        ),
        (
            json!({"name": "x", "queue": "a b", "steps": [{"id": "a", "type": "waitpoint"}]}),
            "invalid_queue",
            "/queue",
            "a b",
        ),
        (
            json!({"name": "x", "ttl_s": -1, "steps": [{"id": "a", "type": "waitpoint"}]}),
            "wrong_type",
            "/ttl_s",
            "from 1",
        ),
        (
            json!({"name": "x", "about": {"type": "a", "id": "{{steps.a.result}}"}, "steps": [{"id": "a", "type": "waitpoint"}]}),
            "invalid_template",
            "/about/id",
            "before a run begins",
        ),
        (
            json!({"name": "x", "output": "{{steps.z.result}}", "steps": [{"id": "a", "type": "waitpoint"}]}),
            "unknown_step",
            "/output",
            "no step z",
        ),
        (
            with(json!({"type": "waitpoint"})),
            "missing_id",
            "/steps/1/id",
            "id",
        ),
        (
            with(json!({"id": "2x", "type": "waitpoint"})),
            "invalid_id",
            "/steps/1/id",
            "2x",
        ),
        (
            with(json!({"id": "first", "type": "waitpoint"})),
            "duplicate_id",
            "/steps/1/id",
            "/steps/0",
        ),
        (
            with(json!({"id": "b"})),
            "missing_type",
            "/steps/1/type",
            "type",
        ),
        (
            with(json!({"id": "b", "type": "mcp_cal"})),
            "unknown_step_type",
            "/steps/1/type",
            "mcp_cal",
        ),
        (with(json!("b")), "wrong_type", "/steps/1", "object"),
        (
            script(json!({"depends_on": ["frist"]})),
            "unknown_dependency",
            "/steps/1/depends_on/0",
            "frist",
        ),
        (
            script(json!({"depends_on": ["b"]})),
            "dependency_cycle",
            "/steps/1/depends_on/0",
            "itself",
        ),
        (
            script(json!({"depends_on": "first"})),
            "wrong_type",
            "/steps/1/depends_on",
            "list of texts",
        ),
        (
            script(json!({"enabled": "yes"})),
            "wrong_type",
            "/steps/1/enabled",
            "true or false",
        ),
        (
            script(json!({"retry_count": 1000})),
            "wrong_type",
            "/steps/1/retry_count",
            "0 to 100",
        ),
        (
            script(json!({"retry_backoff_s": 4000})),
            "wrong_type",
            "/steps/1/retry_backoff_s",
            "3600",
        ),
        (
            script(json!({"timeout_s": 0})),
            "wrong_type",
            "/steps/1/timeout_s",
            "from 1",
        ),
        (
            script(json!({"effect": "none"})),
            "wrong_type",
            "/steps/1/effect",
            "read, idempotent, write",
        ),
        (
            script(json!({"on_failure": {"fallback": "b"}})),
            "invalid_fallback",
            "/steps/1/on_failure/fallback",
            "own",
        ),
        (
            script(json!({"on_failure": {"fallback": "z"}})),
            "unknown_fallback",
            "/steps/1/on_failure/fallback",
            "no step z",
        ),
        (
            script(json!({"on_failure": "retry"})),
            "wrong_type",
            "/steps/1/on_failure",
            "fallback",
        ),
        (
            script(json!({"condition": "input.a = 1"})),
            "invalid_condition",
            "/steps/1/condition",
            "==",
        ),
        (
            script(json!({"condition": "steps.first.result"})),
            "not_upstream",
            "/steps/1/condition",
            "first",
        ),
        (
            script(json!({"input": "{{steps.b.result}}"})),
            "not_upstream",
            "/steps/1/input",
            "this step itself",
        ),
        (
            script(json!({"input": "{{steps.first.total}}", "depends_on": ["first"]})),
            "invalid_template",
            "/steps/1/input",
            "result, status or error",
        ),
        (
            script(json!({"input": {"x": ["{{input.a"]}})),
            "invalid_template",
            "/steps/1/input/x/0",
            "not closed",
        ),
        (
            script(json!({"input": "{{item}}"})),
            "invalid_template",
            "/steps/1/input",
            "for_each",
        ),
        (
            script(json!({"input": "{{index}}"})),
            "invalid_template",
            "/steps/1/input",
            "loop",
        ),
        (
            script(json!({"input": "{{inputs.a}}"})),
            "invalid_template",
            "/steps/1/input",
            "inputs",
        ),
        (
            with(json!({"id": "b", "type": "lua_script"})),
            "missing_script",
            "/steps/1/script",
            "script",
        ),
        (
            with(json!({"id": "b", "type": "lua_script", "script": "x".repeat(70_000)})),
            "script_too_long",
            "/steps/1/script",
            "64 KiB",
        ),
        (
            with(json!({"id": "b", "type": "llm_call"})),
            "missing_prompt",
            "/steps/1/prompt",
            "prompt",
        ),
        (
            with(json!({"id": "b", "type": "llm_call", "prompt": "p", "temperature": 3})),
            "wrong_type",
            "/steps/1/temperature",
            "0 to 2",
        ),
        (
            with(json!({"id": "b", "type": "mcp_call", "server": "files"})),
            "missing_tool_name",
            "/steps/1/tool_name",
            "tool",
        ),
        (
            with(json!({"id": "b", "type": "mcp_call", "tool_name": "t"})),
            "missing_server",
            "/steps/1/server",
            "server",
        ),
        (
            with(
                json!({"id": "b", "type": "mcp_call", "tool_name": "t", "server": "a", "server_url": "https://b"}),
            ),
            "two_servers",
            "/steps/1/server_url",
            "both",
        ),
        (
            with(json!({"id": "b", "type": "mcp_call", "tool_name": "t", "server_url": "ftp://b"})),
            "invalid_server_url",
            "/steps/1/server_url",
            "http",
        ),
        (
            with(json!({"id": "b", "type": "timer", "seconds": "soon"})),
            "invalid_seconds",
            "/steps/1/seconds",
            "seconds",
        ),
        (
            with(
                json!({"id": "b", "type": "for_each", "items": 3, "steps": [{"id": "c", "type": "waitpoint"}]}),
            ),
            "missing_items",
            "/steps/1/items",
            "list",
        ),
        (
            with(json!({"id": "b", "type": "for_each", "items": [1], "steps": []})),
            "empty_loop",
            "/steps/1/steps",
            "no steps",
        ),
        (
            with(json!({"id": "b", "type": "while", "steps": [{"id": "c", "type": "waitpoint"}]})),
            "missing_condition",
            "/steps/1/condition",
            "condition",
        ),
        (
            with(
                json!({"id": "b", "type": "while", "condition": "true", "steps": [{"id": "c", "type": "timer", "seconds": 1, "depends_on": ["first"]}]}),
            ),
            "unknown_dependency",
            "/steps/1/steps/0/depends_on/0",
            "beside it",
        ),
        (
            with(
                json!({"id": "b", "type": "for_each", "items": [1], "steps": [{"id": "c", "type": "lua_script", "script": "x", "input": "{{steps.b.result}}"}]}),
            ),
            "not_upstream",
            "/steps/1/steps/0/input",
            "loop around",
        ),
        (
            with(json!({"id": "b", "type": "workflow_call"})),
            "missing_workflow",
            "/steps/1/workflow",
            "workflow",
        ),
    ];
    for (doc, code, pointer, part) in cases {
        let error = the_error(&doc);
        assert_eq!(
            (error.code.as_str(), error.pointer.as_str()),
            (code, pointer),
            "{error:?}"
        );
        assert!(error.message.contains(part), "{part:?} in {error:?}");
    }
}

#[test]
fn all_mistakes_come_at_once() {
    let doc = json!({"name": "", "colour": 1, "steps": [
        {"id": "a", "type": "lua_script", "script": "x", "depends_on": ["c"]},
        {"id": "b", "type": "nonsense", "depends_on": ["a"]},
        {"id": "c", "type": "mcp_call", "depends_on": ["b", "b"], "timeout": 3, "arguments": {"x": "{{"}},
        {"id": "d", "type": "llm_call", "prompt": "{{steps.b.result}}", "depends_on": ["b"]},
    ]});
    let report = check(&doc);
    let mut codes: Vec<_> = report.errors.iter().map(|e| e.code.as_str()).collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "dependency_cycle",
            "invalid_template",
            "missing_name",
            "missing_server",
            "missing_tool_name",
            "unknown_step_type"
        ]
    );
    let warnings: Vec<_> = report.warnings.iter().map(|w| w.code.as_str()).collect();
    assert_eq!(
        warnings,
        ["unknown_field", "unknown_field", "repeated_dependency"]
    );
    assert_eq!(
        report.warnings[1].suggestion.as_deref(),
        Some("Did you mean timeout_s?")
    );
    assert!(!report.is_publishable());
    // What parses is only the structure; what steps mean together is not its matter.
    let structural = parse_workflow(&doc).unwrap_err();
    assert_eq!(structural.len(), 2);
}

#[test]
fn a_circle_is_named_along_its_way() {
    let step = |id: &str, deps: &[&str]| json!({"id": id, "type": "waitpoint", "depends_on": deps});
    let doc =
        json!({"name": "W", "steps": [step("a", &["c"]), step("b", &["a"]), step("c", &["b"])]});
    let error = the_error(&doc);
    assert_eq!(error.code, "dependency_cycle");
    assert!(error.message.contains("a → b → c → a"), "{}", error.message);
    // A fallback runs after its step and before what depends on that step.
    let doc = json!({"name": "W", "steps": [
        {"id": "a", "type": "waitpoint", "on_failure": {"fallback": "f"}},
        step("b", &["a"]), step("f", &["b"])]});
    assert_eq!(the_error(&doc).code, "dependency_cycle");
}

#[test]
fn suggestions_name_what_was_meant() {
    let suggestion = |doc: &Value| the_error(doc).suggestion.unwrap();
    let step = json!({"id": "b", "type": "waitpoint", "depends_on": ["firts"]});
    assert_eq!(suggestion(&with(step)), "Did you mean first?");
    let step = json!({"id": "b", "type": "llm_call", "prompt": "{{steps.first.text}}", "depends_on": ["first"]});
    assert_eq!(
        suggestion(&with(step)),
        "Did you mean steps.first.result.text?"
    );
    let step = json!({"id": "b", "type": "llm_call", "prompt": "{{steps.first.result}}"});
    assert_eq!(suggestion(&with(step)), "Add first to depends_on of b.");
    let doc = json!({"name": "W", "input_schema": {"properties": {"customer": {}}, "additionalProperties": false},
        "steps": [{"id": "a", "type": "llm_call", "prompt": "{{input.custmer}}"}]});
    let error = the_error(&doc);
    assert_eq!(error.code, "unknown_input_field");
    assert_eq!(error.suggestion.as_deref(), Some("Did you mean customer?"));
}

#[test]
fn what_never_runs_is_a_warning() {
    let doc = json!({"name": "W", "steps": [
        {"id": "a", "type": "waitpoint", "condition": "1 > 2"},
        {"id": "b", "type": "waitpoint", "depends_on": ["a"]},
        {"id": "c", "type": "waitpoint", "condition": "input.x"},
        {"id": "d", "type": "waitpoint", "depends_on": ["b", "c"]},
    ]});
    let report = check(&doc);
    let places: Vec<_> = report.warnings.iter().map(|w| w.pointer.as_str()).collect();
    assert_eq!(places, ["/steps/0/condition", "/steps/1"]);
    assert!(report.is_publishable());
}

#[test]
fn the_catalog_knows_what_is_outside() {
    let tools = vec![Tool {
        name: "write_file".into(),
        input_schema: Some(json!({"required": ["path"]})),
    }];
    let servers = BTreeMap::from([("files".to_owned(), Some(tools)), ("gone".to_owned(), None)]);
    let providers = BTreeSet::from(["default".to_owned()]);
    let workflows = [("wf_1".to_owned(), "Quote".to_owned())];
    let schema = |schema: &Value, instance: Option<&Value>| match instance {
        None if schema.get("type") == Some(&json!(7)) => {
            vec![("/type".to_owned(), "7 is no type".to_owned())]
        }
        Some(value) if value.get("path").is_none() => {
            vec![(String::new(), "path is required".to_owned())]
        }
        Some(value) if !value["path"].as_str().is_some_and(|p| p.starts_with('a')) => {
            vec![("/path".to_owned(), "must begin with a".to_owned())]
        }
        _ => Vec::new(),
    };
    let lua = |script: &str| match script {
        "return" => Ok(()),
        _ => Err((3, "unexpected symbol".to_owned())),
    };
    let catalog = Catalog {
        servers: Some(&servers),
        providers: Some(&providers),
        workflows: Some(&workflows),
        own_id: Some("wf_1"),
        lua: Some(&lua),
        schema: Some(&schema),
    };
    let doc = json!({"name": "Mine", "input_schema": {"type": 7}, "steps": [
        {"id": "s0", "type": "mcp_call", "server": "file", "tool_name": "x"},
        {"id": "s1", "type": "mcp_call", "server": "files", "tool_name": "write_fil"},
        {"id": "s2", "type": "mcp_call", "server": "files", "tool_name": "write_file"},
        {"id": "s3", "type": "mcp_call", "server": "files", "tool_name": "write_file", "arguments": {"path": "b"}},
        {"id": "s4", "type": "mcp_call", "server": "files", "tool_name": "write_file", "arguments": {"path": "{{input.p}}"}},
        {"id": "s5", "type": "mcp_call", "server": "gone", "tool_name": "x"},
        {"id": "s6", "type": "llm_call", "prompt": "p", "provider": "defalt"},
        {"id": "s7", "type": "lua_script", "script": "retrun"},
        {"id": "s8", "type": "workflow_call", "workflow": "Quotes"},
        {"id": "s9", "type": "workflow_call", "workflow": "Mine"},
        {"id": "s10", "type": "waitpoint", "schema": {"type": 7}},
    ]});
    let report = validate(&doc, &catalog);
    let errors: Vec<_> = report
        .errors
        .iter()
        .map(|e| (e.code.as_str(), e.pointer.as_str()))
        .collect();
    assert_eq!(
        errors,
        [
            ("unknown_server", "/steps/0/server"),
            ("unknown_tool", "/steps/1/tool_name"),
            ("invalid_arguments", "/steps/2/arguments"),
            ("invalid_arguments", "/steps/3/arguments/path"),
            ("unknown_provider", "/steps/6/provider"),
            ("lua_syntax", "/steps/7/script"),
            ("unknown_workflow", "/steps/8/workflow"),
            ("invalid_schema", "/steps/10/schema/type"),
            ("invalid_schema", "/input_schema/type"),
        ]
    );
    let warnings: Vec<_> = report.warnings.iter().map(|w| w.code.as_str()).collect();
    assert_eq!(warnings, ["server_unavailable", "calls_itself"]);
    assert!(report.errors[5].message.contains("Line 3"));
}

/// A choice between schemas fails at its whole, not at the part that is not known yet.
#[test]
fn arguments_under_a_choice_are_not_refused_for_a_template_inside() {
    let errors = |to: Value| {
        let tools = vec![Tool {
            name: "send".into(),
            input_schema: Some(json!({"properties": {"to": {"anyOf": [{}]}}})),
        }];
        let servers = BTreeMap::from([("mail".to_owned(), Some(tools))]);
        let schema = |_: &Value, instance: Option<&Value>| match instance {
            Some(_) => vec![("/to".to_owned(), "is none of these".to_owned())],
            None => Vec::new(),
        };
        let catalog = Catalog {
            servers: Some(&servers),
            schema: Some(&schema),
            ..Catalog::default()
        };
        let call = json!({"id": "send", "type": "mcp_call", "server": "mail", "tool_name": "send", "arguments": {"to": to}});
        validate(&json!({"name": "Mail", "steps": [call]}), &catalog).errors
    };
    assert_eq!(errors(json!({"address": "a"}))[0].code, "invalid_arguments");
    assert_eq!(errors(json!({"all": [{"address": "{{input.who}}"}]})), []);
}

#[test]
fn size_and_depth_are_limited() {
    let many: Vec<_> = (0..10_001)
        .map(|i| json!({"id": format!("s{i}"), "type": "waitpoint"}))
        .collect();
    assert_eq!(
        the_error(&json!({"name": "W", "steps": many})).code,
        "too_many_steps"
    );
    let mut step = json!({"id": "leaf", "type": "waitpoint"});
    for i in 0..8 {
        step = json!({"id": format!("l{i}"), "type": "for_each", "items": [1], "steps": [step]});
    }
    assert_eq!(
        check(&json!({"name": "W", "steps": [step.clone()]})).errors,
        []
    );
    let step = json!({"id": "one_more", "type": "for_each", "items": [1], "steps": [step]});
    let report = check(&json!({"name": "W", "steps": [step]}));
    assert_eq!(report.errors[0].code, "nested_too_deep");
}

/// The published JSON Schema and the engine's own table name the same fields.
#[test]
fn the_json_schema_says_the_same() {
    let schema: Value = serde_json::from_str(model::workflow::SCHEMA).unwrap();
    let keys = |v: &Value| -> BTreeSet<String> { v.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(keys(&schema["properties"]), fields::field_names(None));
    let step = &schema["$defs"]["step"];
    let types: Vec<_> = step["properties"]["type"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t.as_str().unwrap())
        .collect();
    assert_eq!(types, model::StepKind::TYPES);
    let variants = step["oneOf"].as_array().unwrap();
    assert_eq!(variants.len(), types.len());
    for variant in variants {
        let kind = variant["title"].as_str().unwrap();
        assert_eq!(
            keys(&variant["properties"]),
            fields::field_names(Some(kind)),
            "{kind}"
        );
    }
}
