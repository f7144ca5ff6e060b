//! The frame of a form about one thing: a dialog that stands while there is the thing, sends once at a time, and shows what
//! was refused beside the field that it is about.

use crate::{
    api::{ApiError, ErrorFace},
    ui::{
        button::{Button, ButtonKind},
        dialog::{Dialog, open_while},
        dom,
        toast::{Toast, Toasts},
    },
};
use leptos::{html, prelude::*};

/// A form on its way to the runtime.
#[derive(Clone, Copy)]
pub struct Saving {
    open: RwSignal<bool>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
    /// The parts of the body that have a field here.
    shown: StoredValue<Vec<String>>,
    toasts: Option<Toasts>,
    form: NodeRef<html::Form>,
}

impl Saving {
    fn new(open: RwSignal<bool>) -> Self {
        Self {
            open,
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            shown: StoredValue::new(Vec::new()),
            toasts: Toasts::get(),
            form: NodeRef::new(),
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

    /// Sends it. When it is taken, the dialog closes and `done` says what to tell.
    pub fn send<T: 'static>(
        self,
        work: impl Future<Output = Result<T, ApiError>> + 'static,
        done: impl FnOnce(T) -> String + 'static,
    ) {
        self.busy.set(true);
        self.error.set(None);
        leptos::task::spawn_local(async move {
            let answer = work.await;
            self.busy.try_set(false);
            match answer {
                Ok(value) => {
                    self.open.try_set(false);
                    let said = done(value);
                    if let Some(toasts) = self.toasts {
                        toasts.push(Toast::done(said));
                    }
                }
                Err(refused) => {
                    self.error.try_set(Some(refused));
                    self.focus_wrong();
                }
            }
        });
    }

    /// Closes it without sending.
    pub fn close(self) {
        self.open.set(false);
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

    /// The form around its fields. `what` it is about, as people say it: "this connection".
    pub fn form(self, what: &'static str, fields: AnyView, save: impl Fn() + 'static) -> AnyView {
        // What stands beside its field is not said twice.
        let rest = Signal::derive(move || {
            let error = self.error.get()?;
            let errors = error.fields();
            let beside = !errors.is_empty()
                && self.shown.with_value(|shown| {
                    let has_field = |at: &str| shown.iter().any(|own| inside(at, own));
                    errors.iter().all(|error| has_field(&error.pointer))
                });
            (!beside).then_some(error)
        });
        view! {
            <form
                class="dialog-form"
                node_ref=self.form
                novalidate
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                {fields}
                <ErrorFace error=rest what compact=true />
                <div class="dialog-form__buttons">
                    <Button on_click=move || self.close()>"Not now"</Button>
                    <Button kind=ButtonKind::Primary busy=self.busy submit=true>"Save"</Button>
                </div>
            </form>
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
        Some(show.with_value(|show| untrack(|| show(thing, Saving::new(open)))))
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
