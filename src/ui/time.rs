//! Moments and lengths of time on the page. One clock ticks for all of them.

use super::fmt;
use leptos::prelude::*;
use model::Timestamp;
use std::{sync::OnceLock, time::Duration as StdDuration};

/// The page's clock: the present moment, once a second while the page is in sight. One for the whole page, from context.
#[derive(Clone, Copy)]
pub struct Clock(Signal<Timestamp>);

impl Clock {
    /// Starts the clock and gives it to everything below. Called once, by the shell.
    pub fn provide() -> Self {
        let time = RwSignal::new(present());
        let clock = Self(time.into());
        let tick = move || {
            if !document().hidden() {
                time.set(present());
            }
        };
        if let Ok(handle) = set_interval_with_handle(tick, StdDuration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
        provide_context(clock);
        clock
    }

    /// A clock that stands still, for everything below: what is shown there is of that moment.
    pub fn provide_still(at: Timestamp) {
        provide_context(Self(Signal::stored(at)));
    }

    /// A clock that shows what `time` says.
    pub fn of(time: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Signal::derive(time))
    }

    /// The clock above; one that stands still where there is none.
    pub fn get() -> Self {
        use_context().unwrap_or_else(|| Self(Signal::stored(present())))
    }

    /// The present moment; what reads it is run again every second.
    pub fn now(self) -> Timestamp {
        self.0.get()
    }
}

/// The present moment by the browser's clock.
pub fn present() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now() as i64)
}

/// How moments are written: the person's one setting for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeStyle {
    /// "5 min ago"
    #[default]
    Relative,
    /// "2026-11-20 22:11:40 UTC"
    Utc,
    /// "2026-11-20 23:11:40", in the browser's zone
    Local,
}

/// Gives the setting to everything below.
pub fn provide_time_style(style: Signal<TimeStyle>) {
    provide_context(StyleSetting(style));
}

#[derive(Clone, Copy)]
struct StyleSetting(Signal<TimeStyle>);

/// "2026-11-20 23:11:40 Europe/Vienna": the moment in the browser's own zone.
pub fn local(moment: Timestamp) -> String {
    format!("{} {}", local_short(moment), own_zone())
}

fn local_short(moment: Timestamp) -> String {
    let date = js_sys::Date::new(&(moment.millis() as f64).into());
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes(),
        date.get_seconds()
    )
}

/// The browser's zone, "UTC" where it has none; asked for once, for that takes longer than to make the rest of a row.
pub fn own_zone() -> &'static str {
    static ZONE: OnceLock<String> = OnceLock::new();
    ZONE.get_or_init(|| {
        let options = js_sys::Intl::DateTimeFormat::default().resolved_options();
        js_sys::Reflect::get(&options, &"timeZone".into())
            .ok()
            .and_then(|zone| zone.as_string())
            .unwrap_or_else(|| "UTC".to_owned())
    })
}

/// A moment, written as the person chose; UTC and local time on hover.
#[component]
pub fn Time(#[prop(into)] at: Signal<Timestamp>) -> AnyView {
    let clock = Clock::get();
    let style = use_context::<StyleSetting>();
    let text = Memo::new(move |_| {
        let at = at.get();
        match style.map_or(TimeStyle::Relative, |style| style.0.get()) {
            TimeStyle::Relative => fmt::relative(at, clock.now()),
            TimeStyle::Utc => fmt::utc(at),
            TimeStyle::Local => local_short(at),
        }
    });
    view! {
        <time
            class="time"
            datetime=move || at.get().to_string()
            data-tip=move || {
                let at = at.get();
                format!("{}\n{}\n{}", fmt::relative(at, clock.0.get_untracked()), fmt::utc(at), local(at))
            }
        >
            {move || text.get()}
        </time>
    }
    .into_any()
}

/// The time of day of a moment, to the second: in the browser's zone, or UTC where the person chose that.
#[component]
pub fn OfDay(#[prop(into)] at: Signal<Timestamp>) -> AnyView {
    let style = use_context::<StyleSetting>();
    let text = move || {
        let at = at.get();
        let whole = match style.map_or(TimeStyle::Relative, |style| style.0.get()) {
            TimeStyle::Utc => fmt::utc(at),
            TimeStyle::Relative | TimeStyle::Local => local_short(at),
        };
        whole.get(11..).unwrap_or_default().to_owned()
    };
    view! {
        <time
            class="time"
            datetime=move || at.get().to_string()
            data-tip=move || format!("{}\n{}", fmt::utc(at.get()), local(at.get()))
        >
            {text}
        </time>
    }
    .into_any()
}

/// How long something took, or has taken so far when `until` is `None`.
#[component]
pub fn Elapsed(
    #[prop(into)] since: Signal<Timestamp>,
    #[prop(into)] until: Signal<Option<Timestamp>>,
) -> AnyView {
    let clock = Clock::get();
    let text = Memo::new(move |_| match until.get() {
        Some(until) => fmt::duration(until.since(since.get())),
        // While it goes on the clock ticks in seconds, and so does the text.
        None => fmt::duration(clock.now().since(since.get()) / 1_000 * 1_000)
            .replace(".0 s", " s")
            .replace("0 ms", "0 s"),
    });
    view! { <span class="time">{move || text.get()}</span> }.into_any()
}
