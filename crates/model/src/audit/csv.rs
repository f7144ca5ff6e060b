//! Entries as rows of a table, for people with a spreadsheet. The last column holds the entry itself, by which a row is
//! checked; the columns before it are made from it and from nothing else.

use serde_json::Value;
use std::borrow::Cow;

/// The first line.
pub const HEADER: &str =
    "seq,at,who,actor,ai,action,object,run,project,reason,before,after,plan,ip,request_id,entry";

/// One entry as a row, without the end of the line; `None` when it is none.
pub fn row(entry: &Value) -> Option<String> {
    entry.get("seq")?.as_u64()?;
    let text = |pointer: &str| match entry.pointer(pointer) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(_)) if pointer == "/plan" => entry
            .pointer("/plan/summary")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        Some(other) => other.to_string(),
    };
    let ai = if text("/actor/kind") == "ai" {
        "AI"
    } else {
        ""
    };
    let columns = [
        text("/seq"),
        text("/at"),
        text("/actor/name"),
        text("/actor/id"),
        ai.to_owned(),
        text("/action"),
        text("/object"),
        text("/run"),
        text("/place/project"),
        text("/reason"),
        text("/before"),
        text("/after"),
        text("/plan"),
        text("/ip"),
        text("/request_id"),
    ];
    let mut row: String = columns.iter().fold(String::new(), |mut row, column| {
        row.push_str(&cell(column));
        row.push(',');
        row
    });
    row.push_str(&quoted(&entry.to_string()));
    Some(row)
}

/// A row that holds no entry: an anchor or a head.
pub fn note(note: &Value) -> String {
    format!(
        "{}{}",
        ",".repeat(HEADER.split(',').count() - 1),
        quoted(&note.to_string())
    )
}

/// A spreadsheet must not take what somebody typed for a formula. Lines end as JSON ends them, whatever a file's do.
fn cell(text: &str) -> String {
    let text = text.replace('\r', "");
    if text.starts_with(['=', '+', '-', '@', '\t']) {
        return quoted(&format!("'{text}"));
    }
    if text.contains(['"', ',', '\n']) {
        quoted(&text)
    } else {
        text
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Whether a row ends here: an end of line inside of quotes belongs to its row.
pub(super) fn is_whole(row: &str) -> bool {
    row.bytes().filter(|byte| *byte == b'"').count() % 2 == 0
}

/// What the last column of a row says.
pub(super) fn last(row: &str) -> Cow<'_, str> {
    let mut inside = false;
    let mut from = 0;
    for (at, byte) in row.bytes().enumerate() {
        match byte {
            b'"' => inside = !inside,
            b',' if !inside => from = at + 1,
            _ => {}
        }
    }
    let last = &row[from..];
    match last
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(text) => text.replace("\"\"", "\"").into(),
        None => last.into(),
    }
}
