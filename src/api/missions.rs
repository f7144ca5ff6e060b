//! Missions: objectives that group runs.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use model::MissionId;
use model::api::{Changed, CreateMission, MissionRow};

pub const LIST: &str = "/v1/missions?limit=200";

pub fn path(mission: &MissionId) -> String {
    format!("/v1/missions/{mission}")
}

pub async fn create(
    api: Api,
    title: String,
    key: &ActionKey,
) -> Result<Changed<MissionRow>, ApiError> {
    api.post("/v1/missions", &CreateMission { title }, Guard::once(key))
        .await
}
