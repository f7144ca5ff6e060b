//! Short messages that pass: what was done, with a way to the record.

use super::{
    icon::{Glyph, Icon, StatusGlyph, lucide},
    status::Tone,
};
use leptos::prelude::*;
use std::time::Duration;

/// How long a message stays, in milliseconds, when nobody points at it.
const STAY: u64 = 7_000;

/// A message.
#[derive(Clone)]
pub struct Toast {
    tone: Tone,
    text: String,
    link: Option<(String, String)>,
}

impl Toast {
    /// Something was done.
    pub fn done(text: impl Into<String>) -> Self {
        Self {
            tone: Tone::Ok,
            text: text.into(),
            link: None,
        }
    }
    /// Something was not done; stays until it is closed.
    pub fn failed(text: impl Into<String>) -> Self {
        Self {
            tone: Tone::Fail,
            ..Self::done(text)
        }
    }
    /// Something to know.
    pub fn note(text: impl Into<String>) -> Self {
        Self {
            tone: Tone::Idle,
            ..Self::done(text)
        }
    }
    /// Where the record is.
    pub fn link(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.link = Some((label.into(), href.into()));
        self
    }
}

/// The messages in sight; one for the whole page, from context.
#[derive(Clone, Copy)]
pub struct Toasts {
    all: RwSignal<Vec<(u64, Toast)>>,
    next: StoredValue<u64>,
    held: RwSignal<bool>,
}

impl Toasts {
    /// Gives the list to everything below. Called once, by the shell, which also mounts [`ToastLayer`].
    pub fn provide() -> Self {
        let toasts = Self {
            all: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            held: RwSignal::new(false),
        };
        provide_context(toasts);
        toasts
    }

    /// The list above; `None` outside the shell.
    pub fn get() -> Option<Self> {
        use_context()
    }

    /// Shows a message. At most four are in sight; the oldest goes first.
    pub fn push(self, toast: Toast) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let stays = toast.tone == Tone::Fail;
        self.all.update(|all| {
            all.push((id, toast));
            if all.len() > 4 {
                all.remove(0);
            }
        });
        if !stays {
            self.leave_later(id);
        }
    }

    fn leave_later(self, id: u64) {
        set_timeout(
            move || match self.held.try_get_untracked() {
                Some(true) => self.leave_later(id),
                Some(false) => self.close(id),
                None => {}
            },
            Duration::from_millis(STAY),
        );
    }

    fn close(self, id: u64) {
        self.all
            .try_update(|all| all.retain(|(other, _)| *other != id));
    }
}

/// Where messages are shown; mounted once, by the shell. They wait while they are pointed at or hold the focus.
#[component]
pub fn ToastLayer() -> AnyView {
    let Some(toasts) = Toasts::get() else {
        return ().into_any();
    };
    let one = move |(id, toast): (u64, Toast)| {
        let glyph = match toast.tone {
            Tone::Fail => Some(Glyph::Failed),
            Tone::Ok => Some(Glyph::Success),
            Tone::Wait | Tone::Run | Tone::Block | Tone::Idle => None,
        };
        // The text has the role and not the entry: an entry of a list stays one.
        let role = if toast.tone == Tone::Fail {
            "alert"
        } else {
            "status"
        };
        view! {
            <li class=format!("toast {}", toast.tone.class())>
                {glyph.map_or_else(
                    || view! { <Icon icon=lucide::LuInfo /> }.into_any(),
                    |glyph| view! { <StatusGlyph glyph=glyph /> }.into_any(),
                )}
                <p class="toast__text" role=role>{toast.text}</p>
                {toast.link.map(|(label, href)| view! { <a class="toast__act" href=href>{label}</a> })}
                <button type="button" class="toast__close" aria-label="Close" on:click=move |_| toasts.close(id)>
                    <Icon icon=lucide::LuX />
                </button>
            </li>
        }
    };
    let hold = move |on: bool| toasts.held.set(on);
    // Shown anew with each message, so that it stands above a dialog that has been opened since.
    let layer = NodeRef::<leptos::html::Ol>::new();
    Effect::new(move || {
        let (Some(layer), count) = (layer.get(), toasts.all.with(Vec::len)) else {
            return;
        };
        let _ = layer.hide_popover();
        if count > 0 {
            let _ = layer.show_popover();
        }
    });
    view! {
        <section aria-label="Messages">
            <ol
                node_ref=layer
                class="toasts"
                popover="manual"
                aria-live="polite"
                on:mouseenter=move |_| hold(true)
                on:mouseleave=move |_| hold(false)
                on:focusin=move |_| hold(true)
                on:focusout=move |_| hold(false)
            >
                <For each=move || toasts.all.get() key=|(id, _)| *id children=one />
            </ol>
        </section>
    }
    .into_any()
}
