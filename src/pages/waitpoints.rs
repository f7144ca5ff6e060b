//! Waitpoints: what runs wait for from outside, and a way to complete it by hand.

use crate::{
    api::{Query, waitpoints},
    moves::waitpoint::{OpenWaitpoint, WaitpointForm},
    routes::param::{Address, Step, param},
    state::{follow::follow_runs, pager::Pager, session, title::name_list},
    ui::{
        button::Button,
        card::Card,
        copy::CopyId,
        dialog::{Dialog, DialogKind, open_while},
        empty::Empty,
        field::{Choice, Segmented},
        fmt,
        icon::{Glyph, lucide},
        keyed::keyed,
        page_head::PageHead,
        skeleton::Skeleton,
        status::{Look, StatusBadge, Tone},
        table::{Column, Table},
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::{Page, WaitpointToken};
use std::sync::Arc;

const COLUMNS: &[Column] = &[
    Column::text("State"),
    Column::text("Waits for"),
    Column::text("Run"),
    Column::text("Since"),
    Column::text("Until"),
    Column::text("Token"),
    Column::quiet("Complete"),
];

const OPEN: &str = "open";
const ALL: &str = "all";

#[component]
pub fn Waitpoints() -> AnyView {
    name_list("Waitpoints");
    let (state, pager) = (param("state"), Pager::new());
    let address = StoredValue::new(Address::get());
    let set = move |changes: &[(&str, Option<String>)]| {
        address.with_value(|address| address.set(changes, Step::Push));
    };
    let shown = Memo::new(move |_| {
        state.with(|state| {
            if state.is_empty() {
                OPEN.to_owned()
            } else {
                state.clone()
            }
        })
    });
    let query = Query::<Page<WaitpointToken>>::get(move || {
        let state = shown.get();
        let state = if state == ALL { "" } else { &state };
        Some(waitpoints::list_path(state, &pager.cursor.get()))
    });
    follow_runs(move || query.reload());
    let chosen = RwSignal::new(None::<WaitpointToken>);
    let filter = vec![
        Choice::new(OPEN, "Open"),
        Choice::new("completed", "Completed"),
        Choice::new("timed_out", "Timed out"),
        Choice::new("cancelled", "Cancelled"),
        Choice::new(ALL, "All"),
    ];
    let on_filter = move |to: String| {
        let state = (to != OPEN).then_some(to);
        set(&[("state", state), ("cursor", None)]);
    };
    let wait = || {
        view! { <Card title="Waitpoints" flush=true><Skeleton lines=4 rows=true /></Card> }
            .into_any()
    };
    let build = move |page: Memo<Option<Arc<Page<WaitpointToken>>>>| {
        let rows = Memo::new(move |_| {
            page.with(|page| {
                page.as_ref()
                    .map(|page| page.items.clone())
                    .unwrap_or_default()
            })
        });
        let none = Memo::new(move |_| rows.with(Vec::is_empty));
        let count = move || {
            let words = move || {
                page.with(|page| {
                    page.as_ref()
                        .map(|page| fmt::count_or_more(page.count, page.count_is_exact))
                })
            };
            words.into_any()
        };
        let body = move || {
            if none.get() {
                return nothing(&shown.get());
            }
            let rows = keyed(
                rows.into(),
                |token| token.token.clone(),
                move |token| (move || one(token.get(), chosen)).into_any(),
            );
            view! {
                <Card title="Waitpoints" aside=count flush=true>
                    <Table label="Waitpoints" columns=COLUMNS>{rows}</Table>
                </Card>
            }
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
    view! {
        <PageHead title="Waitpoints" text="Runs wait here for another program. It completes the token with a call; a person can do the same by hand." />
        <div class="toolbar">
            <Segmented label="State" value=shown choices=filter on_change=on_filter />
        </div>
        {query.live_view("the waitpoints", wait, build)}
        <CompleteDialog chosen query />
    }
    .into_any()
}

fn nothing(state: &str) -> AnyView {
    match state {
        OPEN => view! {
            <Empty
                icon=lucide::LuHourglass
                title="Nothing waits for the outside"
                text="An open token appears here when a run reaches a waitpoint step."
            />
        }
        .into_any(),
        _ => view! { <Empty icon=lucide::LuHourglass title="No such waitpoint" text="Choose another state above." /> }.into_any(),
    }
}

fn look(state: &str) -> (Look, &'static str) {
    let (glyph, tone, word) = match state {
        OPEN => (Glyph::Waiting, Tone::Wait, "Open"),
        "completed" => (Glyph::Success, Tone::Ok, "Completed"),
        "timed_out" => (Glyph::Expired, Tone::Fail, "Timed out"),
        _ => (Glyph::Cancelled, Tone::Idle, "Cancelled"),
    };
    (Look { glyph, tone, word }, word)
}

fn one(token: WaitpointToken, chosen: RwSignal<Option<WaitpointToken>>) -> AnyView {
    let place = session::place();
    let (look, word) = look(&token.state);
    let href = place.run_step(&token.run, &token.step, "");
    let open = token.state == OPEN;
    let until = match (token.closed_at, token.expires_at) {
        (Some(closed), _) => view! { <Time at=closed /> }.into_any(),
        (None, Some(expires)) => {
            view! { <span class="waitpoint-row__until">"expires "<Time at=expires /></span> }
                .into_any()
        }
        (None, None) => view! { <span class="dim">"no expiry"</span> }.into_any(),
    };
    let own = token.clone();
    let name = format!("Complete: {}", token.title);
    view! {
        <tr>
            <td><StatusBadge look word=word.to_owned() /></td>
            <td class="waitpoint-row__title">{token.title.clone()}</td>
            <td class="wide">
                <a class="row-link" href=href>{token.run_title.clone()}</a>
                <p class="waitpoint-row__step">{token.step_name.clone()}</p>
            </td>
            <td><Time at=token.since /></td>
            <td>{until}</td>
            <td><CopyId id=token.token.clone() of="token" /></td>
            <td class="num">
                {open
                    .then(|| {
                        view! {
                            <Button small=true icon=lucide::LuCircleCheckBig label=name on_click=move || chosen.set(Some(own.clone()))>
                                "Complete…"
                            </Button>
                        }
                    })}
            </td>
        </tr>
    }
    .into_any()
}

/// The form of one token, with the call that does the same from outside.
#[component]
fn CompleteDialog(
    chosen: RwSignal<Option<WaitpointToken>>,
    query: Query<Page<WaitpointToken>>,
) -> AnyView {
    let open = open_while(chosen);
    // Completed here or elsewhere: the token has left the open ones.
    Effect::new(move || {
        let Some(page) = query.data() else { return };
        let gone = chosen.with_untracked(|chosen| {
            chosen.as_ref().is_some_and(|own| {
                !page
                    .items
                    .iter()
                    .any(|token| token.token == own.token && token.state == OPEN)
            })
        });
        if gone {
            open.set(false);
        }
    });
    let title = Signal::derive(move || {
        chosen.with(|token| {
            token
                .as_ref()
                .map(|token| token.run_title.clone())
                .unwrap_or_default()
        })
    });
    let form = move || {
        chosen.get().map(|token| {
            let waitpoint = OpenWaitpoint {
                run: token.run,
                run_title: token.run_title,
                // The runtime closes a token once, whatever else happened in the run.
                seen: 0,
                step: token.step,
                token: token.token,
                title: token.title,
                schema: token.schema,
                expires_at: token.expires_at,
            };
            view! { <WaitpointForm waitpoint /> }
        })
    };
    view! { <Dialog open title kind=DialogKind::Wide stays=true>{form}</Dialog> }.into_any()
}
