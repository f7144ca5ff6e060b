//! Lists that are read page by page: where one is stands in the address.

use crate::{
    routes::param::{Address, Step, param},
    ui::button::Button,
};
use leptos::prelude::*;

const CURSOR: &str = "cursor";

/// Which page of a list the address names.
#[derive(Clone, Copy)]
pub struct Pager {
    /// The API's own cursor; empty for the newest page.
    pub cursor: Memo<String>,
    address: StoredValue<Address>,
}

impl Pager {
    pub fn new() -> Self {
        Self {
            cursor: param(CURSOR),
            address: StoredValue::new(Address::get()),
        }
    }

    fn go(self, to: Option<String>) {
        self.address
            .with_value(|address| address.set(&[(CURSOR, to)], Step::Push));
    }

    /// The way to the pages beside this one; `next` is the cursor of the one behind it.
    pub fn buttons(
        self,
        next: impl Fn() -> Option<String> + Copy + Send + Sync + 'static,
    ) -> AnyView {
        let later = Memo::new(move |_| self.cursor.with(|cursor| !cursor.is_empty()));
        let newest = move || {
            later
                .get()
                .then(|| view! { <Button on_click=move || self.go(None)>"Newest"</Button> })
        };
        let older = move || {
            let next = next()?;
            Some(view! { <Button on_click=move || self.go(Some(next.clone()))>"Older"</Button> })
        };
        view! { <div class="pages">{newest}{older}</div> }.into_any()
    }
}
