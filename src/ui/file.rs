//! Files that go between the page and the person: made here and saved, or chosen there and read here. Nothing is sent.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A file that unpacks to more than this is not read.
const LARGEST: usize = 64 * 1024 * 1024;

/// Saves `text` as gzip under `name`; whether the browser could.
pub async fn save_gzip(name: &str, text: &str) -> bool {
    match packed(text).await {
        Ok(blob) => save(name, &blob).is_ok(),
        Err(_) => false,
    }
}

/// The text of a file that is gzip, or plain. `None` where the browser cannot read it, where it is no text, and where it is
/// larger than any file of Signalbox.
pub async fn text_of(file: &web_sys::File) -> Option<String> {
    let mut bytes = content(file.stream().into(), None).await.ok()?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        bytes = content(file.stream().into(), Some("DecompressionStream"))
            .await
            .ok()?;
    }
    String::from_utf8(bytes).ok()
}

async fn packed(text: &str) -> Result<web_sys::Blob, JsValue> {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let plain = web_sys::Blob::new_with_str_sequence(&parts)?.stream();
    let stream = through(plain.into(), "CompressionStream")?.unchecked_into();
    let response = web_sys::Response::new_with_opt_readable_stream(Some(&stream))?;
    Ok(JsFuture::from(response.blob()?).await?.unchecked_into())
}

/// What a stream gives, piece by piece: what unpacks to more than is allowed is given up before it fills the memory.
async fn content(stream: JsValue, unpack: Option<&str>) -> Result<Vec<u8>, JsValue> {
    let stream = match unpack {
        Some(name) => through(stream, name)?,
        None => stream,
    };
    let reader = call(&stream, "getReader", &[])?;
    let mut bytes = Vec::new();
    loop {
        let next = JsFuture::from(js_sys::Promise::from(call(&reader, "read", &[])?)).await?;
        if field(&next, "done")?.is_truthy() {
            return Ok(bytes);
        }
        let piece: js_sys::Uint8Array = field(&next, "value")?.dyn_into()?;
        if bytes.len() + piece.length() as usize > LARGEST {
            return Err(JsValue::NULL);
        }
        bytes.extend(piece.to_vec());
    }
}

/// A stream of bytes through gzip. Every browser of today has it, but its binding still counts as unstable.
fn through(stream: JsValue, name: &str) -> Result<JsValue, JsValue> {
    let make: js_sys::Function = field(&js_sys::global(), name)?.dyn_into()?;
    let press = js_sys::Reflect::construct(&make, &js_sys::Array::of1(&"gzip".into()))?;
    call(&stream, "pipeThrough", &[press])
}

fn call(of: &JsValue, name: &str, with: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: js_sys::Function = field(of, name)?.dyn_into()?;
    function.apply(of, &with.iter().collect::<js_sys::Array>())
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
