//! A file made in the page and handed to the browser.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Saves `text` as gzip under `name`; whether the browser could.
pub async fn gzip(name: &str, text: &str) -> bool {
    match packed(text).await {
        Ok(blob) => save(name, &blob).is_ok(),
        Err(_) => false,
    }
}

async fn packed(text: &str) -> Result<web_sys::Blob, JsValue> {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let plain: JsValue = web_sys::Blob::new_with_str_sequence(&parts)?
        .stream()
        .into();
    // Every browser of today has it, but its binding still counts as unstable.
    let make: js_sys::Function = field(&js_sys::global(), "CompressionStream")?.dyn_into()?;
    let press = js_sys::Reflect::construct(&make, &js_sys::Array::of1(&"gzip".into()))?;
    let pipe: js_sys::Function = field(&plain, "pipeThrough")?.dyn_into()?;
    let stream: web_sys::ReadableStream = pipe.call1(&plain, &press)?.unchecked_into();
    let response = web_sys::Response::new_with_opt_readable_stream(Some(&stream))?;
    Ok(JsFuture::from(response.blob()?).await?.unchecked_into())
}

fn field(of: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    js_sys::Reflect::get(of, &name.into())
}

fn save(name: &str, blob: &web_sys::Blob) -> Result<(), JsValue> {
    let address = web_sys::Url::create_object_url_with_blob(blob)?;
    let link: web_sys::HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    web_sys::Url::revoke_object_url(&address)
}
