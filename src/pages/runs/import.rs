//! Takes in the journal of a run from elsewhere: a file that somebody kept.

use crate::{
    api::{ActionKey, Api, runs, wire},
    state::session,
    ui::{
        banner::Banner,
        button::ButtonKind,
        dialog::Dialog,
        drop_zone::DropZone,
        file, fmt,
        icon::lucide,
        menu::{MenuButton, MenuItem},
        status::Tone,
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{Role, RunId, Scope};
use serde::Deserialize;

/// More that can be done beside the list.
#[component]
pub fn More() -> AnyView {
    let open = RwSignal::new(false);
    let denied = session::denied(Role::TenantAdmin, Scope::WorkflowRun);
    let items = Signal::derive(move || {
        vec![
            MenuItem::new("Import a journal…", move || open.set(true))
                .icon(lucide::LuFileUp)
                .detail("A run that was executed elsewhere")
                .disabled(denied.get()),
        ]
    });
    view! {
        <MenuButton kind=ButtonKind::Quiet label="More" icon=lucide::LuEllipsis items />
        <Import open />
    }
    .into_any()
}

#[derive(Clone, PartialEq)]
enum State {
    Ready,
    /// The file of this name and size is on its way.
    Sending(String, u64),
    Refused(String, String),
}

#[component]
fn Import(open: RwSignal<bool>) -> AnyView {
    let api = Api::get();
    let place = session::place();
    let navigate = send_wrapper::SendWrapper::new(use_navigate());
    let state = RwSignal::new(State::Ready);
    let arrived = Callback::new(move |run: RunId| {
        open.set(false);
        navigate(&place.run(&run), NavigateOptions::default());
    });
    Effect::new(move || {
        // What was said of a file is not said of the next one.
        if open.get() && !matches!(state.get_untracked(), State::Sending(..)) {
            state.set(State::Ready);
        }
    });
    let take = move |file: web_sys::File| {
        if matches!(state.get_untracked(), State::Sending(..)) {
            return;
        }
        let name = file.name();
        state.set(State::Sending(name.clone(), file.size() as u64));
        let key = ActionKey::fresh();
        leptos::task::spawn_local(async move {
            let sent = match first_is_told(&file).await {
                Ok(()) => runs::import(api, &file, &key)
                    .await
                    .map_err(|error| error.line()),
                Err(why) => Err(why),
            };
            match sent {
                Ok(moved) => {
                    // Who has left the list is not taken away from where they are.
                    if state.try_set(State::Ready).is_none() {
                        arrived.run(moved.run.id);
                    }
                }
                Err(why) => drop(state.try_set(State::Refused(name, why))),
            }
        });
    };
    let form = move || {
        view! {
            <div class="import">
                <DropZone label="Drop a journal here, or choose the file" accept=".ndjson" on_file=take />
                <p class="dim">
                    "A journal is what "<b>"Journal"</b>" below a run's events saves: one event a line. The run must have ended. It is shown, compared and replayed here, and never carried on."
                </p>
                {move || outcome(state.get())}
            </div>
        }
    };
    view! { <Dialog open title="Import a journal">{form}</Dialog> }.into_any()
}

/// As much of a journal's first event as tells that it is one.
#[derive(Deserialize)]
struct First {
    seq: u64,
    event: Kind,
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

/// Looks at the beginning of the file before all of it is sent.
async fn first_is_told(file: &web_sys::File) -> Result<(), String> {
    let mut first = None;
    let read = file::lines(file, |line| {
        if line.trim().is_empty() {
            return true;
        }
        first = Some(
            wire::read::<First>(line)
                .is_ok_and(|first| first.seq == 1 && first.event.kind == "run_created"),
        );
        false
    })
    .await;
    match first {
        _ if !read => Err("This browser could not read it as text.".to_owned()),
        None => Err("It is empty.".to_owned()),
        Some(false) => Err("It is no journal of a run: the first line of one is the event run_created. Choose the file that Journal saved.".to_owned()),
        Some(true) => Ok(()),
    }
}

fn outcome(state: State) -> AnyView {
    let said = match state {
        State::Ready => ().into_any(),
        State::Sending(name, bytes) => {
            let words = format!(
                "Sending {name}, {}. The run opens when all of it is taken in.",
                fmt::bytes(bytes)
            );
            view! { <p class="import__sending"><span class="btn__busy" aria-hidden="true"></span>{words}</p> }.into_any()
        }
        State::Refused(name, why) => {
            let title = format!("{name} was not imported");
            view! { <Banner tone=Tone::Fail title>{why}</Banner> }.into_any()
        }
    };
    view! { <div role="status">{said}</div> }.into_any()
}
