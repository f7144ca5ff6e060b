//! Requests signed as Standard Webhooks (<https://www.standardwebhooks.com>).

use super::TIMEOUT;
use crate::notify::courier::{Letter, Sent};
use crate::steps::net::{Reach, parse_url, reason};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

/// What a secret begins with; its key follows in base64.
pub const PREFIX: &str = "whsec_";
/// Bytes of a new key.
const KEY: usize = 32;

/// A secret made of random bytes.
pub fn secret(random: impl Fn(&mut [u8]) -> Result<(), String>) -> Result<String, String> {
    let mut key = [0; KEY];
    random(&mut key)?;
    Ok(format!("{PREFIX}{}", STANDARD.encode(key)))
}

/// `v1,…` over id, timestamp (seconds) and body; `None` when `secret` is none.
pub fn signature(secret: &str, id: &str, seconds: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let tag = hmac::sign(&key, format!("{id}.{seconds}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(tag.as_ref())))
}

pub(super) async fn post(
    http: &reqwest::Client,
    reach: Reach,
    url: &str,
    secret: &str,
    letter: &Letter,
) -> Sent {
    let url = match parse_url(url, reach) {
        Ok(url) => url,
        Err(error) => return Sent::failed(None, sentence(&error.to_string())).for_good(),
    };
    let seconds = letter.at.millis() / 1000;
    let Some(signature) = signature(secret, &letter.id, seconds, &letter.body) else {
        return Sent::failed(None, "The signing secret is damaged. Make a new webhook.").for_good();
    };
    let sent = http
        .post(url)
        .timeout(TIMEOUT)
        .header("content-type", "application/json")
        .header("webhook-id", &letter.id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signature)
        .body(letter.body.clone())
        .send()
        .await;
    match sent {
        Ok(answer) => {
            let status = answer.status();
            let code = Some(status.as_u16());
            match status.as_u16() {
                200..300 => Sent::ok(code, format!("Answered {}.", status.as_u16())),
                410 => Sent::failed(code, "Answered 410: it wants nothing more.").gone(),
                300..400 => Sent::failed(
                    code,
                    format!(
                        "Answered {}: redirects are not followed. Enter the address it leads to.",
                        status.as_u16()
                    ),
                ),
                _ => Sent::failed(code, format!("Answered {}.", status.as_u16())),
            }
        }
        Err(error) => Sent::failed(None, sentence(&reason(&error))),
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    first
        .into_iter()
        .flatten()
        .chain(chars)
        .chain(['.'])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification's reference libraries.
    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        let signature = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signature.as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }

    #[test]
    fn a_secret_that_is_none_signs_nothing() {
        assert_eq!(signature("MfKQ9r8G", "a", 1, ""), None);
        assert_eq!(signature("whsec_!!", "a", 1, ""), None);
    }

    #[test]
    fn a_new_secret_holds_its_random_bytes() {
        let made = secret(|bytes| {
            bytes.fill(7);
            Ok(())
        });
        let expected = format!("whsec_{}", STANDARD.encode([7; 32]));
        assert_eq!(made, Ok(expected));
    }
}
