//! Who is asking.

use super::{
    error::ApiError,
    transport::{Api, Guard},
};
use model::api::{Me, SignIn};

pub async fn me(api: Api) -> Result<Me, ApiError> {
    api.load("/v1/me").await
}

/// Signs in with the code of a sign-in link.
pub async fn with_code(api: Api, code: &str) -> Result<(), ApiError> {
    api.post_quiet(
        "/v1/session",
        &SignIn {
            code: Some(code.to_owned()),
            token: None,
        },
        Guard::default(),
    )
    .await
}

/// Signs in with a personal access token.
pub async fn with_token(api: Api, token: &str) -> Result<(), ApiError> {
    api.post_quiet(
        "/v1/session",
        &SignIn {
            token: Some(token.to_owned()),
            code: None,
        },
        Guard::default(),
    )
    .await
}

pub async fn sign_out(api: Api) -> Result<(), ApiError> {
    api.delete("/v1/session", Guard::default()).await
}
