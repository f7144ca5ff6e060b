//! Ed25519 signatures, checked by the browser itself.

use model::audit::Signed;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// Whether somebody with the key signed these bytes; `None` where this browser cannot tell.
pub async fn is_right(message: &[u8], signed: &Signed) -> Option<bool> {
    let (Some(key), Some(signature)) = (unhex(&signed.key), unhex(&signed.signature)) else {
        return Some(false);
    };
    // Only there on pages that came over TLS or from this machine.
    let subtle = web_sys::window()?.crypto().ok()?.subtle();
    let key = js_sys::Uint8Array::from(key.as_slice());
    let uses = js_sys::Array::of1(&"verify".into());
    let key = subtle
        .import_key_with_str("raw", key.as_ref(), "Ed25519", false, &uses)
        .ok()?;
    let key: web_sys::CryptoKey = JsFuture::from(key).await.ok()?.dyn_into().ok()?;
    let right = subtle
        .verify_with_str_and_u8_array_and_u8_array("Ed25519", &key, &signature, message)
        .ok()?;
    JsFuture::from(right).await.ok()?.as_bool()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_is_read_and_nothing_else() {
        assert_eq!(unhex("00ff10"), Some(vec![0, 255, 16]));
        for bad in ["0", "zz", "é"] {
            assert_eq!(unhex(bad), None, "{bad}");
        }
    }
}
