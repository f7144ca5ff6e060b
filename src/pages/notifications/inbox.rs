//! The messages, newest first.

use crate::{
    api::{ActionKey, Api, Query, notifications},
    routes::{Page, Place, Section},
    state::{inbox::Inbox as State, pager::Pager, session},
    ui::{
        button::Button,
        card::Card,
        empty::Empty,
        fmt,
        icon::{Glyph, lucide},
        keyed::keyed,
        skeleton::Skeleton,
        status::{Look, StatusBadge, Tone},
        time::Time,
        toast::{Toast, Toasts},
    },
};
use leptos::prelude::*;
use model::notify::{Inbox, MarkRead, Notification};
use model::{NotificationKind, TokenId};
use std::sync::Arc;

#[component]
pub fn Messages(only_unread: bool) -> AnyView {
    let pager = Pager::new();
    let query = Query::<Inbox>::get(move || {
        Some(notifications::list_path(only_unread, &pager.cursor.get()))
    });
    if let Some(state) = State::get() {
        Effect::new(move |before: Option<u64>| {
            let changed = state.changed.get();
            if before.is_some_and(|before| before != changed) {
                query.reload();
            }
            changed
        });
    }
    let api = Api::get();
    let toasts = Toasts::get();
    let read = Callback::new(move |body: MarkRead| {
        leptos::task::spawn_local(async move {
            if let Err(error) = notifications::mark_read(api, &body, &ActionKey::fresh()).await
                && let Some(toasts) = toasts
            {
                toasts.push(Toast::failed(error.line()));
            }
            query.reload();
        });
    });
    let wait = || {
        view! { <Card title="Messages" flush=true><Skeleton lines=5 rows=true /></Card> }.into_any()
    };
    let build = move |page: Memo<Option<Arc<Inbox>>>| {
        let rows = Memo::new(move |_| {
            page.with(|page| {
                page.as_ref()
                    .map(|page| page.items.clone())
                    .unwrap_or_default()
            })
        });
        let none = Memo::new(move |_| rows.with(Vec::is_empty));
        let unread =
            Memo::new(move |_| page.with(|page| page.as_ref().map_or(0, |page| page.unread)));
        let aside = move || {
            let all = move || {
                read.run(MarkRead {
                    all: true,
                    ..MarkRead::default()
                })
            };
            let shown = move || {
                (unread.get() > 0).then(|| {
                    view! { <Button small=true icon=lucide::LuCheckCheck on_click=all>"Mark all as read"</Button> }
                })
            };
            shown.into_any()
        };
        let body = move || {
            if none.get() {
                return nothing(only_unread);
            }
            let list = keyed(
                rows.into(),
                |message| message.id.clone(),
                move |message| (move || one(message.get(), read)).into_any(),
            );
            view! { <Card title="Messages" aside flush=true><ul class="inbox">{list}</ul></Card> }
                .into_any()
        };
        let more =
            move || page.with(|page| page.as_ref().and_then(|page| page.next_cursor.clone()));
        view! {
            {body}
            {pager.buttons(more)}
        }
        .into_any()
    };
    query.live_view("the messages", wait, build)
}

fn nothing(only_unread: bool) -> AnyView {
    if only_unread {
        view! { <Empty icon=lucide::LuBell title="Nothing unread" text="What needs you appears here by itself." /> }.into_any()
    } else {
        view! { <Empty icon=lucide::LuBell title="No messages yet" text="What needs you appears here by itself." /> }.into_any()
    }
}

pub fn look(kind: NotificationKind) -> Look {
    let (glyph, tone) = match kind {
        NotificationKind::NeedsDecision => (Glyph::Waiting, Tone::Wait),
        NotificationKind::Blocked => (Glyph::Blocked, Tone::Block),
        NotificationKind::Failed => (Glyph::Failed, Tone::Fail),
        NotificationKind::Completed => (Glyph::Success, Tone::Ok),
        NotificationKind::CredentialExpiring => (Glyph::Expired, Tone::Wait),
        NotificationKind::ReportAnswered => (Glyph::Step, Tone::Run),
        NotificationKind::RunChanged => (Glyph::Retrying, Tone::Run),
    };
    Look {
        glyph,
        tone,
        word: kind.shown(),
    }
}

/// Where a message leads: the step of its newest run, or the runs of its workflow where there are several.
fn link(place: &Place, message: &Notification) -> Option<String> {
    let about = &message.about;
    if let Some(report) = &about.report {
        return Some(place.link(&Page::Report(report.clone())));
    }
    match (&about.run, &about.step, message.kind) {
        (Some(run), Some(step), NotificationKind::Failed) => {
            Some(place.run_step(run, step, "error"))
        }
        (Some(run), Some(step), _) => Some(place.run_step(run, step, "")),
        (Some(run), None, _) => Some(place.run(run)),
        (None, ..) => about.credential.as_ref().map(|id| {
            let token = id.starts_with(TokenId::PREFIX);
            place.link(&if token {
                Page::Settings(Section::Tokens)
            } else {
                Page::Health
            })
        }),
    }
}

fn one(message: Notification, read: Callback<MarkRead>) -> AnyView {
    let place = session::place();
    let unread = message.read_at.is_none();
    let id = message.id.clone();
    let mark = move || {
        read.run(MarkRead {
            ids: vec![id.clone()],
            all: false,
        });
    };
    let title = match link(&place, &message) {
        Some(href) => {
            view! { <a class="inbox__link" href=href>{message.title.clone()}</a> }.into_any()
        }
        None => view! { <span>{message.title.clone()}</span> }.into_any(),
    };
    let runs = message.runs.len() as u64;
    let others = (runs > 1).then(|| {
        let many = fmt::plural(runs, "run", "runs");
        let links = message
            .runs
            .iter()
            .take(5)
            .map(|run| {
                let href = place.run(run);
                view! { <a class="mono inbox__link" href=href>{fmt::short_id(run.as_str())}</a> }
            })
            .collect_view();
        view! { <p class="inbox__runs">{format!("{many}, newest: ")}{links}</p> }
    });
    let text = (!message.text.is_empty()).then(|| {
        view! { <p class="inbox__text">{message.text.clone()}</p> }
    });
    let name = format!("Mark as read: {}", message.title);
    let class = if unread {
        "inbox__one inbox__one--unread"
    } else {
        "inbox__one"
    };
    view! {
        <li class=class>
            <span class="inbox__kind"><StatusBadge look=look(message.kind) /></span>
            <div class="inbox__what">
                <p class="inbox__title">{title}</p>
                {text}
                {others}
            </div>
            <span class="inbox__when"><Time at=message.last_at /></span>
            <span class="inbox__act">
                {unread.then(|| view! { <Button small=true icon=lucide::LuCheck label=name on_click=mark /> })}
            </span>
        </li>
    }
    .into_any()
}
