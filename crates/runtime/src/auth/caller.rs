//! Someone who is signed in, and where they may.

use crate::store::Place;
use crate::store::record::{Membership, Token};
use model::{Access, Actor, Role, Scope, TokenId, UserId};
use std::collections::BTreeSet;

/// What proves who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    Token(TokenId),
    /// The hash of a session's cookie.
    Session(String),
}

/// Someone who is signed in.
#[derive(Debug, Clone)]
pub struct Caller {
    pub actor: Actor,
    pub user: UserId,
    pub proof: Proof,
    pub scopes: BTreeSet<Scope>,
    pub(super) memberships: Vec<Membership>,
    /// A token holds in its tenant only, and in its project where it names one.
    pub(super) confined: Option<Token>,
}

impl Caller {
    /// The role in a place; `None` for a stranger.
    pub fn role(&self, place: &Place) -> Option<Role> {
        self.memberships
            .iter()
            .filter(|member| member.tenant == place.tenant)
            .filter(|member| {
                member
                    .project
                    .as_ref()
                    .is_none_or(|project| *project == place.project)
            })
            .filter(|_| self.reaches(place))
            .map(|member| member.role)
            .max()
            .map(
                |role| match self.confined.as_ref().and_then(|token| token.role) {
                    Some(most) => role.min(most),
                    None => role,
                },
            )
    }

    /// The token that was sent, or that the session was opened with.
    pub fn token(&self) -> Option<&Token> {
        self.confined.as_ref()
    }

    fn reaches(&self, place: &Place) -> bool {
        self.confined.as_ref().is_none_or(|token| {
            token.tenant == place.tenant
                && token
                    .project
                    .as_ref()
                    .is_none_or(|project| *project == place.project)
        })
    }

    pub fn access(&self, place: &Place) -> Option<Access> {
        Some(Access {
            role: self.role(place)?,
            scopes: self.scopes.clone(),
        })
    }

    /// The tenants this caller belongs to, each once.
    pub fn tenants(&self) -> BTreeSet<&model::TenantId> {
        self.memberships
            .iter()
            .map(|member| &member.tenant)
            .filter(|tenant| {
                self.confined
                    .as_ref()
                    .is_none_or(|token| token.tenant == **tenant)
            })
            .collect()
    }
}
