//! Looks at everything again and again, and lets runs go on when what held them is mended.

use crate::health::{Checks, HealthChanged, Oldest, local, view};
use crate::host::Host;
use crate::store::Place;
use futures_util::stream::{self, StreamExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

/// Looks that go on at the same time in one project.
const AT_ONCE: usize = 4;

/// Works until `ended` turns true. `every` is the time between two rounds of looks.
pub async fn watch(
    host: Host,
    checks: Arc<Checks>,
    every: Duration,
    mut ended: watch::Receiver<bool>,
) {
    let changes = follow(&host, &checks);
    let rounds = rounds(&host, &checks, every);
    tokio::select! {
        () = changes => {}
        () = rounds => {}
        _ = ended.wait_for(|ended| *ended) => {}
    }
}

/// Runs are looked at again as soon as a check does not fail any more, whoever looked; people hear of credentials that run
/// out.
async fn follow(host: &Host, checks: &Checks) {
    let mut changed = checks.subscribe();
    loop {
        match changed.recv().await {
            Ok(HealthChanged {
                place,
                cleared,
                told,
            }) => {
                if told {
                    host.outbox().wake();
                }
                if cleared {
                    recheck(host, &place).await;
                }
            }
            Err(RecvError::Lagged(_)) => {
                host.outbox().wake();
                match view::places(&**host.store()).await {
                    Ok(places) => {
                        for place in places {
                            recheck(host, &place).await;
                        }
                    }
                    Err(error) => tracing::warn!(%error, "projects cannot be listed"),
                }
            }
            Err(RecvError::Closed) => return,
        }
    }
}

async fn recheck(host: &Host, place: &Place) {
    if let Err(error) = host.recheck(place).await {
        tracing::warn!(%error, "blocked runs could not be looked at again");
    }
}

async fn rounds(host: &Host, checks: &Checks, every: Duration) {
    let mut clock = tokio::time::interval(every);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // The first tick is now: what the last process found is looked at when it is old.
    clock.tick().await;
    loop {
        clock.tick().await;
        match view::places(&**host.store()).await {
            Ok(places) => {
                for place in places {
                    if let Err(error) = round(host, checks, &place).await {
                        tracing::warn!(%error, "the checks of a project could not be made");
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "projects cannot be listed"),
        }
    }
}

async fn round(
    host: &Host,
    checks: &Checks,
    place: &Place,
) -> Result<(), crate::store::StoreError> {
    let subjects = view::subjects(&**host.store(), place).await?;
    stream::iter(subjects)
        .for_each_concurrent(AT_ONCE, async |subject| {
            if let Err(error) = checks.look(place, &subject, Oldest::Now).await {
                tracing::warn!(check = subject.id(), %error, "a check could not be kept");
            }
        })
        .await;
    for (subject, finding) in local::findings(host, place) {
        checks.keep(place, &subject, finding).await?;
    }
    Ok(())
}
