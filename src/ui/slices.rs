//! Long work on the page's own thread, in slices short enough for a frame.

use leptos::prelude::window;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// How long a slice may take, in milliseconds: half a frame.
const LONGEST: f64 = 8.0;

/// Work that gives way to the page.
pub struct Slices {
    began: f64,
}

impl Slices {
    pub fn begin() -> Self {
        Self { began: now() }
    }

    /// Lets the page go on if the slice has taken its time; whether it has.
    pub async fn breathe(&mut self) -> bool {
        if now() - self.began < LONGEST {
            return false;
        }
        let pause = js_sys::Promise::new(&mut |resolve, _| {
            if window().set_timeout_with_callback(&resolve).is_err() {
                let _ = resolve.call0(&JsValue::NULL);
            }
        });
        let _ = JsFuture::from(pause).await;
        self.began = now();
        true
    }
}

fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
