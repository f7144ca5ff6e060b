#![allow(clippy::unwrap_used)]
//! Lua scripts: what they compute, what they may not do, and how they fail.

#[path = "support/step.rs"]
mod step;

use model::{Failure, FailureCode, TranscriptEntry};
use proptest::prelude::*;
use runtime::steps::lua::{LuaRunner, lua_syntax};
use runtime::steps::{StepCall, StepRunner};
use serde_json::{Value, json};
use std::time::Duration;
use step::{Kept, call, run};

fn script(script: &str, input: Value) -> StepCall {
    call(
        json!({"type": "lua_script", "script": script}),
        json!({ "input": input }),
    )
}

async fn output(source: &str, input: Value) -> Value {
    let (result, _) = run(&LuaRunner::default(), &script(source, input)).await;
    result.unwrap().output
}

async fn failure(source: &str) -> Failure {
    let (result, _) = run(&LuaRunner::default(), &script(source, Value::Null)).await;
    result.unwrap_err().failure
}

#[tokio::test]
async fn a_script_prices_lines() {
    let source = r#"
        local total, lines = 0, json.array()
        for i, line in ipairs(input.lines) do
          local price = input.prices[line.sku]
          if not price then error("no price for " .. line.sku, 0) end
          local sum = price * line.qty
          total = total + sum
          table.insert(lines, {sku = line.sku, sum = sum})
        end
        return {lines = lines, total = total}
    "#;
    let input = json!({"lines": [{"sku": "A-1", "qty": 3}, {"sku": "B", "qty": 2}], "prices": {"A-1": 1250, "B": 2.5}});
    assert_eq!(
        output(source, input).await,
        json!({"lines": [{"sku": "A-1", "sum": 3750}, {"sku": "B", "sum": 5.0}], "total": 3755.0})
    );
}

#[tokio::test]
async fn lists_objects_and_nulls_stay_what_they_are() {
    assert_eq!(output("return {}", json!(0)).await, json!({}));
    assert_eq!(output("return json.array()", json!(0)).await, json!([]));
    assert_eq!(output("return input", json!([])).await, json!([]));
    assert_eq!(
        output("return {input[1] == null, input[2]}", json!([null, null])).await,
        json!([true, null])
    );
    assert_eq!(output("", json!(1)).await, Value::Null);
    assert_eq!(output("return 1, 2", json!(1)).await, json!(1));
    assert_eq!(
        output(
            "return json.decode(json.encode(input))",
            json!({"a": [1, 1.5, null, {}, []]})
        )
        .await,
        json!({"a": [1, 1.5, null, {}, []]})
    );
    assert_eq!(
        output("return {2^53, 1//1, 7/2}", json!(0)).await,
        json!([9_007_199_254_740_992.0, 1, 3.5])
    );
}

#[tokio::test]
async fn what_is_no_json_is_refused_with_its_place() {
    for (source, message) in [
        (
            "return {items = {{price = 0/0}}}",
            "The script's result cannot be kept: it .items[1].price is the number nan, which JSON does not have.",
        ),
        (
            "return {1, 2, x = 3}",
            "The script's result cannot be kept: it holds both positions and names; JSON has lists or objects.",
        ),
        (
            "return {[1] = 1, [3] = 3}",
            "The script's result cannot be kept: it is a list without an item 2; use null for an empty place.",
        ),
        (
            "return {f = print}",
            "The script's result cannot be kept: it .f is a function, which JSON does not have.",
        ),
        (
            "return '\\xff'",
            "The script's result cannot be kept: it is a text that is not UTF-8.",
        ),
        (
            "local t = {} t.t = t return t",
            "nests deeper than 100 levels, or holds itself.",
        ),
        (
            "return {[true] = 1}",
            "The script's result cannot be kept: it has a boolean as a name; JSON names are texts.",
        ),
    ] {
        let failure = failure(source).await;
        assert_eq!(failure.code, FailureCode::LuaScriptFailed);
        assert!(failure.message.ends_with(message), "{}", failure.message);
    }
}

#[tokio::test]
async fn a_number_that_lua_cannot_hold_is_refused() {
    let (result, _) = run(
        &LuaRunner::default(),
        &script("return 1", json!({"id": u64::MAX})),
    )
    .await;
    let failure = result.unwrap_err().failure;
    assert_eq!(failure.code, FailureCode::InvalidInput);
    assert_eq!(
        failure.message,
        "The script's input cannot be passed to Lua: the number 18446744073709551615 is too large for Lua; pass it as text."
    );
}

#[tokio::test]
async fn an_error_names_its_line_and_ends_the_transcript() {
    let source = "local function price(line)\n  return line.amount.value\nend\nprint('pricing', 2)\nreturn price({})";
    let (result, notes) = run(&LuaRunner::default(), &script(source, Value::Null)).await;
    let failure = result.unwrap_err().failure;
    assert_eq!(failure.code, FailureCode::LuaScriptFailed);
    assert_eq!(
        failure.message,
        "The script failed at line 2: attempt to index a nil value (field 'amount')."
    );
    let text = failure.message.clone();
    assert_eq!(
        notes.transcript(),
        [
            TranscriptEntry::Log {
                text: "pricing\t2\n".into()
            },
            TranscriptEntry::Error { text }
        ]
    );
}

#[tokio::test]
async fn errors_of_the_library_name_the_line_too() {
    assert_eq!(
        failure("\nreturn ('x'):find('[a')").await.message,
        "The script failed at line 2: malformed pattern (missing ']')."
    );
    assert_eq!(
        failure("error('no price for B', 0)").await.message,
        "The script failed at line 1: no price for B."
    );
    assert_eq!(
        failure("local x = 1\n\nreturn json.decode('{')")
            .await
            .message,
        "The script failed at line 3: json.decode: EOF while parsing an object at line 1 column 1."
    );
}

#[test]
fn syntax_is_checked_without_running() {
    assert_eq!(lua_syntax("while true do end"), Ok(()));
    let error = lua_syntax("local a = 1\nlocal b = = 2").unwrap_err();
    assert_eq!(error.line, Some(2));
    assert_eq!(
        error.message,
        "The script cannot be read at line 2: unexpected symbol near '='."
    );
    let long = lua_syntax(&" ".repeat(64 * 1024 + 1)).unwrap_err();
    assert_eq!(
        long.message,
        "The script is 65537 bytes long; it may have 65536."
    );
    assert!(lua_syntax("\x1bLua").is_err(), "bytecode is no script");
}

#[tokio::test]
async fn there_is_no_way_out() {
    let source = "local found = {} for name in pairs(_G) do found[#found + 1] = name end table.sort(found) return found";
    assert_eq!(
        output(source, Value::Null).await,
        json!([
            "_G",
            "_VERSION",
            "assert",
            "coroutine",
            "error",
            "getmetatable",
            "input",
            "ipairs",
            "json",
            "math",
            "next",
            "null",
            "pairs",
            "pcall",
            "print",
            "rawequal",
            "rawget",
            "rawlen",
            "rawset",
            "select",
            "setmetatable",
            "string",
            "table",
            "tonumber",
            "tostring",
            "type",
            "utf8",
            "xpcall"
        ])
    );
    for source in [
        "return string.dump",
        "return ('').dump",
        "return getmetatable('').__index.dump",
        "return getmetatable(input)",
    ] {
        assert_eq!(output(source, json!([])).await, Value::Null, "{source}");
    }
    assert!(
        failure("setmetatable({}, {__gc = function() while true do end end})")
            .await
            .message
            .contains("__gc")
    );
}

#[tokio::test]
async fn hostile_scripts_are_stopped() {
    let stopped = [
        // caught errors do not keep a script alive
        "while true do pcall(function() while true do end end) end",
        "while true do local co = coroutine.wrap(function() while true do end end) pcall(co) end",
        "local function f() return pcall(f) end while true do f() end",
        "setmetatable({}, {__index = function(t, k) while true do end end}).x()",
        // the matcher pays for its steps
        "return (('a'):rep(30000)):find(('a*'):rep(40) .. 'b')",
        "return (('a'):rep(200000)):gsub('.-.-.-b', '')",
        "for _ in (('a'):rep(200000)):gmatch('a-a-a-b') do end",
    ];
    for source in stopped {
        let mut call = script(source, Value::Null);
        call.timeout = Some(Duration::from_millis(200));
        let (result, _) = run(&LuaRunner::default(), &call).await;
        let failure = result.unwrap_err().failure;
        assert_eq!(
            failure.message, "The script was stopped: it ran longer than it may.",
            "{source}"
        );
    }
    // these loop inside a C function, where nothing can stop them: they are refused
    for source in [
        "string.rep('', 1 << 60)",
        "string.rep('x', '99999999999')",
        "string.rep('xx', (1 << 62) + 1)",
        "table.insert(setmetatable({}, {__len = function() return 1 << 60 end}), 1, 'x')",
        "table.remove(setmetatable({}, {__len = function() return 1 << 60 end}), 1)",
        "table.move(setmetatable({}, {__index = type, __newindex = rawequal}), 1, 1 << 60, 2)",
        "table.move({}, 1, 1 << 60, 2)",
        "table.concat(setmetatable({}, {__index = tostring}), '', 1, 1 << 60)",
    ] {
        if source != "string.rep('', 1 << 60)" {
            let _ = failure(source).await;
        }
        assert_eq!(
            output(&format!("return pcall(function() {source} end)"), json!(0)).await,
            json!(source == "string.rep('', 1 << 60)"),
            "{source}"
        );
    }
    let memory = failure("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end").await;
    assert_eq!(
        memory.message,
        "The script was stopped: it used more than 64 MiB of memory."
    );
    let large = failure("local s = ('x'):rep(12000000) return {s, s, s}").await;
    assert_eq!(
        large.message,
        "The script's result cannot be kept: it is larger than 32 MiB."
    );
    let shared = failure("local t = {} for i = 1, 60 do t = {t, t} end return t").await;
    assert_eq!(
        shared.message,
        "The script's result cannot be kept: it holds more than 2000000 values."
    );
}

#[tokio::test]
async fn a_dropped_try_frees_its_slot() {
    let runner = LuaRunner::default();
    let endless = script("while true do end", Value::Null);
    for _ in 0..8 {
        let notes = Kept::default();
        let mut running = Box::pin(runner.run(&endless, &notes));
        assert!(futures_util::poll!(&mut running).is_pending());
        drop(running);
    }
    let (result, _) = run(&runner, &script("return 1", Value::Null)).await;
    assert_eq!(result.unwrap().output, json!(1));
}

#[tokio::test]
async fn patterns_match_as_lua_documents_them() {
    for (source, expected) in [
        ("return {('hello world'):find('o w')}", json!([5, 7])),
        ("return {('hello'):find('l', 1, true)}", json!([3, 3])),
        ("return {('hello'):find('')}", json!([1, 0])),
        ("return {('hello'):find('', 10) == nil}", json!([true])),
        ("return {('hello'):find('', 6)}", json!([6, 5])),
        ("return {('hello'):find('l+', -2)}", json!([4, 4])),
        ("return {('a.b'):find('.', 2, true)}", json!([2, 2])),
        (
            "return {('key = value'):match('^(%w+)%s*=%s*(%w+)$')}",
            json!(["key", "value"]),
        ),
        (
            "return {('2026-11-20'):match('(%d+)-(%d+)-(%d+)')}",
            json!(["2026", "11", "20"]),
        ),
        ("return {('abc'):match('()b()')}", json!([2, 3])),
        ("return {('f(a(b)c)d'):match('%b()')}", json!(["(a(b)c)"])),
        (
            "return {('THE (quick) fox'):find('%f[%a]%a+%f[%A]')}",
            json!([1, 3]),
        ),
        (
            "return {('x=\"a\"'):match('=([\"\\'])(.-)%1')}",
            json!(["\"", "a"]),
        ),
        ("return {('abc'):gsub('', '-')}", json!(["-a-b-c-", 4])),
        (
            "return {('hello world'):gsub('o', '0', 1)}",
            json!(["hell0 world", 1]),
        ),
        (
            "return {('hello'):gsub('(l)(l)', '%2%1%0%%')}",
            json!(["hellll%o", 1]),
        ),
        (
            "return {('$name is $age'):gsub('%$(%w+)', {name = 'Ann', age = 7})}",
            json!(["Ann is 7", 2]),
        ),
        (
            "return {('abc'):gsub('%w', function(c) if c == 'b' then return nil end return c:upper() end)}",
            json!(["AbC", 3]),
        ),
        (
            "return {('abc abc'):gsub('^abc', 'x')}",
            json!(["x abc", 1]),
        ),
        (
            "local t = json.array() for k, v in ('a=1, b=2'):gmatch('(%w)=(%w)') do t[#t+1] = k .. v end return t",
            json!(["a1", "b2"]),
        ),
        (
            "local t = json.array() for w in ('one two'):gmatch('%a*') do t[#t+1] = w end return t",
            json!(["one", "two"]),
        ),
        (
            "return {('  trim  '):match('^%s*(.-)%s*$')}",
            json!(["trim"]),
        ),
        ("return {('a]b'):find('[]]')}", json!([2, 2])),
        ("return {('a-b'):find('[a%-]', 2)}", json!([2, 2])),
        ("return {('x^y'):find('[%^x]')}", json!([1, 1])),
        (
            "return {('price: 12.50 EUR'):match('%d+%.?%d*')}",
            json!(["12.50"]),
        ),
        ("return {(12345):rep(2)}", json!(["1234512345"])),
    ] {
        // a number has no methods in Lua
        let source = source.replace("(12345):rep(2)", "string.rep(12345, 2)");
        assert_eq!(output(&source, Value::Null).await, expected, "{source}");
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has no nan", |f| f.is_finite())
            .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_json_value_passes_through_lua_unchanged(value in json_value()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let back = runtime.block_on(output("return input", value.clone()));
        prop_assert_eq!(&back, &value);
        let text = runtime.block_on(output("return json.decode(json.encode(input))", value.clone()));
        prop_assert_eq!(text, value);
    }

    #[test]
    fn no_pattern_breaks_the_matcher(text in "[ab().%*+-]{0,12}", pattern in "[ab().%*+?^$\\[\\]bf1-]{0,10}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let source = "local ok, from, to = pcall(string.find, input.text, input.pattern) return {ok, ok and from or 0, ok and to or 0}";
        let found = runtime.block_on(output(source, json!({"text": text.clone(), "pattern": pattern})));
        let to = found[2].as_u64().unwrap_or(0);
        prop_assert!(to as usize <= text.len());
    }
}
