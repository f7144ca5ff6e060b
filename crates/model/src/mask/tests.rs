use super::*;
use serde_json::json;

fn masked(text: &str) -> (String, Vec<(MaskRule, u64)>) {
    let mut counts = MaskCounts::default();
    let out = mask_text(text, &mut counts);
    (out, counts.0.into_iter().collect())
}

#[test]
fn each_rule_cuts_out_its_own() {
    for (text, expected, rule) in [
        (
            "Authorization: Bearer abc123def456",
            "Authorization: Bearer •••",
            MaskRule::NamedSecret,
        ),
        (
            "sent Bearer abc123def456, got 401",
            "sent Bearer •••, got 401",
            MaskRule::Authorization,
        ),
        (
            "key sk-abcdef123456 is wrong",
            "key sk-••• is wrong",
            MaskRule::ApiKey,
        ),
        ("AKIAIOSFODNN7EXAMPLE", "AKIA•••", MaskRule::ApiKey),
        (
            "t eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM end",
            "t ••• end",
            MaskRule::Jwt,
        ),
        (
            "url?api_key=hunter2&x=1",
            "url?api_key=•••&x=1",
            MaskRule::NamedSecret,
        ),
        (
            r#"{"password": "hunter 2", "a": 1}"#,
            r#"{"password": "•••", "a": 1}"#,
            MaskRule::NamedSecret,
        ),
        (
            r#"{\"client_secret\":\"abc\"}"#,
            r#"{\"client_secret\":\"•••\"}"#,
            MaskRule::NamedSecret,
        ),
        (
            "postgres://ann:pa55@db:5432/x",
            "postgres://ann:•••@db:5432/x",
            MaskRule::UrlCredentials,
        ),
        (
            "write to ann.lee+x@mail.example.com.",
            "write to •••.",
            MaskRule::Email,
        ),
        (
            "card 4111 1111 1111 1111 was",
            "card ••• was",
            MaskRule::CardNumber,
        ),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest",
            "•••\nrest",
            MaskRule::PrivateKey,
        ),
    ] {
        assert_eq!(
            masked(text),
            (expected.to_owned(), vec![(rule, 1)]),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_secret_stays() {
    for text in [
        "The provider answered 503 three times.",
        "a bearer of news and a basic idea",
        "tokens: 512, input_tokens=3",
        "at 1763676700125 on line 4111",
        "sk-short, pat_short, eyJ alone",
        "run_01M7Z95CS0G0VVR6VKC5D5W3C4",
        "see https://example.com/a@b and x@y",
        "größer als • und ••• — ü",
        "",
    ] {
        assert_eq!(masked(text), (text.to_owned(), vec![]));
    }
}

#[test]
fn masking_what_is_masked_changes_nothing() {
    let text = "password=hunter2 Bearer abc123def456 sk-abcdef123456 a@b.example https://u:p@h/";
    let once = masked(text).0;
    assert_eq!(masked(&once).0, once);
}

#[test]
fn values_called_secret_lose_all_of_it() {
    let mut value = json!({
        "password": "hunter2", "tokens": 12, "nested": [{ "apiKey": "k", "text": "mail a@b.example" }],
        "token": null, "secret": { "name": "kept" }
    });
    let mut counts = MaskCounts::default();
    mask_value(&mut value, &mut counts);
    assert_eq!(
        value,
        json!({
            "password": "•••", "tokens": 12, "nested": [{ "apiKey": "•••", "text": "mail •••" }],
            "token": null, "secret": { "name": "kept" }
        })
    );
    assert_eq!(counts.total(), 3);
}
