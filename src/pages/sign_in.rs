//! Sign-in: by the link that the runtime prints, or with a token.

mod form;

use crate::{
    api::{self, Api, ApiError},
    routes::{Area, Page},
    state::{
        session::{Session, Who},
        title::name_list,
    },
    ui::{banner::Banner, status::Tone},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

/// What is being tried, and how the last try went.
#[derive(Debug, Clone, PartialEq)]
enum Try {
    Ready,
    Busy,
    Failed { by_link: bool, error: ApiError },
}

#[component]
pub fn SignIn() -> AnyView {
    name_list("Sign in");
    let Some(session) = Session::get() else {
        return ().into_any();
    };
    let api = Api::get();
    let state = RwSignal::new(Try::Ready);
    let location = use_location();
    let navigate = send_wrapper::SendWrapper::new(use_navigate());
    let pathname = location.pathname;

    let done = Callback::new(move |()| {
        session.ask(api);
        // From the sign-in page itself there is nowhere to return to but the start.
        if Area::parse(&pathname.get_untracked()) == Area::SignIn {
            navigate(
                "/",
                NavigateOptions {
                    replace: true,
                    ..NavigateOptions::default()
                },
            );
        }
    });
    let send = move |by_link: bool, secret: String| {
        state.set(Try::Busy);
        leptos::task::spawn_local(async move {
            let answer = if by_link {
                api::session::with_code(api, &secret).await
            } else {
                api::session::with_token(api, &secret).await
            };
            match answer {
                Ok(()) => {
                    state.try_set(Try::Ready);
                    done.run(());
                }
                Err(error) => drop(state.try_set(Try::Failed { by_link, error })),
            }
        });
    };

    // The code stands behind the `#`, where no server and no log sees it; it leaves the address at once.
    let code = code(&location.hash.get_untracked());
    if let Some(code) = code {
        if let Ok(history) = window().history() {
            let _ =
                history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some("/sign-in"));
        }
        send(true, code);
    }

    let asked_for = move || match Area::parse(&pathname.get()) {
        Area::Inside(_, page) => Some(page.as_ref().map_or("that page", Page::shown)),
        Area::Home | Area::SignIn | Area::File | Area::Unknown => None,
    };
    // How the last try went says more than why there is no session.
    let ended = move || match session.who() {
        _ if state.with(|state| *state != Try::Ready) => None,
        Who::Nobody(Some(ApiError::Problem(problem))) if problem.code != "no_credentials" => {
            Some(problem.detail.clone())
        }
        Who::Nobody(_) | Who::Asking | Who::Unknown(_) | Who::Someone(_) => None,
    };
    view! {
        <main class="sign-in">
            <div class="sign-in__box">
                <p class="sign-in__brand"><crate::ui::brand::Brand />"Signalbox"</p>
                <h1>"Sign in"</h1>
                {move || asked_for().map(|name| view! { <p class="sign-in__to">"You will come back to "<b>{name}</b>"."</p> })}
                {move || ended().map(|text| view! { <Banner tone=Tone::Wait>{text}</Banner> })}
                <Outcome state />
                <form::TokenForm
                    busy=Signal::derive(move || state.get() == Try::Busy)
                    on_send=move |token| send(false, token)
                />
                <section class="sign-in__help">
                    <h2>"With a link"</h2>
                    <p>"On the machine that runs Signalbox, this prints a link that signs you in once:"</p>
                    <crate::ui::code::CodeBlock text="signalbox sign-in-link" label="Command that prints a sign-in link" />
                </section>
                <p class="sign-in__file">"To read a report file, nobody has to sign in: "<a href=Area::FILE>"open it"</a>"."</p>
            </div>
        </main>
    }
    .into_any()
}

/// How the last try went, with what to do about it.
#[component]
fn Outcome(state: RwSignal<Try>) -> AnyView {
    let shown = move || match state.get() {
        Try::Ready => ().into_any(),
        Try::Busy => view! { <p class="sign-in__busy" role="status">"Signing in…"</p> }.into_any(),
        Try::Failed { by_link, error } => {
            let refused = matches!(error.status(), Some(400 | 401 | 404 | 410 | 422));
            let (title, text) = match (refused, by_link) {
                (true, true) => (
                    "This link does not sign you in any more".to_owned(),
                    "A link works once and for a short time. Print a new one with the command below.".to_owned(),
                ),
                (true, false) => (
                    "This token is not accepted".to_owned(),
                    format!("{error} Check that all of it was pasted, or use a sign-in link."),
                ),
                (false, _) => (error.face("the sign-in").title, error.line()),
            };
            view! { <Banner tone=Tone::Fail title=title>{text}</Banner> }.into_any()
        }
    };
    shown.into_any()
}

/// The code of a sign-in link: `#code=sin_…`.
fn code(hash: &str) -> Option<String> {
    let hash = hash.strip_prefix('#').unwrap_or(hash);
    let code = hash
        .split('&')
        .find_map(|part| part.strip_prefix("code="))?;
    (!code.is_empty()).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn a_link_carries_its_code_behind_the_hash() {
        assert_eq!(code("#code=sin_1").as_deref(), Some("sin_1"));
        assert_eq!(code("code=sin_1&x=2").as_deref(), Some("sin_1"));
        assert_eq!(code("#code="), None);
        assert_eq!(code(""), None);
    }
}
