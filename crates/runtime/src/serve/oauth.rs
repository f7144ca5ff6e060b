//! OAuth 2.0 with an authorization code, PKCE and a state; tokens are renewed before they end.

use super::credentials::{Tokens, required};
use super::setups::Setups;
use crate::api::{Consent, SealedTokens};
use crate::steps::net::{self, Reach, Scrub};
use crate::store::record::{ConnectionRecord, OAuthAttemptRecord};
use crate::store::{AuditEntry, Change, ChangeSet, Place, Stored};
use model::api::ConnectionAuth;
use model::{Actor, AuditId, Failure, Timestamp};
use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, TokenResponse, TokenUrl,
};
use serde_json::json;
use std::time::Duration;

/// How long before its end a token is renewed when its connection is looked at.
pub const AHEAD_MS: u64 = 5 * 60_000;
/// The same when it is about to be used.
const LAST_MOMENT_MS: u64 = 30_000;
const PATIENCE: Duration = Duration::from_secs(10);
/// An answer with tokens is short.
const LARGEST: usize = 256 * 1024;

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

#[derive(Debug, thiserror::Error)]
enum HttpError {
    #[error("{0}")]
    Net(#[from] net::NetError),
    #[error("{}", net::reason(.0))]
    Http(#[from] reqwest::Error),
    #[error("its answer is too long")]
    TooLong,
    #[error(transparent)]
    Made(#[from] oauth2::http::Error),
}

impl Setups {
    /// Where a person allows `record`, and what is kept until they come back.
    pub fn begin_consent(
        &self,
        record: &ConnectionRecord,
        redirect_url: &str,
    ) -> Result<Consent, String> {
        let client = self.client(record)?;
        let redirect = RedirectUrl::new(redirect_url.to_owned())
            .map_err(|_| format!("{redirect_url} is no address to come back to."))?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = match &record.auth {
            ConnectionAuth::OAuth2 { scopes, .. } => scopes.as_slice(),
            ConnectionAuth::Bearer
            | ConnectionAuth::ApiKey { .. }
            | ConnectionAuth::Basic { .. } => &[],
        };
        let client = client.set_redirect_uri(redirect);
        let (url, state) = client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Consent {
            authorize_url: url.into(),
            state: state.into_secret(),
            sealed_verifier: self.seal(verifier.secret())?,
        })
    }

    /// Exchanges the code of a person who came back.
    pub async fn finish_consent(
        &self,
        record: &ConnectionRecord,
        attempt: &OAuthAttemptRecord,
        code: &str,
    ) -> Result<SealedTokens, String> {
        let client = self.client(record)?;
        let redirect = RedirectUrl::new(attempt.redirect_url.clone())
            .map_err(|_| "The address to come back to is broken.".to_owned())?;
        let verifier = self
            .keyring()
            .unseal(&attempt.sealed_verifier)
            .map_err(|error| error.to_string())?;
        let secrets = [code.to_owned(), verifier.clone()];
        let answer = client
            .set_redirect_uri(redirect)
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&|request| send(self.reach(), request))
            .await;
        match answer {
            Ok(tokens) => self.sealed(&tokens, None),
            Err(error) => Err(self.told(record, &error, secrets)),
        }
    }

    /// The connection with a token that lasts for `ahead_ms` at least, renewed where that takes it and can be.
    pub async fn renewed(
        &self,
        place: &Place,
        stored: Stored<ConnectionRecord>,
        ahead_ms: u64,
    ) -> Result<Stored<ConnectionRecord>, Failure> {
        let soon = |record: &ConnectionRecord| {
            record
                .expires_at
                .is_some_and(|at| at <= self.now().plus_ms(ahead_ms))
        };
        if !stored.value.auth.is_oauth() || !soon(&stored.value) {
            return Ok(stored);
        }
        // A refresh token is good once: two who renew at the same time would lose it.
        let _turn = self.renewing().lock().await;
        let key = place.key(&stored.value.id);
        let mut stored = match self.store().get::<ConnectionRecord>(&key).await {
            Ok(Some(now)) if !soon(&now.value) => return Ok(now),
            Ok(Some(now)) => now,
            Ok(None) | Err(_) => stored,
        };
        let record = &stored.value;
        let Some(refresh) = self.tokens(record)?.and_then(|tokens| tokens.refresh) else {
            return Ok(stored);
        };
        let client = self.client(record).map_err(required)?;
        let answer = client
            .exchange_refresh_token(&RefreshToken::new(refresh.clone()))
            .request_async(&|request| send(self.reach(), request))
            .await;
        let tokens = match answer {
            Ok(tokens) => self.sealed(&tokens, Some(refresh)).map_err(required)?,
            Err(error) => {
                let why = self.told(record, &error, [refresh, String::new()]);
                // The old token may still last: it is used until it has ended.
                if record.expires_at.is_some_and(|at| at > self.now()) {
                    tracing::warn!(connection = record.id, why, "a token could not be renewed");
                    return Ok(stored);
                }
                return Err(required(format!(
                    "The token of “{}” has ended and could not be renewed. {why}",
                    record.id
                )));
            }
        };
        let before = stored.value.expires_at;
        stored.value.sealed_tokens = Some(tokens.sealed);
        stored.value.expires_at = tokens.expires_at;
        let entry = AuditEntry::new(
            AuditId::new(self.new_id(AuditId::PREFIX)),
            self.now(),
            place.clone(),
            Actor::system(),
            "connection.renew",
            &stored.value.id,
        )
        .before(json!({ "expires_at": before }))
        .after(json!({ "expires_at": tokens.expires_at }));
        let written = match Change::update(&stored) {
            Ok(change) => {
                let set = ChangeSet::new(change).audited(entry);
                self.store().change(set).await
            }
            Err(error) => Err(error),
        };
        match written {
            Ok(revisions) => {
                stored.revision = revisions.first().copied().unwrap_or(stored.revision);
                Ok(stored)
            }
            Err(error) => {
                tracing::error!(connection = stored.value.id, %error, "a renewed token cannot be kept");
                Err(required(format!(
                    "The renewed token of “{}” could not be kept.",
                    stored.value.id
                )))
            }
        }
    }

    /// As [`Setups::renewed`], right before use.
    pub async fn renewed_for_use(
        &self,
        place: &Place,
        stored: Stored<ConnectionRecord>,
    ) -> Result<ConnectionRecord, Failure> {
        Ok(self.renewed(place, stored, LAST_MOMENT_MS).await?.value)
    }

    fn client(&self, record: &ConnectionRecord) -> Result<Client, String> {
        let ConnectionAuth::OAuth2 {
            authorize_url,
            token_url,
            client_id,
            ..
        } = &record.auth
        else {
            return Err(format!("The connection “{}” is not OAuth 2.0.", record.id));
        };
        let wrong = |what: &str| format!("The {what} of “{}” is no address.", record.id);
        let authorize = AuthUrl::new(authorize_url.clone()).map_err(|_| wrong("authorize_url"))?;
        let token = TokenUrl::new(token_url.clone()).map_err(|_| wrong("token_url"))?;
        let mut client = BasicClient::new(ClientId::new(client_id.clone()))
            .set_auth_uri(authorize)
            .set_token_uri(token);
        if let Some(secret) = self.secret(record).map_err(|failure| failure.message)? {
            client = client.set_client_secret(ClientSecret::new(secret));
        }
        Ok(client)
    }

    fn sealed(
        &self,
        tokens: &BasicTokenResponse,
        refresh: Option<String>,
    ) -> Result<SealedTokens, String> {
        let kept = Tokens {
            access: tokens.access_token().secret().clone(),
            // A server that sends no new one means that the old one stays.
            refresh: tokens
                .refresh_token()
                .map(|token| token.secret().clone())
                .or(refresh),
        };
        let text = serde_json::to_string(&kept).map_err(|error| error.to_string())?;
        Ok(SealedTokens {
            sealed: self.seal(&text)?,
            expires_at: tokens.expires_in().map(|lasts| self.after(lasts)),
        })
    }

    fn after(&self, lasts: Duration) -> Timestamp {
        self.now()
            .plus_ms(u64::try_from(lasts.as_millis()).unwrap_or(u64::MAX / 4))
    }

    /// What an authorization server answered, as a sentence without secrets.
    fn told<T: oauth2::ErrorResponse + std::fmt::Display>(
        &self,
        record: &ConnectionRecord,
        error: &RequestTokenError<HttpError, T>,
        secrets: [String; 2],
    ) -> String {
        let id = &record.id;
        let text = match error {
            RequestTokenError::ServerResponse(answer) => {
                format!("The authorization server of “{id}” refused: {answer}.")
            }
            RequestTokenError::Request(error) => {
                format!("The authorization server of “{id}” could not be asked: {error}.")
            }
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                format!(
                    "The authorization server of “{id}” gave an answer that is none of OAuth 2.0."
                )
            }
        };
        let own = self.secret(record).ok().flatten();
        Scrub::new(secrets.into_iter().chain(own)).text(text)
    }
}

async fn send(reach: Reach, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    net::parse_url(&request.uri().to_string(), reach)?;
    let client = net::client(reach, Some(PATIENCE))?;
    let mut request = reqwest::Request::try_from(request)?;
    *request.timeout_mut() = Some(PATIENCE);
    let mut answer = client.execute(request).await?;
    let mut response = oauth2::http::Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        headers.clone_from(answer.headers());
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err(HttpError::TooLong);
        }
    }
    Ok(response.body(body)?)
}
