//! The palette: everything the page can do, every screen, and runs by title or id.

mod found;

use crate::{
    api::{Api, runs},
    state::{keys::Commands, session},
    ui::{
        dialog::{Dialog, DialogKind},
        dom::{into_sight, unique_id},
        icon::{Icon, lucide},
        kbd::Kbd,
        status::RunBadge,
    },
};
use found::{Does, Found, matching};
use leptos::{ev, html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::api::{RunFilter, RunRow};
use std::time::Duration;

/// A pause in typing this long asks the runtime.
const REST: Duration = Duration::from_millis(120);

#[component]
pub fn Palette(open: RwSignal<bool>) -> AnyView {
    view! {
        <Dialog open title="Search or go to" kind=DialogKind::Palette>
            <Inside open />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Inside(open: RwSignal<bool>) -> AnyView {
    let Some(commands) = Commands::get() else {
        return ().into_any();
    };
    let place = session::place();
    let navigate = use_navigate();
    let text = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let rows = found_runs(text);
    let list_id = unique_id("palette");
    let input = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });

    let entries = Memo::new(move |_| {
        let words = text.get();
        let mut entries = matching(&commands.all(), &words);
        entries.extend(rows.with(|rows| {
            rows.iter()
                .map(|row| Found::run(row, place.run(&row.id)))
                .collect::<Vec<_>>()
        }));
        entries
    });
    // The choice stays inside the list as it shrinks.
    let chosen = Memo::new(move |_| at.get().min(entries.with(Vec::len).saturating_sub(1)));
    let pick = Callback::new({
        let navigate = send_wrapper::SendWrapper::new(navigate);
        move |index: usize| {
            let Some(entry) = entries.with_untracked(|entries| entries.get(index).cloned()) else {
                return;
            };
            if entry.disabled.is_some() {
                return;
            }
            open.set(false);
            match entry.does {
                Does::Act(act) => act(),
                Does::Go(href) => navigate(&href, NavigateOptions::default()),
            }
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        let last = entries.with_untracked(Vec::len).saturating_sub(1);
        let now = chosen.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => at.set(if now == last { 0 } else { now + 1 }),
            "ArrowUp" => at.set(if now == 0 { last } else { now - 1 }),
            "Home" if event.ctrl_key() => at.set(0),
            "End" if event.ctrl_key() => at.set(last),
            "Enter" => pick.run(now),
            _ => return,
        }
        event.prevent_default();
    };
    let option_id = {
        let list_id = list_id.clone();
        move |index: usize| format!("{list_id}-{index}")
    };
    let active = option_id.clone();
    let list = move || {
        let mut group = "";
        entries
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, entry)| {
                let head = (entry.group != group).then(|| {
                    group = entry.group;
                    view! { <li class="palette__group" role="presentation">{entry.group}</li> }
                });
                let id = option_id(index);
                view! {
                    {head}
                    <Entry entry id index chosen on_pick=pick on_point=move |index| at.set(index) />
                }
            })
            .collect_view()
    };
    view! {
        <div class="palette">
            <div class="palette__box">
                <Icon icon=lucide::LuSearch large=true />
                <input
                    node_ref=input
                    class="palette__input"
                    type="text"
                    role="combobox"
                    aria-expanded="true"
                    aria-controls=list_id.clone()
                    aria-autocomplete="list"
                    aria-label="Search or go to"
                    aria-activedescendant=move || active(chosen.get())
                    placeholder="Search runs, go to a screen, make a move…"
                    autocomplete="off"
                    spellcheck="false"
                    on:keydown=on_key
                    on:input=move |event| {
                        at.set(0);
                        text.set(event_target_value(&event));
                    }
                    prop:value=move || text.get()
                />
            </div>
            <ul class="palette__list" id=list_id role="listbox" aria-label="Results">{list}</ul>
            <Show when=move || entries.with(Vec::is_empty)>
                <p class="palette__none">"Nothing fits. A run is found by its title, what it is about, its workflow or its id."</p>
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn Entry(
    entry: Found,
    id: String,
    index: usize,
    chosen: Memo<usize>,
    #[prop(into)] on_pick: Callback<usize>,
    #[prop(into)] on_point: Callback<usize>,
) -> AnyView {
    let node = NodeRef::<html::Li>::new();
    let is = Memo::new(move |_| chosen.get() == index);
    Effect::new(move || {
        if let (true, Some(node)) = (is.get(), node.get()) {
            into_sight(&node);
        }
    });
    view! {
        <li
            node_ref=node
            class="palette__entry"
            id=id
            role="option"
            aria-selected=move || if is.get() { "true" } else { "false" }
            aria-disabled=entry.disabled.is_some().then_some("true")
            on:click=move |_| on_pick.run(index)
            on:pointermove=move |_| if !is.get_untracked() { on_point.run(index) }
        >
            {entry.status.map(|status| view! { <RunBadge status /> })}
            <span class="palette__label clip">{entry.label}</span>
            {entry.detail.map(|detail| view! { <span class="palette__detail clip">{detail}</span> })}
            {entry.disabled.clone().map(|why| view! { <span class="palette__detail clip">{why}</span> })}
            {entry.keys.map(|keys| view! { <Kbd keys /> })}
        </li>
    }
    .into_any()
}

/// The newest runs that fit the text; none while there is none.
fn found_runs(text: RwSignal<String>) -> RwSignal<Vec<RunRow>> {
    let api = Api::get();
    let rows = RwSignal::new(Vec::new());
    let resting = StoredValue::new_local(None::<TimeoutHandle>);
    Effect::new(move || {
        let words = text.get().trim().to_owned();
        if let Some(handle) = resting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        if words.is_empty() {
            rows.set(Vec::new());
            return;
        }
        let ask = move || {
            leptos::task::spawn_local(async move {
                let filter = RunFilter {
                    q: Some(words.clone()),
                    ..RunFilter::default()
                };
                // A palette without runs still has its commands: an error shows on the screens themselves.
                if let Ok(page) = runs::newest(api, &filter, 8).await
                    && text
                        .try_get_untracked()
                        .is_some_and(|now| now.trim() == words)
                {
                    rows.set(page.items);
                }
            });
        };
        resting.set_value(set_timeout_with_handle(ask, REST).ok());
    });
    rows
}
