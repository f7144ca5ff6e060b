//! Where we are, the way elsewhere, and how current the page is.

use super::{link_state::LinkState, me::MeMenu, search::SearchButton, title};
use crate::{
    routes::{Page, Place},
    state::{
        attention::Attention,
        inbox::Inbox,
        prefs::{Prefs, Theme},
        session::{self, Session},
    },
    ui::{
        button::{Button, ButtonKind},
        icon::{Icon, lucide},
        menu::{MenuButton, MenuItem},
    },
};
use leptos::prelude::*;

#[component]
pub fn Header(
    page: Memo<Option<Page>>,
    drawer: RwSignal<bool>,
    palette: RwSignal<bool>,
    sheet: RwSignal<bool>,
) -> AnyView {
    view! {
        <header class="header">
            <span class="header__drawer">
                <Button kind=ButtonKind::Quiet icon=lucide::LuMenu label="Screens" on_click=move || drawer.set(true) />
            </span>
            <Crumbs page />
            <span class="header__space"></span>
            <Waiting />
            <LinkState />
            <Bell />
            <SearchButton palette />
            <ThemeMenu />
            <MeMenu sheet />
        </header>
    }
    .into_any()
}

/// Project, screen, thing.
#[component]
fn Crumbs(page: Memo<Option<Page>>) -> AnyView {
    let place = session::place();
    let thing = move || title().and_then(|state| state.0.with(|title| title.thing.clone()));
    let list = move || {
        page.get().map(|page| {
            let list = page.list();
            let href = place.link(&list);
            let name = list.shown();
            if thing().is_some() {
                view! { <li><a class="crumbs__link" href=href>{name}</a></li> }.into_any()
            } else {
                view! { <li class="crumbs__here" aria-current="page">{name}</li> }.into_any()
            }
        })
    };
    view! {
        <nav class="crumbs" aria-label="Where you are">
            <ol>
                <li><ProjectMenu /></li>
                {list}
                {move || thing().map(|thing| view! { <li class="crumbs__here" aria-current="page">{thing}</li> })}
            </ol>
        </nav>
    }
    .into_any()
}

/// The project with a menu of the others.
#[component]
fn ProjectMenu() -> AnyView {
    let place = session::place();
    let Some(session) = Session::get() else {
        return ().into_any();
    };
    let own = place.clone();
    let name = move || {
        session
            .at(&own)
            .map(|(_, project)| project.name)
            .unwrap_or_default()
    };
    let items = Signal::derive(move || {
        let Some(me) = session.me() else {
            return Vec::new();
        };
        let many = me.tenants.len() > 1;
        let mut items = Vec::new();
        for tenant in &me.tenants {
            for (at, project) in tenant.projects.iter().enumerate() {
                let other = Place {
                    tenant: tenant.id.clone(),
                    project: project.id.clone(),
                };
                let mut item =
                    MenuItem::link(project.name.clone(), other.link(&Page::CommandCenter))
                        .detail(if many {
                            format!("{} · {}", tenant.name, project.role.shown())
                        } else {
                            project.role.shown().to_owned()
                        })
                        .checked(other == place);
                if at == 0 && !items.is_empty() {
                    item = item.apart();
                }
                items.push(item);
            }
        }
        items
    });
    view! {
        <MenuButton label="Switch project" button_class="crumbs__project" items>
            <span class="clip">{name}</span>
            <Icon icon=lucide::LuChevronsUpDown />
        </MenuButton>
    }
    .into_any()
}

/// "2 pending · 1 draining": what goes on, in words, from everywhere.
#[component]
fn Waiting() -> AnyView {
    let place = session::place();
    let Some(attention) = Attention::get() else {
        return ().into_any();
    };
    let text = move || {
        let center = attention.center.data()?;
        let part = |count: u64, word: &str| {
            (count > 0).then(|| format!("{} {word}", crate::ui::fmt::count(count)))
        };
        let parts: Vec<String> = [
            part(center.needs_decision.count, "pending"),
            part(center.draining.count, "draining"),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    };
    let href = place.link(&Page::CommandCenter);
    let shown = move || {
        text().map(|text| {
            let tip = "Runs that wait for a decision, and runs that stop gracefully";
            view! { <a class="header__waiting" href=href.clone() data-tip=tip>{text}</a> }
        })
    };
    shown.into_any()
}

/// The inbox, with how many messages are unread.
#[component]
fn Bell() -> AnyView {
    let Some(inbox) = Inbox::get() else {
        return ().into_any();
    };
    let href = session::place().link(&Page::Notifications);
    let label = move || match inbox.unread.get() {
        0 => "Notifications".to_owned(),
        1 => "Notifications: 1 unread".to_owned(),
        many => format!("Notifications: {} unread", crate::ui::fmt::count(many)),
    };
    let count = move || {
        let unread = inbox.unread.get();
        (unread > 0).then(|| {
            let text = if unread > 99 {
                "99+".to_owned()
            } else {
                unread.to_string()
            };
            view! { <span class="bell__count" aria-hidden="true">{text}</span> }
        })
    };
    view! {
        <a class="bell" href=href aria-label=label data-tip=label>
            <Icon icon=lucide::LuBell />
            {count}
        </a>
    }
    .into_any()
}

#[component]
fn ThemeMenu() -> AnyView {
    let Some(prefs) = Prefs::get() else {
        return ().into_any();
    };
    let items = Signal::derive(move || {
        let now = prefs.theme();
        Theme::ALL
            .into_iter()
            .map(|theme| {
                let icon = match theme {
                    Theme::Light => lucide::LuSun,
                    Theme::Dark => lucide::LuMoon,
                    Theme::System => lucide::LuMonitor,
                };
                MenuItem::new(theme.shown(), move || prefs.set_theme(theme))
                    .icon(icon)
                    .checked(theme == now)
            })
            .collect()
    });
    view! {
        <span class="header__theme">
            <MenuButton kind=ButtonKind::Quiet label="Theme" icon=lucide::LuSunMoon items />
        </span>
    }
    .into_any()
}
