//! Tabs. Which one is open belongs to the caller (the address, as a rule), so a reload and a pasted link show the same.

use super::dom;
use leptos::{html, prelude::*};
use web_sys::KeyboardEvent;

/// A tab: its key in the address, its name and, where it says something, how much is inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TabItem {
    pub key: &'static str,
    pub label: &'static str,
    pub count: Option<u64>,
}

impl TabItem {
    pub const fn new(key: &'static str, label: &'static str) -> Self {
        Self {
            key,
            label,
            count: None,
        }
    }
    pub const fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }
}

/// A row of tabs; its panel is a [`TabPanel`] with the same `group`. Arrow keys, Home and End move and choose.
#[component]
pub fn Tabs(
    /// Ties tabs and panel together; unique on the page.
    group: &'static str,
    /// What the tabs choose between.
    #[prop(into)]
    label: String,
    #[prop(into)] tabs: Signal<Vec<TabItem>>,
    #[prop(into)] selected: Signal<String>,
    #[prop(into)] on_select: Callback<String>,
) -> AnyView {
    let row = NodeRef::<html::Div>::new();
    let on_keydown = move |event: KeyboardEvent| {
        let Some(row) = row.get_untracked() else {
            return;
        };
        let all = dom::all(&row, "[role=tab]");
        let Some(at) = document()
            .active_element()
            .and_then(|now| all.iter().position(|tab| tab.is_same_node(Some(&now))))
        else {
            return;
        };
        let to = match event.key().as_str() {
            "ArrowRight" => (at + 1) % all.len(),
            "ArrowLeft" => (at + all.len() - 1) % all.len(),
            "Home" => 0,
            "End" => all.len() - 1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let _ = all[to].focus();
        all[to].click();
    };
    let one = move |key: &'static str| {
        let item =
            Memo::new(move |_| tabs.with(|tabs| tabs.iter().find(|tab| tab.key == key).cloned()));
        let chosen = Memo::new(move |_| selected.with(|selected| selected == key));
        view! {
            <button
                type="button"
                role="tab"
                class="tabs__tab"
                id=format!("{group}-tab-{key}")
                aria-selected=move || if chosen.get() { "true" } else { "false" }
                aria-controls=move || chosen.get().then(|| format!("{group}-panel"))
                tabindex=move || if chosen.get() { "0" } else { "-1" }
                on:click=move |_| on_select.run(key.to_owned())
            >
                {move || item.get().map(|item| item.label)}
                {move || {
                    item.get()
                        .and_then(|item| item.count)
                        .map(|count| view! { <span class="tabs__count">{super::fmt::count(count)}</span> })
                }}
            </button>
        }
    };
    view! {
        <div node_ref=row class="tabs" role="tablist" aria-label=label on:keydown=on_keydown>
            <For
                each=move || tabs.with(|tabs| tabs.iter().map(|tab| tab.key).collect::<Vec<_>>())
                key=|key| *key
                children=one
            />
        </div>
    }
    .into_any()
}

/// What the chosen tab of the same `group` shows.
#[component]
pub fn TabPanel(
    group: &'static str,
    #[prop(into)] selected: Signal<String>,
    children: Children,
) -> AnyView {
    view! {
        <div
            class="tabs__panel"
            role="tabpanel"
            id=format!("{group}-panel")
            aria-labelledby=move || format!("{group}-tab-{}", selected.get())
        >
            {children()}
        </div>
    }
    .into_any()
}
