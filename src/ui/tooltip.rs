//! Tooltips: any element with a `data-tip` attribute has one. Lines are kept.

use super::{dom::unique_id, popover::place};
use leptos::{ev, html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// How long a pointer rests before the tip shows, in milliseconds. The keyboard's focus shows it at once.
const REST: u64 = 450;

/// The one layer in which every tip of the page is shown; mounted once, by the shell.
///
/// It is reached by pointer, by the keyboard's focus, and by touching an element that cannot be used now. Escape hides it.
#[component]
pub fn TooltipLayer() -> AnyView {
    let id = unique_id("tip");
    let panel = NodeRef::<html::Div>::new();
    let text = RwSignal::new(String::new());
    let shown = StoredValue::new_local(None::<Element>);
    let resting = StoredValue::new_local(None::<TimeoutHandle>);

    let tip_id = id.clone();
    let hide = move || {
        if let Some(handle) = resting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        if let Some(element) = shown.try_update_value(Option::take).flatten() {
            if element.get_attribute("aria-describedby").as_deref() == Some(&tip_id) {
                let _ = element.remove_attribute("aria-describedby");
            }
            if let Some(panel) = panel.get_untracked() {
                let _ = panel.hide_popover();
            }
        }
    };
    let tip_id = id.clone();
    let hide_first = hide.clone();
    let show = move |element: Element| {
        hide_first();
        let Some(words) = element
            .get_attribute("data-tip")
            .filter(|words| !words.is_empty())
        else {
            return;
        };
        let Some(panel) = panel.get_untracked() else {
            return;
        };
        if element.get_attribute("aria-expanded").as_deref() == Some("true")
            || !element.is_connected()
        {
            return;
        }
        if element.get_attribute("aria-label").as_deref() != Some(&words)
            && !element.has_attribute("aria-describedby")
        {
            let _ = element.set_attribute("aria-describedby", &tip_id);
        }
        text.set(words);
        anchor(&panel, &element);
        let _ = panel.show_popover();
        place(&element, &panel);
        shown.set_value(Some(element));
    };

    let wait = {
        let show = show.clone();
        move |element: Element| {
            let show = show.clone();
            let handle =
                set_timeout_with_handle(move || show(element), Duration::from_millis(REST)).ok();
            resting.set_value(handle);
        }
    };
    let over = window_event_listener(ev::pointerover, {
        let hide = hide.clone();
        move |event| {
            if event.pointer_type() == "touch" {
                return;
            }
            let found = holder(event.target());
            let same = shown.with_value(|now| now.is_some() && *now == found);
            if !same {
                hide();
                if let Some(element) = found {
                    wait(element);
                }
            }
        }
    });
    let focus = window_event_listener(ev::focusin, {
        let show = show.clone();
        move |event| {
            if let Some(element) = holder(event.target())
                && element.matches(":focus-visible").unwrap_or(false)
            {
                show(element);
            }
        }
    });
    let blur = window_event_listener(ev::focusout, {
        let hide = hide.clone();
        move |_| hide()
    });
    let press = window_event_listener(ev::pointerdown, {
        let hide = hide.clone();
        move |_| hide()
    });
    let touch = window_event_listener(ev::pointerup, move |event| {
        let off =
            |element: &Element| element.get_attribute("aria-disabled").as_deref() == Some("true");
        if let Some(element) = holder(event.target()).filter(off) {
            show(element);
        }
    });
    let key = window_event_listener(ev::keydown, {
        let hide = hide.clone();
        move |event| {
            if event.key() == "Escape" {
                hide();
            }
        }
    });
    on_cleanup(move || {
        for handle in [over, focus, blur, press, touch, key] {
            handle.remove();
        }
    });
    view! {
        <div node_ref=panel id=id class="tip" role="tooltip" popover="manual">
            {move || text.get()}
        </div>
    }
    .into_any()
}

fn holder(target: Option<web_sys::EventTarget>) -> Option<Element> {
    target?
        .dyn_into::<Element>()
        .ok()?
        .closest("[data-tip]")
        .ok()
        .flatten()
}

/// Ties the tip to its element: the style sheet places it from there.
fn anchor(panel: &HtmlElement, element: &Element) {
    const NAME: &str = "--tip-anchor";
    if let Ok(Some(old)) = document().query_selector("[data-tip-shown]") {
        let _ = old.remove_attribute("data-tip-shown");
        if let Some(old) = old.dyn_ref::<HtmlElement>() {
            let _ = old.style().remove_property("anchor-name");
        }
    }
    let _ = element.set_attribute("data-tip-shown", "");
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.style().set_property("anchor-name", NAME);
    }
    let _ = panel.style().set_property("position-anchor", NAME);
}
