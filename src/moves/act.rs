//! A button that asks the runtime for one thing and tells what came of it.

use crate::{
    api::ApiError,
    ui::toast::{Toast, Toasts},
};
use leptos::prelude::*;

/// Runs `work`; `busy` is true meanwhile. What is refused is told in a toast, and `after` is called in any case.
pub fn act<T: 'static>(
    busy: RwSignal<bool>,
    work: impl Future<Output = Result<T, ApiError>> + 'static,
    after: impl FnOnce(Option<T>) + 'static,
) {
    let toasts = Toasts::get();
    busy.set(true);
    leptos::task::spawn_local(async move {
        let answer = work.await;
        busy.try_set(false);
        match answer {
            Ok(done) => after(Some(done)),
            Err(error) => {
                if let Some(toasts) = toasts {
                    toasts.push(Toast::failed(error.line()));
                }
                after(None);
            }
        }
    });
}
