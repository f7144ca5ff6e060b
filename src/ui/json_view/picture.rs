//! A picture that stands in a value as text.

use super::rows::CUT;
use crate::ui::fmt;
use leptos::prelude::*;

/// Larger ones are not shown, in bytes of base64.
const LARGEST: usize = 8_000_000;

#[derive(Clone)]
pub(super) struct Picture {
    media_type: &'static str,
    /// In bytes.
    size: u64,
    /// As an address; absent where it is too large.
    url: Option<String>,
}

impl Picture {
    pub(super) fn of(raw: &str) -> Option<Self> {
        let (media_type, data) = picture(raw)?;
        // JSON may write a slash with a backslash before it.
        let url = || format!("data:{media_type};base64,{}", data.replace("\\/", "/"));
        Some(Self {
            media_type,
            size: decoded(data),
            url: (data.len() <= LARGEST).then(url),
        })
    }

    pub(super) fn view(self) -> AnyView {
        let about = format!("{}, {}", self.media_type, fmt::bytes(self.size));
        match self.url {
            Some(url) => view! {
                <figure class="json__picture">
                    <img src=url alt=format!("The picture in the value: {about}") />
                    <figcaption>{about}</figcaption>
                </figure>
            }
            .into_any(),
            None => view! { <p>{format!("{about}: too large to be shown here. Copy the value to see it elsewhere.")}</p> }.into_any(),
        }
    }
}

/// Bytes of what base64 stands for.
pub(super) fn decoded(base64: &str) -> u64 {
    base64.trim_end_matches('=').len() as u64 * 3 / 4
}

/// The beginnings of pictures, as base64.
const PICTURES: [(&str, &str); 4] = [
    ("image/png", "iVBORw0KGgo"),
    ("image/jpeg", "/9j/"),
    ("image/gif", "R0lGOD"),
    ("image/webp", "UklGR"),
];

/// The media type and the data of a picture that a text holds: a data URL, or base64 that begins as one does. Only kinds that
/// hold nothing but pixels.
pub(super) fn picture(raw: &str) -> Option<(&'static str, &str)> {
    let inside = raw.strip_prefix('"')?.strip_suffix('"')?;
    if let Some(rest) = inside.strip_prefix("data:") {
        return PICTURES.iter().find_map(|(kind, _)| {
            let data = rest.strip_prefix(kind)?.strip_prefix(";base64,")?;
            Some((*kind, data))
        });
    }
    let (kind, _) = PICTURES
        .iter()
        .find(|(_, begin)| inside.len() > CUT && inside.starts_with(begin))?;
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let mut begin = inside.bytes().take(CUT);
    begin.all(is_base64).then_some((*kind, inside))
}
