//! The filters of the list of runs, for coming back to it from another screen.

use crate::routes::Page;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The query of the last visit, from context.
#[derive(Clone, Copy)]
pub struct KeptQuery(RwSignal<String>);

impl KeptQuery {
    /// Remembers the query of the list while it is the page, for as long as the shell stands.
    pub fn provide(page: Memo<Option<Page>>) -> Self {
        let kept = Self(RwSignal::new(String::new()));
        provide_context(kept);
        let search = use_location().search;
        Effect::new(move || {
            if page.with(|page| *page == Some(Page::Runs)) {
                kept.0.set(search.get());
            }
        });
        kept
    }

    pub fn get() -> Option<Self> {
        use_context()
    }

    pub fn query(self) -> String {
        self.0.get()
    }
}
