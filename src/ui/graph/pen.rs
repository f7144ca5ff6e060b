//! Drawing on a `<canvas>`, in the colours of the style sheet.

use js_sys::Reflect;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, Path2d};

/// A canvas and how to draw on it. Lengths are CSS pixels of the canvas.
pub(super) struct Pen {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    /// Pixels of the device in one of CSS.
    density: f64,
    class: &'static str,
}

impl Pen {
    pub(super) fn of(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.unchecked_into();
        Some(Self {
            canvas,
            context,
            density: window().device_pixel_ratio().clamp(1.0, 2.0),
            class: "",
        })
    }

    /// Empties the canvas and makes it this large.
    pub(super) fn clear(&self, width: f64, height: f64) {
        set(&self.canvas, "width", (width * self.density).ceil());
        set(&self.canvas, "height", (height * self.density).ceil());
        let style = self.canvas.style();
        let _ = style.set_property("width", &format!("{width:.1}px"));
        let _ = style.set_property("height", &format!("{height:.1}px"));
        self.place(0.0, 0.0, 1.0);
    }

    /// From here on a point is shown at `(point - (x, y)) * zoom`.
    pub(super) fn place(&self, x: f64, y: f64, zoom: f64) {
        let zoom = zoom * self.density;
        let _ = self
            .context
            .set_transform(zoom, 0.0, 0.0, zoom, -x * zoom, -y * zoom);
    }

    /// Draws in the colour that the style sheet gives the class.
    pub(super) fn dip(&mut self, class: &'static str) {
        if std::mem::replace(&mut self.class, class) == class {
            return;
        }
        self.canvas.set_class_name(class);
        // Read, as "currentcolor" is taken for what it was the last time.
        let style = window().get_computed_style(&self.canvas).ok().flatten();
        let colour = style.and_then(|style| Reflect::get(&style, &"color".into()).ok());
        let colour = colour.unwrap_or_default();
        for name in ["strokeStyle", "fillStyle"] {
            set(&self.context, name, &colour);
        }
    }

    pub(super) fn stroke(&self, path: Option<&Path2d>, width: f64) {
        set(&self.context, "lineWidth", width);
        if let Some(path) = path {
            self.context.stroke_with_path(path);
        }
    }

    pub(super) fn rectangle(&self, x: f64, y: f64, width: f64, height: f64) {
        self.context.fill_rect(x, y, width, height);
    }
}

/// A path as SVG writes it.
pub(super) fn path(text: &str) -> Option<Path2d> {
    Path2d::new_with_path_string(text).ok()
}

// By name, so that the page does not load a function for each property.
fn set(object: &JsValue, name: &str, value: impl Into<JsValue>) {
    let _ = Reflect::set(object, &JsValue::from_str(name), &value.into());
}
