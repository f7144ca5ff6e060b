//! Something large that is fetched whole, and read without stopping the page.

use crate::{
    api::{Api, ApiError, ErrorFace},
    ui::json_view::Doc,
};
use leptos::prelude::*;
use std::sync::Arc;

/// What came.
#[derive(Clone, PartialEq)]
pub enum Loaded {
    Text(Arc<str>),
    Json(Arc<Doc>),
}

#[derive(Clone, PartialEq)]
enum Standing {
    Asked,
    Loading,
    /// How much of it is read, in percent.
    Reading(usize),
    Here(Loaded),
}

/// What is loaded, or can be.
#[derive(Clone, Copy)]
pub struct Whole {
    api: Api,
    path: StoredValue<String>,
    /// Whether it is to be read as JSON; what is none stays a text.
    is_json: bool,
    standing: RwSignal<Standing>,
    error: RwSignal<Option<ApiError>>,
}

impl Whole {
    pub fn new(api: Api, path: String, is_json: bool) -> Self {
        Self {
            api,
            path: StoredValue::new(path),
            is_json,
            standing: RwSignal::new(Standing::Asked),
            error: RwSignal::new(None),
        }
    }

    pub fn load(self) {
        self.error.set(None);
        self.standing.set(Standing::Loading);
        let path = self.path.get_value();
        leptos::task::spawn_local(async move {
            match self.api.load_text(&path).await {
                Ok(text) => self.read(text.into()).await,
                Err(error) => {
                    self.standing.try_set(Standing::Asked);
                    self.error.try_set(Some(error));
                }
            }
        });
    }

    async fn read(self, text: Arc<str>) {
        let mut found = Loaded::Text(Arc::clone(&text));
        if self.is_json {
            let length = text.len().max(1);
            let read = Doc::read_slowly(text, |at| {
                self.standing.try_set(Standing::Reading(at * 100 / length));
            });
            if let Ok(doc) = read.await {
                found = Loaded::Json(Arc::new(doc));
            }
        }
        self.standing.try_set(Standing::Here(found));
    }

    pub fn is_loading(self) -> bool {
        self.standing
            .with(|now| matches!(now, Standing::Loading | Standing::Reading(_)))
    }

    pub fn said(self) -> Option<String> {
        self.standing.with(|now| match now {
            Standing::Loading => Some("Loading…".to_owned()),
            Standing::Reading(percent) => Some(format!("Reading… {percent}%")),
            Standing::Asked | Standing::Here(_) => None,
        })
    }

    /// What came, by `show`; until then `waiting`. `what` is what is loaded, as people say it.
    pub fn view(
        self,
        what: &'static str,
        waiting: impl Fn() -> AnyView + Send + Sync + 'static,
        show: impl Fn(Loaded) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        let here = Memo::new(move |_| {
            self.standing.with(|now| match now {
                Standing::Here(found) => Some(found.clone()),
                Standing::Asked | Standing::Loading | Standing::Reading(_) => None,
            })
        });
        let body = move || match here.get() {
            Some(found) => show(found),
            None => waiting(),
        };
        view! {
            {body}
            <ErrorFace error=self.error what compact=true retry=move || self.load() />
        }
        .into_any()
    }
}
