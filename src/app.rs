//! The root: what lives as long as the page is loaded, and which of the few great faces stands: sign-in, or a project.

use crate::{
    api::ErrorFace,
    pages,
    routes::{Area, Page, Place},
    screens,
    state::{
        opened::{self, OpenedFile},
        prefs::Prefs,
        session::{self, Session, Who},
        storage,
        title::TitleState,
    },
    ui::{
        time::Clock,
        toast::{ToastLayer, Toasts},
        tooltip::TooltipLayer,
    },
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::Router,
    hooks::{use_location, use_navigate},
    location::{BrowserUrl, LocationProvider},
};

/// The last tenant and project, as an address.
const LAST_PLACE: &str = "signalbox.place";

#[component]
pub fn App() -> AnyView {
    Clock::provide();
    Toasts::provide();
    Prefs::provide();
    TitleState::provide();
    Session::provide();
    OpenedFile::provide();
    view! {
        <Router>
            <Faces />
        </Router>
        <ToastLayer />
        <TooltipLayer />
    }
    .into_any()
}

/// Addresses are read by `routes` and not by the router's own table: one typed table both reads and writes them. The
/// router still does history, links and navigation; it waits for its table to say that a page stands.
fn complete_navigations() {
    let path = use_location().pathname;
    if let Some(browser) = use_context::<BrowserUrl>() {
        Effect::new(move || {
            path.track();
            browser.ready_to_complete();
        });
    }
}

/// The part of an address that, when it changes, changes everything: not the page inside a project.
#[derive(Debug, Clone, PartialEq)]
enum Face {
    Asking,
    Unknown,
    SignIn,
    File,
    /// From `/` to a project; `None` when this person is in none.
    Home(Option<Place>),
    Inside(Place),
    NoAccess(Place),
    Nowhere,
}

#[component]
fn Faces() -> AnyView {
    complete_navigations();
    let Some(session) = Session::get() else {
        return ().into_any();
    };
    let api = session.api(None);
    session.ask(api);
    let path = use_location().pathname;
    screens::load_ahead();
    let over = opened::take_dropped_files();
    let area = Memo::new(move |_| Area::parse(&path.get()));

    let face = Memo::new(move |_| match (session.who(), area.get()) {
        // A file is read without anybody signed in, and without a runtime.
        (_, Area::File) => Face::File,
        (Who::Asking, _) => Face::Asking,
        (Who::Unknown(_), _) => Face::Unknown,
        // Sign-in stands over the address that was asked for, so that it is still there afterwards.
        (Who::Nobody(_), _) | (_, Area::SignIn) => Face::SignIn,
        (Who::Someone(_), Area::Home) => Face::Home(home(session)),
        (Who::Someone(_), Area::Inside(place, _)) if session.at(&place).is_some() => {
            Face::Inside(place)
        }
        (Who::Someone(_), Area::Inside(place, _)) => Face::NoAccess(place),
        (Who::Someone(_), Area::Unknown) => Face::Nowhere,
    });
    let error = Signal::derive(move || match session.who() {
        Who::Unknown(error) => Some(error),
        Who::Asking | Who::Nobody(_) | Who::Someone(_) => None,
    });
    let show = move || match face.get() {
        Face::Asking => {
            view! { <div class="asking" role="status" aria-label="Loading"></div> }.into_any()
        }
        Face::Unknown => view! {
            <main class="lone">
                <ErrorFace error what="who you are" retry=move || session.ask(api) />
            </main>
        }
        .into_any(),
        Face::SignIn => screens::sign_in_screen(),
        Face::File => screens::file_screen(),
        Face::Home(Some(place)) => view! { <GoHome place /> }.into_any(),
        Face::Home(None) => {
            view! { <main class="lone"><pages::not_found::NoProject /></main> }.into_any()
        }
        Face::NoAccess(place) => {
            view! { <main class="lone"><pages::not_found::NoAccess place /></main> }.into_any()
        }
        Face::Inside(place) => view! { <Inside place area /> }.into_any(),
        Face::Nowhere => {
            view! { <main class="lone"><pages::not_found::NotFound /></main> }.into_any()
        }
    };
    view! {
        {show}
        {move || over.get().then(|| view! { <p class="drop-here">"Drop the report file to open it"</p> })}
    }
    .into_any()
}

/// The last tenant and project, or the first there is.
fn home(session: Session) -> Option<Place> {
    let kept = storage::read(LAST_PLACE).and_then(|path| match Area::parse(&path) {
        Area::Inside(place, _) => session.at(&place).map(|_| place),
        Area::Home | Area::SignIn | Area::File | Area::Unknown => None,
    });
    kept.or_else(|| {
        session.me()?.tenants.iter().find_map(|tenant| {
            let project = tenant.projects.first()?;
            Some(Place {
                tenant: tenant.id.clone(),
                project: project.id.clone(),
            })
        })
    })
}

/// From `/` to a project.
#[component]
fn GoHome(place: Place) -> AnyView {
    let navigate = use_navigate();
    let to = place.link(&Page::CommandCenter);
    Effect::new(move || {
        navigate(
            &to,
            NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            },
        );
    });
    ().into_any()
}

/// Everything inside one project. A person who switches projects gets all of it anew: nothing of one tenant's is left.
#[component]
fn Inside(place: Place, area: Memo<Area>) -> AnyView {
    let Some(session) = Session::get() else {
        return ().into_any();
    };
    storage::write(LAST_PLACE, Some(&place.link(&Page::CommandCenter)));
    session.api(Some(place.clone()));
    session::provide_place(place);
    let page = Memo::new(move |_| match area.get() {
        Area::Inside(_, page) => page,
        Area::Home | Area::SignIn | Area::File | Area::Unknown => None,
    });
    view! { <pages::shell::Shell page>{move || screens::screen(page.get())}</pages::shell::Shell> }
        .into_any()
}
