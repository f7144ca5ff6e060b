//! Views: filters with a name, kept in this browser for each project.

use crate::{
    routes::{Page, Place},
    state::{session, storage},
    ui::{
        button::{Button, ButtonKind},
        dialog::Dialog,
        field::TextField,
        icon::{Icon, lucide},
        menu::{MenuButton, MenuItem},
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Saved {
    name: String,
    /// As in the address, without its question mark.
    query: String,
}

/// Views that everyone has.
const GIVEN: [(&str, &str); 4] = [
    ("All runs", ""),
    ("Unresolved", "unresolved=true"),
    ("Failed in 24 h", "status=failed%2Cinterrupted&time=24h"),
    ("At work", "status=starting%2Crunning%2Cdraining"),
];

fn key(place: &Place) -> String {
    format!("signalbox.views.{}.{}", place.tenant, place.project)
}

#[component]
pub fn Views() -> AnyView {
    let place = session::place();
    let name = key(&place);
    let kept = storage::read(&name)
        .and_then(|text| serde_json::from_str::<Vec<Saved>>(&text).ok())
        .unwrap_or_default();
    let views = RwSignal::new(kept);
    Effect::new(move |before: Option<()>| {
        let text = views.with(|views| serde_json::to_string(views).unwrap_or_default());
        if before.is_some() {
            storage::write(&name, Some(&text));
        }
    });
    let search = use_location().search;
    let base = place.link(&Page::Runs);
    let saving = RwSignal::new(false);
    let href = move |query: &str| {
        if query.is_empty() {
            base.clone()
        } else {
            format!("{base}?{query}")
        }
    };
    let items = Signal::derive(move || {
        let now = search.get();
        let mut items: Vec<MenuItem> = GIVEN
            .iter()
            .map(|(name, query)| MenuItem::link(*name, href(query)).checked(now == *query))
            .collect();
        let own = views.get();
        for (at, view) in own.iter().enumerate() {
            let mut item =
                MenuItem::link(view.name.clone(), href(&view.query)).checked(now == view.query);
            if at == 0 {
                item = item.apart();
            }
            items.push(item);
        }
        items.push(
            MenuItem::new("Save this view…", move || saving.set(true))
                .icon(lucide::LuBookmarkPlus)
                .disabled(now.is_empty().then(|| "Choose a filter first.".to_owned()))
                .apart(),
        );
        if let Some(view) = own.into_iter().find(|view| view.query == now) {
            let name = view.name.clone();
            items.push(
                MenuItem::new(format!("Remove “{name}”"), move || {
                    views.update(|views| views.retain(|own| *own != view));
                })
                .icon(lucide::LuTrash2),
            );
        }
        items
    });
    view! {
        <span class="runs__views">
            <MenuButton kind=ButtonKind::Quiet label="Views" items>
                <Icon icon=lucide::LuBookmark />
                "Views"
            </MenuButton>
        </span>
        <Dialog open=saving title="Save this view">
            <SaveForm views open=saving />
        </Dialog>
    }
    .into_any()
}

#[component]
fn SaveForm(views: RwSignal<Vec<Saved>>, open: RwSignal<bool>) -> AnyView {
    let search = use_location().search;
    let name = RwSignal::new(String::new());
    let missing = Signal::derive(move || {
        name.with(|name| name.trim().is_empty())
            .then(|| "Give it a name.".to_owned())
    });
    let save = move || {
        let view = Saved {
            name: name.with_untracked(|name| name.trim().to_owned()),
            query: search.get_untracked(),
        };
        views.update(|views| {
            views.retain(|own| own.name != view.name);
            views.push(view);
        });
        open.set(false);
    };
    view! {
        <form
            class="move"
            on:submit=move |event| {
                event.prevent_default();
                if missing.get_untracked().is_none() {
                    save();
                }
            }
        >
            <TextField label="Name" value=name hint="Kept in this browser, for this project." />
            <div class="move__buttons">
                <Button on_click=move || open.set(false)>"Not now"</Button>
                <Button kind=ButtonKind::Primary submit=true disabled=missing>"Save"</Button>
            </div>
        </form>
    }
    .into_any()
}
