//! Queues: how many wait, how many work, and why nothing moves.

mod verdict;

use crate::{
    api::{ActionKey, Api, ApiError, Query, queues},
    routes::{Page as Screen, with_query},
    state::{follow::follow_runs, session, title::name_list},
    ui::{
        button::{Button, ButtonKind},
        card::Card,
        dialog::{Dialog, open_while},
        empty::Empty,
        fmt,
        icon::lucide,
        keyed::keyed,
        page_head::PageHead,
        skeleton::Skeleton,
        status::StatusBadge,
        table::{Column, Table},
        time::Time,
        toast::{Toast, Toasts},
    },
};
use leptos::prelude::*;
use model::api::{Page, QueueRow};
use model::{Role, Scope};
use std::sync::Arc;
use verdict::verdict;

const COLUMNS: &[Column] = &[
    Column::text("Queue"),
    Column::text("How it stands"),
    Column::number("Waiting"),
    Column::number("Delayed"),
    Column::number("In use"),
    Column::text("Last left"),
    Column::quiet("Pause or resume"),
];

#[component]
pub fn Queues() -> AnyView {
    name_list("Queues");
    let query = Query::<Page<QueueRow>>::get(|| Some(queues::LIST.to_owned()));
    follow_runs(move || query.reload());
    let pausing = RwSignal::new(None::<QueueRow>);
    let wait = || {
        view! { <Card title="Queues" flush=true><Skeleton lines=3 rows=true /></Card> }.into_any()
    };
    let build = move |page: Memo<Option<Arc<Page<QueueRow>>>>| {
        let rows = Memo::new(move |_| {
            page.with(|page| {
                page.as_ref()
                    .map(|page| page.items.clone())
                    .unwrap_or_default()
            })
        });
        let none = Memo::new(move |_| rows.with(Vec::is_empty));
        let body = move || {
            if none.get() {
                return view! {
                    <Empty
                        icon=lucide::LuLayers
                        title="No queue yet"
                        text="A queue appears with the first run that is put into it."
                    />
                }
                .into_any();
            }
            let rows = keyed(
                rows.into(),
                |row| row.name.clone(),
                move |row| one(row, query, pausing),
            );
            view! { <Card title="Queues" flush=true><Table label="Queues" columns=COLUMNS>{rows}</Table></Card> }.into_any()
        };
        body.into_any()
    };
    view! {
        <PageHead title="Queues" text="Runs wait in the queue their workflow names. A queue lets out as many at a time as its limit allows." />
        {query.live_view("the queues", wait, build)}
        <PauseDialog pausing query />
    }
    .into_any()
}

fn one(
    row: Memo<QueueRow>,
    query: Query<Page<QueueRow>>,
    pausing: RwSignal<Option<QueueRow>>,
) -> AnyView {
    let place = session::place();
    let name = row.with_untracked(|row| row.name.clone());
    let runs = with_query(&place.link(&Screen::Runs), &[("queue", &name)]);
    let denied = session::denied(Role::ProjectAdmin, Scope::QueueManage);
    let busy = RwSignal::new(false);
    let api = Api::get();
    let toasts = Toasts::get();
    let paused = Memo::new(move |_| row.with(|row| row.paused_by.is_some()));
    let resume = move || {
        busy.set(true);
        let name = row.with_untracked(|row| row.name.clone());
        leptos::task::spawn_local(async move {
            let answer = queues::pause(api, &name, false, &ActionKey::fresh()).await;
            busy.try_set(false);
            let toast = match answer {
                Ok(_) => Toast::done(format!("Resumed the queue {name}.")),
                Err(error) => Toast::failed(error.line()),
            };
            if let Some(toasts) = toasts {
                toasts.push(toast);
            }
            query.reload();
        });
    };
    // One button for both, so that it keeps the focus when the queue turns.
    let turn = move || {
        if paused.get_untracked() {
            resume();
        } else {
            pausing.set(Some(row.get_untracked()));
        }
    };
    let words = move || if paused.get() { "Resume" } else { "Pause" };
    let label = Signal::derive({
        let name = name.clone();
        move || Some(format!("{} the queue {name}", words()))
    });
    let look = Signal::derive(move || row.with(verdict).0);
    let verdict_words = Signal::derive(move || Some(row.with(verdict).1));
    let number = move |read: fn(&QueueRow) -> u64| move || fmt::count(row.with(read));
    view! {
        <tr>
            <td><a class="row-link" href=runs>{name}</a></td>
            <td>
                <span class="queue-row__stands"><StatusBadge look word=verdict_words />
                {move || row.with(|row| row.paused_at).map(|at| view! { <span class="dim">" "<Time at /></span> })}</span>
            </td>
            <td class="num">{number(|row| row.depth)}</td>
            <td class="num">{number(|row| row.delayed)}</td>
            <td class="num">{number(|row| row.in_use.into())}" of "{number(|row| row.limit.into())}</td>
            <td>
                {move || match row.with(|row| row.last_dequeue_at) {
                    None => view! { <span class="dim">"not since the start"</span> }.into_any(),
                    Some(at) => view! { <Time at /> }.into_any(),
                }}
            </td>
            <td class="num">
                <Button small=true busy disabled=denied label on_click=turn>{words}</Button>
            </td>
        </tr>
    }
    .into_any()
}

/// Pausing holds other people's work: it says what it does first.
#[component]
fn PauseDialog(pausing: RwSignal<Option<QueueRow>>, query: Query<Page<QueueRow>>) -> AnyView {
    let open = open_while(pausing);
    let api = Api::get();
    let toasts = Toasts::get();
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let name =
        move || pausing.with(|row| row.as_ref().map(|row| row.name.clone()).unwrap_or_default());
    let pause = move || {
        let name = untrack(name);
        busy.set(true);
        error.set(None);
        leptos::task::spawn_local(async move {
            let answer = queues::pause(api, &name, true, &ActionKey::fresh()).await;
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    open.try_set(false);
                    if let Some(toasts) = toasts {
                        toasts.push(Toast::done(format!("Paused the queue {name}.")));
                    }
                    query.reload();
                }
                Err(refused) => drop(error.try_set(Some(refused))),
            }
        });
    };
    let footer = move || {
        view! {
            <Button on_click=move || open.set(false)>"Not now"</Button>
            <Button kind=ButtonKind::Primary busy on_click=pause>"Pause the queue"</Button>
        }
        .into_any()
    };
    let text = move || {
        pausing.get().map(|row| {
            view! {
                <p>
                    {format!(
                        "Nothing leaves the queue until somebody resumes it: {} now. {} already at work and {} on.",
                        match row.depth {
                            0 => "no run waits".to_owned(),
                            1 => "1 run waits".to_owned(),
                            n => format!("{} runs wait", fmt::count(n)),
                        },
                        fmt::plural(row.in_use.into(), "run is", "runs are"),
                        if row.in_use == 1 { "goes" } else { "go" },
                    )}
                </p>
            }
        })
    };
    view! {
        <Dialog open title=Signal::derive(move || format!("Pause the queue {}?", name())) footer>
            {text}
            <crate::api::ErrorFace error what="this queue" compact=true />
        </Dialog>
    }
    .into_any()
}
