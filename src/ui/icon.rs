//! Icons: the status glyphs are our own drawings, everything else comes from the Lucide set (`icondata_lu`).
//!
//! Why two sources, and why the package is cheap here: `docs/decisions/007-icons.md`.

use icondata_core::IconData;
pub use icondata_lu as lucide;
use leptos::prelude::*;

/// An entry of [`lucide`], for example `lucide::LuSearch`.
pub type IconRef = &'static IconData;

/// An icon of the Lucide set, as high as a line of text. It is decoration: the element around it carries the name.
#[component]
pub fn Icon(
    icon: IconRef,
    /// 20 px instead of 16 px.
    #[prop(optional)]
    large: bool,
) -> AnyView {
    let class = if large { "icon icon--l" } else { "icon" };
    view! { <svg class=class viewBox=icon.view_box.unwrap_or("0 0 24 24") aria-hidden="true" inner_html=icon.data></svg> }
        .into_any()
}

/// A status as a shape: each one has its own outline and can be told from the others at 16 px without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Glyph {
    Success,
    Failed,
    Cancelled,
    Skipped,
    Running,
    Starting,
    Paused,
    Waiting,
    Blocked,
    Queued,
    Draining,
    Interrupted,
    Retrying,
    Rejected,
    Expired,
    /// No status: a step of a draft.
    Step,
}

impl Glyph {
    /// All of them, in the order of the vocabulary.
    #[cfg(feature = "gallery")]
    pub const ALL: [Self; 15] = [
        Self::Queued,
        Self::Starting,
        Self::Running,
        Self::Waiting,
        Self::Paused,
        Self::Blocked,
        Self::Draining,
        Self::Interrupted,
        Self::Success,
        Self::Failed,
        Self::Cancelled,
        Self::Rejected,
        Self::Expired,
        Self::Skipped,
        Self::Retrying,
    ];

    /// The drawing, as SVG shapes on a 16 × 16 field, stroked.
    pub const fn shapes(self) -> &'static str {
        match self {
            Self::Step => r#"<rect x="4" y="4" width="8" height="8" rx="2"/>"#,
            Self::Success => r#"<circle cx="8" cy="8" r="6.2"/><path d="m5.2 8.2 2 2 3.7-4.2"/>"#,
            Self::Failed => {
                r#"<path d="M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3l-3.5-3.5V5.3z"/><path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4"/>"#
            }
            Self::Cancelled => r#"<circle cx="8" cy="8" r="6.2"/><path d="m3.8 12.2 8.4-8.4"/>"#,
            Self::Skipped => {
                r#"<circle cx="8" cy="8" r="6.2" stroke-dasharray="2.4 2.47"/><path d="M5.2 8h5.6"/>"#
            }
            Self::Running => {
                r#"<circle class="turns__track" cx="8" cy="8" r="6.2"/><path class="turns" d="M8 1.8a6.2 6.2 0 0 1 0 12.4"/><path class="turns glyph__fill" d="M8 4.4a3.6 3.6 0 0 1 0 7.2z"/>"#
            }
            Self::Starting => {
                r#"<circle cx="8" cy="8" r="6.2" stroke-dasharray="4.2 2.3"/><path d="M6.6 5.4v5.2L11 8z"/>"#
            }
            Self::Paused => {
                r#"<rect x="1.9" y="1.9" width="12.2" height="12.2" rx="3.2"/><path d="M6.2 5.4v5.2m3.6-5.2v5.2"/>"#
            }
            Self::Waiting => {
                r#"<path d="M3.6 1.8h8.8M3.6 14.2h8.8M4.6 1.8v2.4c0 1.7 3.4 2.6 3.4 3.8s-3.4 2.1-3.4 3.8v2.4m6.8-12.4v2.4c0 1.7-3.4 2.6-3.4 3.8s3.4 2.1 3.4 3.8v2.4"/>"#
            }
            Self::Blocked => {
                r#"<path class="glyph__fill" d="M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3l-3.5-3.5V5.3z"/><path class="glyph__cut" d="M4.9 8h6.2"/>"#
            }
            Self::Queued => {
                r#"<rect x="1.4" y="4.6" width="13.2" height="6.8" rx="3.4"/><path d="M5 8h.01M8 8h.01M11 8h.01"/>"#
            }
            Self::Draining => {
                r#"<path d="M2.2 9.6v2.6a2 2 0 0 0 2 2h7.6a2 2 0 0 0 2-2V9.6M8 1.8v8M4.9 6.9 8 10l3.1-3.1"/>"#
            }
            Self::Interrupted => r#"<path d="M9.4 1.4 3.2 9h4.3L6.6 14.6 12.8 7H8.5z"/>"#,
            Self::Retrying => {
                r#"<path class="turns" d="M13.9 6.4A6.2 6.2 0 0 0 2.6 5M2.1 9.6a6.2 6.2 0 0 0 11.3 1.4M2.4 1.8V5h3.2m8 9.2V11h-3.2"/>"#
            }
            Self::Rejected => {
                r#"<path d="M8 1.4 14.6 8 8 14.6 1.4 8z"/><path d="m6.1 6.1 3.8 3.8m0-3.8L6.1 9.9"/>"#
            }
            Self::Expired => {
                r#"<circle cx="8" cy="9" r="5.4"/><path d="M8 6.2V9l1.9 1.6M6 1.5h4M3.2 3.6 2 2.4m10.8 1.2L14 2.4"/>"#
            }
        }
    }
}

/// A status glyph in the colour of the tone around it. It is decoration: the word stands beside it.
#[component]
pub fn StatusGlyph(
    #[prop(into)] glyph: Signal<Glyph>,
    /// 20 px instead of 16 px.
    #[prop(optional)]
    large: bool,
) -> AnyView {
    let class = if large { "glyph glyph--l" } else { "glyph" };
    view! { <svg class=class viewBox="0 0 16 16" aria-hidden="true" inner_html=move || glyph.get().shapes()></svg> }
        .into_any()
}
