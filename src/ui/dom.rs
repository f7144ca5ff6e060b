//! Small steps on the DOM that several pieces share.

use leptos::prelude::*;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlElement, KeyboardEvent, ResizeObserver};

/// What a click on an entry held in data (a menu entry, a toast) does.
pub type Act = std::sync::Arc<dyn Fn() + Send + Sync>;

/// An id no other element of the page has: `menu-7`.
pub fn unique_id(prefix: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Every element under `root` that matches, in document order.
pub fn all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = root.query_selector_all(selector) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|i| found.get(i)?.dyn_into().ok())
        .collect()
}

/// Whether a key press is one of the plain ones: no Ctrl, Alt or Meta with it.
pub fn plain(event: &KeyboardEvent) -> bool {
    !(event.ctrl_key() || event.alt_key() || event.meta_key())
}

/// Whether a person is typing into the element, so that a single letter is text and no shortcut.
pub fn is_typing(target: &Element) -> bool {
    target
        .closest("input:not([type=checkbox]), textarea, select, [contenteditable]")
        .ok()
        .flatten()
        .is_some()
}

/// Scrolls what stands around it as little as is needed to see the element.
pub fn into_sight(element: &Element) {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Acts before the next frame is painted; in a hidden tab, where frames stand still, a moment later.
pub fn next_frame(act: impl FnOnce() + 'static) {
    if document().hidden() {
        set_timeout(act, Duration::from_millis(250));
    } else {
        request_animation_frame(act);
    }
}

/// False until the browser has painted what stands now: what is not the answer can wait that long.
pub fn after_paint() -> Signal<bool> {
    let painted = RwSignal::new(false);
    request_animation_frame(move || {
        set_timeout(
            move || {
                painted.try_set(true);
            },
            Duration::ZERO,
        );
    });
    painted.into()
}

/// Calls `on_size` with width and height in CSS pixels when `node` appears and whenever its size changes.
pub fn watch_size(node: NodeRef<leptos::html::Div>, on_size: impl Fn(f64, f64) + Clone + 'static) {
    Effect::new(move || {
        let Some(element) = node.get() else { return };
        let seen = element.clone();
        let on_size = on_size.clone();
        let react = Closure::<dyn FnMut()>::new(move || {
            on_size(
                f64::from(seen.client_width()),
                f64::from(seen.client_height()),
            );
        });
        let Ok(observer) = ResizeObserver::new(react.as_ref().unchecked_ref()) else {
            return;
        };
        observer.observe(&element);
        let held = send_wrapper::SendWrapper::new((observer, react));
        on_cleanup(move || held.0.disconnect());
    });
}
