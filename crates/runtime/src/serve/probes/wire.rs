//! One request to a service, to see whether it answers as it should.

use super::{PATIENCE, mend};
use crate::health::Finding;
use crate::serve::credentials::Credential;
use crate::steps::net::{self, Reach, Scrub};
use crate::store::record::{ConnectionRecord, EntityRecord};
use model::FailureCode;
use model::api::Probe;
use reqwest::header::HeaderValue;
use tokio::net::TcpStream;

/// A token probe: whether the service behind a connection takes its credential.
pub async fn probe(
    reach: Reach,
    record: &ConnectionRecord,
    probe: &Probe,
    credential: &Credential,
) -> Finding {
    let id = &record.id;
    let behind = || format!("whoever runs the service behind “{id}”");
    match get(reach, &probe.url, Some(credential)).await {
        Ok(status) if status == probe.expected_status => Finding::passing(format!(
            "The service took the credential: it answered {status}."
        )),
        Ok(status @ (401 | 403)) => Finding::failing(
            FailureCode::CredentialRequired,
            format!("The service refused the credential of “{id}”: it answered {status}."),
            mend(record),
        ),
        Ok(status) => Finding::failing(
            FailureCode::UpstreamError,
            format!(
                "The service behind “{id}” answered {status} instead of {}.",
                probe.expected_status
            ),
            format!("Check the service behind “{id}” and the address of its probe"),
        )
        .outside(behind()),
        Err(why) => Finding::failing(
            FailureCode::DependencyUnavailable,
            format!("The service behind “{id}” could not be reached: {why}."),
            format!("Bring the service behind “{id}” back, or correct the address of its probe"),
        )
        .outside(behind()),
    }
}

/// A wire test: whether a backend is online.
pub async fn test(reach: Reach, record: &EntityRecord, credential: Option<&Credential>) -> Finding {
    let id = &record.id;
    let offline = |why: String| {
        Finding::failing(
            FailureCode::EntityOffline,
            format!("The backend “{id}” is offline: {why}."),
            format!("Bring the backend “{id}” back, then Re-check it on Health"),
        )
        .outside(format!("whoever runs the backend “{id}”"))
    };
    if let Some(address) = record.wire.strip_prefix("tcp://") {
        return match tokio::time::timeout(PATIENCE, connect(reach, address)).await {
            Ok(Ok(())) => Finding::passing("Online: it takes connections."),
            Ok(Err(why)) => offline(why),
            Err(_) => offline("it did not answer in time".to_owned()),
        };
    }
    match (
        get(reach, &record.wire, credential).await,
        record.expected_status,
    ) {
        (Ok(status), Some(expected)) if status != expected => {
            offline(format!("it answered {status} instead of {expected}"))
        }
        (Ok(status), None) if status >= 500 => offline(format!("it answered {status}")),
        (Ok(status), _) => Finding::passing(format!("Online: it answered {status}.")),
        (Err(why), _) => offline(why),
    }
}

/// Connects to `host:port` once.
async fn connect(reach: Reach, address: &str) -> Result<(), String> {
    let (host, port) = address
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host, port.parse().ok()?)))
        .ok_or_else(|| "its address has no port".to_owned())?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let found = net::resolve(reach, host, port)
        .await
        .map_err(|_| "its host name could not be found".to_owned())?
        .map_err(|closed| closed.to_string())?;
    TcpStream::connect(found.as_slice())
        .await
        .map(|_| ())
        .map_err(|error| net::io_words(&error))
}

/// The status of the answer, or why there is none.
async fn get(reach: Reach, url: &str, credential: Option<&Credential>) -> Result<u16, String> {
    let url = net::parse_url(url, reach).map_err(|error| error.to_string())?;
    let client = net::client(reach, Some(PATIENCE)).map_err(|error| error.to_string())?;
    let mut request = client.get(url).timeout(PATIENCE);
    let scrub = credential.map_or_else(Scrub::default, Credential::scrub);
    if let Some(credential) = credential {
        let mut value = HeaderValue::from_str(&credential.value)
            .map_err(|_| "the credential cannot be sent in a header".to_owned())?;
        value.set_sensitive(true);
        request = request.header(credential.header.as_str(), value);
    }
    match request.send().await {
        Ok(answer) => Ok(answer.status().as_u16()),
        Err(error) => Err(scrub.text(net::reason(&error))),
    }
}
