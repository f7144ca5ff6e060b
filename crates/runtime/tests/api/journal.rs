//! A journal as a file: taken out, brought in elsewhere, and what is wrong with one.

use crate::support::{Client, Server, answer, fails, raw};
use model::RunStatus;
use reqwest::Method;
use serde_json::{Value, json};

const NDJSON: &str = "application/x-ndjson";

/// A failed run and its journal.
async fn failed(server: &Server) -> (Client, String, String) {
    let admin = server.admin().await;
    let workflow = admin.workflow("Trip", json!([fails("trip")])).await;
    let run = admin.start(&workflow, json!({ "input": {} })).await;
    server.until(&run, RunStatus::Failed).await;
    let path = format!("/v1/runs/{run}/journal");
    let (status, headers, journal) = raw(admin.request(Method::GET, &path)).await;
    assert_eq!(
        (status.as_u16(), &headers["content-type"]),
        (200, &NDJSON.parse().unwrap())
    );
    (admin, run, journal)
}

async fn import(client: &Client, journal: impl Into<String>) -> (u16, Value) {
    let request = client
        .request(Method::POST, "/v1/runs/import")
        .header("Content-Type", NDJSON)
        .body(journal.into());
    answer(request).await
}

#[tokio::test]
async fn a_journal_taken_out_is_a_run_in_another_tenant() {
    let server = Server::new().await;
    let (admin, run, journal) = failed(&server).await;
    let lines: Vec<Value> = journal
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let events = admin.get(&format!("/v1/runs/{run}/events")).await;
    assert_eq!(json!(lines), events["items"]);

    let foreign = server.foreign().await;
    let (status, made) = import(&foreign, &journal).await;
    assert_eq!(status, 201, "{made}");
    let new = made["run"]["id"].as_str().unwrap();
    assert_ne!(new, run);
    let items = foreign.get("/v1/runs?unresolved=false").await["items"].clone();
    assert_eq!(items[0]["id"], new);
    assert_eq!(items[0]["imported"], true);
    let mut kept = foreign.get(&format!("/v1/runs/{new}/events")).await["items"].clone();
    assert_eq!(kept[0]["event"]["run"], new);
    assert_eq!(kept[0]["event"]["imported"]["run"], run);
    kept[0] = lines[0].clone();
    assert_eq!(
        kept,
        json!(lines),
        "all but the first event stay as they were"
    );
    let trail = foreign.get("/v1/audit?action=run.import").await;
    assert_eq!(trail["items"][0]["id"], made["audit"]);
    assert_eq!(trail["items"][0]["after"]["detail"]["from"], run);
}

#[tokio::test]
async fn an_imported_run_is_looked_at_and_never_carried_on() {
    let server = Server::new().await;
    let (_, _, journal) = failed(&server).await;
    let foreign = server.foreign().await;
    let (_, made) = import(&foreign, &journal).await;
    let new = made["run"]["id"].as_str().unwrap();
    let (status, refused) = foreign
        .try_post(&format!("/v1/runs/{new}/retry"), json!({}))
        .await;
    assert_eq!((status, &refused["code"]), (409, &json!("move_not_legal")));
    assert!(refused["detail"].as_str().unwrap().contains("imported"));
    assert_eq!(made["run"]["primary_move"], "run_again");
    let center = foreign.get("/v1/command-center?unresolved=true").await;
    assert_eq!(center["failed"]["items"], json!([]));
    let moves = foreign.get(&format!("/v1/runs/{new}/moves")).await;
    let legal: Vec<&Value> = moves
        .as_array()
        .unwrap()
        .iter()
        .filter(|state| state["legal"] == true)
        .map(|state| &state["kind"])
        .collect();
    assert_eq!(legal, ["run_again", "report"]);
}

#[tokio::test]
async fn a_journal_that_is_wrong_says_at_which_line() {
    let server = Server::new().await;
    let (admin, _, journal) = failed(&server).await;
    let lines: Vec<&str> = journal.lines().collect();
    let without = |gone: usize| {
        let mut left = lines.clone();
        left.remove(gone);
        left.join("\n")
    };
    let cases = [
        (String::new(), "line 0", "empty"),
        ("{".to_owned(), "line 1", "no event"),
        (without(0), "line 1", "Event 1 is missing"),
        (without(2), "line 3", "Event 3 is missing"),
        (
            format!("{journal}\n[]\n"),
            &*format!("line {}", lines.len() + 1),
            "no event",
        ),
        (
            without(lines.len() - 1),
            &*format!("line {}", lines.len() - 1),
            "has ended",
        ),
        (
            journal.replace("\"lua_script\"", "\"rm_rf\""),
            "line 1",
            "no event",
        ),
    ];
    for (journal, line, says) in cases {
        let (status, problem) = import(&admin, journal).await;
        assert_eq!(
            (status, &problem["code"]),
            (422, &json!("invalid_journal")),
            "{problem}"
        );
        assert_eq!(problem["errors"][0]["pointer"], line, "{problem}");
        assert!(
            problem["detail"].as_str().unwrap().contains(says),
            "{problem}"
        );
    }
    assert_eq!(
        admin.get("/v1/runs").await["count"],
        1,
        "nothing was imported"
    );

    let unmarked = admin
        .request(Method::POST, "/v1/runs/import")
        .json(&json!({}));
    assert_eq!(answer(unmarked).await.0, 415);
    let long = "x".repeat(65 * 1024 * 1024);
    assert_eq!(import(&admin, long).await.0, 413);
}
