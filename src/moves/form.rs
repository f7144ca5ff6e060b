//! Forms: what a person sends once at a time, what the runtime says of it beside the field it is about, and their buttons. A
//! form about one thing stands in a dialog that is open while there is the thing.

use crate::{
    api::{ActionKey, ApiError, ErrorFace},
    ui::{
        button::{Button, ButtonKind},
        dialog::{Dialog, open_while},
        dom,
        toast::{Toast, Toasts},
    },
};
use leptos::{html, prelude::*};

/// A change that a person sends, and how it fared.
#[derive(Clone, Copy)]
pub struct Sending {
    pub busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
    /// The parts of the body that have a field here.
    shown: StoredValue<Vec<String>>,
    key: StoredValue<ActionKey>,
    toasts: Option<Toasts>,
    form: NodeRef<html::Form>,
}

impl Sending {
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            shown: StoredValue::new(Vec::new()),
            key: StoredValue::new(ActionKey::fresh()),
            toasts: Toasts::get(),
            form: NodeRef::new(),
        }
    }

    /// Sends a change; nothing while one is under way. `done` gets the answer. Where none came, the next try is the same act:
    /// what took effect already does not take effect again.
    pub fn send<T, F>(self, change: impl FnOnce(ActionKey) -> F, done: impl FnOnce(T) + 'static)
    where
        T: 'static,
        F: Future<Output = Result<T, ApiError>> + 'static,
    {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        let change = change(self.key.get_value());
        leptos::task::spawn_local(async move {
            let answer = change.await;
            self.busy.try_set(false);
            if !matches!(answer, Err(ApiError::Unreachable { .. })) {
                self.key.try_set_value(ActionKey::fresh());
            }
            match answer {
                Ok(answer) => done(answer),
                Err(refused) => {
                    self.error.try_set(Some(refused));
                    self.focus_wrong();
                }
            }
        });
    }

    /// Says in a message what was done.
    pub fn say(self, text: String) {
        if let Some(toasts) = self.toasts {
            toasts.push(Toast::done(text));
        }
    }

    /// What the runtime says is wrong with the part of the body at a JSON pointer, for the field that holds it.
    pub fn wrong(self, pointer: &str) -> Signal<Option<String>> {
        let pointer = pointer.to_owned();
        self.shown.update_value(|all| all.push(pointer.clone()));
        let error = self.error;
        Signal::derive(move || {
            error.with(|error| {
                let errors = error.as_ref().map(ApiError::fields)?;
                let own = errors.iter().find(|own| inside(&own.pointer, &pointer))?;
                Some(own.message.clone())
            })
        })
    }

    /// What is said beside no field.
    pub fn rest(self) -> Signal<Option<ApiError>> {
        Signal::derive(move || {
            let error = self.error.get()?;
            let errors = error.fields();
            let beside = !errors.is_empty()
                && self.shown.with_value(|shown| {
                    let has_field = |at: &str| shown.iter().any(|own| inside(at, own));
                    errors.iter().all(|error| has_field(&error.pointer))
                });
            (!beside).then_some(error)
        })
    }

    /// Whoever hears the page is taken to the first field that is to be corrected.
    pub fn focus_wrong(self) {
        request_animation_frame(move || {
            let form = self.form.try_get_untracked().flatten();
            let wrong = form.map(|form| dom::all(&form, "[aria-invalid=true]"));
            if let Some(first) = wrong.as_ref().and_then(|all| all.first()) {
                let _ = first.focus();
            }
        });
    }
}

/// A form with its buttons at the end. Its fields show what is said of them; the rest is shown above the buttons.
#[component]
pub fn Form(
    sending: Sending,
    /// What it is about, as people say it: "this token".
    what: &'static str,
    /// What its button says.
    #[prop(into)]
    verb: Signal<&'static str>,
    /// The dialog around it, which "Not now" closes.
    #[prop(optional)]
    open: Option<RwSignal<bool>>,
    /// More buttons, before the others.
    #[prop(optional, into)]
    buttons: Option<ViewFn>,
    #[prop(into)] on_submit: Callback<()>,
    children: Children,
) -> AnyView {
    let busy = sending.busy;
    view! {
        <form
            class="form"
            node_ref=sending.form
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                on_submit.run(());
            }
        >
            <div class="form__fields">{children()}</div>
            <ErrorFace error=sending.rest() what=what compact=true />
            <div class="form__buttons">
                {buttons.map(|buttons| view! { <span class="form__more">{buttons.run()}</span> })}
                {open.map(|open| view! { <Button on_click=move || open.set(false)>"Not now"</Button> })}
                <Button kind=ButtonKind::Primary busy submit=true>{move || verb.get()}</Button>
            </div>
        </form>
    }
    .into_any()
}

/// What a dialog is about: a new thing, or one that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Editing<T> {
    New,
    Change(T),
}

impl<T> Editing<T> {
    /// The thing as it was before.
    pub fn before(self) -> Option<T> {
        match self {
            Self::New => None,
            Self::Change(thing) => Some(thing),
        }
    }
}

/// A form in a dialog of its own: see [`form_dialog`].
#[derive(Clone, Copy)]
pub struct Saving {
    sending: Sending,
    open: RwSignal<bool>,
}

impl Saving {
    /// As [`Sending::wrong`].
    pub fn wrong(self, pointer: &str) -> Signal<Option<String>> {
        self.sending.wrong(pointer)
    }

    /// As [`Sending::focus_wrong`].
    pub fn focus_wrong(self) {
        self.sending.focus_wrong();
    }

    /// Sends it. When it is taken, the dialog closes and `done` says what to tell.
    pub fn send<T, F>(
        self,
        change: impl FnOnce(ActionKey) -> F,
        done: impl FnOnce(T) -> String + 'static,
    ) where
        T: 'static,
        F: Future<Output = Result<T, ApiError>> + 'static,
    {
        self.sending.send(change, move |answer| {
            self.open.try_set(false);
            self.sending.say(done(answer));
        });
    }

    /// Closes it without sending.
    pub fn close(self) {
        self.open.set(false);
    }

    /// The form around its fields. `what` it is about, as people say it: "this connection".
    pub fn form(
        self,
        what: &'static str,
        fields: AnyView,
        save: impl Fn() + Send + Sync + 'static,
    ) -> AnyView {
        let Self { sending, open } = self;
        view! {
            <Form sending what verb="Save" open on_submit=move |()| save()>{fields}</Form>
        }
        .into_any()
    }
}

/// Whether a JSON pointer leads to `part` or into it.
fn inside(pointer: &str, part: &str) -> bool {
    pointer
        .strip_prefix(part)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A dialog with a form about a thing: open while there is one. `show` makes the form, with [`Saving::form`] around it.
pub fn form_dialog<T: Clone + Send + Sync + 'static>(
    about: RwSignal<Option<T>>,
    title: fn(&T) -> String,
    show: impl Fn(T, Saving) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let open = open_while(about);
    let title =
        Signal::derive(move || about.with(|about| about.as_ref().map(title).unwrap_or_default()));
    let show = StoredValue::new(show);
    let shown = move || {
        let thing = about.get()?;
        let saving = Saving {
            sending: Sending::new(),
            open,
        };
        Some(show.with_value(|show| untrack(|| show(thing, saving))))
    };
    view! { <Dialog open title stays=true>{shown}</Dialog> }.into_any()
}

/// A field's text without the space around it.
pub fn text(field: RwSignal<String>) -> String {
    field.with_untracked(|text| text.trim().to_owned())
}

/// As [`text`]; `None` where nothing is in it.
pub fn some(field: RwSignal<String>) -> Option<String> {
    Some(text(field)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn an_error_belongs_to_the_field_that_holds_its_place() {
        assert!(inside("/probe/url", "/probe/url"));
        assert!(inside("/wires/0/header", "/wires"));
        assert!(!inside("/name", "/names"));
        assert!(!inside("/names", "/name"));
    }
}
