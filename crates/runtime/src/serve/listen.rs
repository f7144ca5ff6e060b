//! Accepting connections, and letting the open ones finish when it is time to stop.

use crate::api::PeerAddress;
use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;
use tower::Service;

/// A connection that sends its headers slower than this is closed.
const HEADERS_WITHIN: Duration = Duration::from_secs(20);
/// How long requests in flight may take once the runtime is stopping.
const FINISH_WITHIN: Duration = Duration::from_secs(10);

/// Serves `site` until `stop` is done, then lets the requests in flight finish.
pub async fn listen(
    listener: TcpListener,
    site: Router,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let connections = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, address) = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) if is_one_connections(&error) => continue,
                Err(error) => {
                    // Out of file handles, as a rule: wait for some connections to end.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    continue;
                }
            },
        };
        // Small answers and stream messages should not wait for more.
        let _ = stream.set_nodelay(true);
        let site = site.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(PeerAddress(address.ip()));
            let mut site = site.clone();
            async move { site.call(request).await }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS_WITHIN)
            .serve_connection(TokioIo::new(stream), service);
        let watched = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(FINISH_WITHIN, connections.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not finish in time and were dropped");
    }
    Ok(())
}

/// The other side gave up before it was accepted; the listener is fine.
fn is_one_connections(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
