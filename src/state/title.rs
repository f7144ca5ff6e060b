//! What the page shows, for the browser's tab, the breadcrumbs and those who hear the page.

use leptos::prelude::*;

/// The title of the screen, and the trail that leads to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Title {
    /// For the tab and the announcement: "Failed · RFQ 2231".
    pub text: String,
    /// The last piece of the trail, where the screen shows one thing of a list: "RFQ 2231".
    pub thing: Option<String>,
}

#[derive(Clone, Copy)]
pub struct TitleState(pub RwSignal<Title>);

impl TitleState {
    pub fn provide() -> Self {
        let state = Self(RwSignal::new(Title::default()));
        provide_context(state);
        state
    }
}

/// Names the screen that is being built, for as long as it stands.
pub fn name_screen(title: impl Fn() -> Title + Send + Sync + 'static) {
    let Some(TitleState(state)) = use_context() else {
        return;
    };
    Effect::new(move || {
        let title = title();
        if state.with_untracked(|old| *old != title) {
            state.set(title);
        }
    });
}

/// Names a screen whose name never changes.
pub fn name_list(text: &'static str) {
    name_screen(move || Title {
        text: text.to_owned(),
        thing: None,
    });
}
