//! How this person has set the console: theme and the way times are written. Kept in the browser.

use super::storage;
use crate::ui::time::{TimeStyle, provide_time_style};
use leptos::prelude::*;

const THEME: &str = "signalbox.theme";
const TIME: &str = "signalbox.time";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    Light,
    Dark,
    /// As the system is set.
    #[default]
    System,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Light => "Light",
            Self::Dark => "Dark",
            Self::System => "As the system",
        }
    }
    fn parse(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|theme| theme.as_str() == text)
            .unwrap_or_default()
    }
}

/// The ways to write a time, with their words in the address of the setting.
pub const TIME_STYLES: [(TimeStyle, &str, &str); 3] = [
    (TimeStyle::Relative, "relative", "Relative"),
    (TimeStyle::Utc, "utc", "UTC"),
    (TimeStyle::Local, "local", "Local"),
];

#[derive(Clone, Copy)]
pub struct Prefs {
    theme: RwSignal<Theme>,
    time: RwSignal<TimeStyle>,
}

impl Prefs {
    /// Gives the settings to everything below, the times' style to the building blocks too.
    pub fn provide() -> Self {
        let kept = storage::read(TIME).unwrap_or_default();
        let time = TIME_STYLES
            .iter()
            .find(|(_, word, _)| *word == kept)
            .map_or(TimeStyle::Relative, |(style, ..)| *style);
        let theme = Theme::parse(&storage::read(THEME).unwrap_or_default());
        let prefs = Self {
            theme: RwSignal::new(theme),
            time: RwSignal::new(time),
        };
        provide_time_style(prefs.time.into());
        provide_context(prefs);
        Effect::new(move || {
            let theme = prefs.theme.get();
            let Some(root) = document().document_element() else {
                return;
            };
            let _ = match theme {
                Theme::System => root.remove_attribute("data-theme"),
                Theme::Light | Theme::Dark => root.set_attribute("data-theme", theme.as_str()),
            };
        });
        prefs
    }

    pub fn get() -> Option<Self> {
        use_context()
    }

    pub fn theme(self) -> Theme {
        self.theme.get()
    }

    pub fn set_theme(self, theme: Theme) {
        storage::write(THEME, Some(theme.as_str()));
        self.theme.set(theme);
    }

    pub fn time(self) -> TimeStyle {
        self.time.get()
    }

    pub fn set_time(self, style: TimeStyle) {
        let word = TIME_STYLES
            .iter()
            .find(|(own, ..)| *own == style)
            .map(|(_, word, _)| *word);
        storage::write(TIME, word);
        self.time.set(style);
    }
}
