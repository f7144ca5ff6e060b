//! "3 new": what came to a list waits here, so that the list does not move under anybody.

use super::{
    button::{Button, ButtonKind},
    fmt,
    icon::lucide,
};
use leptos::prelude::*;

/// Shown over the top of a list while `count` is not zero; stands in an element that is positioned.
#[component]
pub fn News(#[prop(into)] count: Signal<usize>, #[prop(into)] on_let_in: Callback<()>) -> AnyView {
    let some = Memo::new(move |_| count.get() > 0);
    view! {
        <Show when=move || some.get()>
            <span class="news">
                <Button small=true kind=ButtonKind::Primary icon=lucide::LuArrowUp on_click=move || on_let_in.run(())>
                    {move || format!("{} new", fmt::count(count.get() as u64))}
                </Button>
            </span>
        </Show>
    }
    .into_any()
}
