//! An agent with a model and a tool server over real HTTP.

use crate::house::{House, again, agent, short, uses};
use crate::mcp_http::TestMcp;
use crate::provider::{Answer, TestProvider, end, says};
use crate::step::Kept;
use model::FailureCode;
use model::api::ProviderMode;
use runtime::steps::StepRunner;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

fn calls(name: &str, arguments: &str) -> Answer {
    // In pieces, as providers send it.
    let (first, rest) = arguments.split_at(arguments.len() / 2);
    let part = |function: Value| json!({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": function}]}}]});
    let begin = json!({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "id": "call_x", "type": "function", "function": {"name": name, "arguments": first}}]}}]});
    Answer::Chunks(
        [begin, part(json!({"arguments": rest}))]
            .into_iter()
            .chain(end("tool_calls"))
            .collect(),
    )
}

#[tokio::test]
async fn a_real_model_calls_tools_of_a_real_server() {
    let tools = TestMcp::start(None);
    let provider = TestProvider::start([
        calls("wrong__name", "{}"),
        calls(&function(&tools.url, "order"), "{\"qty\": 3}"),
        calls(&function(&tools.url, "fail"), "{}"),
        says("Ordered three."),
    ])
    .await;
    let house = House::new(ProviderMode::Live, &provider.base_url);
    let call = agent(json!({"tools": [{"server_url": tools.url, "only": ["order", "fail"]}]}));
    let (result, notes) = house.run(&call).await;
    assert_eq!(result.unwrap().output, json!({"text": "Ordered three."}));
    assert_eq!(tools.watch.orders.load(Ordering::SeqCst), 1);
    let told = short(&notes.transcript());
    assert_eq!(
        told[3..],
        [
            "calls .wrong__name",
            "error",
            "assistant: ",
            &format!("calls {}.order", tools.url),
            "result",
            "assistant: ",
            &format!("calls {}.fail", tools.url),
            "error",
            "assistant: Ordered three.",
        ]
    );
    let bodies = provider.bodies();
    let names: Vec<_> = bodies[0]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["function"]["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        [function(&tools.url, "fail"), function(&tools.url, "order")]
    );
    // The conversation is told as it was: each call with its result.
    let last = bodies[3]["messages"].as_array().unwrap();
    let roles: Vec<_> = last
        .iter()
        .map(|message| message["role"].as_str().unwrap())
        .collect();
    assert_eq!(
        roles,
        [
            "system",
            "user",
            "assistant",
            "tool",
            "assistant",
            "tool",
            "assistant",
            "tool"
        ]
    );
    assert_eq!(
        last[4]["tool_calls"][0]["function"]["arguments"],
        "{\"qty\":3}"
    );
    assert_eq!(last[4]["tool_calls"][0]["id"], last[5]["tool_call_id"]);
    assert!(last[5]["content"].as_str().unwrap().contains("\"qty\":3"));
}

/// The name under which a model knows a tool of a server by address.
fn function(url: &str, tool: &str) -> String {
    let plain: String = url
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    format!("{plain}__{tool}")
}

#[tokio::test]
async fn dropping_it_cancels_the_tool_call_in_the_middle_of_a_turn() {
    let tools = TestMcp::start(None);
    let house = House::mock();
    let call = agent(json!({
        "tools": [{"server_url": tools.url}],
        "mock": [uses("hang", json!({})), "Done."]
    }));
    let notes = Kept::default();
    let watch = Arc::clone(&tools.watch);
    tokio::select! {
        _ = house.runner.run(&call, &notes) => panic!("the tool never answers"),
        () = watch.hanging.notified() => {}
    }
    watch.cancelled.notified().await;
    assert!(
        short(&notes.transcript()).last().unwrap().contains(".hang"),
        "the call is on record before it goes out"
    );
    // A later try is told that the outcome is not known.
    let (result, second) = house.run_after(&again(call), notes.lines()).await;
    assert_eq!(result.unwrap().output, json!({"text": "Done."}));
    assert_eq!(
        short(&second.transcript()),
        ["log", "error", "assistant: Done."]
    );
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_told_to_the_agent_on_the_next_try() {
    let provider = TestProvider::start([says("four"), says("{\"n\": 4}")]).await;
    let house = House::new(ProviderMode::Live, &provider.base_url);
    let call = agent(json!({"output_schema": {"type": "object", "required": ["n"]}}));
    let (result, first) = house.run(&call).await;
    assert_eq!(
        result.unwrap_err().failure.code,
        FailureCode::LlmRequestFailed
    );
    let (result, _) = house.run_after(&again(call), first.lines()).await;
    assert_eq!(result.unwrap().output, json!({"n": 4}));
    let bodies = provider.bodies();
    let last = bodies[1]["messages"].as_array().unwrap().last().unwrap();
    assert!(
        last["content"]
            .as_str()
            .unwrap()
            .starts_with("That answer was not accepted: ")
    );
}
