//! Who belongs to a project and to its tenant, and with which role.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::run::whole;
use crate::audit;
use crate::auth::members;
use crate::store::record::Membership;
use crate::store::{Change, Record};
use axum::extract::State;
use axum::http::StatusCode;
use model::access::Denied;
use model::api::{ChangeMember, Changed, Member, Page};
use model::{AuditEntry, Role, UserId};
use serde_json::Value;

/// The members of this project, those of the whole tenant with them; a tenant's admin sees those of every project.
#[utoipa::path(get, path = "/v1/members", tag = "access", responses((status = 200, body = Page<Member>)))]
pub async fn list(State(api): State<Api>, ctx: Ctx) -> Result<Json<Page<Member>>> {
    let mut items = Vec::new();
    for membership in members::of(api.store(), &ctx.place.tenant).await? {
        let here = membership
            .project
            .as_ref()
            .is_none_or(|project| *project == ctx.place.project);
        if here || ctx.access.role == Role::TenantAdmin {
            items.push(shown(&api, membership).await?);
        }
    }
    items.sort_by(|a, b| (&a.name, &a.user, &a.project).cmp(&(&b.name, &b.user, &b.project)));
    Ok(Json(whole(items)))
}

/// Gives a member of the tenant another role: in this project, or in the whole tenant with `tenant_admin`. Nobody gives or
/// takes a role above their own, and the last admin of a tenant stays one.
#[utoipa::path(
    patch, path = "/v1/members/{user}", tag = "access", params(("user" = String, Path)), request_body = ChangeMember,
    responses((status = 200, body = Changed<Member>))
)]
pub async fn change(
    State(api): State<Api>,
    ctx: Ctx,
    Path(user): Path<UserId>,
    Json(body): Json<ChangeMember>,
) -> Result<Json<Value>> {
    let _alone = api.inner.members.lock().await;
    let before = find(&api, &ctx, &user).await?;
    allowed(&ctx, before.as_ref(), body.role)?;
    let everywhere = before
        .as_ref()
        .is_some_and(|before| before.project.is_none() && before.role < Role::TenantAdmin);
    let after = Membership {
        user: user.clone(),
        tenant: ctx.place.tenant.clone(),
        project: (body.role < Role::TenantAdmin && !everywhere).then(|| ctx.place.project.clone()),
        role: body.role,
    };
    let mut changes = vec![Change::put(&after)?];
    let mut entry = audit::entry(api.host(), &ctx, "member.change", user.as_str());
    if let Some(before) = before {
        if before.role == Role::TenantAdmin && body.role < Role::TenantAdmin {
            keep_one_admin(&api, &ctx, &user).await?;
        }
        if before.key() != after.key() {
            changes.push(Change::delete::<Membership>(before.key()));
        }
        entry = entry.before(shown(&api, before).await?);
    }
    let after = shown(&api, after).await?;
    finish(&api, &ctx, changes, entry.after(&after), after).await
}

/// Takes a member's role in this project away, or in the whole tenant where that is what they have. Their tokens and sessions
/// lose it with them. The last admin of a tenant cannot be removed.
#[utoipa::path(
    delete, path = "/v1/members/{user}", tag = "access", params(("user" = String, Path)),
    responses((status = 200, body = Changed<Member>))
)]
pub async fn remove(
    State(api): State<Api>,
    ctx: Ctx,
    Path(user): Path<UserId>,
) -> Result<Json<Value>> {
    let _alone = api.inner.members.lock().await;
    let before = find(&api, &ctx, &user)
        .await?
        .ok_or_else(|| unknown(&user))?;
    allowed(&ctx, Some(&before), before.role)?;
    if before.role == Role::TenantAdmin {
        keep_one_admin(&api, &ctx, &user).await?;
    }
    let change = Change::delete::<Membership>(before.key());
    let member = shown(&api, before).await?;
    let entry = audit::entry(api.host(), &ctx, "member.remove", user.as_str()).before(&member);
    finish(&api, &ctx, vec![change], entry, member).await
}

/// The role that counts here: the one in the whole tenant, or the one in this project. `None` for somebody who has one in
/// another project only: a tenant's admin may give them one here, and nobody else hears of them.
async fn find(api: &Api, ctx: &Ctx, user: &UserId) -> Result<Option<Membership>> {
    let theirs: Vec<Membership> = members::of(api.store(), &ctx.place.tenant)
        .await?
        .into_iter()
        .filter(|member| member.user == *user)
        .collect();
    let here = theirs
        .iter()
        .find(|member| member.project.is_none())
        .or_else(|| {
            theirs
                .iter()
                .find(|member| member.project.as_ref() == Some(&ctx.place.project))
        });
    if here.is_none() && (theirs.is_empty() || ctx.access.role < Role::TenantAdmin) {
        return Err(unknown(user));
    }
    Ok(here.cloned())
}

fn unknown(user: &UserId) -> Error {
    Error::not_found("member", user.as_str())
}

/// Nobody gives or takes more than they have; a role in the whole tenant is for the tenant's admins.
fn allowed(ctx: &Ctx, before: Option<&Membership>, to: Role) -> Result<()> {
    let mut needed = to;
    if let Some(before) = before {
        needed = needed.max(before.role);
        if before.project.is_none() {
            needed = Role::TenantAdmin;
        }
    }
    if needed > ctx.access.role {
        return Err(Denied::Role(needed).into());
    }
    Ok(())
}

async fn keep_one_admin(api: &Api, ctx: &Ctx, user: &UserId) -> Result<()> {
    if members::another_admin(api.store(), &ctx.place.tenant, user).await? {
        return Ok(());
    }
    Err(Error::conflict(
        "last_tenant_admin",
        "This is the tenant's last admin who can sign in. Make somebody else a tenant_admin first.",
    ))
}

async fn finish(
    api: &Api,
    ctx: &Ctx,
    changes: Vec<Change>,
    entry: AuditEntry,
    member: Member,
) -> Result<Json<Value>> {
    let changed = Changed {
        audit: entry.id.clone(),
        value: member,
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    api.store()
        .change(ctx.complete(changes, entry, StatusCode::OK, &body)?)
        .await?;
    Ok(Json(body))
}

async fn shown(api: &Api, membership: Membership) -> Result<Member> {
    Ok(Member {
        name: members::name(api.store(), &membership.user).await?,
        is_token: !members::is_person(api.store(), &membership.user).await?,
        user: membership.user,
        role: membership.role,
        project: membership.project,
    })
}
