//! E-mail over SMTP.

use super::TIMEOUT;
use crate::notify::courier::{Mail, Sent};
use crate::steps::net::{self, Reach};
use crate::store::record::EmailServerRecord;
use lettre::address::AddressError;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use model::notify::SmtpSecurity;
use model::report::Bundle;
use std::net::IpAddr;

pub(super) async fn send(
    reach: Reach,
    server: &EmailServerRecord,
    password: Option<String>,
    mail: &Mail,
) -> Sent {
    let message = match message(server, mail) {
        Ok(message) => message,
        Err(error) => return Sent::failed(None, error).for_good(),
    };
    let transport = match transport(reach, server, password).await {
        Ok(transport) => transport,
        Err(error) => return Sent::failed(None, error),
    };
    match transport.send(message).await {
        Ok(answer) => {
            let code = u16::from(answer.code());
            Sent::ok(Some(code), format!("Accepted with {code}."))
        }
        Err(error) => {
            let status = error.status().map(u16::from);
            let sent = Sent::failed(status, reason(&error, status));
            if error.is_permanent() {
                sent.for_good()
            } else {
                sent
            }
        }
    }
}

fn message(server: &EmailServerRecord, mail: &Mail) -> Result<Message, String> {
    let mailbox = |text: &str, whose: &str| {
        text.parse::<Address>()
            .map(|address| Mailbox::new(None, address))
            .map_err(|error: AddressError| format!("The {whose} {text:?} is no address: {error}."))
    };
    let from = mailbox(&server.from, "sender")?;
    let text = SinglePart::plain(mail.text.clone());
    let parts = match &mail.file {
        Some((name, content)) => {
            let kind = ContentType::parse(Bundle::MEDIA_TYPE)
                .map_err(|error| format!("The file could not be attached: {error}."))?;
            let file = Attachment::new(name.clone()).body(content.clone(), kind);
            MultiPart::mixed().singlepart(text).singlepart(file)
        }
        None => MultiPart::mixed().singlepart(text),
    };
    let domain = from.email.domain().to_owned();
    Message::builder()
        .from(from)
        .to(mailbox(&mail.to, "receiver")?)
        .subject(mail.subject.clone())
        .message_id(Some(format!("<{}@{domain}>", mail.id)))
        .multipart(parts)
        .map_err(|error| format!("The message could not be written: {error}."))
}

/// The name is resolved here, so that the address that was checked is the one that is used.
async fn transport(
    reach: Reach,
    server: &EmailServerRecord,
    password: Option<String>,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let address = resolve(reach, &server.host, server.port).await?;
    let parameters = || {
        TlsParameters::builder(server.host.clone())
            .build_rustls()
            .map_err(|error| format!("TLS cannot be used: {error}."))
    };
    let tls = match server.security {
        SmtpSecurity::Tls => Tls::Wrapper(parameters()?),
        SmtpSecurity::StartTls => Tls::Required(parameters()?),
        SmtpSecurity::Plain => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.to_string())
        .port(server.port)
        .tls(tls)
        .timeout(Some(TIMEOUT));
    if let (Some(user), Some(password)) = (&server.username, password) {
        builder = builder.credentials(Credentials::new(user.clone(), password));
    }
    Ok(builder.build())
}

async fn resolve(reach: Reach, host: &str, port: u16) -> Result<IpAddr, String> {
    let unknown = || format!("The host {host} could not be found.");
    let found = net::resolve(reach, host, port)
        .await
        .map_err(|_| unknown())?
        .map_err(|closed| format!("{closed}."))?;
    let first = found.first().ok_or_else(unknown)?;
    Ok(first.ip())
}

fn reason(error: &lettre::transport::smtp::Error, status: Option<u16>) -> String {
    if error.is_timeout() {
        return "The server did not answer in time.".into();
    }
    let cause =
        std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    match status {
        Some(status) => format!("The server answered {status}: {cause}"),
        None => format!("The server could not be used: {cause}."),
    }
}
