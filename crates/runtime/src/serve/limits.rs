//! How much one caller may ask: by token or session first, by address in any case.

use crate::api::PeerAddress;
use crate::api::problem::Error;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many addresses share one connection's worth: many people may sit behind one.
const PER_ADDRESS: u32 = 4;
/// Sign-ins a second and at once: enough for people, too few for guessing.
const SIGN_INS: u32 = 5;
const SIGN_INS_AT_ONCE: u32 = 200;
/// Checks between two times that forgotten callers are swept out.
const SWEEP: u32 = 16_384;

/// Counts requests; cheap to clone.
#[derive(Clone)]
pub struct Limits(Arc<Inner>);

struct Inner {
    callers: DefaultKeyedRateLimiter<[u8; 32]>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    sign_ins: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    checks: AtomicU32,
}

impl Limits {
    /// `per_second` requests a second for one caller, three times as many at once.
    pub fn new(per_second: NonZeroU32) -> Self {
        let quota =
            |rate: NonZeroU32| Quota::per_second(rate).allow_burst(rate.saturating_mul(THREE));
        let sign_ins =
            Quota::per_second(at_least_one(SIGN_INS)).allow_burst(at_least_one(SIGN_INS_AT_ONCE));
        Self(Arc::new(Inner {
            callers: RateLimiter::keyed(quota(per_second)),
            addresses: RateLimiter::keyed(quota(
                per_second.saturating_mul(at_least_one(PER_ADDRESS)),
            )),
            sign_ins: RateLimiter::keyed(sign_ins),
            clock: DefaultClock::default(),
            checks: AtomicU32::new(0),
        }))
    }

    /// `Err` holds the seconds to wait.
    fn check(&self, request: &Request) -> Result<(), u64> {
        let inner = &*self.0;
        if inner.checks.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            inner.callers.retain_recent();
            inner.addresses.retain_recent();
            inner.sign_ins.retain_recent();
        }
        let peer = request.extensions().get::<PeerAddress>().map(|peer| peer.0);
        let wait =
            |until: governor::NotUntil<_>| until.wait_time_from(inner.clock.now()).as_secs() + 1;
        if let Some(caller) = caller(request.headers()) {
            inner.callers.check_key(&caller).map_err(wait)?;
        }
        if let Some(peer) = peer {
            inner.addresses.check_key(&peer).map_err(wait)?;
            if request.uri().path() == "/v1/session" {
                inner.sign_ins.check_key(&peer).map_err(wait)?;
            }
        }
        Ok(())
    }
}

const THREE: NonZeroU32 = at_least_one(3);

const fn at_least_one(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

/// Who sent a token or a cookie, without keeping either.
fn caller(headers: &HeaderMap) -> Option<[u8; 32]> {
    let proof = headers
        .get(header::AUTHORIZATION)
        .or_else(|| headers.get(header::COOKIE))?;
    Some(Sha256::digest(proof.as_bytes()).into())
}

pub async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    match limits.check(&request) {
        Ok(()) => next.run(request).await,
        Err(seconds) => Error::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            format!("There were too many requests in a short time. Try again in {seconds} s."),
        )
        .retry_after(seconds)
        .into_response(),
    }
}
