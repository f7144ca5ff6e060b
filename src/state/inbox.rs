//! How many messages wait for the person, and what the browser shows of new ones by itself.

use super::{session, storage};
use crate::api::stream::{About, Stream};
use leptos::prelude::*;
use model::notify::Notification;
use serde::Deserialize;
use wasm_bindgen::{JsCast, closure::Closure};

const DESKTOP: &str = "desktop-notifications";
const ICON: &str = "/favicon.svg";
/// The same mark with a dot: something is unread.
const ICON_UNREAD: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%232f3fb8'/%3E%3Cpath d='M16 27V13' stroke='%23fff' stroke-width='3' stroke-linecap='round'/%3E%3Cpath d='M16 13 7 9v8l9-4Z' fill='%23fff'/%3E%3Ccircle cx='24' cy='8' r='7' fill='%23e5484d'/%3E%3C/svg%3E";

/// A message of the stream: how the inbox stands, and the message that changed where one did.
#[derive(Deserialize)]
struct Stands {
    unread: u64,
    newest: Option<Notification>,
}

#[derive(Clone, Copy)]
pub struct Inbox {
    pub unread: RwSignal<u64>,
    /// Rises whenever the inbox changed, here or elsewhere.
    pub changed: RwSignal<u64>,
    /// This browser shows new messages by itself.
    desktop: RwSignal<bool>,
}

impl Inbox {
    /// Follows the inbox for as long as the project is open. The stream tells how it stands whenever it begins.
    pub fn provide(stream: Stream) -> Self {
        let inbox = Self {
            unread: RwSignal::new(0),
            changed: RwSignal::new(0),
            desktop: RwSignal::new(
                storage::read(DESKTOP).is_some()
                    && web_sys::Notification::permission()
                        == web_sys::NotificationPermission::Granted,
            ),
        };
        provide_context(inbox);
        let place = session::place();
        stream.listen("notifications", None, move |messages| {
            for message in messages {
                let stands = (message.about == About::Notifications)
                    .then(|| message.read::<Stands>())
                    .flatten();
                let Some(Stands { unread, newest }) = stands else {
                    continue;
                };
                inbox.unread.try_set(unread);
                inbox.changed.try_update(|changed| *changed += 1);
                if let Some(newest) = newest
                    && newest.desktop
                    && document().hidden()
                    && inbox.desktop.try_get_untracked() == Some(true)
                {
                    let link = match &newest.about.run {
                        Some(run) => place.run(run),
                        None => place.link(&crate::routes::Page::Notifications),
                    };
                    show(&newest, link);
                }
            }
        });
        Effect::new(move |_| icon(inbox.unread.get() > 0));
        inbox
    }

    pub fn get() -> Option<Self> {
        use_context()
    }

    pub fn desktop(self) -> bool {
        self.desktop.get()
    }

    /// Turns it on, after the browser asked the person; or off. Answers with why it stays off.
    pub async fn set_desktop(self, on: bool) -> Option<&'static str> {
        if !on {
            storage::write(DESKTOP, None);
            self.desktop.try_set(false);
            return None;
        }
        let asked = match web_sys::Notification::request_permission() {
            Ok(asked) => wasm_bindgen_futures::JsFuture::from(asked).await.ok(),
            Err(_) => None,
        };
        let granted = asked.and_then(|answer| answer.as_string()).as_deref() == Some("granted");
        if granted {
            storage::write(DESKTOP, Some("on"));
            self.desktop.try_set(true);
            return None;
        }
        Some(
            "This browser does not allow it. Allow notifications for this address in the browser's settings, then try again.",
        )
    }
}

/// One message of the desktop for each of the inbox, whatever the number of tabs.
fn show(message: &Notification, link: String) {
    let options = web_sys::NotificationOptions::new();
    options.set_body(&message.text);
    options.set_tag(message.id.as_str());
    options.set_icon(ICON);
    let Ok(shown) = web_sys::Notification::new_with_options(&message.title, &options) else {
        return;
    };
    let open = Closure::once_into_js(move || {
        let _ = window().focus();
        let _ = window().location().set_href(&link);
    });
    shown.set_onclick(Some(open.unchecked_ref()));
}

fn icon(unread: bool) {
    let Ok(Some(link)) = document().query_selector("link[rel=icon]") else {
        return;
    };
    // The built page may name its icon with a hash; the first one is kept to go back to.
    let plain = link.get_attribute("data-plain").or_else(|| {
        let plain = link.get_attribute("href")?;
        let _ = link.set_attribute("data-plain", &plain);
        Some(plain)
    });
    let href = if unread {
        ICON_UNREAD.to_owned()
    } else {
        plain.unwrap_or_else(|| ICON.to_owned())
    };
    if link.get_attribute("href").as_deref() != Some(&href) {
        let _ = link.set_attribute("href", &href);
    }
}
