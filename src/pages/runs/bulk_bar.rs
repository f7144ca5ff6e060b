//! What can be done with the runs that are picked. It stands below the list, so that no row moves when it comes.

use super::{bulk_dialog::Asked, picked::Picked};
use crate::{
    moves::{icon, is_destructive},
    state::{paged::Paged, session},
    ui::{
        button::{Button, ButtonKind},
        fmt,
        icon::lucide,
        menu::{MenuButton, MenuItem},
    },
};
use leptos::prelude::*;
use model::api::RunRow;
use model::{MoveKind, Role, Scope};

/// The moves with a button of their own; the others are in the menu.
const SHOWN: [MoveKind; 3] = [MoveKind::Retry, MoveKind::RunAgain, MoveKind::Cancel];
const MORE: [MoveKind; 3] = [MoveKind::Resume, MoveKind::Pause, MoveKind::StopGracefully];

#[component]
pub fn BulkBar(picked: Picked, paged: Paged<RunRow>, asked: RwSignal<Option<Asked>>) -> AnyView {
    let any = Memo::new(move |_| picked.any());
    let denied = session::denied(Role::ProjectContributor, Scope::WorkflowRun);
    let why_not =
        move |kind: MoveKind| Signal::derive(move || denied.get().or_else(|| picked.why_not(kind)));
    let ask = move |kind: MoveKind| {
        asked.set(Some(Asked {
            kind,
            set: picked.set(),
        }));
    };
    let matching = move || {
        paged
            .total()
            .map(|(count, exact)| fmt::count_or_more(count, exact))
            .unwrap_or_default()
    };
    let says = move || {
        if picked.all.get() {
            format!("All {} that match", matching())
        } else {
            format!("{} selected", fmt::count(picked.count() as u64))
        }
    };
    let beyond = Memo::new(move |_| {
        let more = |(count, exact): (u64, bool)| !exact || count > picked.count() as u64;
        !picked.all.get() && paged.total().is_some_and(more)
    });
    let buttons = move || {
        SHOWN
            .map(|kind| {
                let loud = if is_destructive(kind) { ButtonKind::Danger } else { ButtonKind::Default };
                view! { <Button small=true kind=loud icon=icon(kind) disabled=why_not(kind) on_click=move || ask(kind)>{kind.shown()}</Button> }
            })
            .collect_view()
    };
    let items = Signal::derive(move || {
        MORE.map(|kind| {
            MenuItem::new(kind.shown(), move || ask(kind))
                .icon(icon(kind))
                .disabled(why_not(kind).get())
        })
        .to_vec()
    });
    view! {
        <Show when=move || any.get()>
            <div class="bulkbar" role="region" aria-label="The selected runs">
                <span class="bulkbar__says" aria-live="polite">{says}</span>
                <Show when=move || beyond.get()>
                    <button type="button" class="link-button" on:click=move |_| picked.take_all()>
                        {move || format!("Select all {} that match", matching())}
                    </button>
                </Show>
                <span class="bulkbar__acts">
                    {buttons}
                    <MenuButton label="More moves" button_class="btn btn--s" items>
                        "More"
                    </MenuButton>
                </span>
                <span class="bulkbar__clear">
                    <Button small=true kind=ButtonKind::Quiet icon=lucide::LuX label="Clear the selection" on_click=move || picked.clear() />
                </span>
            </div>
        </Show>
    }
    .into_any()
}
