//! Receivers of messages on this machine: one of webhooks, one of e-mail.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// One request a receiver of webhooks got.
#[derive(Debug, Clone)]
pub struct Posted {
    pub id: String,
    pub timestamp: String,
    pub signature: String,
    pub body: String,
}

/// Takes webhooks and answers with the statuses it was given, then with 204.
pub struct Hook {
    pub url: String,
    got: mpsc::UnboundedReceiver<Posted>,
}

impl Hook {
    pub async fn answering(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (tell, got) = mpsc::unbounded_channel();
        let statuses = Arc::new(Mutex::new(
            statuses.iter().copied().collect::<VecDeque<u16>>(),
        ));
        let route = axum::routing::post(move |headers: axum::http::HeaderMap, body: String| {
            let header = |name: &str| {
                let value = headers.get(name).and_then(|value| value.to_str().ok());
                value.unwrap_or_default().to_owned()
            };
            let _ = tell.send(Posted {
                id: header("webhook-id"),
                timestamp: header("webhook-timestamp"),
                signature: header("webhook-signature"),
                body,
            });
            let status = statuses.lock().unwrap().pop_front().unwrap_or(204);
            async move { axum::http::StatusCode::from_u16(status).unwrap() }
        });
        let router = axum::Router::new().route("/hook", route);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, got }
    }

    pub async fn next(&mut self) -> Posted {
        let next = tokio::time::timeout(PATIENCE, self.got.recv()).await;
        next.expect("no webhook came").unwrap()
    }
}

/// One message a server of e-mail took.
#[derive(Debug, Clone)]
pub struct Letter {
    pub from: String,
    pub to: String,
    /// Headers and text as they came.
    pub data: String,
}

/// Takes e-mail; refuses the first `failing` messages for now.
pub struct Mailbox {
    pub port: u16,
    got: mpsc::UnboundedReceiver<Letter>,
}

impl Mailbox {
    pub async fn failing(failing: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, got) = mpsc::unbounded_channel();
        let left = Arc::new(Mutex::new(failing));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, tell.clone(), Arc::clone(&left)));
            }
        });
        Self { port, got }
    }

    pub async fn next(&mut self) -> Letter {
        let next = tokio::time::timeout(PATIENCE, self.got.recv()).await;
        next.expect("no e-mail came").unwrap()
    }
}

async fn talk(stream: TcpStream, tell: mpsc::UnboundedSender<Letter>, left: Arc<Mutex<usize>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut from, mut to) = (String::new(), String::new());
    write.write_all(b"220 here\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let word = line.to_ascii_uppercase();
        let answer = if word.starts_with("EHLO") {
            "250 here"
        } else if word.starts_with("MAIL FROM:") {
            line.clone_into(&mut from);
            let busy = {
                let mut left = left.lock().unwrap();
                let busy = *left > 0;
                *left = left.saturating_sub(1);
                busy
            };
            if busy { "451 later" } else { "250 ok" }
        } else if word.starts_with("RCPT TO:") {
            line.clone_into(&mut to);
            "250 ok"
        } else if word == "DATA" {
            write.write_all(b"354 go on\r\n").await.unwrap();
            let mut data = String::new();
            while let Ok(Some(line)) = lines.next_line().await {
                if line == "." {
                    break;
                }
                data.push_str(&line);
                data.push('\n');
            }
            let _ = tell.send(Letter {
                from: from.clone(),
                to: to.clone(),
                data,
            });
            "250 taken"
        } else if word == "QUIT" {
            let _ = write.write_all(b"221 bye\r\n").await;
            return;
        } else {
            "250 ok"
        };
        if write
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .is_err()
        {
            return;
        }
    }
}
