//! Messages out over the network: signed requests to webhooks, e-mail to a server.

mod mail;
mod webhook;

pub use webhook::{secret, signature};

use super::setups::Setups;
use crate::notify::courier::{self, Letter, Mail, Sent};
use crate::steps::net::{NetError, Reach, client};
use crate::store::record::{EmailServerRecord, WebhookRecord};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// How long a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The native courier. Addresses that people typed reach where `reach` allows.
pub struct Courier {
    setups: Arc<Setups>,
    reach: Reach,
    http: reqwest::Client,
}

impl Courier {
    pub fn new(setups: Arc<Setups>, reach: Reach) -> Result<Self, NetError> {
        Ok(Self {
            setups,
            reach,
            http: client(reach, Some(TIMEOUT))?,
        })
    }
}

#[async_trait]
impl courier::Courier for Courier {
    async fn post(&self, webhook: &WebhookRecord, letter: &Letter) -> Sent {
        match self.setups.unseal(&webhook.sealed_secret) {
            Ok(secret) => {
                webhook::post(&self.http, self.reach, &webhook.url, &secret, letter).await
            }
            Err(why) => Sent::failed(None, format!("The signing secret cannot be read: {why}")),
        }
    }

    async fn mail(&self, server: &EmailServerRecord, mail: &Mail) -> Sent {
        let password = match &server.sealed_password {
            Some(sealed) => match self.setups.unseal(sealed) {
                Ok(password) => Some(password),
                Err(why) => {
                    return Sent::failed(None, format!("The password cannot be read: {why}"));
                }
            },
            None => None,
        };
        mail::send(self.reach, server, password, mail).await
    }
}
