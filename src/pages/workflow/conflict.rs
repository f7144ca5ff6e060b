//! Somebody else saved meanwhile: what they wrote, what is written here, and which one stays.

use super::{
    document::format,
    state::{Conflict, Studio},
};
use crate::ui::{
    button::{Button, ButtonKind},
    dialog::{Dialog, DialogKind, open_while},
    diff::DiffView,
};
use leptos::prelude::*;

#[component]
pub fn ConflictDialog(studio: Studio) -> AnyView {
    let open = open_while(studio.conflict);
    let part = move |read: fn(&Conflict) -> String| {
        Signal::derive(move || {
            studio
                .conflict
                .with(|conflict| conflict.as_ref().map(read).unwrap_or_default())
        })
    };
    let theirs = part(|conflict| format(&conflict.draft));
    let by = part(|conflict| conflict.by.clone());
    let mine = Signal::derive(move || studio.text.get());
    let take = move || {
        if let Some(conflict) = studio.conflict.get_untracked() {
            studio.take_theirs(&conflict);
        }
    };
    let keep = move || {
        if let Some(conflict) = studio.conflict.get_untracked() {
            studio.save_over(conflict.revision);
        }
    };
    let footer = move || {
        view! {
            <Button on_click=move || open.set(false)>"Go on writing"</Button>
            <Button kind=ButtonKind::Danger on_click=take>"Load theirs"</Button>
            <Button kind=ButtonKind::Primary on_click=keep>"Keep mine"</Button>
        }
        .into_any()
    };
    view! {
        <Dialog open title="Somebody else saved" kind=DialogKind::Wide stays=true footer>
            <div class="publish">
                <p>
                    {move || by.get()}
                    " saved this draft while you were writing. Nothing of theirs was overwritten, and nothing of yours is lost yet."
                </p>
                <p class="field__hint">"From theirs (−) to yours (+):"</p>
                <div class="publish__diff"><DiffView label="From theirs to yours" before=theirs after=mine /></div>
                <p class="field__hint">
                    "Load theirs throws yours away. Keep mine saves yours over theirs. To bring both together, go on writing and save again."
                </p>
            </div>
        </Dialog>
    }
    .into_any()
}
