//! The program as a person uses it: processes, their output, their exit.
#![allow(clippy::unwrap_used)]

use runtime::steps::net::{self, Reach};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use tempfile::TempDir;

fn signalbox(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_signalbox"));
    command.args(args).stdin(Stdio::null());
    command
}

/// `signalbox serve` as a process; killed when the test is done with it.
struct Served {
    child: Child,
    base: String,
    code: String,
    _said: BufReader<ChildStdout>,
}

impl Served {
    fn start(data: &Path) -> Self {
        let mut child = signalbox(&["serve", "--port", "0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = || {
            let mut text = String::new();
            said.read_line(&mut text).unwrap();
            text.trim_end().to_owned()
        };
        let listening = line();
        let base = listening.strip_prefix("listening on ").unwrap().to_owned();
        let link = line();
        let code = link
            .strip_prefix(&format!("sign-in link: {base}/sign-in#code="))
            .unwrap_or_else(|| panic!("{link}"))
            .to_owned();
        Self {
            child,
            base,
            code,
            _said: said,
        }
    }

    /// Asks it to end, as a service manager does.
    fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn said(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one line a failed command leaves.
fn complaint(output: &Output) -> String {
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    text
}

fn on(data: &Path, args: &[&str]) -> Output {
    signalbox(args).arg("--data").arg(data).output().unwrap()
}

#[tokio::main(flavor = "current_thread")]
async fn ask(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (
        response.status().as_u16(),
        response.json().await.unwrap_or(Value::Null),
    )
}

#[tokio::main(flavor = "current_thread")]
async fn text(request: reqwest::RequestBuilder) -> String {
    request.send().await.unwrap().text().await.unwrap()
}

fn sign_in(base: &str, code: &str) -> Value {
    let http = net::client(Reach::Anywhere, None).unwrap();
    let (status, me) = ask(http
        .post(format!("{base}/v1/session"))
        .json(&json!({ "code": code })));
    assert_eq!(status, 200, "{me}");
    me
}

fn get(base: &str, token: &str, path: &str) -> (u16, Value) {
    let http = net::client(Reach::Anywhere, None).unwrap();
    ask(http
        .get(format!("{base}{path}"))
        .bearer_auth(token)
        .header("X-Tenant-Id", "local")
        .header("X-Project-Id", "main"))
}

fn data() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn it_says_where_it_is_and_how_to_get_in_and_ends_in_order() {
    let data = data();
    let served = Served::start(data.path());
    let me = sign_in(&served.base, &served.code);
    assert_eq!(me["actor"]["name"], "Owner");
    assert_eq!(served.terminate(), Some(0));
    let again = Served::start(data.path());
    assert_eq!(sign_in(&again.base, &again.code)["actor"]["name"], "Owner");
}

#[test]
fn access_is_given_while_it_runs() {
    let data = data();
    let served = Served::start(data.path());
    let made = on(
        data.path(),
        &[
            "token",
            "create",
            "--name",
            "ci",
            "--role",
            "project_viewer",
            "--scope",
            "workflow:read",
            "--project",
            "main",
        ],
    );
    let token = said(&made);
    let token = token.trim_end();
    assert!(token.starts_with("pat_") && token.len() == 36, "{token}");
    assert_eq!(get(&served.base, token, "/v1/runs").0, 200);
    let (_, me) = get(&served.base, token, "/v1/me");
    assert_eq!(
        me["actor"],
        json!({ "kind": "token", "id": me["actor"]["id"], "name": "ci" })
    );
    assert_eq!(me["scopes"], json!(["workflow:read"]));

    let link = said(&on(
        data.path(),
        &[
            "sign-in-link",
            "--name",
            "Vera Viewer",
            "--role",
            "project_viewer",
            "--tenant",
            "local",
            "--project",
            "main",
        ],
    ));
    let code = link
        .trim_end()
        .strip_prefix(&format!("{}/sign-in#code=", served.base))
        .unwrap();
    let vera = sign_in(&served.base, code);
    assert_eq!(vera["actor"]["name"], "Vera Viewer");
    assert_eq!(vera["tenants"][0]["projects"][0]["role"], "project_viewer");
    // The same name is the same person.
    let link = said(&on(data.path(), &["sign-in-link", "--name", "Vera Viewer"]));
    let code = link.trim_end().split_once("code=").unwrap().1;
    assert_eq!(
        sign_in(&served.base, code)["actor"]["id"],
        vera["actor"]["id"]
    );
    // Both links are in the audit trail, made by the command line for her.
    let reader = said(&on(
        data.path(),
        &[
            "token",
            "create",
            "--name",
            "reader",
            "--role",
            "tenant_admin",
            "--scope",
            "audit:read",
        ],
    ));
    let path = "/v1/audit?action=sign_in_link.create&actor=command-line";
    let (_, page) = get(&served.base, reader.trim_end(), path);
    let made_for: Vec<&Value> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["object"])
        .collect();
    assert_eq!(made_for, [&vera["actor"]["id"]; 2], "{page}");

    said(&on(
        data.path(),
        &["tenant", "create", "--id", "acme", "--name", "Acme"],
    ));
    said(&on(
        data.path(),
        &["project", "create", "--tenant", "acme", "--id", "north"],
    ));
    let made = on(
        data.path(),
        &[
            "token",
            "create",
            "--name",
            "x",
            "--role",
            "project_admin",
            "--tenant",
            "acme",
            "--project",
            "north",
        ],
    );
    let foreign = said(&made);
    assert_eq!(get(&served.base, foreign.trim_end(), "/v1/runs").0, 403);
}

#[test]
fn a_tenant_made_before_the_first_start_does_not_keep_the_owner_out() {
    let data = data();
    said(&on(data.path(), &["tenant", "create", "--id", "local"]));
    let served = Served::start(data.path());
    let me = sign_in(&served.base, &served.code);
    assert_eq!(me["tenants"][0]["projects"][0]["role"], "tenant_admin");
}

#[test]
fn a_taken_port_is_one_line_that_names_another_way() {
    let (first, second) = (data(), data());
    let served = Served::start(first.path());
    let port = served.base.rsplit(':').next().unwrap();
    let output = on(second.path(), &["serve", "--port", port]);
    let text = complaint(&output);
    assert!(
        text.contains(&format!("Port {port} is in use")) && text.contains("--port"),
        "{text}"
    );
}

#[test]
fn a_data_folder_in_use_is_one_line_that_says_so() {
    let data = data();
    let _served = Served::start(data.path());
    let text = complaint(&on(data.path(), &["serve", "--port", "0"]));
    assert!(
        text.contains("Another Signalbox uses this data folder"),
        "{text}"
    );
}

#[test]
fn a_data_folder_that_cannot_be_made_is_one_line() {
    let data = data();
    let file = data.path().join("file");
    std::fs::write(&file, "").unwrap();
    let text = complaint(&on(&file, &["serve", "--port", "0"]));
    assert!(text.contains("--data"), "{text}");
}

#[test]
fn a_mistyped_command_says_what_is_wrong() {
    let data = data();
    for (args, words) in [
        (vec!["fly"], "no command"),
        (vec!["serve", "--prot", "1"], "--prot"),
        (vec!["serve", "--port", "many"], "many"),
        (vec!["token"], "create"),
        (
            vec!["token", "create", "--role", "project_viewer"],
            "--name",
        ),
        (
            vec!["token", "create", "--name", "x", "--role", "boss"],
            "project_admin",
        ),
        (
            vec![
                "token",
                "create",
                "--name",
                "x",
                "--role",
                "project_viewer",
                "--scope",
                "all",
            ],
            "workflow:read",
        ),
        (
            vec![
                "token",
                "create",
                "--name",
                "x",
                "--role",
                "project_viewer",
                "--tenant",
                "no where",
            ],
            "--tenant",
        ),
        (
            vec![
                "token",
                "create",
                "--name",
                "x",
                "--role",
                "project_viewer",
                "--tenant",
                "nowhere",
            ],
            "tenant create",
        ),
        (vec!["tenant", "create"], "--id"),
        (vec!["audit"], "verify"),
        (vec!["sign-in-link"], "Nobody is named"),
    ] {
        let text = complaint(&on(data.path(), &args));
        assert!(text.contains(words), "{args:?}: {text}");
    }
}

#[test]
fn a_token_is_listed_and_taken_back_while_the_runtime_runs() {
    let data = data();
    let served = Served::start(data.path());
    let create = [
        "token",
        "create",
        "--name",
        "deploy",
        "--role",
        "project_viewer",
    ];
    let token = said(&on(data.path(), &create));
    assert_eq!(get(&served.base, token.trim_end(), "/v1/runs").0, 200);
    let list = said(&on(data.path(), &["token", "list"]));
    assert!(!list.contains(token.trim_end()), "{list}");
    let line = list.lines().find(|line| line.ends_with("deploy")).unwrap();
    let id = line.split('\t').next().unwrap();
    assert_eq!(said(&on(data.path(), &["token", "revoke", id])), "");
    let (status, problem) = get(&served.base, token.trim_end(), "/v1/runs");
    assert_eq!((status, &problem["code"]), (401, &json!("token_revoked")));
    let told = complaint(&on(data.path(), &["token", "revoke", id]));
    assert!(told.contains("already"), "{told}");
    let told = complaint(&on(data.path(), &["token", "revoke", "tok_1"]));
    assert!(told.contains("token list"), "{told}");
    assert!(said(&on(data.path(), &["token", "list"])).contains("revoked"));
}

#[test]
fn an_export_is_verified_and_a_tampered_one_is_named() {
    let data = data();
    let served = Served::start(data.path());
    let token = said(&on(
        data.path(),
        &[
            "token",
            "create",
            "--name",
            "audit",
            "--role",
            "tenant_admin",
        ],
    ));
    let http = net::client(Reach::Anywhere, None).unwrap();
    let text = text(
        http.get(format!("{}/v1/audit/export", served.base))
            .bearer_auth(token.trim_end())
            .header("X-Tenant-Id", "local")
            .header("X-Project-Id", "main"),
    );
    let file = data.path().join("trail.ndjson");
    let verify = |text: &str, more: &[&str]| {
        std::fs::write(&file, text).unwrap();
        let mut command = signalbox(&["audit", "verify"]);
        command.arg(&file).args(more).output().unwrap()
    };
    let words = said(&verify(&text, &[]));
    assert!(
        words.starts_with("verified 4 entries of local, 1 to 4"),
        "{words}"
    );
    let key = words.split_once("with the key ").unwrap().1;
    let key = &key[..64];
    assert!(said(&verify(&text, &["--key", key])).contains("the key you gave"));
    let other = "0".repeat(64);
    let told = complaint(&verify(&text, &["--key", &other]));
    assert!(told.contains("another key"), "{told}");
    let told = complaint(&verify(
        &text.replacen("token.create", "token.revoke", 1),
        &[],
    ));
    assert!(told.contains("Entry 3 was changed"), "{told}");
    let cut: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains("\"seq\":3,"))
        .collect();
    let told = complaint(&verify(&cut.join("\n"), &[]));
    assert!(told.contains("Entry 3 is missing"), "{told}");
    for (args, words) in [
        (vec!["audit", "verify"], "file"),
        (vec!["audit", "verify", "nowhere.ndjson"], "nowhere.ndjson"),
    ] {
        let told = complaint(&signalbox(&args).output().unwrap());
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn the_description_and_the_help_are_printed() {
    let text = said(&signalbox(&["openapi"]).output().unwrap());
    assert_eq!(text, runtime::api::openapi::text());
    let help = said(&signalbox(&["--help"]).output().unwrap());
    for command in ["serve", "sign-in-link", "token create", "mcp-files"] {
        assert!(help.contains(command), "{command}");
    }
}

#[test]
fn secrets_stay_out_of_the_log() {
    let data = data();
    let mut child = signalbox(&["serve", "--port", "0", "--data"])
        .arg(data.path())
        .env("SIGNALBOX_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut lines = [String::new(), String::new()];
    for line in &mut lines {
        out.read_line(line).unwrap();
    }
    let mut log = child.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = log.read_to_string(&mut text);
        text
    });
    let base = lines[0]
        .trim_end()
        .strip_prefix("listening on ")
        .unwrap()
        .to_owned();
    let code = lines[1]
        .trim_end()
        .split_once("code=")
        .unwrap()
        .1
        .to_owned();
    sign_in(&base, &code);
    let token = said(&on(
        data.path(),
        &["token", "create", "--name", "x", "--role", "project_viewer"],
    ));
    assert_eq!(get(&base, token.trim_end(), "/v1/me").0, 200);
    child.kill().unwrap();
    child.wait().unwrap();
    let log = reader.join().unwrap();
    for secret in [code.as_str(), token.trim_end()] {
        assert!(!log.contains(secret), "a secret is in the log");
    }
}
