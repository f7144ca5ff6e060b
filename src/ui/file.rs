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

/// Hands on a file line by line, however large it is: only a piece of it is in memory. `false` from `each` ends the reading;
/// the answer is whether the browser could read it and it is text.
pub async fn lines(file: &web_sys::File, mut each: impl FnMut(&str) -> bool) -> bool {
    let mut rest = Vec::new();
    let mut goes_on = true;
    let mut is_text = true;
    let mut one = |line: &[u8]| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match std::str::from_utf8(line) {
            Ok(line) => goes_on = each(line),
            Err(_) => is_text = false,
        }
        if goes_on && is_text {
            Ok(())
        } else {
            Err(JsValue::NULL)
        }
    };
    let read = pieces(file.stream().into(), |piece| {
        rest.extend(piece);
        let mut begin = 0;
        while let Some(length) = rest[begin..].iter().position(|byte| *byte == b'\n') {
            one(&rest[begin..begin + length])?;
            begin += length + 1;
        }
        rest.drain(..begin);
        Ok(())
    })
    .await;
    let read = match read {
        Ok(()) if !rest.is_empty() => one(&rest),
        read => read,
    };
    (read.is_ok() || !goes_on) && is_text
}

async fn packed(text: &str) -> Result<web_sys::Blob, JsValue> {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let plain = web_sys::Blob::new_with_str_sequence(&parts)?.stream();
    let stream = through(plain.into(), "CompressionStream")?.unchecked_into();
    let response = web_sys::Response::new_with_opt_readable_stream(Some(&stream))?;
    Ok(JsFuture::from(response.blob()?).await?.unchecked_into())
}

async fn content(stream: JsValue, unpack: Option<&str>) -> Result<Vec<u8>, JsValue> {
    let stream = match unpack {
        Some(name) => through(stream, name)?,
        None => stream,
    };
    let mut bytes = Vec::new();
    pieces(stream, |piece| {
        // What unpacks to more than is allowed is given up before it fills the memory.
        if bytes.len() + piece.len() > LARGEST {
            return Err(JsValue::NULL);
        }
        bytes.extend(piece);
        Ok(())
    })
    .await?;
    Ok(bytes)
}

/// Hands on what a stream gives, piece by piece, until it ends or `take` has enough.
async fn pieces(
    stream: JsValue,
    mut take: impl FnMut(Vec<u8>) -> Result<(), JsValue>,
) -> Result<(), JsValue> {
    let reader = call(&stream, "getReader", None)?;
    loop {
        let next = JsFuture::from(js_sys::Promise::from(call(&reader, "read", None)?)).await?;
        if field(&next, "done")?.is_truthy() {
            return Ok(());
        }
        let piece: js_sys::Uint8Array = field(&next, "value")?.dyn_into()?;
        take(piece.to_vec())?;
    }
}

/// A stream of bytes through gzip. Every browser of today has it, but its binding still counts as unstable.
fn through(stream: JsValue, name: &str) -> Result<JsValue, JsValue> {
    let make: js_sys::Function = field(&js_sys::global(), name)?.dyn_into()?;
    let press = js_sys::Reflect::construct(&make, &js_sys::Array::of1(&"gzip".into()))?;
    call(&stream, "pipeThrough", Some(&press))
}

fn call(of: &JsValue, name: &str, with: Option<&JsValue>) -> Result<JsValue, JsValue> {
    let function: js_sys::Function = field(of, name)?.dyn_into()?;
    match with {
        Some(with) => function.call1(of, with),
        None => function.call0(of),
    }
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
