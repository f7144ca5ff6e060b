//! Tokens, signed-in browsers, members, invitations and projects.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use crate::routes::segment;
use model::api::{
    ChangeMember, Changed, CreatePat, CreateProject, Invite, Member, NewInvitation, NewPat,
    ProjectRow, RenameProject,
};
use model::{ProjectId, Role, UserId};

pub const SESSIONS: &str = "/v1/sessions";
pub const MEMBERS: &str = "/v1/members";
pub const INVITATIONS: &str = "/v1/invitations";
pub const PROJECTS: &str = "/v1/projects";

/// The person's own tokens, or with `all` everybody's in the tenant.
pub fn pats_path(all: bool) -> String {
    let all = if all { "true" } else { "" };
    crate::routes::with_query("/v1/pats", &[("all", all)])
}

pub async fn create_pat(
    api: Api,
    body: &CreatePat,
    key: &ActionKey,
) -> Result<Changed<NewPat>, ApiError> {
    api.post("/v1/pats", body, Guard::once(key)).await
}

pub async fn change_member(
    api: Api,
    user: &UserId,
    role: Role,
    key: &ActionKey,
) -> Result<Changed<Member>, ApiError> {
    let path = format!("{MEMBERS}/{}", segment(user.as_str()));
    api.patch(&path, &ChangeMember { role }, Guard::once(key))
        .await
}

pub async fn invite(
    api: Api,
    body: &Invite,
    key: &ActionKey,
) -> Result<Changed<NewInvitation>, ApiError> {
    api.post(INVITATIONS, body, Guard::once(key)).await
}

pub async fn create_project(
    api: Api,
    body: &CreateProject,
    key: &ActionKey,
) -> Result<Changed<ProjectRow>, ApiError> {
    api.post(PROJECTS, body, Guard::once(key)).await
}

pub async fn rename_project(
    api: Api,
    project: &ProjectId,
    name: String,
    key: &ActionKey,
) -> Result<Changed<ProjectRow>, ApiError> {
    let path = format!("{PROJECTS}/{}", segment(project.as_str()));
    api.patch(&path, &RenameProject { name }, Guard::once(key))
        .await
}
