//! Something loaded from the runtime: there yet, failed, or being loaded again. What was loaded once shows at once when its
//! page comes back, and is loaded again behind it.

use super::{
    error::ApiError,
    face::ErrorFace,
    transport::{self, Api},
};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use std::{any::Any, collections::VecDeque, marker::PhantomData, sync::Arc};

/// How many answers are kept for pages that come back.
const KEPT: usize = 48;

/// The answers of this tenant and project that pages may start from.
#[derive(Clone, Copy)]
pub struct Cache(StoredValue<VecDeque<(String, Kept)>>);

type Kept = Arc<dyn Any + Send + Sync>;

impl Cache {
    pub fn provide() {
        provide_context(Self(StoredValue::new(VecDeque::new())));
    }

    fn find(self, path: &str) -> Option<Kept> {
        self.0.try_with_value(|all| {
            all.iter()
                .find(|(own, _)| own == path)
                .map(|(_, kept)| kept.clone())
        })?
    }

    fn keep(self, path: String, kept: Kept) {
        self.0.try_update_value(|all| {
            all.retain(|(own, _)| *own != path);
            all.push_front((path, kept));
            all.truncate(KEPT);
        });
    }
}

/// What a query has so far. Data stays while it is loaded again, also when that fails.
#[derive(Clone)]
struct Loaded {
    data: Option<Kept>,
    error: Option<ApiError>,
    loading: bool,
}

/// An address of the API and what it answers; loaded again when the address changes.
pub struct Query<T: 'static> {
    raw: Raw,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Query<T> {}

/// A query of whatever type: loading is the same for all, and so it is in the program once.
#[derive(Clone, Copy)]
struct Raw {
    state: RwSignal<Loaded>,
    again: RwSignal<u64>,
}

type Path = Box<dyn Fn() -> Option<String> + Send + Sync>;
type Read = fn(&str, &str) -> Result<Kept, ApiError>;

fn read<T: DeserializeOwned + Send + Sync + 'static>(
    text: &str,
    path: &str,
) -> Result<Kept, ApiError> {
    let data: T = transport::read(text, "GET", path)?;
    Ok(Arc::new(data))
}

impl Raw {
    fn get(path: Path, read: Read) -> Self {
        let api = Api::get();
        let cache = use_context::<Cache>();
        let state = RwSignal::new(Loaded {
            data: None,
            error: None,
            loading: true,
        });
        let again = RwSignal::new(0);
        let path = Memo::new(move |_| path());
        let turn = StoredValue::new(0_u64);
        Effect::new(move |before: Option<Option<String>>| {
            again.track();
            let path = path.get();
            let Some(asked) = path.clone() else {
                state.set(Loaded {
                    data: None,
                    error: None,
                    loading: false,
                });
                return path;
            };
            let mine = turn.get_value() + 1;
            turn.set_value(mine);
            if before.flatten() == path {
                state.update(|state| state.loading = true);
            } else {
                let data = cache.and_then(|cache| cache.find(&asked));
                state.set(Loaded {
                    data,
                    error: None,
                    loading: true,
                });
            }
            leptos::task::spawn_local(async move {
                let answer = api.load_text(&asked).await;
                // An answer to an older question, or for a page that is gone.
                if turn.try_get_value() != Some(mine) {
                    return;
                }
                match answer.and_then(|text| read(&text, &asked)) {
                    Ok(data) => {
                        if let Some(cache) = cache {
                            cache.keep(asked, data.clone());
                        }
                        state.try_set(Loaded {
                            data: Some(data),
                            error: None,
                            loading: false,
                        });
                    }
                    Err(error) => {
                        state.try_update(|state| {
                            state.error = Some(error);
                            state.loading = false;
                        });
                    }
                }
            });
            path
        });
        Self { state, again }
    }

    fn reload(self) {
        if let Some(again) = self.again.try_get_untracked() {
            self.again.set(again + 1);
        }
    }

    fn error(self) -> Option<ApiError> {
        self.state.with(|state| state.error.clone())
    }

    fn set(self, data: Kept) {
        self.state.try_set(Loaded {
            data: Some(data),
            error: None,
            loading: false,
        });
    }
}

impl<T: DeserializeOwned + Send + Sync + 'static> Query<T> {
    /// Loads what stands at `path`; nothing while it is `None`.
    pub fn get(path: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        Self {
            raw: Raw::get(Box::new(path), read::<T>),
            of: PhantomData,
        }
    }
}

impl<T: Send + Sync + 'static> Query<T> {
    /// Loads it again; what is there stays meanwhile.
    pub fn reload(self) {
        self.raw.reload();
    }

    pub fn data(self) -> Option<Arc<T>> {
        let kept = self.raw.state.with(|state| state.data.clone())?;
        kept.downcast().ok()
    }

    /// The error of the last try.
    pub fn error(self) -> Option<ApiError> {
        self.raw.error()
    }

    /// Puts in what is known better: the answer of a change.
    pub fn set(self, data: T) {
        self.raw.set(Arc::new(data));
    }

    /// As [`view`](Self::view), built once when the first answer is there: what it shows reads the data, and keeps its
    /// elements while they change. An answer that says the same as the one before changes nothing.
    pub fn live_view(
        self,
        what: &'static str,
        wait: impl Fn() -> AnyView + Send + Sync + 'static,
        build: impl Fn(Memo<Option<Arc<T>>>) -> AnyView + Send + Sync + 'static,
    ) -> AnyView
    where
        T: PartialEq,
    {
        let data = Memo::new(move |_| self.data());
        let there = move || data.with(Option::is_some);
        let face = Memo::new(move |_| (there(), !there() && self.error().is_some()));
        let error = Signal::derive(move || self.error());
        let retry = Callback::new(move |()| self.reload());
        let body = move || match face.get() {
            (true, _) => {
                let built = untrack(|| build(data));
                view! {
                    <super::face::StaleLine error what retry />
                    {built}
                }
                .into_any()
            }
            (false, true) => view! { <ErrorFace error what retry /> }.into_any(),
            (false, false) => wait(),
        };
        body.into_any()
    }

    /// Shows what was loaded. `show` is called again when the data changes, so lists inside it have keys; `wait` keeps the
    /// place while the first answer is on its way. `what` is what is loaded, as people say it: "this run". An error shows its face, or a line above data that is still there.
    pub fn view(
        self,
        what: &'static str,
        wait: impl Fn() -> AnyView + Send + Sync + 'static,
        show: impl Fn(Arc<T>) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        #[derive(PartialEq, Clone, Copy)]
        enum Face {
            Wait,
            Error,
            Data,
        }
        let face = Memo::new(move |_| {
            self.raw
                .state
                .with(|state| match (&state.data, &state.error) {
                    (Some(_), _) => Face::Data,
                    (None, Some(_)) => Face::Error,
                    (None, None) => Face::Wait,
                })
        });
        let error = Signal::derive(move || self.error());
        let retry = Callback::new(move |()| self.reload());
        let (wait, show) = (StoredValue::new(wait), StoredValue::new(show));
        let body = move || match face.get() {
            Face::Wait => wait.with_value(|wait| wait()),
            Face::Error => view! { <ErrorFace error what retry /> }.into_any(),
            Face::Data => {
                let data = move || self.data().map(|data| show.with_value(|show| show(data)));
                view! {
                    <super::face::StaleLine error what retry />
                    {data}
                }
                .into_any()
            }
        };
        body.into_any()
    }
}
