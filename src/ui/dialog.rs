//! Dialogs on the browser's own `<dialog>`: focus stays inside and goes back where it came from, Escape closes.

use super::{
    button::{Button, ButtonKind},
    dom::{self, unique_id},
    icon::lucide,
};
use leptos::{html, prelude::*};

/// Where a dialog stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DialogKind {
    /// In the middle; up to 520 px wide.
    #[default]
    Middle,
    /// In the middle; up to 860 px wide.
    Wide,
    /// At the top, without a visible title: for the palette.
    Palette,
    /// From the left edge: navigation on narrow screens.
    Drawer,
}

/// A dialog about a thing: open while there is one. Closing the dialog takes the thing away.
pub fn open_while<T: Send + Sync + 'static>(thing: RwSignal<Option<T>>) -> RwSignal<bool> {
    let open = RwSignal::new(thing.with_untracked(Option::is_some));
    // Each sets the other only where they differ: setting again what stands would never end.
    Effect::new(move || {
        let there = thing.with(Option::is_some);
        if open.get_untracked() != there {
            open.set(there);
        }
    });
    Effect::new(move || {
        if !open.get() && thing.with_untracked(Option::is_some) {
            thing.set(None);
        }
    });
    open
}

/// What stands in a field that text is typed into.
const FIELDS: &str =
    ".dialog__body :is(input:not([type=radio], [type=checkbox], [type=file]), select, textarea)";

/// A form begins at its first field, and not at the button that closes it. On a touch screen that would only bring up the
/// keyboard.
fn focus_first_field(node: NodeRef<html::Dialog>) {
    request_animation_frame(move || {
        let Some(Some(dialog)) = node.try_get_untracked() else {
            return;
        };
        let touch = window()
            .match_media("(pointer: coarse)")
            .ok()
            .flatten()
            .is_some_and(|media| media.matches());
        let at_head = document()
            .active_element()
            .is_some_and(|now| now.matches(".dialog__head *").unwrap_or(false));
        if at_head
            && !touch
            && let Some(first) = dom::all(&dialog, FIELDS).first()
        {
            let _ = first.focus();
        }
    });
}

/// A modal dialog. It is open while `open` is true and sets it to false when a person closes it. What stands inside is
/// built when it opens and dropped when it closes.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    #[prop(optional)] kind: DialogKind,
    /// A click beside the dialog leaves it open: for forms with something to lose.
    #[prop(optional)]
    stays: bool,
    /// The buttons at the end.
    #[prop(optional, into)]
    footer: Option<ViewFn>,
    children: ChildrenFn,
) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    let title_id = unique_id("dialog-title");
    let labelled_by = title_id.clone();
    let pressed_on_veil = StoredValue::new(false);
    Effect::new(move || {
        let (Some(dialog), open) = (node.get(), open.get()) else {
            return;
        };
        if open && !dialog.open() {
            let _ = dialog.show_modal();
            focus_first_field(node);
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    let class = match kind {
        DialogKind::Middle => "dialog",
        DialogKind::Wide => "dialog dialog--wide",
        DialogKind::Palette => "dialog dialog--palette",
        DialogKind::Drawer => "dialog dialog--drawer",
    };
    let bare = kind == DialogKind::Palette;
    let footer = StoredValue::new(footer);
    let children = StoredValue::new(children);
    // A press on the veil is a press on the dialog element itself: everything else lies in its inner box.
    let on_veil = move |event: &web_sys::MouseEvent| matches!((event.target(), node.get_untracked()), (Some(target), Some(dialog)) if target == *dialog.as_ref());
    view! {
        <dialog
            node_ref=node
            class=class
            aria-labelledby=labelled_by
            on:close=move |_| open.set(false)
            on:mousedown=move |event| pressed_on_veil.set_value(on_veil(&event))
            on:click=move |event| {
                if !stays && pressed_on_veil.get_value() && on_veil(&event) {
                    open.set(false);
                }
            }
        >
            <Show when=move || open.get()>
                <div class="dialog__box">
                    <header class=if bare { "visually-hidden" } else { "dialog__head" }>
                        <h2 id=title_id.clone()>{move || title.get()}</h2>
                        {(!bare)
                            .then(|| {
                                view! {
                                    <Button
                                        kind=ButtonKind::Quiet
                                        icon=lucide::LuX
                                        label="Close"
                                        on_click=move || open.set(false)
                                    />
                                }
                            })}
                    </header>
                    <div class="dialog__body">{children.with_value(|children| children())}</div>
                    {footer
                        .with_value(|footer| {
                            footer.as_ref().map(|footer| view! { <footer class="dialog__foot">{footer.run()}</footer> })
                        })}
                </div>
            </Show>
        </dialog>
    }
    .into_any()
}
