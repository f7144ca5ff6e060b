//! Who is signed in, what they may do here, and whether the runtime is still the one this page was loaded from.

use crate::{
    api::{self, Api, ApiError},
    routes::Place,
};
use leptos::prelude::*;
use model::api::{Me, ProjectAccess, TenantAccess};
use model::{Access, Role, Scope};

/// Whether somebody is signed in.
#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// Not known yet.
    Asking,
    /// The runtime cannot be asked.
    Unknown(ApiError),
    /// Nobody, or no longer; with the runtime's words where it had some.
    Nobody(Option<ApiError>),
    Someone(std::sync::Arc<Me>),
}

/// The session, from context. Lives as long as the page is loaded.
#[derive(Clone, Copy)]
pub struct Session {
    who: RwSignal<Who>,
    /// Another build of the runtime answers than the one this page began with.
    pub outdated: RwSignal<bool>,
    signed_out: RwSignal<Option<ApiError>>,
}

impl Session {
    pub fn provide() -> Self {
        let session = Self {
            who: RwSignal::new(Who::Asking),
            outdated: RwSignal::new(false),
            signed_out: RwSignal::new(None),
        };
        provide_context(session);
        Effect::new(move || {
            if let Some(error) = session.signed_out.get() {
                session.who.set(Who::Nobody(Some(error)));
                session.signed_out.set(None);
            }
        });
        session
    }

    pub fn get() -> Option<Self> {
        use_context()
    }

    /// An API without a place, for what belongs to the person.
    pub fn api(self, place: Option<Place>) -> Api {
        Api::provide(place, self.signed_out)
    }

    pub fn who(self) -> Who {
        self.who.get()
    }

    /// The person signed in.
    pub fn me(self) -> Option<std::sync::Arc<Me>> {
        self.who.with(|who| match who {
            Who::Someone(me) => Some(me.clone()),
            Who::Asking | Who::Unknown(_) | Who::Nobody(_) => None,
        })
    }

    /// Asks the runtime who this is. A person who is known stays so when no answer comes.
    pub fn ask(self, api: Api) {
        leptos::task::spawn_local(async move {
            let answer = api::session::me(api).await;
            let Some(before) = self.who.try_get_untracked() else {
                return;
            };
            match answer {
                Ok(me) => {
                    if let Who::Someone(old) = &before
                        && old.build != me.build
                    {
                        self.outdated.try_set(true);
                    }
                    let same = matches!(&before, Who::Someone(old) if old.actor == me.actor && old.tenants == me.tenants && old.scopes == me.scopes);
                    if !same {
                        self.who.try_set(Who::Someone(me.into()));
                    }
                }
                Err(error) if error.is_signed_out() => {
                    drop(self.who.try_set(Who::Nobody(Some(error))));
                }
                Err(error) => {
                    if !matches!(before, Who::Someone(_)) {
                        self.who.try_set(Who::Unknown(error));
                    }
                }
            }
        });
    }

    pub fn sign_out(self, api: Api) {
        leptos::task::spawn_local(async move {
            // Signed out here also when the runtime cannot be told; its session then ends by time.
            let _ = api::session::sign_out(api).await;
            self.who.try_set(Who::Nobody(None));
        });
    }

    /// The tenant and project at a place; `None` when this person has no part in it.
    pub fn at(self, place: &Place) -> Option<(TenantAccess, ProjectAccess)> {
        let me = self.me()?;
        let tenant = me.tenants.iter().find(|tenant| tenant.id == place.tenant)?;
        let project = tenant
            .projects
            .iter()
            .find(|project| project.id == place.project)?;
        Some((tenant.clone(), project.clone()))
    }

    /// What this person may do at a place.
    pub fn access(self, place: &Place) -> Option<Access> {
        let (_, project) = self.at(place)?;
        let me = self.me()?;
        Some(Access {
            role: project.role,
            scopes: me.scopes.iter().copied().collect(),
        })
    }
}

/// The place of the page around. Everything inside a project has one.
#[derive(Clone)]
struct Here(Place);

pub fn provide_place(place: Place) {
    provide_context(Here(place));
}

/// Tenant and project of the page around; constant for as long as the page stands.
pub fn place() -> Place {
    here().unwrap_or_else(|| Place {
        tenant: "".into(),
        project: "".into(),
    })
}

/// As [`place`], for what may also stand outside of any project, where nothing of one can be linked: a report's file.
pub fn here() -> Option<Place> {
    use_context::<Here>().map(|here| here.0)
}

/// What this person may do here; `None` until it is known.
pub fn access() -> Memo<Option<Access>> {
    let session = Session::get();
    let place = place();
    Memo::new(move |_| session?.access(&place))
}

/// Why this person may not do here what asks for a role and a scope; `None` when they may, and while it is not known.
pub fn denied(role: Role, scope: Scope) -> Signal<Option<String>> {
    let access = access();
    Signal::derive(move || {
        let denied = access.get()?.allow(role, scope).err()?;
        Some(denied.to_string())
    })
}
