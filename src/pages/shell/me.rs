//! The person: settings that follow them, and the way out.

use crate::{
    api::Api,
    routes::{Page, Section},
    state::{
        prefs::{Prefs, TIME_STYLES},
        session::{self, Session},
    },
    ui::{
        icon::lucide,
        menu::{MenuButton, MenuItem},
    },
};
use leptos::prelude::*;

#[component]
pub fn MeMenu(sheet: RwSignal<bool>) -> AnyView {
    let (Some(session), Some(prefs)) = (Session::get(), Prefs::get()) else {
        return ().into_any();
    };
    let api = Api::get();
    let place = session::place();
    let name = move || {
        session
            .me()
            .map(|me| me.actor.name.clone())
            .unwrap_or_default()
    };
    let items = Signal::derive(move || {
        let now = prefs.time();
        let role = session
            .at(&place)
            .map(|(_, project)| project.role.shown().to_owned())
            .unwrap_or_default();
        let mut items = vec![
            MenuItem::link(name(), place.link(&Page::Settings(Section::Me)))
                .detail(role)
                .icon(lucide::LuUser),
            MenuItem::new("Keyboard shortcuts", move || sheet.set(true))
                .icon(lucide::LuKeyboard)
                .keys("?"),
        ];
        for (at, (style, _, label)) in TIME_STYLES.into_iter().enumerate() {
            let mut item = MenuItem::new(format!("Times: {label}"), move || prefs.set_time(style))
                .checked(style == now);
            if at == 0 {
                item = item.apart();
            }
            items.push(item);
        }
        items.push(
            MenuItem::new("Sign out", move || session.sign_out(api))
                .icon(lucide::LuLogOut)
                .apart(),
        );
        items
    });
    view! {
        <MenuButton label="You and your settings" button_class="me" items>
            <span aria-hidden="true">{move || initials(&name())}</span>
            <span class="visually-hidden">"You and your settings"</span>
        </MenuButton>
    }
    .into_any()
}

/// "A. Kern" → "AK".
fn initials(name: &str) -> String {
    let mut words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter_map(|word| word.chars().next());
    let first = words.next();
    let last = words.next_back();
    [first, last]
        .into_iter()
        .flatten()
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_first_and_the_last() {
        assert_eq!(initials("A. Kern"), "AK");
        assert_eq!(initials("owner"), "O");
        assert_eq!(initials("Ana Maria da Silva"), "AS");
        assert_eq!(initials(""), "");
    }
}
