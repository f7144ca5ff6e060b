//! The screens, with how much waits on each.

use crate::{
    routes::{Page, Place, Section},
    state::{attention::Attention, inbox::Inbox, kept_query::KeptQuery, session},
    ui::{
        brand::Brand,
        icon::{Icon, IconRef, lucide},
        status::{Count, Tone},
    },
};
use leptos::prelude::*;

struct Entry {
    page: Page,
    icon: IconRef,
}

const WORK: [Entry; 4] = [
    Entry {
        page: Page::CommandCenter,
        icon: lucide::LuInbox,
    },
    Entry {
        page: Page::Runs,
        icon: lucide::LuListTree,
    },
    Entry {
        page: Page::Workflows,
        icon: lucide::LuWorkflow,
    },
    Entry {
        page: Page::Missions,
        icon: lucide::LuTarget,
    },
];
const ENVIRONMENT: [Entry; 4] = [
    Entry {
        page: Page::Health,
        icon: lucide::LuHeartPulse,
    },
    Entry {
        page: Page::Queues,
        icon: lucide::LuLayers,
    },
    Entry {
        page: Page::Waitpoints,
        icon: lucide::LuHourglass,
    },
    Entry {
        page: Page::Audit,
        icon: lucide::LuScrollText,
    },
];
const OWN: [Entry; 4] = [
    Entry {
        page: Page::Notifications,
        icon: lucide::LuBell,
    },
    Entry {
        page: Page::Reports,
        icon: lucide::LuFlag,
    },
    Entry {
        page: Page::Help,
        icon: lucide::LuBookOpen,
    },
    Entry {
        page: Page::Settings(Section::Me),
        icon: lucide::LuSettings,
    },
];

#[component]
pub fn Rail(page: Memo<Option<Page>>) -> AnyView {
    let home = session::place().link(&Page::CommandCenter);
    view! {
        <nav class="rail" aria-label="Screens">
            <a class="rail__brand" href=home>
                <Brand />
                "Signalbox"
            </a>
            {group(None, &WORK, page)}
            {group(Some("Environment"), &ENVIRONMENT, page)}
            {group(Some("You"), &OWN, page)}
        </nav>
    }
    .into_any()
}

fn group(
    name: Option<&'static str>,
    entries: &'static [Entry],
    page: Memo<Option<Page>>,
) -> AnyView {
    let place = session::place();
    view! {
        {name.map(|name| view! { <p class="rail__group">{name}</p> })}
        <ul class="rail__list">
            {entries
                .iter()
                .map(|entry| {
                    let own = entry.page.clone();
                    let link = href(&place, &entry.page);
                    let current = move || page.with(|page| page.as_ref().is_some_and(|page| page.list() == own)).then_some("page");
                    view! {
                        <li>
                            <a class="rail__link" href=move || link.get() aria-current=current>
                                <Icon icon=entry.icon />
                                <span class="rail__name">{entry.page.shown()}</span>
                                {counts(&entry.page)}
                            </a>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

/// A list is come back to as it was left: with its filters.
fn href(place: &Place, page: &Page) -> Signal<String> {
    let base = place.link(page);
    let kept = KeptQuery::get().filter(|_| *page == Page::Runs);
    Signal::derive(move || match kept.map(KeptQuery::query) {
        Some(query) if !query.is_empty() => format!("{base}?{query}"),
        Some(_) | None => base.clone(),
    })
}

/// What waits on a screen: decisions, blocked runs, failures.
fn counts(page: &Page) -> AnyView {
    if *page == Page::Notifications {
        let Some(inbox) = Inbox::get() else {
            return ().into_any();
        };
        return view! { <span class="rail__counts"><Count value=inbox.unread tone=Tone::Run of="unread" /></span> }.into_any();
    }
    let Some(attention) = Attention::get() else {
        return ().into_any();
    };
    match page {
        Page::CommandCenter => {
            let decide = Signal::derive(move || {
                attention
                    .center
                    .data()
                    .map_or(0, |center| center.needs_decision.count)
            });
            let failed = Signal::derive(move || {
                attention
                    .center
                    .data()
                    .map_or(0, |center| center.failed.count)
            });
            view! {
                <span class="rail__counts">
                    <Count value=decide tone=Tone::Wait of="need a decision" />
                    <Count value=failed tone=Tone::Fail of="failed" />
                </span>
            }
            .into_any()
        }
        Page::Health => {
            let blocked = Signal::derive(move || {
                attention
                    .center
                    .data()
                    .map_or(0, |center| center.blocked.count)
            });
            view! { <span class="rail__counts"><Count value=blocked tone=Tone::Block of="blocked" /></span> }.into_any()
        }
        _ => ().into_any(),
    }
}
