//! What opens over the page beside its button: the browser's own `popover`, so Escape and a click elsewhere close it.

use super::{
    button::ButtonKind,
    dom::unique_id,
    icon::{Icon, IconRef},
};
use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, ToggleEvent};

/// Places `panel` below `anchor` (above it where there is no room) in browsers that cannot do it by style sheet.
pub(crate) fn place(anchor: &Element, panel: &HtmlElement) {
    if anchors_by_style() {
        return;
    }
    let at = anchor.get_bounding_client_rect();
    let size = panel.get_bounding_client_rect();
    let (wide, high) =
        (panel.owner_document().and_then(|d| d.document_element())).map_or((0.0, 0.0), |root| {
            (
                f64::from(root.client_width()),
                f64::from(root.client_height()),
            )
        });
    let left = at.left().min(wide - size.width() - 8.0).max(8.0);
    let below = at.bottom() + 4.0;
    let top = if below + size.height() > high && at.top() > size.height() {
        at.top() - size.height() - 4.0
    } else {
        below
    };
    let style = panel.style();
    for (name, value) in [
        ("position", "fixed"),
        ("left", &format!("{left}px")),
        ("top", &format!("{top}px")),
    ] {
        let _ = style.set_property(name, value);
    }
}

fn anchors_by_style() -> bool {
    let global = js_sys::global();
    let supports = || {
        let css = js_sys::Reflect::get(&global, &"CSS".into()).ok()?;
        let test = js_sys::Reflect::get(&css, &"supports".into())
            .ok()?
            .dyn_into::<js_sys::Function>()
            .ok()?;
        test.call2(
            &css,
            &JsValue::from("position-area"),
            &JsValue::from("bottom"),
        )
        .ok()?
        .as_bool()
    };
    supports().unwrap_or(false)
}

/// Whether a toggle event says that the popover is open now.
pub(crate) fn opened(event: &web_sys::Event) -> bool {
    event
        .dyn_ref::<ToggleEvent>()
        .is_some_and(|toggle| toggle.new_state() == "open")
}

/// A button and a panel that opens beside it. The panel's content is built when it opens.
#[component]
pub fn Popover(
    /// What the panel holds, for those who hear the page, and the button's name when it shows only an icon.
    #[prop(into)]
    label: String,
    #[prop(optional)] kind: ButtonKind,
    /// Classes of the button in place of a button's own.
    #[prop(optional)]
    button_class: Option<&'static str>,
    #[prop(optional)] icon: Option<IconRef>,
    /// What stands in the button, beside the icon.
    #[prop(optional, into)]
    trigger: ViewFn,
    children: ChildrenFn,
) -> AnyView {
    let id = unique_id("pop");
    let open = RwSignal::new(false);
    let anchor = NodeRef::<html::Button>::new();
    let panel = NodeRef::<html::Div>::new();
    let on_toggle = move |event: web_sys::Event| {
        let now = opened(&event);
        open.set(now);
        if let (true, Some(anchor), Some(panel)) =
            (now, anchor.get_untracked(), panel.get_untracked())
        {
            place(&anchor, &panel);
        }
    };
    view! {
        <button
            node_ref=anchor
            type="button"
            class=button_class.unwrap_or(kind.class())
            aria-label=label.clone()
            aria-haspopup="dialog"
            aria-expanded=move || if open.get() { "true" } else { "false" }
            popovertarget=id.clone()
        >
            {icon.map(|icon| view! { <Icon icon /> })}
            {trigger.run()}
        </button>
        <div node_ref=panel id=id class="pop" popover="auto" role="dialog" aria-label=label on:toggle=on_toggle>
            <Show when=move || open.get()>{children()}</Show>
        </div>
    }
    .into_any()
}
