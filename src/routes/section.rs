//! The sections of the settings.

/// A section of the settings: three of the person, five of the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Me,
    Tokens,
    Browsers,
    Members,
    Projects,
    Webhooks,
    Email,
    Support,
}

impl Section {
    pub const ALL: [Self; 8] = [
        Self::Me,
        Self::Tokens,
        Self::Browsers,
        Self::Members,
        Self::Projects,
        Self::Webhooks,
        Self::Email,
        Self::Support,
    ];

    /// Its word in an address.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::Tokens => "tokens",
            Self::Browsers => "browsers",
            Self::Members => "members",
            Self::Projects => "projects",
            Self::Webhooks => "webhooks",
            Self::Email => "email",
            Self::Support => "support",
        }
    }

    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.slug() == slug)
    }

    /// Its name for people.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Me => "You",
            Self::Tokens => "Tokens",
            Self::Browsers => "Browsers",
            Self::Members => "Members",
            Self::Projects => "Projects",
            Self::Webhooks => "Webhooks",
            Self::Email => "E-mail",
            Self::Support => "Support",
        }
    }

    /// Whether it is about the person; the others are about the tenant.
    pub const fn is_own(self) -> bool {
        matches!(self, Self::Me | Self::Tokens | Self::Browsers)
    }
}
