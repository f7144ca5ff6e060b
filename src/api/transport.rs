//! One way to the runtime: fetch with the tenant and project named, errors as sentences, changes that may be sent twice.

use super::{error::ApiError, wire};
use crate::routes::{Place, with_query};
use gloo_net::http::{Method, RequestBuilder, Response};
use leptos::prelude::*;
use model::api::Problem;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;

/// The runtime's API for one tenant and project. It is `Copy` and may be used in futures that outlive their page.
#[derive(Clone, Copy)]
pub struct Api {
    place: Option<&'static Place>,
    signed_out: RwSignal<Option<ApiError>>,
}

/// One act of a person. Sent with a change, so that the same act never takes effect twice however often it is sent: make
/// one when the person decides, and keep it while trying again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionKey(String);

impl ActionKey {
    pub fn fresh() -> Self {
        let part = || (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
        Self(format!(
            "act-{:08x}{:08x}{:08x}{:08x}",
            part(),
            part(),
            part(),
            part()
        ))
    }
}

/// What a change carries besides its body.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    pub key: Option<ActionKey>,
    /// The sequence or revision that was seen: the change is refused with 409 when it is another by now.
    pub seen: Option<u64>,
}

impl Guard {
    /// Taken once, whatever stands there.
    pub fn once(key: &ActionKey) -> Self {
        Self {
            key: Some(key.clone()),
            seen: None,
        }
    }
    /// Taken once, and only when `seen` still holds.
    pub fn seen(key: &ActionKey, seen: u64) -> Self {
        Self {
            key: Some(key.clone()),
            seen: Some(seen),
        }
    }
}

impl Api {
    /// Gives the API to everything below. `signed_out` is set when the runtime no longer knows who is asking.
    pub fn provide(place: Option<Place>, signed_out: RwSignal<Option<ApiError>>) -> Self {
        // A handful of bytes for each project opened, so that `Api` can be copied into any future.
        let place = place.map(|place| &*Box::leak(Box::new(place)));
        let api = Self { place, signed_out };
        provide_context(api);
        api
    }

    /// The API of the page around; called while the page is built.
    pub fn get() -> Self {
        use_context().unwrap_or_else(|| Self {
            place: None,
            signed_out: RwSignal::new(None),
        })
    }

    pub async fn load<T: DeserializeOwned>(self, path: &str) -> Result<T, ApiError> {
        let text = self.send(Method::GET, path, None, Guard::default()).await?;
        read(&text, "GET", path)
    }

    /// The answer as it is: artifacts, exports.
    pub async fn load_text(self, path: &str) -> Result<String, ApiError> {
        self.send(Method::GET, path, None, Guard::default()).await
    }

    /// A file that came with the console, as it is. It belongs to no tenant, so none is named.
    pub async fn file(self, path: &str) -> Result<String, ApiError> {
        let api = Self {
            place: None,
            ..self
        };
        api.send(Method::GET, path, None, Guard::default()).await
    }

    /// The tenant and project it asks for.
    pub fn place(self) -> Option<&'static Place> {
        self.place
    }

    pub async fn post<T: DeserializeOwned>(
        self,
        path: &str,
        body: &impl Serialize,
        guard: Guard,
    ) -> Result<T, ApiError> {
        let text = self
            .send(Method::POST, path, Some(write(body)), guard)
            .await?;
        read(&text, "POST", path)
    }

    /// Sends a file from the disk, of a media type: it is never in the page's memory as a whole.
    pub async fn post_file<T: DeserializeOwned>(
        self,
        path: &str,
        file: &web_sys::File,
        kind: &str,
        guard: Guard,
    ) -> Result<T, ApiError> {
        let body = Some((JsValue::from(file), kind));
        let answer = self.ask(Method::POST, path, body, guard).await?;
        let text = text(answer, format!("POST {path}")).await?;
        read(&text, "POST", path)
    }

    /// For answers without a body.
    pub async fn post_quiet(
        self,
        path: &str,
        body: &impl Serialize,
        guard: Guard,
    ) -> Result<(), ApiError> {
        self.send(Method::POST, path, Some(write(body)), guard)
            .await
            .map(drop)
    }

    pub async fn patch<T: DeserializeOwned>(
        self,
        path: &str,
        body: &impl Serialize,
        guard: Guard,
    ) -> Result<T, ApiError> {
        let text = self
            .send(Method::PATCH, path, Some(write(body)), guard)
            .await?;
        read(&text, "PATCH", path)
    }

    pub async fn put<T: DeserializeOwned>(
        self,
        path: &str,
        body: &impl Serialize,
        guard: Guard,
    ) -> Result<T, ApiError> {
        let text = self
            .send(Method::PUT, path, Some(write(body)), guard)
            .await?;
        read(&text, "PUT", path)
    }

    pub async fn delete(self, path: &str, guard: Guard) -> Result<(), ApiError> {
        self.send(Method::DELETE, path, None, guard).await.map(drop)
    }

    /// An address that names tenant and project itself: for streams and downloads, which carry no headers.
    pub fn direct(self, path: &str) -> String {
        match self.place {
            Some(place) => with_query(
                path,
                &[
                    ("tenant", place.tenant.as_str()),
                    ("project", place.project.as_str()),
                ],
            ),
            None => path.to_owned(),
        }
    }

    async fn send(
        self,
        method: Method,
        path: &str,
        body: Option<String>,
        guard: Guard,
    ) -> Result<String, ApiError> {
        let asked = format!("{method} {path}");
        let body = body.map(|text| (JsValue::from(text), "application/json"));
        let answer = self.ask(method, path, body, guard).await?;
        text(answer, asked).await
    }

    /// Sends it, with a body of a media type; the answer is one that was granted.
    async fn ask(
        self,
        method: Method,
        path: &str,
        body: Option<(JsValue, &str)>,
        guard: Guard,
    ) -> Result<Response, ApiError> {
        let asked = format!("{method} {path}");
        let mut request = RequestBuilder::new(path)
            .method(method)
            .header("Accept", "application/json");
        if let Some(place) = self.place {
            request = request
                .header("X-Tenant-Id", place.tenant.as_str())
                .header("X-Project-Id", place.project.as_str());
        }
        if let Some(key) = &guard.key {
            request = request.header("Idempotency-Key", &key.0);
        }
        if let Some(seen) = guard.seen {
            request = request.header("If-Match", &format!("\"{seen}\""));
        }
        let sent = match body {
            Some((body, kind)) => match request.header("Content-Type", kind).body(body) {
                Ok(request) => request.send().await,
                Err(error) => Err(error),
            },
            None => request.send().await,
        };
        let Ok(answer) = sent else {
            return Err(ApiError::Unreachable { asked });
        };
        if answer.ok() {
            return Ok(answer);
        }
        let status = answer.status();
        let text = text(answer, asked.clone()).await?;
        let error = refused(asked, status, &text);
        if error.is_signed_out() {
            self.signed_out.try_set(Some(error.clone()));
        }
        Err(error)
    }
}

/// Read as bytes: of a large answer no text of the browser's is made first.
async fn text(answer: Response, asked: String) -> Result<String, ApiError> {
    let Ok(bytes) = answer.binary().await else {
        return Err(ApiError::Unreachable { asked });
    };
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned()))
}

fn refused(asked: String, status: u16, text: &str) -> ApiError {
    match wire::read::<Problem>(text) {
        Ok(problem) => ApiError::Problem(Box::new(problem)),
        // A proxy in between answers for a runtime that is away.
        Err(_) if matches!(status, 502 | 504) => ApiError::Unreachable { asked },
        Err(error) => ApiError::Unreadable {
            asked,
            status,
            why: error.to_string(),
        },
    }
}

/// Reads an answer; `method` and `path` are named where it cannot be read.
pub(super) fn read<T: DeserializeOwned>(
    text: &str,
    method: &str,
    path: &str,
) -> Result<T, ApiError> {
    wire::read(text).map_err(|error| unreadable(method, path, &error))
}

fn unreadable(method: &str, path: &str, error: &serde_json::Error) -> ApiError {
    ApiError::Unreadable {
        asked: format!("{method} {path}"),
        status: 200,
        why: error.to_string(),
    }
}

fn write(body: &impl Serialize) -> String {
    // Everything the console sends has string keys; an empty object is refused by the runtime in words.
    serde_json::to_string(body).unwrap_or_else(|_| "{}".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_no_problem_document_is_told_apart_from_silence() {
        let page = refused("GET /v1/runs".into(), 500, "<html>");
        assert!(matches!(page, ApiError::Unreadable { status: 500, .. }));
        let proxy = refused("GET /v1/runs".into(), 502, "bad gateway");
        assert!(matches!(proxy, ApiError::Unreachable { .. }));
        let said = refused(
            "x".into(),
            404,
            r#"{"title":"Not Found","status":404,"code":"run_not_found"}"#,
        );
        assert_eq!(said.status(), Some(404));
    }
}
