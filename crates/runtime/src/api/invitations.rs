//! Invitations: links that make whoever opens them a member, once.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::run::whole;
use crate::audit;
use crate::auth::secret::{Kind, Secret};
use crate::auth::sign_in::INVITATION_S;
use crate::store::Change;
use crate::store::record::InvitationRecord;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::access::Denied;
use model::api::{Changed, Invitation, Invite, NewInvitation, Page};
use model::{ProjectId, Role};
use serde_json::Value;

const LONGEST_NAME: usize = 100;
/// More open invitations than a tenant has.
const ALL: usize = 10_000;

/// Invitations to this project that nobody has accepted yet; for a tenant's admin, to any of the tenant.
#[utoipa::path(get, path = "/v1/invitations", tag = "access", responses((status = 200, body = Page<Invitation>)))]
pub async fn list(State(api): State<Api>, ctx: Ctx) -> Result<Json<Page<Invitation>>> {
    let mut items: Vec<Invitation> = open(&api, &ctx).await?.into_iter().map(shown).collect();
    items.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Json(whole(items)))
}

/// Makes a link that signs in once, as a new person with this role here (`tenant_admin`: in the whole tenant). It is good for
/// seven days and shown in this answer only.
#[utoipa::path(
    post, path = "/v1/invitations", tag = "access", request_body = Invite,
    responses((status = 201, body = Changed<NewInvitation>))
)]
pub async fn create(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<Invite>,
) -> Result<Response> {
    let name = super::named(&body.name, LONGEST_NAME)?;
    if body.role > ctx.access.role {
        return Err(Denied::Role(body.role).into());
    }
    let random = |bytes: &mut [u8]| api.services().random(bytes);
    let secret = Secret::generate(Kind::Invitation, &random)?;
    let now = api.now();
    let record = InvitationRecord {
        hash: secret.hash(),
        id: api.host().new_id("ivt_"),
        tenant: ctx.place.tenant.clone(),
        project: (body.role < Role::TenantAdmin).then(|| ctx.place.project.clone()),
        role: body.role,
        name,
        by: ctx.actor(),
        created_at: now,
        expires_at: now.plus_s(INVITATION_S),
        used_at: None,
    };
    let change = Change::create(&record)?;
    let invitation = shown(record);
    let entry =
        audit::entry(api.host(), &ctx, "invitation.create", &invitation.id).after(&invitation);
    let mut changed = Changed {
        audit: entry.id.clone(),
        value: NewInvitation {
            invitation,
            link: None,
        },
    };
    // What is kept under an `Idempotency-Key` must not hold the secret.
    let kept = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    let set = ctx.complete(vec![change], entry, StatusCode::CREATED, &kept)?;
    api.store().change(set).await?;
    changed.value.link = Some(format!("/sign-in#code={}", secret.reveal()));
    Ok((StatusCode::CREATED, Json(changed)).into_response())
}

/// Takes an invitation back that nobody has accepted yet.
#[utoipa::path(
    delete, path = "/v1/invitations/{invitation}", tag = "access", params(("invitation" = String, Path)),
    responses((status = 200, body = Changed<Invitation>))
)]
pub async fn withdraw(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<String>,
) -> Result<Json<Value>> {
    let record = open(&api, &ctx)
        .await?
        .into_iter()
        .find(|record| record.id == id)
        .ok_or_else(|| Error::not_found("invitation", &id))?;
    if record.role > ctx.access.role {
        return Err(Denied::Role(record.role).into());
    }
    let change = Change::delete::<InvitationRecord>(record.hash.clone());
    let invitation = shown(record);
    let entry = audit::entry(api.host(), &ctx, "invitation.withdraw", &id).before(&invitation);
    let changed = Changed {
        audit: entry.id.clone(),
        value: invitation,
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    api.store()
        .change(ctx.complete(vec![change], entry, StatusCode::OK, &body)?)
        .await?;
    Ok(Json(body))
}

/// The open invitations that the caller may know of.
async fn open(api: &Api, ctx: &Ctx) -> Result<Vec<InvitationRecord>> {
    let now = api.now();
    let sees = |project: &Option<ProjectId>| {
        ctx.access.role == Role::TenantAdmin || project.as_ref() == Some(&ctx.place.project)
    };
    let found = api
        .store()
        .list::<InvitationRecord>(ctx.place.tenant.as_str(), None, ALL)
        .await?;
    Ok(found
        .into_iter()
        .map(|stored| stored.value)
        .filter(|record| record.used_at.is_none() && record.expires_at > now)
        .filter(|record| sees(&record.project))
        .collect())
}

fn shown(record: InvitationRecord) -> Invitation {
    Invitation {
        id: record.id,
        name: record.name,
        role: record.role,
        project: record.project,
        by: record.by,
        created_at: record.created_at,
        expires_at: record.expires_at,
    }
}
