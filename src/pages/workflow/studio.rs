//! Studio: the draft as a picture and as text, side by side.

use super::{
    document::{Marked, graph, states},
    issues::{IssueList, Issues, marks},
    places::{find, is_step},
    state::Studio,
};
use crate::ui::{
    banner::Banner,
    button::{Button, ButtonKind},
    card::Panel,
    code_editor::CodeEditor,
    empty::Empty,
    fmt,
    graph::{GraphView, NodeStates},
    icon::lucide,
    status::Tone,
    time::Time,
};
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn StudioTab(studio: Studio, issues: Memo<Issues>) -> AnyView {
    // An address that names a step opens at it, once the text is there.
    Effect::new(move |done: Option<bool>| {
        if done == Some(true) || studio.revision().is_none() {
            return done.unwrap_or(false);
        }
        if let Some(pointer) = studio.chosen.get_untracked() {
            studio.show(&pointer, false);
        }
        true
    });
    view! {
        <Restored studio />
        <div class="studio">
            <Canvas studio issues />
            <TextPane studio issues />
        </div>
        <IssueList studio issues />
    }
    .into_any()
}

/// An earlier visit left something unsaved; it is here again, and can be thrown away.
#[component]
fn Restored(studio: Studio) -> AnyView {
    let discard = move || {
        view! { <Button small=true on_click=move || studio.discard()>"Throw it away"</Button> }
            .into_any()
    };
    view! {
        <Show when=move || studio.restored.get()>
            <Banner tone=Tone::Run title="Your unsaved changes are back" actions=discard>
                "They were kept in this browser. Save them, or throw them away to see what is saved."
            </Banner>
        </Show>
    }
    .into_any()
}

#[component]
fn Canvas(studio: Studio, issues: Memo<Issues>) -> AnyView {
    let drawn = Memo::new(move |_| Arc::new(studio.steps.with(|steps| graph(steps))));
    let states = Memo::new(move |_| {
        let all = issues.with(|issues| issues.all.clone());
        let marked = |pointer: &str| {
            let inside = format!("{pointer}/");
            let mut count = Marked::default();
            for placed in all.iter() {
                if placed.issue.pointer == pointer || placed.issue.pointer.starts_with(&inside) {
                    if placed.look.tone == Tone::Fail {
                        count.errors += 1;
                    } else {
                        count.warnings += 1;
                    }
                }
            }
            count
        };
        studio.steps.with(|steps| states(steps, marked))
    });
    let states = NodeStates::at_hand(states.into());
    let on_select = move |pointer: String| {
        studio.choose(&pointer);
        studio.show(&pointer, false);
    };
    let count = move || {
        let count = studio.steps.with(|steps| steps.len() as u64);
        fmt::plural(count, "step", "steps")
    };
    let behind = move || {
        studio
            .read
            .with(Result::is_err)
            .then_some(" · as it was before the mistake in the text")
    };
    let head = move || {
        view! {
            <h2 class="studio__title">"Canvas"</h2>
            <span class="studio__note">{count}{behind}</span>
        }
        .into_any()
    };
    let empty = Memo::new(move |_| studio.steps.with(|steps| steps.is_empty()));
    let body = move || {
        if empty.get() {
            view! { <Empty icon=lucide::LuWorkflow title="No steps yet" text="Steps appear here as you write them in the text." /> }
                .into_any()
        } else {
            view! { <GraphView label="Steps of the draft" graph=drawn states selected=studio.chosen on_select /> }.into_any()
        }
    };
    view! { <Panel label="Canvas" head><div class="studio__canvas">{body}</div></Panel> }.into_any()
}

#[component]
fn TextPane(studio: Studio, issues: Memo<Issues>) -> AnyView {
    let name = untrack(|| {
        studio
            .query
            .data()
            .map(|view| view.row.name.clone())
            .unwrap_or_default()
    });
    let lines = Signal::derive(move || issues.with(marks));
    // Lines of the chosen step.
    let lit = Signal::derive(move || {
        let pointer = studio.chosen.get().filter(|pointer| is_step(pointer))?;
        let (start, end) = studio.spots.with(|spots| {
            find(spots, &pointer)
                .filter(|spot| spot.pointer == pointer)
                .map(|spot| (spot.start, spot.end))
        })?;
        studio.text.with(|text| {
            let line = |byte: usize| {
                text.bytes()
                    .take(byte)
                    .filter(|letter| *letter == b'\n')
                    .count()
            };
            Some((line(start), line(end)))
        })
    });
    let dirty = Memo::new(move |_| studio.is_dirty());
    let cannot_save = Signal::derive(move || {
        studio
            .locked
            .get()
            .or_else(|| studio.unsavable())
            .or_else(|| (!dirty.get()).then(|| "Everything is saved.".to_owned()))
    });
    let cannot_format = Signal::derive(move || studio.locked.get().or_else(|| studio.unsavable()));
    let state = move || {
        if studio.saving.get() {
            "Saving…".into_any()
        } else if let Some(why) = studio.locked.get() {
            why.into_any()
        } else if dirty.get() {
            view! { <span class="studio__dirty">"Unsaved changes"</span> }.into_any()
        } else {
            let saved = studio.query.data().map(|view| {
                let by = view.row.updated_by.name.clone();
                view! { "Saved "<Time at=view.row.updated_at />" by "{by} }
            });
            saved.into_any()
        }
    };
    let at = move || {
        let caret = studio.editor.caret.get();
        studio.text.with(|text| {
            let head = text.get(..caret).unwrap_or_default();
            let line = head.bytes().filter(|letter| *letter == b'\n').count() + 1;
            let column = head.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            format!("Line {line}, column {column}")
        })
    };
    let head = move || {
        view! {
            <h2 class="studio__title">"Draft"</h2>
            <span class="studio__note" role="status">{state}</span>
            <span class="studio__tools">
                <Button
                    kind=ButtonKind::Quiet
                    small=true
                    icon=lucide::LuBraces
                    disabled=cannot_format
                    on_click=move || studio.format()
                >
                    "Format"
                </Button>
                <Button
                    small=true
                    icon=lucide::LuSave
                    keys="Ctrl S"
                    busy=studio.saving
                    disabled=cannot_save
                    on_click=move || studio.save(None)
                >
                    "Save"
                </Button>
            </span>
        }
        .into_any()
    };
    let read_only = Signal::derive(move || studio.locked.with(Option::is_some));
    view! {
        <Panel label="Draft" head>
            <div class="studio__text">
                <CodeEditor
                    label=format!("Draft of {name}, as JSON")
                    text=studio.text
                    handle=studio.editor
                    marks=lines
                    lit
                    read_only
                />
            </div>
            <p class="studio__foot">
                <span>{at}</span>
                <span>"Tab indents; Esc, then Tab leaves"</span>
            </p>
        </Panel>
    }
    .into_any()
}
