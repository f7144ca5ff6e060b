//! What a person sees when the console itself breaks: never a dead page.
//!
//! The overlay is made of plain elements: after a panic nothing of the page's own machinery can be relied on.

use leptos::prelude::{document, window};
use std::panic::PanicHookInfo;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, HtmlElement};

const ID: &str = "broken";

/// From here on a panic shows the overlay. The first one counts; what follows from it is noise.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        let report = report(info);
        web_sys::console::error_1(&report.as_str().into());
        // An overlay that cannot be shown leaves the message in the browser's console.
        let _ = show(&report);
    }));
}

fn report(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let place = info.location().map_or_else(String::new, |at| {
        // The path begins wherever the build stood; what follows `src/` tells enough.
        let file = at
            .file()
            .rfind("src/")
            .map_or(at.file(), |start| &at.file()[start..]);
        format!("{file}:{}", at.line())
    });
    let href = window().location().href().unwrap_or_default();
    let agent = window().navigator().user_agent().unwrap_or_default();
    let now = js_sys::Date::new_0().to_iso_string();
    format!(
        "Signalbox console {}\n{message}\nat {place}\naddress {href}\nbrowser {agent}\ntime {now}",
        env!("CARGO_PKG_VERSION")
    )
}

fn show(report: &str) -> Result<(), JsValue> {
    let document = document();
    if document.get_element_by_id(ID).is_some() {
        return Ok(());
    }
    let body = document.body().ok_or(JsValue::NULL)?;
    let overlay = element("div", "broken")?;
    overlay.set_id(ID);
    overlay.set_attribute("role", "alertdialog")?;
    overlay.set_attribute("aria-modal", "true")?;
    overlay.set_attribute("aria-labelledby", "broken-title")?;
    let inner = element("div", "broken__box")?;
    let title = text("h1", "", "The console stopped working")?;
    title.set_id("broken-title");
    let says = text(
        "p",
        "",
        "This is a fault of the console, not of your runs: they go on. Reload to continue where you were. If it happens again, send the report below to whoever runs Signalbox.",
    )?;
    let detail = text("pre", "broken__report", report)?;
    detail.set_attribute("tabindex", "0")?;
    let buttons = element("div", "broken__buttons")?;
    let reload = button("Reload", "btn btn--primary", || {
        let _ = window().location().reload();
    })?;
    let copied = report.to_owned();
    let copy = button("Copy the report", "btn", move || {
        let _ = window().navigator().clipboard().write_text(&copied);
    })?;
    let home = text("a", "btn", "Go to the start")?;
    home.set_attribute("href", "/")?;
    home.set_attribute("rel", "external")?;
    for part in [&reload, &copy, &home] {
        buttons.append_child(part)?;
    }
    for part in [&title, &says, &detail, &buttons] {
        inner.append_child(part)?;
    }
    overlay.append_child(&inner)?;
    body.append_child(&overlay)?;
    if let Some(reload) = reload.dyn_ref::<HtmlElement>() {
        reload.focus()?;
    }
    Ok(())
}

fn element(tag: &str, class: &str) -> Result<Element, JsValue> {
    let element = document().create_element(tag)?;
    if !class.is_empty() {
        element.set_class_name(class);
    }
    Ok(element)
}

fn text(tag: &str, class: &str, text: &str) -> Result<Element, JsValue> {
    let element = element(tag, class)?;
    element.set_text_content(Some(text));
    Ok(element)
}

fn button(label: &str, class: &str, act: impl Fn() + 'static) -> Result<Element, JsValue> {
    let button = text("button", class, label)?;
    button.set_attribute("type", "button")?;
    let act = Closure::<dyn Fn()>::new(act);
    button.add_event_listener_with_callback("click", act.as_ref().unchecked_ref())?;
    // The overlay stays until the page is left.
    act.forget();
    Ok(button)
}
