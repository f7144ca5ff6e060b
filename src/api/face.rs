//! The face of an error of the API: its own words for each kind, and a way on.

use super::{error::ApiError, transport::Api};
use crate::routes::Page;
use crate::ui::{
    banner::Banner,
    button::{Button, ButtonKind},
    icon::{IconRef, lucide},
    problem::Problem,
    status::Tone,
};
use leptos::prelude::*;

/// An error in place of what could not be shown. Shows nothing while there is none.
#[component]
pub fn ErrorFace(
    #[prop(into)] error: Signal<Option<ApiError>>,
    /// What was asked for, as people say it: "this run".
    #[prop(into)]
    what: String,
    /// Tries again.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
    /// In a part of a page rather than in place of all of it.
    #[prop(optional)]
    compact: bool,
) -> AnyView {
    again_when_online(error, retry);
    let place = Api::get().place();
    let shown = move || {
        error.get().map(|error| {
            let face = error.face(&what);
            let icon = icon(&error);
            let guide = place
                .zip(error.guide())
                .map(|(place, guide)| place.link(&Page::Guide(guide)));
            let stale = matches!(error, ApiError::Unreadable { .. });
            view! {
                <Problem problem=face icon=icon compact>
                    {stale
                        .then(|| {
                            view! {
                                <Button kind=ButtonKind::Primary on_click=move || drop(window().location().reload())>
                                    "Reload"
                                </Button>
                            }
                        })}
                    {retry
                        .filter(|_| !stale)
                        .map(|retry| view! { <Button on_click=move || retry.run(())>"Try again"</Button> })}
                    {guide.map(|guide| view! { <a class="problem__guide" href=guide>"What to do about this"</a> })}
                </Problem>
            }
        })
    };
    shown.into_any()
}

/// A line over data that could not be loaded again.
#[component]
pub fn StaleLine(
    #[prop(into)] error: Signal<Option<ApiError>>,
    #[prop(into)] what: String,
    #[prop(optional, into)] retry: Option<Callback<()>>,
) -> AnyView {
    again_when_online(error, retry);
    let shown = move || {
        error.get().map(|error| {
            let face = error.face(&what);
            view! {
                <Banner
                    tone=Tone::Wait
                    title=face.title
                    actions=move || {
                        retry.map(|retry| view! { <Button small=true on_click=move || retry.run(())>"Try again"</Button> })
                    }
                >
                    {face.detail}
                    " What you see is as it was before."
                </Banner>
            }
        })
    };
    shown.into_any()
}

/// The browser knows when the network is back: nobody has to press a button for that.
pub fn again_when_online(error: Signal<Option<ApiError>>, retry: Option<Callback<()>>) {
    let Some(retry) = retry else { return };
    let listener = window_event_listener(leptos::ev::online, move |_| {
        if let Some(Some(ApiError::Unreachable { .. })) = error.try_get_untracked() {
            retry.run(());
        }
    });
    on_cleanup(move || listener.remove());
}

fn icon(error: &ApiError) -> IconRef {
    match error {
        ApiError::Unreachable { .. } => lucide::LuUnplug,
        ApiError::Unreadable { .. } => lucide::LuFileQuestion,
        ApiError::Problem(problem) => match problem.status {
            401 | 403 => lucide::LuLock,
            404 => lucide::LuSearchX,
            _ => lucide::LuTriangleAlert,
        },
    }
}
