//! Views: filters of a list with a name, kept in this browser for each project.

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

/// A view that everyone has: its name, and the query as in the address.
pub type Given = (&'static str, &'static str);

/// Runs had views before other lists did.
fn key(place: &Place, page: &Page) -> String {
    let list = match page {
        Page::Runs => "views".to_owned(),
        other => format!("views-{}", other.shown().to_lowercase()),
    };
    format!("signalbox.{list}.{}.{}", place.tenant, place.project)
}

#[component]
pub fn Views(
    /// The list they are views of.
    page: Page,
    given: &'static [Given],
) -> AnyView {
    let place = session::place();
    let name = key(&place, &page);
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
    let base = place.link(&page);
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
        let mut items: Vec<MenuItem> = given
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
        <span class="views">
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
