//! The trail as a file, streamed, with what is needed to check it: see `model::audit::check`.

use super::super::Api;
use super::super::context::Ctx;
use super::super::problem::{Error, Result};
use super::super::query::Query;
use super::super::steps::disposition;
use crate::audit;
use crate::store::record::AuditAnchor;
use crate::store::{ChangeSet, Store};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use model::audit::{Hash, csv};
use model::{AuditHead, TenantId};
use serde_json::{Value, json};
use std::sync::Arc;

/// Entries read at once.
const PAGE: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Ndjson,
    Csv,
}

/// The whole trail of the tenant, or a part of it. The last line is the signed head; before a part, or where older entries were
/// removed, the first line is the signed head of the entry before. The export is itself an entry, and the last one in it.
#[utoipa::path(
    get, path = "/v1/audit/export", tag = "audit",
    params(
        ("format" = Option<String>, Query, description = "`ndjson`, or `csv` with the entry itself in the last column."),
        ("from" = Option<u64>, Query, description = "The first sequence."),
        ("to" = Option<u64>, Query, description = "The last sequence."),
    ),
    responses((status = 200, description = "One entry a line, oldest first.", content_type = "application/x-ndjson"))
)]
pub async fn export(State(api): State<Api>, ctx: Ctx, query: Query) -> Result<Response> {
    let query = query.only(&["format", "from", "to"])?;
    let format = match query.one("format") {
        None | Some("ndjson") => Format::Ndjson,
        Some("csv") => Format::Csv,
        Some(other) => {
            return Err(Error::query(
                "format",
                format!("{other:?} is not one of its values."),
                Some("Its values are: ndjson, csv.".into()),
            ));
        }
    };
    let tenant = ctx.place.tenant.clone();
    let removed = api.store().get::<AuditAnchor>(tenant.as_str()).await?;
    let removed = removed.map(|stored| stored.value.0);
    let oldest = removed.as_ref().map_or(1, |head| head.seq + 1);
    let from = query.number("from")?.unwrap_or(oldest).max(oldest);
    let to = query.number("to")?.unwrap_or(u64::MAX);
    if from > to {
        return Err(Error::query(
            "to",
            format!("there is nothing from entry {from} to entry {to}."),
            None,
        ));
    }
    record(&api, &ctx, format, from, &query).await?;

    let end = api.store().audit_end(&tenant, to).await?;
    if from > end.0 {
        return Err(Error::query(
            "from",
            format!("the trail ends at entry {}.", end.0),
            None,
        ));
    }
    let sign = |end: (u64, Hash)| {
        api.store()
            .sign(AuditHead::new(tenant.clone(), end, api.now()))
    };
    let anchor = match removed.filter(|head| head.seq + 1 == from) {
        Some(head) => Some(head),
        None if from == 1 => None,
        None => Some(sign(api.store().audit_end(&tenant, from - 1).await?)),
    };
    let mut start = String::new();
    if format == Format::Csv {
        start.push_str(csv::HEADER);
        start.push_str("\r\n");
    }
    if let Some(anchor) = anchor {
        start.push_str(&note(format, &json!({ "anchor": anchor })));
    }
    let writer = Writer {
        store: Arc::clone(api.store()),
        tenant: tenant.clone(),
        format,
        next: from,
        last: end.0,
        end: Some(note(format, &json!({ "head": sign(end) }))),
    };
    Ok(download(format, &tenant, start, writer))
}

fn download(format: Format, tenant: &TenantId, start: String, writer: Writer) -> Response {
    let body = stream::try_unfold((Some(start), writer), async |(start, mut writer)| {
        if let Some(start) = start {
            return Ok(Some((start, (None, writer))));
        }
        let part = writer.part().await?;
        Ok::<_, std::io::Error>(part.map(|part| (part, (None, writer))))
    });
    let (kind, ending) = match format {
        Format::Ndjson => ("application/x-ndjson", "ndjson"),
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
    };
    let mut response = Body::from_stream(Box::pin(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = disposition("attachment", &format!("audit-{tenant}.{ending}"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// Reading a trail whole is something that others want to know of.
async fn record(api: &Api, ctx: &Ctx, format: Format, from: u64, query: &Query) -> Result<()> {
    let format = match format {
        Format::Ndjson => "ndjson",
        Format::Csv => "csv",
    };
    let entry = audit::entry(api.host(), ctx, "audit.export", ctx.place.tenant.as_str())
        .after(json!({ "format": format, "from": from, "to": query.number("to")? }));
    api.store()
        .change(ChangeSet::default().audited(entry))
        .await?;
    Ok(())
}

/// What writes an export part by part, so that none is ever held whole.
struct Writer {
    store: Arc<dyn Store>,
    tenant: TenantId,
    format: Format,
    next: u64,
    last: u64,
    end: Option<String>,
}

impl Writer {
    /// The next part; an error ends the file without its head, by which everyone sees that it was cut off.
    async fn part(&mut self) -> std::io::Result<Option<String>> {
        if self.next > self.last {
            return Ok(self.end.take());
        }
        let entries = self
            .store
            .audit_from(&self.tenant, self.next, PAGE)
            .await
            .map_err(std::io::Error::other)?;
        let mut text = String::new();
        for (seq, entry) in entries {
            if seq != self.next {
                return Err(std::io::Error::other(format!(
                    "audit entry {} is not there",
                    self.next
                )));
            }
            if seq > self.last {
                break;
            }
            self.next = seq + 1;
            text.push_str(&line(self.format, &entry)?);
        }
        if text.is_empty() {
            return Err(std::io::Error::other(format!(
                "audit entry {} is not there",
                self.next
            )));
        }
        Ok(Some(text))
    }
}

fn line(format: Format, entry: &str) -> std::io::Result<String> {
    match format {
        Format::Ndjson => Ok(format!("{entry}\n")),
        Format::Csv => {
            let entry: Value = serde_json::from_str(entry)?;
            csv::row(&entry)
                .map(|row| row + "\r\n")
                .ok_or_else(|| std::io::Error::other("an audit entry has no sequence"))
        }
    }
}

fn note(format: Format, note: &Value) -> String {
    match format {
        Format::Ndjson => format!("{note}\n"),
        Format::Csv => csv::note(note) + "\r\n",
    }
}
