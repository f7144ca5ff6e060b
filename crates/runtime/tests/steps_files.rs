#![allow(clippy::unwrap_used)]
//! The built-in files server, spoken to as any MCP client does.

use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult};
use rmcp::service::{RoleClient, RunningService, serve_client};
use runtime::mcp_files::{FilesArgs, MAX_FILE, serve};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

struct Files {
    client: RunningService<RoleClient, ()>,
    data: TempDir,
}

impl Files {
    async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let args = FilesArgs {
            root: data.path().join("root"),
            call_log: Some(data.path().join("calls.ndjson")),
        };
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        tokio::spawn(serve(args, tokio::io::split(theirs)));
        let client = serve_client((), ours).await.unwrap();
        Self { client, data }
    }

    fn root(&self) -> PathBuf {
        self.data.path().join("root")
    }

    async fn call(&self, tool: &str, arguments: Value) -> CallToolResult {
        let arguments = arguments.as_object().unwrap().clone();
        let params = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        match self.client.call_tool_once(params).await.unwrap() {
            CallToolResponse::Complete(result) => result,
            other => panic!("{other:?}"),
        }
    }

    /// The result: structured, or text.
    async fn ok(&self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments).await;
        assert_ne!(result.is_error, Some(true), "{}", text(&result));
        let words = json!(text(&result));
        result.structured_content.unwrap_or(words)
    }

    async fn error(&self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments).await;
        assert_eq!(result.is_error, Some(true), "{}", text(&result));
        text(&result)
    }

    fn log(&self) -> Vec<Value> {
        let log = std::fs::read_to_string(self.data.path().join("calls.ndjson")).unwrap();
        log.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

fn text(result: &CallToolResult) -> String {
    result.content[0].as_text().unwrap().text.clone()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[tokio::test]
async fn a_file_is_written_read_edited_and_deleted() {
    let files = Files::start().await;
    let path = "rfq/17/quote.md";
    let written = files
        .ok(
            "write_file",
            json!({"path": path, "content": "Größe: 10 m\nPreis: 5\n"}),
        )
        .await;
    assert_eq!(written, json!({"path": path, "bytes": 23, "created": true}));
    assert_eq!(
        files.ok("read_file", json!({"path": path})).await,
        json!("Größe: 10 m\nPreis: 5\n")
    );
    assert_eq!(
        files
            .ok(
                "read_file",
                json!({"path": path, "from_line": 2, "max_lines": 1})
            )
            .await,
        json!("Preis: 5\n")
    );
    let edit = json!({"path": path, "old": "Preis: 5", "new": "Preis: 7"});
    assert_eq!(
        files.ok("edit_file", edit.clone()).await,
        json!({"path": path, "replaced": 1})
    );
    assert_eq!(
        files.error("edit_file", edit).await,
        "“rfq/17/quote.md” does not hold the text to replace. It must be given exactly, with its spaces and line breaks."
    );
    let append = json!({"path": path, "content": "Ende\n"});
    assert_eq!(files.ok("append_file", append).await["bytes"], 28);
    assert_eq!(
        std::fs::read_to_string(files.root().join(path)).unwrap(),
        "Größe: 10 m\nPreis: 7\nEnde\n"
    );
    let again = files
        .ok("write_file", json!({"path": path, "content": ""}))
        .await;
    assert_eq!(again, json!({"path": path, "bytes": 0, "created": false}));
    assert_eq!(
        names(&files.root().join("rfq/17")),
        ["quote.md"],
        "no temporary file is left"
    );
    for deleted in [true, false] {
        assert_eq!(
            files.ok("delete_file", json!({"path": path})).await,
            json!({"path": path, "deleted": deleted})
        );
    }
}

#[tokio::test]
async fn an_edit_is_never_ambiguous() {
    let files = Files::start().await;
    files
        .ok("write_file", json!({"path": "a", "content": "x x x"}))
        .await;
    assert_eq!(
        files
            .error("edit_file", json!({"path": "a", "old": "x", "new": "y"}))
            .await,
        "“a” holds the text to replace 3 times. Give more of its surroundings, or set all."
    );
    files
        .ok(
            "edit_file",
            json!({"path": "a", "old": "x", "new": "y", "all": true}),
        )
        .await;
    assert_eq!(
        files.ok("read_file", json!({"path": "a"})).await,
        json!("y y y")
    );
    assert_eq!(
        files
            .error("edit_file", json!({"path": "a", "old": "", "new": "y"}))
            .await,
        "The text to look for is empty."
    );
}

#[tokio::test]
async fn folders_are_listed_and_searched() {
    let files = Files::start().await;
    assert_eq!(
        files.ok("make_dir", json!({"path": "empty"})).await,
        json!({"path": "empty", "created": true})
    );
    assert_eq!(
        files.ok("make_dir", json!({"path": "empty"})).await,
        json!({"path": "empty", "created": false})
    );
    files
        .ok(
            "write_file",
            json!({"path": "a/b/prices.csv", "content": "sku,price\nPIPE-10,5\n"}),
        )
        .await;
    files
        .ok(
            "write_file",
            json!({"path": "rfq.txt", "content": "10 m pipe-10\n"}),
        )
        .await;
    std::fs::write(files.root().join("binary"), b"pipe-10 \xff").unwrap();
    let listed = files.ok("list_files", json!({})).await;
    assert_eq!(
        listed["files"],
        json!([{"path": "a", "kind": "folder"}, {"path": "binary", "kind": "file", "bytes": 9},
            {"path": "empty", "kind": "folder"}, {"path": "rfq.txt", "kind": "file", "bytes": 13}])
    );
    let inner = files
        .ok("list_files", json!({"path": "a", "recursive": true}))
        .await;
    assert_eq!(
        inner["files"],
        json!([{"path": "a/b", "kind": "folder"}, {"path": "a/b/prices.csv", "kind": "file", "bytes": 20}])
    );
    let found = files
        .ok(
            "search_files",
            json!({"text": "pipe-10", "ignore_case": true}),
        )
        .await;
    assert_eq!(
        found,
        json!({"matches": [{"path": "a/b/prices.csv", "line": 2, "text": "PIPE-10,5"}, {"path": "rfq.txt", "line": 1, "text": "10 m pipe-10"}],
            "cut": false})
    );
    let exact = files
        .ok("search_files", json!({"text": "pipe-10", "path": "a"}))
        .await;
    assert_eq!(exact["matches"], json!([]));
    assert_eq!(
        files.error("list_files", json!({"path": "rfq.txt"})).await,
        "“rfq.txt” is a file, not a folder."
    );
    assert_eq!(
        files.error("delete_file", json!({"path": "a"})).await,
        "“a” is not empty."
    );
}

#[tokio::test]
async fn nothing_leads_out_of_the_folder() {
    let files = Files::start().await;
    let outside = files.data.path().join("secret.txt");
    std::fs::write(&outside, "secret").unwrap();
    std::fs::create_dir(files.data.path().join("other")).unwrap();
    let link =
        |to: &Path, name: &str| std::os::unix::fs::symlink(to, files.root().join(name)).unwrap();
    link(&outside, "absolute");
    link(Path::new("../secret.txt"), "relative");
    link(Path::new("../other"), "folder");
    link(Path::new("inner.txt"), "inside");
    files
        .ok(
            "write_file",
            json!({"path": "inner.txt", "content": "inner"}),
        )
        .await;

    for path in [
        "../secret.txt",
        "a/../../secret.txt",
        "absolute",
        "relative",
        "folder/x",
        "folder/../../secret.txt",
    ] {
        for (tool, arguments) in [
            ("read_file", json!({"path": path})),
            ("append_file", json!({"path": path, "content": "x"})),
            (
                "edit_file",
                json!({"path": path, "old": "secret", "new": "x"}),
            ),
        ] {
            let error = files.error(tool, arguments).await;
            assert!(
                error.contains("leads out of the folder") || error.starts_with("There is no"),
                "{tool} {path}: {error}"
            );
        }
    }
    for path in ["../new.txt", "folder/new.txt", "folder/sub/new.txt"] {
        let error = files
            .error("write_file", json!({"path": path, "content": "x"}))
            .await;
        assert_eq!(
            error,
            format!("“{path}” leads out of the folder, and nothing outside can be reached.")
        );
    }
    assert_eq!(
        files
            .error("read_file", json!({"path": outside.to_str().unwrap()}))
            .await,
        format!(
            "“{}” is not a path inside the folder: paths here are relative to it.",
            outside.display()
        )
    );
    for (tool, path) in [
        ("list_files", ".."),
        ("list_files", "folder"),
        ("make_dir", "../made"),
        ("delete_file", "../secret.txt"),
    ] {
        let error = files.error(tool, json!({"path": path})).await;
        assert!(
            error.contains("leads out of the folder"),
            "{tool} {path}: {error}"
        );
    }
    assert_eq!(std::fs::read_to_string(&outside).unwrap(), "secret");
    assert!(names(&files.data.path().join("other")).is_empty());
    // Links inside the folder are followed; a written link is replaced by the file.
    assert_eq!(
        files.ok("read_file", json!({"path": "inside"})).await,
        json!("inner")
    );
    files
        .ok("write_file", json!({"path": "absolute", "content": "mine"}))
        .await;
    assert_eq!(std::fs::read_to_string(&outside).unwrap(), "secret");
    let found = files.ok("search_files", json!({"text": "secret"})).await;
    assert_eq!(found["matches"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_read_is_said_in_words() {
    let files = Files::start().await;
    std::fs::write(files.root().join("latin1.txt"), b"Gr\xf6\xdfe").unwrap();
    let large = std::fs::File::create(files.root().join("large")).unwrap();
    large.set_len(MAX_FILE + 1).unwrap();
    std::fs::create_dir(files.root().join("dir")).unwrap();
    for (tool, arguments, message) in [
        (
            "read_file",
            json!({"path": "latin1.txt"}),
            "“latin1.txt” is not UTF-8 text: it breaks off at byte 3.",
        ),
        (
            "read_file",
            json!({"path": "large"}),
            "“large” has 10485761 bytes; files here may have 10485760.",
        ),
        (
            "append_file",
            json!({"path": "large", "content": "x"}),
            "“large” has 10485762 bytes; files here may have 10485760.",
        ),
        (
            "read_file",
            json!({"path": "missing.txt"}),
            "There is no “missing.txt”.",
        ),
        (
            "read_file",
            json!({"path": "dir"}),
            "“dir” is a folder, not a file.",
        ),
        (
            "write_file",
            json!({"path": "dir", "content": ""}),
            "“dir” is a folder, not a file.",
        ),
        (
            "write_file",
            json!({"path": "new/", "content": ""}),
            "“new/” is a folder, not a file.",
        ),
        (
            "write_file",
            json!({"path": " ", "content": ""}),
            "The path is empty.",
        ),
        (
            "write_file",
            json!({"path": "latin1.txt/x", "content": ""}),
            "“latin1.txt/x” is a file, not a folder.",
        ),
    ] {
        assert_eq!(files.error(tool, arguments).await, message);
    }
    let unknown = files.error("read_file", json!({"file": "a"})).await;
    assert!(unknown.contains("unknown field `file`"), "{unknown}");
}

#[tokio::test]
async fn every_call_leaves_two_lines_in_the_log() {
    let files = Files::start().await;
    files
        .ok(
            "write_file",
            json!({"path": "a.txt", "content": "secret text"}),
        )
        .await;
    files.error("read_file", json!({"path": "b.txt"})).await;
    let log = files.log();
    let short: Vec<Value> = log
        .iter()
        .map(|line| json!([line["phase"], line["tool"], line["arguments"], line["ok"]]))
        .collect();
    assert_eq!(
        json!(short),
        json!([
            ["begin", "write_file", {"path": "a.txt", "content": {"bytes": 11}}, null],
            ["end", "write_file", null, true],
            ["begin", "read_file", {"path": "b.txt"}, null],
            ["end", "read_file", null, false]
        ])
    );
    assert_eq!(log[0]["call"], log[1]["call"]);
    assert_ne!(log[0]["call"], log[2]["call"]);
    assert!(model::Timestamp::parse(log[0]["at"].as_str().unwrap()).is_some());
}

#[tokio::test]
async fn changes_at_the_same_time_do_not_mix() {
    let files = Files::start().await;
    let line = |i: usize| format!("line {i}\n");
    let calls =
        (0..20).map(|i| files.ok("append_file", json!({"path": "log", "content": line(i)})));
    futures_util::future::join_all(calls).await;
    let text = files.ok("read_file", json!({"path": "log"})).await;
    let mut lines: Vec<&str> = text.as_str().unwrap().split_inclusive('\n').collect();
    lines.sort_unstable();
    let mut wanted: Vec<String> = (0..20).map(line).collect();
    wanted.sort_unstable();
    assert_eq!(lines, wanted);
}
