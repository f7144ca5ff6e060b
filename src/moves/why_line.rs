//! The sentence of why, with its duration running.

use crate::ui::time::Clock;
use leptos::prelude::*;
use model::Why;

/// "Waiting 14 m for approval of Send quote": the duration runs by itself.
#[component]
pub fn WhyLine(#[prop(into)] why: Signal<Option<Why>>) -> AnyView {
    let clock = Clock::get();
    let text = Memo::new(move |_| {
        why.with(|why| {
            let why = why.as_ref()?;
            // A sentence without a beginning stands still; the clock is not asked.
            let now = if why.since.is_some() {
                clock.now()
            } else {
                model::Timestamp::default()
            };
            Some(whole_seconds(&why.sentence(now)))
        })
    });
    view! { <span class="why">{move || text.get()}</span> }.into_any()
}

/// The clock ticks in seconds: tenths and milliseconds would only pretend.
fn whole_seconds(sentence: &str) -> String {
    sentence.replace(".0 s ", " s ").replace(" 0 ms ", " 0 s ")
}
