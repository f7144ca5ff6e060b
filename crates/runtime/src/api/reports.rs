//! *Report this Run*: a run told to support, what became of it, and what they answered.

mod make;
mod target;

pub use target::{__path_get_target, __path_put_target, get_target, put_target};

use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::query::Query;
use super::run::behind;
use super::steps::disposition;
use super::{Api, deliveries};
use crate::audit;
use crate::report::compress;
use crate::store::record::{BundleRecord, CauseRecord, DeliveryRecord, Recipients, ReportRecord};
use crate::store::{Change, Stored};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::api::{Changed, Page};
use model::notify::{About, Delivery};
use model::report::{
    AnswerBody, Bundle, ReportAnswer, ReportBody, ReportPreview, ReportRow, ReportView,
};
use model::{NotificationId, NotificationKind, ReportId};
use serde_json::Value;

/// Reports counted at most.
const COUNTED: usize = 1_000;
/// The longest subject, and the longest text.
const SUBJECT: usize = 200;
const TEXT: usize = 20_000;

/// The project's reports, newest first.
#[utoipa::path(
    get, path = "/v1/reports", tag = "reports",
    params(
        ("run" = Option<String>, Query, description = "Only reports of this run."),
        ("limit" = Option<u64>, Query), ("cursor" = Option<String>, Query),
    ),
    responses((status = 200, body = Page<ReportRow>))
)]
pub async fn list(State(api): State<Api>, ctx: Ctx, query: Query) -> Result<Json<Page<ReportRow>>> {
    let query = query.only(&["run", "limit", "cursor"])?;
    let limit = query.limit(50, 200)?;
    let run = query.one("run");
    let all: Vec<ReportRecord> = api
        .store()
        .list::<ReportRecord>(&ctx.place.group(), None, COUNTED)
        .await?
        .into_iter()
        .map(|stored| stored.value)
        .filter(|report| run.is_none_or(|run| report.run.as_str() == run))
        .collect();
    let (count, count_is_exact) = (all.len() as u64, all.len() < COUNTED);
    let after = query.one("cursor").unwrap_or_default();
    let (items, next_cursor) = behind(all, after, limit, |report| ReportRecord::key_of(&report.id));
    Ok(Json(Page {
        next_cursor,
        items: items.iter().map(row).collect(),
        count,
        count_is_exact,
    }))
}

/// What would be sent, masked and without what is left out, and what was reported of the same failure before. Nothing is kept.
#[utoipa::path(
    post, path = "/v1/reports/preview", tag = "reports", request_body = ReportBody,
    responses((status = 200, body = ReportPreview))
)]
pub async fn preview(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<ReportBody>,
) -> Result<Json<ReportPreview>> {
    let made = make::make(&api, &ctx, body, None).await?;
    let same = ReportRecord::same_failure(
        &ctx.place,
        &made.run.workflow.id,
        made.step.as_ref(),
        made.code,
    );
    let found = api.store().by_side::<ReportRecord>(&same).await?;
    Ok(Json(ReportPreview {
        bundle: made.bundle,
        duplicates: found.iter().map(|stored| row(&stored.value)).collect(),
        to: target::shown(&api, &ctx).await?,
    }))
}

/// Reports a run. What is attached is fixed at this moment; it goes to the tenant's support target, if there is one.
#[utoipa::path(
    post, path = "/v1/reports", tag = "reports", request_body = ReportBody,
    responses((status = 201, body = Changed<ReportView>))
)]
pub async fn create(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<ReportBody>,
) -> Result<Response> {
    for (field, text, most) in [
        ("/subject", &body.form.subject, SUBJECT),
        ("/expected", &body.form.expected, TEXT),
    ] {
        if text.trim().is_empty() {
            return Err(Error::field(
                "invalid_body",
                field,
                "Say it in a few words.",
            ));
        }
        if text.chars().count() > most {
            let message = format!("This is longer than {most} characters.");
            return Err(Error::field("invalid_body", field, message));
        }
    }
    let id = ReportId::new(api.host().new_id(ReportId::PREFIX));
    let made = make::make(&api, &ctx, body, Some(id.clone())).await?;
    let mut entry = audit::entry(api.host(), &ctx, "report.create", id.as_str());
    entry.run = Some(made.run.id.clone());
    let delivery = target::delivery(&api, &ctx, &id, &made.bundle.form.subject, entry.at).await?;
    let record = ReportRecord {
        id: id.clone(),
        place: ctx.place.clone(),
        run: made.run.id.clone(),
        run_title: made.run.title.clone(),
        workflow: made.run.workflow.clone(),
        step: made.step,
        code: made.code,
        form: made.bundle.form.clone(),
        by: ctx.actor(),
        user: ctx.caller.user.clone(),
        created_at: entry.at,
        delivery: delivery.as_ref().map(|(delivery, _)| delivery.id.clone()),
        thread: Vec::new(),
        left_out: made.bundle.left_out.clone(),
        masked: made.bundle.masked.clone(),
    };
    let entry = entry.after(row(&record));
    let mut changes = vec![
        Change::create(&record)?,
        Change::create(&BundleRecord {
            report: id,
            place: ctx.place.clone(),
            bundle: made.bundle,
        })?,
    ];
    let on_its_way = match delivery {
        Some((delivery, due)) => {
            changes.push(Change::create(&delivery)?);
            changes.push(Change::put(&due)?);
            Some(deliveries::view(&api, delivery).await?)
        }
        None => None,
    };
    let answer = value(&Changed {
        audit: entry.id.clone(),
        value: shown(&record, on_its_way),
    })?;
    api.store()
        .change(ctx.complete(changes, entry, StatusCode::CREATED, &answer)?)
        .await?;
    api.host().outbox().wake();
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// One report with the state of its delivery and the thread of answers.
#[utoipa::path(
    get, path = "/v1/reports/{report}", tag = "reports", params(("report" = String, Path)),
    responses((status = 200, body = ReportView))
)]
pub async fn get(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<ReportId>,
) -> Result<Json<ReportView>> {
    let record = find(&api, &ctx, &id).await?.value;
    let delivery = delivery(&api, &record).await?;
    Ok(Json(shown(&record, delivery)))
}

/// The report's file: gzip of a JSON document, `signalbox.report/1`.
#[utoipa::path(
    get, path = "/v1/reports/{report}/bundle", tag = "reports", params(("report" = String, Path)),
    responses((status = 200, content_type = "application/gzip", body = Vec<u8>))
)]
pub async fn bundle(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<ReportId>,
) -> Result<Response> {
    find(&api, &ctx, &id).await?;
    let found = api.store().get::<BundleRecord>(id.as_str()).await?;
    let record = found
        .ok_or_else(|| Error::not_found("report", id.as_str()))?
        .value;
    let file = compress(&record.bundle).map_err(|error| Error::internal(&error))?;
    let name = disposition("attachment", &format!("{id}.signalbox.gz"));
    Ok((
        [
            (header::CONTENT_TYPE, Bundle::MEDIA_TYPE.to_owned()),
            (header::CONTENT_DISPOSITION, name),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ],
        file,
    )
        .into_response())
}

/// Answers a report; whoever made it is told.
#[utoipa::path(
    post, path = "/v1/reports/{report}/answers", tag = "reports", params(("report" = String, Path)),
    request_body = AnswerBody, responses((status = 200, body = Changed<ReportView>))
)]
pub async fn answer(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<ReportId>,
    Json(body): Json<AnswerBody>,
) -> Result<Json<Value>> {
    let text = body.text.trim().to_owned();
    if text.is_empty() || text.chars().count() > TEXT {
        return Err(Error::field(
            "invalid_body",
            "/text",
            format!("An answer is 1 to {TEXT} characters."),
        ));
    }
    let Stored {
        value: mut record,
        revision,
    } = find(&api, &ctx, &id).await?;
    let entry = audit::entry(api.host(), &ctx, "report.answer", id.as_str()).after(&text);
    record.thread.push(ReportAnswer {
        by: ctx.actor(),
        at: entry.at,
        text: text.clone(),
    });
    let title = format!("{} answered “{}”", ctx.actor().name, record.form.subject);
    let cause = CauseRecord {
        id: NotificationId::new(api.host().new_id(NotificationId::PREFIX)),
        place: ctx.place.clone(),
        at: entry.at,
        kind: NotificationKind::ReportAnswered,
        to: Recipients::Person(record.user.clone()),
        by: Some(ctx.actor()),
        title_of_many: title.clone(),
        title,
        text,
        about: About {
            run: Some(record.run.clone()),
            run_title: Some(record.run_title.clone()),
            report: Some(id),
            ..About::default()
        },
        last: false,
        past: false,
    };
    let answer = value(&Changed {
        audit: entry.id.clone(),
        value: shown(&record, delivery(&api, &record).await?),
    })?;
    let changes = vec![
        Change::update(&Stored {
            value: record,
            revision,
        })?,
        Change::put(&cause)?,
    ];
    api.store()
        .change(ctx.complete(changes, entry, StatusCode::OK, &answer)?)
        .await?;
    api.host().outbox().wake();
    Ok(Json(answer))
}

/// Sends the report to the support target again.
#[utoipa::path(
    post, path = "/v1/reports/{report}/redeliver", tag = "reports", params(("report" = String, Path)),
    responses((status = 200, body = Changed<Delivery>))
)]
pub async fn redeliver(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<ReportId>,
) -> Result<Json<Value>> {
    let record = find(&api, &ctx, &id).await?.value;
    match &record.delivery {
        Some(delivery) => deliveries::again(&api, &ctx, None, delivery).await,
        None => Err(Error::conflict(
            "report_not_sent",
            "No support target was set up when this report was made, so it was sent nowhere. Download its file and send that.",
        )),
    }
}

async fn find(api: &Api, ctx: &Ctx, id: &ReportId) -> Result<Stored<ReportRecord>> {
    api.store()
        .get::<ReportRecord>(&ReportRecord::key_of(id))
        .await?
        .filter(|stored| stored.value.place == ctx.place && stored.value.id == *id)
        .ok_or_else(|| Error::not_found("report", id.as_str()))
}

async fn delivery(api: &Api, record: &ReportRecord) -> Result<Option<Delivery>> {
    let Some(id) = &record.delivery else {
        return Ok(None);
    };
    let found = api.store().by_side::<DeliveryRecord>(id.as_str()).await?;
    match found.into_iter().next() {
        Some(stored) => Ok(Some(deliveries::view(api, stored.value).await?)),
        None => Ok(None),
    }
}

fn row(record: &ReportRecord) -> ReportRow {
    ReportRow {
        id: record.id.clone(),
        run: record.run.clone(),
        run_title: record.run_title.clone(),
        workflow: record.workflow.id.clone(),
        workflow_name: record.workflow.name.clone(),
        step: record.step.clone(),
        code: record.code,
        form: record.form.clone(),
        by: record.by.clone(),
        created_at: record.created_at,
        answers: record.thread.len() as u64,
    }
}

fn shown(record: &ReportRecord, delivery: Option<Delivery>) -> ReportView {
    ReportView {
        row: row(record),
        delivery,
        thread: record.thread.clone(),
        left_out: record.left_out.clone(),
        masked: record.masked.clone(),
    }
}

fn value(changed: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(changed).map_err(|error| Error::internal(&error))
}
