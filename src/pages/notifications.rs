//! The inbox, and what fills it.

mod inbox;
mod preferences;
mod quiet;

use crate::{
    routes::param::{Address, Step, param},
    state::title::name_list,
    ui::{
        field::{Choice, Segmented},
        page_head::PageHead,
    },
};
use leptos::prelude::*;

const ALL: &str = "all";
const PREFERENCES: &str = "preferences";

#[component]
pub fn Notifications() -> AnyView {
    name_list("Notifications");
    let shown = param("show");
    let address = StoredValue::new(Address::get());
    let view = Memo::new(move |_| {
        shown.with(|shown| {
            if [ALL, PREFERENCES].contains(&shown.as_str()) {
                shown.clone()
            } else {
                "unread".to_owned()
            }
        })
    });
    let choices = vec![
        Choice::new("unread", "Unread"),
        Choice::new(ALL, "All"),
        Choice::new(PREFERENCES, "Preferences"),
    ];
    let on_change = move |to: String| {
        let show = (to != "unread").then_some(to);
        address.with_value(|address| {
            address.set(&[("show", show), ("cursor", None)], Step::Push);
        });
    };
    let body = move || match view.get().as_str() {
        PREFERENCES => view! { <preferences::PreferencesView /> }.into_any(),
        ALL => view! { <inbox::Messages only_unread=false /> }.into_any(),
        _ => view! { <inbox::Messages only_unread=true /> }.into_any(),
    };
    view! {
        <PageHead title="Notifications" text="What happened that needs you, or that you asked to be told of. Failures of one cause are one message with a count." />
        <div class="toolbar">
            <Segmented label="Show" value=view choices on_change />
        </div>
        {body}
    }
    .into_any()
}
