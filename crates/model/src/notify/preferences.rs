//! What is told to whom: three layers, of which the nearest one that says something counts.

use super::{Channel, NotificationKind, QuietHours};
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// Whose preferences; `me` counts before `project`, `project` before `tenant`.
    Layer {
        Tenant = "tenant", "Tenant";
        Project = "project", "Project";
        Me = "me", "Me";
    }
}

/// One layer. What it does not mention is left to the layer behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// By kind and channel: told or not.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<NotificationKind, BTreeMap<Channel, bool>>,
    /// Desktop and e-mail wait until these are over; the inbox and webhooks do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<QuietHours>,
    /// Only in `me`: where e-mail goes when not to the person's own address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl Preferences {
    /// What this layer says, if anything.
    pub fn says(&self, kind: NotificationKind, channel: Channel) -> Option<bool> {
        self.kinds.get(&kind)?.get(&channel).copied()
    }

    /// Whether `layers`, nearest first, let a notification through.
    pub fn wants(layers: &[&Self], kind: NotificationKind, channel: Channel) -> bool {
        layers
            .iter()
            .find_map(|layer| layer.says(kind, channel))
            .unwrap_or_else(|| kind.usual(channel))
    }

    /// The quiet hours of the nearest layer that has any.
    pub fn quiet<'a>(layers: &[&'a Self]) -> Option<&'a QuietHours> {
        layers.iter().find_map(|layer| layer.quiet.as_ref())
    }
}

/// `GET /v1/notifications/preferences`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PreferencesView {
    pub tenant: Preferences,
    pub project: Preferences,
    pub me: Preferences,
    /// What holds for the caller: the three layers and what is usual, put together.
    pub effective: BTreeMap<NotificationKind, BTreeMap<Channel, bool>>,
    /// Where the caller's e-mail goes; absent when no address is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_to: Option<String>,
    /// Whether e-mail can be sent at all: a tenant admin sets up the server.
    pub email_ready: bool,
}

impl PreferencesView {
    /// Puts the layers together.
    pub fn new(tenant: Preferences, project: Preferences, me: Preferences) -> Self {
        let layers = [&me, &project, &tenant];
        let effective = NotificationKind::ALL
            .iter()
            .map(|kind| {
                let channels = Channel::ALL
                    .iter()
                    .map(|channel| (*channel, Preferences::wants(&layers, *kind, *channel)))
                    .collect();
                (*kind, channels)
            })
            .collect();
        Self {
            effective,
            tenant,
            project,
            me,
            email_to: None,
            email_ready: false,
        }
    }
}

/// `PUT /v1/notifications/preferences`: one whole layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PreferencesBody {
    pub layer: Layer,
    pub preferences: Preferences,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saying(kind: NotificationKind, channel: Channel, told: bool) -> Preferences {
        Preferences {
            kinds: [(kind, [(channel, told)].into())].into(),
            ..Preferences::default()
        }
    }

    #[test]
    fn the_nearest_layer_that_says_something_counts() {
        let (kind, channel) = (NotificationKind::Completed, Channel::Email);
        let (none, yes, no) = (
            Preferences::default(),
            saying(kind, channel, true),
            saying(kind, channel, false),
        );
        assert!(!Preferences::wants(&[&none, &none, &none], kind, channel));
        assert!(Preferences::wants(&[&none, &none, &yes], kind, channel));
        assert!(!Preferences::wants(&[&no, &none, &yes], kind, channel));
        assert!(Preferences::wants(&[&none, &yes, &no], kind, channel));
        assert!(!Preferences::wants(
            &[&yes],
            NotificationKind::Failed,
            channel
        ));
    }

    #[test]
    fn a_layer_is_words_on_the_wire() {
        let layer = saying(NotificationKind::Failed, Channel::Email, true);
        let text = serde_json::to_string(&layer).unwrap_or_default();
        assert_eq!(text, r#"{"kinds":{"failed":{"email":true}}}"#);
        assert_eq!(serde_json::from_str::<Preferences>(&text).ok(), Some(layer));
    }
}
