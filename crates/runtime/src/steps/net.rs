//! HTTP clients for what steps talk to, and where they may not go.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use std::error::Error as StdError;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub use reqwest::Url;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where a client may connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Anywhere,
    /// Also this machine and its networks, where model providers often run, but not the addresses of a link: the machine's own
    /// secrets are handed out there.
    Local,
    /// Public addresses only: an address that a user typed must not open this machine or its network.
    Public,
}

impl Reach {
    pub fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Local => is_public(address) || is_local(address),
            Self::Public => is_public(address),
        }
    }
}

/// Why an address is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    #[error("the address {0} is not a URL that begins with http:// or https://")]
    NotHttp(String),
    #[error(
        "{0} is in this machine or its private network, which is closed; whoever runs Signalbox opens it with --allow-private-urls"
    )]
    Private(String),
    #[error("no HTTP client could be made: {0}")]
    Client(String),
}

/// Reads an address that `reach` allows. Host names are checked again whenever they are resolved.
pub fn parse_url(text: &str, reach: Reach) -> Result<Url, NetError> {
    let url = Url::parse(text).map_err(|_| NetError::NotHttp(text.to_owned()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(NetError::NotHttp(text.to_owned()));
    }
    let Some(host) = url.host_str() else {
        return Err(NetError::NotHttp(text.to_owned()));
    };
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    match literal.parse::<IpAddr>() {
        Ok(address) if !reach.allows(address) => Err(NetError::Private(literal.to_owned())),
        _ => Ok(url),
    }
}

/// A client that follows no redirect (a redirect could lead where the first address may not) and uses no proxy for closed
/// reach. `read_timeout` is the longest silence of the other side.
pub fn client(reach: Reach, read_timeout: Option<Duration>) -> Result<reqwest::Client, NetError> {
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls())
        .user_agent(concat!("signalbox/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT);
    if let Some(timeout) = read_timeout {
        builder = builder.read_timeout(timeout);
    }
    builder = match reach {
        Reach::Anywhere => builder,
        Reach::Local => builder.dns_resolver(Arc::new(Within(reach))),
        Reach::Public => builder.no_proxy().dns_resolver(Arc::new(Within(reach))),
    };
    builder
        .build()
        .map_err(|error| NetError::Client(error.to_string()))
}

/// The system's certificates, read once. Without any, plain HTTP still works.
fn tls() -> rustls::ClientConfig {
    static CONFIG: OnceLock<rustls::ClientConfig> = OnceLock::new();
    let make = || {
        let mut roots = rustls::RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        for error in found.errors {
            tracing::warn!(%error, "a certificate of the system cannot be read");
        }
        roots.add_parsable_certificates(found.certs);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions();
        #[expect(
            clippy::expect_used,
            reason = "ring supports the default versions; no input decides it"
        )]
        let builder = versions.expect("ring speaks TLS 1.2 and 1.3");
        builder.with_root_certificates(roots).with_no_client_auth()
    };
    CONFIG.get_or_init(make).clone()
}

/// Resolves names and hands out allowed addresses only, so that the address checked is the one used.
struct Within(Reach);

impl Resolve for Within {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = resolve(reach, name.as_str(), 0).await??;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a host that `reach` allows; none where it has none. An address stands for itself.
pub async fn resolve(
    reach: Reach,
    host: &str,
    port: u16,
) -> io::Result<Result<Vec<SocketAddr>, NetError>> {
    let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await?.collect();
    let allowed: Vec<SocketAddr> = found
        .iter()
        .copied()
        .filter(|address| reach.allows(address.ip()))
        .collect();
    if allowed.is_empty() && !found.is_empty() {
        return Ok(Err(NetError::Private(host.to_owned())));
    }
    Ok(Ok(allowed))
}

/// Whether an address belongs to the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// Whether an address is this machine's or one of its networks'.
fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_loopback() || v4.is_private() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_local(v4.into()),
            None => v6.is_loopback() || v6.is_unique_local(),
        },
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    !(v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_broadcast()
        || v4.is_documentation()
        || v4.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    // These carry an IPv4 address that decides.
    let carried =
        |high: u16, low: u16| is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match v6.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            carried(high, low)
        }
        [0x2002, high, low, ..] => carried(high, low),
        // Global unicast, without Teredo, documentation and the like.
        [first, second, ..] => {
            (first & 0xe000) == 0x2000
                && !(first == 0x2001 && (second < 0x0200 || second == 0x0db8))
                && !(first == 0x3fff && second < 0x1000)
        }
    }
}

/// What kept a request from its answer, as the end of a sentence: "connection refused".
pub fn reason(error: &reqwest::Error) -> String {
    let (mut text, mut unresolved) = (String::new(), false);
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(closed) = cause.downcast_ref::<NetError>() {
            return closed.to_string();
        }
        if let Some(io) = cause.downcast_ref::<io::Error>()
            && let Some(word) = io_reason(io)
        {
            return word.to_owned();
        }
        text = cause.to_string();
        unresolved |= text.contains("dns error");
        next = cause.source();
    }
    if unresolved {
        return "its host name could not be found".into();
    }
    if error.is_timeout() {
        return "it did not answer in time".into();
    }
    text
}

/// As [`reason`], of a plain connection.
pub fn io_words(error: &io::Error) -> String {
    io_reason(error).map_or_else(|| error.to_string(), str::to_owned)
}

fn io_reason(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some("connection refused"),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Some("connection reset"),
        io::ErrorKind::UnexpectedEof => Some("connection closed before the answer was complete"),
        io::ErrorKind::TimedOut => Some("it did not answer in time"),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            Some("network unreachable")
        }
        _ => None,
    }
}

/// A secret as it may come back: itself, and as it stands in an address or in JSON text.
fn spellings(secret: String) -> Vec<String> {
    let in_url: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let in_json = serde_json::Value::from(secret.as_str()).to_string();
    let in_json = in_json.trim_matches('"').to_owned();
    let mut all = vec![secret, in_url, in_json];
    all.sort();
    all.dedup();
    all
}

/// Secrets that must not appear in anything kept or shown.
#[derive(Clone, Default)]
pub struct Scrub(Vec<String>);

impl Scrub {
    pub fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        // A very short secret would cut holes into ordinary words.
        let mut secrets: Vec<String> = secrets
            .into_iter()
            .filter(|s| s.len() >= 6)
            .flat_map(spellings)
            .collect();
        secrets.sort_unstable_by_key(|s| std::cmp::Reverse(s.len()));
        Self(secrets)
    }

    pub fn text(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| {
            if text.contains(secret) {
                text.replace(secret, "•••")
            } else {
                text
            }
        })
    }

    /// The same in every text of a value.
    pub fn value(&self, value: serde_json::Value) -> serde_json::Value {
        use serde_json::Value;
        if self.0.is_empty() {
            return value;
        }
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => members
                .into_iter()
                .map(|(name, member)| (self.text(name), self.value(member)))
                .collect(),
            plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => plain,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn private_addresses_are_closed_in_every_spelling() {
        for closed in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(closed.parse().unwrap()), "{closed}");
        }
        for open in [
            "1.1.1.1",
            "93.184.216.34",
            "2606:4700::1111",
            "64:ff9b::101:101",
            "2002:101:101::",
        ] {
            assert!(is_public(open.parse().unwrap()), "{open}");
        }
        // The URL standard reads all of these as 127.0.0.1.
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::ffff:7f00:1]/",
        ] {
            assert!(
                matches!(parse_url(url, Reach::Public), Err(NetError::Private(_))),
                "{url}"
            );
            assert!(parse_url(url, Reach::Anywhere).is_ok(), "{url}");
        }
        assert!(matches!(
            parse_url("file:///etc/passwd", Reach::Anywhere),
            Err(NetError::NotHttp(_))
        ));
    }

    #[test]
    fn a_provider_may_be_near_but_not_where_a_machine_keeps_its_secrets() {
        for near in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.1.1",
            "100.64.0.1",
            "::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "1.1.1.1",
        ] {
            assert!(Reach::Local.allows(near.parse().unwrap()), "{near}");
        }
        for closed in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "fe80::1",
            "0.0.0.0",
            "224.0.0.1",
        ] {
            assert!(!Reach::Local.allows(closed.parse().unwrap()), "{closed}");
        }
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_this_machine_is_closed() {
        let client = client(Reach::Public, None).unwrap();
        let error = client.get("http://localhost:9/").send().await.unwrap_err();
        assert_eq!(
            reason(&error),
            "localhost is in this machine or its private network, which is closed; whoever runs Signalbox opens it with \
             --allow-private-urls"
        );
    }

    #[test]
    fn secrets_are_cut_out() {
        let scrub = Scrub::new(["sk-secret".to_owned(), "x".to_owned()]);
        assert_eq!(
            scrub.value(serde_json::json!({"a": ["key sk-secret is wrong", 1]})),
            serde_json::json!({"a": ["key ••• is wrong", 1]})
        );
        assert_eq!(scrub.text("x stays".into()), "x stays");
        let odd = Scrub::new(["p\u{e4}ss/w\"rd".to_owned()]);
        for spelled in ["p\u{e4}ss/w\"rd", "p%C3%A4ss%2Fw%22rd", "p\u{e4}ss/w\\\"rd"] {
            assert_eq!(odd.text(format!("<{spelled}>")), "<•••>", "{spelled}");
        }
    }
}
