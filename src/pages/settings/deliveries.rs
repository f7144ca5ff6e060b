//! What left Signalbox, what came of each try, and *Redeliver*.

use crate::{
    api::{Api, ErrorFace, Query, channels::Log},
    moves::form::Sending,
    state::{follow::follow_deliveries, pager::Pager},
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
    },
};
use leptos::prelude::*;
use model::api::Page;
use model::notify::{Delivery, DeliveryState, DeliveryTry};
use std::sync::Arc;

/// The messages of a log, newest first, with every try.
#[component]
pub fn Deliveries(
    log: Log,
    #[prop(into)] title: String,
    /// The log is loaded again when this changes.
    #[prop(optional, into)]
    after: Signal<u64>,
) -> AnyView {
    let pager = Pager::new();
    let of = log.clone();
    let query =
        Query::<Page<Delivery>>::get(move || Some(pager.cursor.with(|cursor| of.page(cursor))));
    Effect::new(move |before: Option<u64>| {
        let now = after.get();
        if before.is_some_and(|before| before != now) {
            query.reload();
        }
        now
    });
    follow_deliveries(log.name(), move || query.reload());
    let held = title.clone();
    let wait = move || {
        view! { <Card title=held.clone() flush=true><Skeleton lines=4 rows=true /></Card> }
            .into_any()
    };
    let build = move |page: Memo<Option<Arc<Page<Delivery>>>>| {
        let all = Memo::new(move |_| {
            page.with(|page| {
                page.as_ref()
                    .map(|page| page.items.clone())
                    .unwrap_or_default()
            })
        });
        let none = Memo::new(move |_| all.with(Vec::is_empty));
        let log = log.clone();
        let body = move || {
            if none.get() {
                return view! {
                    <Empty icon=lucide::LuSend title="Nothing was sent yet" text="Every message appears here, with every try." />
                }
                .into_any();
            }
            let log = log.clone();
            let rows = keyed(
                all.into(),
                |one| one.id.clone(),
                move |one| row(one, log.clone(), query),
            );
            view! { <ul class="things">{rows}</ul> }.into_any()
        };
        let more =
            move || page.with(|page| page.as_ref().and_then(|page| page.next_cursor.clone()));
        view! {
            <Card title=title.clone() flush=true>{body}</Card>
            {pager.buttons(more)}
        }
        .into_any()
    };
    query.live_view("the deliveries", wait, build)
}

fn row(one: Memo<Delivery>, log: Log, query: Query<Page<Delivery>>) -> AnyView {
    let api = Api::get();
    let sending = Sending::new();
    // What goes where never changes; how it stands and its tries do.
    let Delivery {
        id,
        title,
        to,
        created_at,
        ..
    } = one.get_untracked();
    let label = format!("Redeliver “{title}”");
    let said_title = title.clone();
    let again = move || {
        let (log, id, title) = (log.clone(), id.clone(), said_title.clone());
        sending.send(
            |key| async move { log.redeliver(api, &id, &key).await },
            move |()| {
                sending.say(format!("“{title}” is on its way again."));
                query.reload();
            },
        );
    };
    let waiting = move || one.with(|one| one.state == DeliveryState::Waiting);
    let why = Signal::derive(move || {
        waiting().then(|| "It is on its way already: wait for the next try.".to_owned())
    });
    let next = move || {
        let due = one.with(|one| one.due_at.filter(|_| !one.tries.is_empty()));
        due.filter(|_| waiting())
            .map(|at| view! { " · next try "<Time at /> })
    };
    let last = move || {
        let last = one.with(|one| one.tries.last().map(said));
        last.map(|text| view! { <p class="thing__line">{text}</p> })
    };
    let look = Signal::derive(move || one.with(|one| look(one.state)));
    view! {
        <li class="thing thing--sent">
            <span class="thing__state"><StatusBadge look /></span>
            <div class="thing__text">
                <p class="thing__name">{title}</p>
                {last}
                <p class="thing__line dim">{format!("To {to} · ")}<Time at=created_at />{next}</p>
                <Tries one />
                <ErrorFace error=sending.rest() what="this delivery" compact=true />
            </div>
            <div class="thing__acts">
                <Button small=true icon=lucide::LuRotateCw busy=sending.busy disabled=why label on_click=again>"Redeliver"</Button>
            </div>
        </li>
    }
    .into_any()
}

/// Every try, folded where there are several.
#[component]
fn Tries(one: Memo<Delivery>) -> AnyView {
    let all = Memo::new(move |_| one.with(|one| one.tries.clone()));
    let several = Memo::new(move |_| all.with(|all| all.len() > 1));
    let line = |one: DeliveryTry| {
        view! {
            <li>
                <Time at=one.at />" · "{said(&one)}" · "<span class="dim">{fmt::duration(one.duration_ms)}</span>
            </li>
        }
    };
    let summary = move || fmt::plural(all.with(|all| all.len() as u64), "try", "tries");
    view! {
        <Show when=move || several.get()>
            <details class="thing__tries">
                <summary>{summary}</summary>
                <ol>{move || all.get().into_iter().map(line).collect_view()}</ol>
            </details>
        </Show>
    }
    .into_any()
}

/// "Answered 503 …": what came of a try, in the runtime's words.
fn said(one: &DeliveryTry) -> String {
    match one.status {
        Some(status) if !one.message.contains(&status.to_string()) => {
            format!("{status}: {}", one.message)
        }
        Some(_) | None => one.message.clone(),
    }
}

const fn look(state: DeliveryState) -> Look {
    let (glyph, tone) = match state {
        DeliveryState::Waiting => (Glyph::Waiting, Tone::Wait),
        DeliveryState::Delivered => (Glyph::Success, Tone::Ok),
        DeliveryState::Failed => (Glyph::Failed, Tone::Fail),
    };
    Look {
        glyph,
        tone,
        word: state.shown(),
    }
}
