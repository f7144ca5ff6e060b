//! Moves: planned, made once, lost, refused, recorded.

use crate::support::{Server, Wish, answer, decision, echo, fails};
use model::RunStatus;
use reqwest::Method;
use serde_json::{Value, json};

/// A run that has failed at its second step.
async fn failed(server: &Server) -> (crate::support::Client, String) {
    let admin = server.admin().await;
    let mut trip = fails("trip");
    trip["depends_on"] = json!(["say"]);
    let workflow = admin.workflow("Trip", json!([echo("say"), trip])).await;
    let run = admin.start(&workflow, json!({ "input": { "n": 1 } })).await;
    server.until(&run, RunStatus::Failed).await;
    (admin, run)
}

#[tokio::test]
async fn a_plan_is_shown_and_the_same_plan_is_recorded() {
    let server = Server::new().await;
    let (admin, run) = failed(&server).await;
    let plan = admin
        .post(&format!("/v1/runs/{run}/plan"), json!({ "move": "retry" }))
        .await;
    assert_eq!(plan["runs"][0]["path"], "trip");
    assert_eq!(plan["reused"][0]["path"], "say");
    let moved = admin
        .post(
            &format!("/v1/runs/{run}/retry"),
            json!({ "reason": "fixed the data" }),
        )
        .await;
    assert_eq!(moved["run"]["attempt"], 2);
    let audit = admin.get(&format!("/v1/runs/{run}/audit")).await;
    let entry = &audit["items"][0];
    assert_eq!(entry["id"], moved["audit"]);
    assert_eq!(entry["action"], "run.retry");
    assert_eq!(entry["reason"], "fixed the data");
    assert_eq!(entry["plan"]["summary"], plan["summary"]);
    assert_eq!(entry["before"]["status"], "failed");
    assert_eq!(entry["after"]["attempt"], 2);
    assert_eq!(audit["items"][1]["action"], "run.start");
}

#[tokio::test]
async fn a_retry_from_a_step_takes_a_new_input() {
    let server = Server::new().await;
    let (admin, run) = failed(&server).await;
    let body = json!({ "step": "trip", "input": { "input": { "good": true } } });
    admin.post(&format!("/v1/runs/{run}/retry"), body).await;
    server.until(&run, RunStatus::Completed).await;
    let attempts = admin.get(&format!("/v1/runs/{run}/attempts")).await;
    assert_eq!(attempts["items"][0]["status"], "failed");
    assert_eq!(attempts["items"][1]["status"], "completed");
    assert_eq!(attempts["items"][1]["from"], "trip");
    let (status, problem) = admin
        .try_post(&format!("/v1/runs/{run}/retry"), json!({ "input": {} }))
        .await;
    assert_eq!(
        (status, &problem["errors"][0]["pointer"]),
        (422, &json!("/step"))
    );
}

#[tokio::test]
async fn a_late_move_is_a_409_with_the_run_as_it_stands() {
    let server = Server::new().await;
    let (admin, run) = failed(&server).await;
    let retry = |seen: &str| {
        admin
            .request(Method::POST, &format!("/v1/runs/{run}/retry"))
            .header("If-Match", seen)
            .json(&json!({}))
    };
    let (status, problem) = answer(retry("\"1\"")).await;
    assert_eq!((status, &problem["code"]), (409, &json!("stale_sequence")));
    assert_eq!(problem["current"]["id"], json!(run));
    assert_eq!(problem["current"]["status"], "failed");
    let seq = problem["current"]["seq"].as_u64().unwrap();
    for wrong in ["\"abc\"", "-1", "1, 2"] {
        let (status, problem) = answer(retry(wrong)).await;
        assert_eq!(
            (status, &problem["code"]),
            (400, &json!("invalid_if_match")),
            "{wrong}"
        );
    }
    assert_eq!(answer(retry(&format!("\"{seq}\""))).await.0, 200);
}

#[tokio::test]
async fn of_two_people_at_once_one_wins() {
    let server = Server::new().await;
    let (admin, run) = failed(&server).await;
    let seq = admin.get(&format!("/v1/runs/{run}")).await["run"]["seq"]
        .as_u64()
        .unwrap();
    let race = || {
        let request = admin
            .request(Method::POST, &format!("/v1/runs/{run}/retry"))
            .header("If-Match", format!("\"{seq}\""))
            .json(&json!({}));
        async move { answer(request).await.0 }
    };
    let (a, b, c, d) = tokio::join!(race(), race(), race(), race());
    let mut statuses = [a, b, c, d];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409]);
}

#[tokio::test]
async fn the_same_key_gets_the_same_answer_and_moves_once() {
    let server = Server::new().await;
    let (admin, run) = failed(&server).await;
    let retry = |key: &str, body: Value| {
        admin
            .request(Method::POST, &format!("/v1/runs/{run}/retry"))
            .header("Idempotency-Key", key)
            .json(&body)
    };
    let (status, first) = answer(retry("one", json!({}))).await;
    assert_eq!(status, 200);
    let (status, again) = answer(retry("one", json!({}))).await;
    assert_eq!((status, &again), (200, &first));
    let (status, problem) = answer(retry("one", json!({ "reason": "other" }))).await;
    assert_eq!(
        (status, &problem["code"]),
        (422, &json!("idempotency_key_reused"))
    );
    let (status, _) = answer(retry(&"k".repeat(129), json!({}))).await;
    assert_eq!(status, 400);
    let attempts = admin.get(&format!("/v1/runs/{run}/attempts")).await;
    assert_eq!(attempts["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_same_key_at_the_same_moment_starts_one_run() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Echo", json!([echo("say")])).await;
    let start = || {
        let request = admin
            .request(Method::POST, &format!("/v1/workflows/{workflow}/command"))
            .header("Idempotency-Key", "same")
            .json(&json!({ "command": "start", "params": { "input": { "x": 1 } } }));
        async move { answer(request).await }
    };
    let answers = tokio::join!(start(), start(), start(), start(), start());
    let answers = [answers.0, answers.1, answers.2, answers.3, answers.4];
    for (status, body) in &answers {
        assert_eq!(
            (*status, &body["run"]["id"]),
            (201, &answers[0].1["run"]["id"]),
            "{body}"
        );
    }
    assert_eq!(admin.get("/v1/runs").await["count"], 1);
}

#[tokio::test]
async fn a_key_belongs_to_who_used_it() {
    let server = Server::new().await;
    let (admin, run) = failed(&server).await;
    let other = server.admin().await;
    for client in [&admin, &other] {
        let assign = client
            .request(Method::POST, &format!("/v1/attention/{run}/assign"))
            .header("Idempotency-Key", "mine")
            .json(&json!({}));
        let (status, body) = answer(assign).await;
        assert_eq!(status, 200, "{body}");
        let own = client.get("/v1/me").await["actor"]["id"].clone();
        assert_eq!(body["attention"]["assigned_to"]["id"], own);
    }
}

#[tokio::test]
async fn a_move_that_is_not_legal_says_why() {
    let server = Server::new().await;
    let (admin, run) = failed(&server).await;
    for path in ["resume", "pause", "cancel"] {
        let (status, problem) = admin
            .try_post(&format!("/v1/runs/{run}/{path}"), json!({}))
            .await;
        assert_eq!(
            (status, &problem["code"]),
            (409, &json!("move_not_legal")),
            "{path}"
        );
        assert!(
            problem["detail"].as_str().unwrap().contains("failed"),
            "{path}: {problem}"
        );
        assert_eq!(problem["current"]["status"], "failed", "{path}");
    }
    let (status, problem) = admin
        .try_post(&format!("/v1/runs/{run}/plan"), json!({ "move": "pause" }))
        .await;
    assert_eq!((status, &problem["code"]), (409, &json!("move_not_legal")));
    let (status, _) = admin
        .try_post(&format!("/v1/runs/{run}/plan"), json!({ "move": "fly" }))
        .await;
    assert_eq!(status, 422);
}

#[tokio::test]
async fn pause_resume_stop_and_cancel_do_as_they_say() {
    let server = Server::with(Wish {
        no_workers: true,
        ..Wish::default()
    })
    .await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Wait", json!([decision("ask")])).await;
    let run = admin.start(&workflow, json!({})).await;
    let paused = admin
        .post(&format!("/v1/runs/{run}/pause"), json!({}))
        .await;
    assert_eq!(paused["run"]["status"], "paused");
    let command = format!("/v1/workflows/{workflow}/command");
    let on = |command: &str| json!({ "command": command, "params": { "run_id": run } });
    let resumed = admin.post(&command, on("resume")).await;
    assert_eq!(resumed["run"]["status"], "queued");
    let paused = admin.post(&command, on("pause")).await;
    assert_eq!(paused["run"]["status"], "paused");
    let stop = json!({ "command": "stop", "params": { "run_id": run, "mode": "immediate", "reason": "not needed" } });
    let stopped = admin.post(&command, stop).await;
    assert_eq!(stopped["run"]["status"], "cancelled");
    let audit = admin.get(&format!("/v1/runs/{run}/audit")).await;
    assert_eq!(audit["items"][0]["reason"], "not needed");
    let other = admin.workflow("Other", json!([echo("say")])).await;
    let (status, _) = admin
        .try_post(&format!("/v1/workflows/{other}/command"), on("resume"))
        .await;
    assert_eq!(status, 404, "a run answered to another workflow");
}

#[tokio::test]
async fn run_again_makes_a_new_run_of_the_latest_version() {
    let server = Server::new().await;
    let (admin, run) = failed(&server).await;
    let body = json!({ "input": { "good": true } });
    let moved = admin.post(&format!("/v1/runs/{run}/run-again"), body).await;
    let new = moved["run"]["id"].as_str().unwrap().to_owned();
    assert_ne!(new, run);
    assert_eq!(moved["run"]["trigger"], "retry");
    server.until(&new, RunStatus::Completed).await;
    let summary = admin.get(&format!("/v1/runs/{new}/summary")).await;
    assert_eq!(summary["again_of"], json!(run));
    let stale = admin
        .request(Method::POST, &format!("/v1/runs/{run}/run-again"))
        .header("If-Match", "\"1\"")
        .json(&json!({}));
    assert_eq!(answer(stale).await.0, 409);
}

#[tokio::test]
async fn an_earlier_attempt_is_read_as_it_ended() {
    let server = Server::new().await;
    let (admin, run) = failed(&server).await;
    let body = json!({ "step": "trip", "input": { "input": { "good": true } } });
    admin.post(&format!("/v1/runs/{run}/retry"), body).await;
    server.until(&run, RunStatus::Completed).await;

    let first = admin.get(&format!("/v1/runs/{run}/attempts/1")).await;
    assert_eq!(first["run"]["status"], "failed");
    assert_eq!(first["run"]["steps"]["trip"]["status"], "failed");
    let second = admin.get(&format!("/v1/runs/{run}/attempts/2")).await;
    assert_eq!(second["run"]["status"], "completed");
    assert_eq!(second["run"]["steps"]["say"]["reused"], true);

    let step = |attempt| format!("/v1/runs/{run}/attempts/{attempt}/steps/trip");
    let then = admin.get(&step(1)).await;
    assert_eq!(then["input"]["input"], json!({ "n": 1 }));
    assert!(then.get("output").is_none());
    assert_eq!(admin.get(&step(2)).await["output"], "well");
    for attempt in [0, 3] {
        let path = format!("/v1/runs/{run}/attempts/{attempt}");
        let (status, problem) = admin.try_get(&path).await;
        assert_eq!(
            (status, &problem["code"]),
            (404, &json!("attempt_not_found"))
        );
    }
}
