//! Prices as people write them: dollars per million tokens. The API has millionths of a dollar, so nothing is rounded.

const MICROS: i64 = 1_000_000;

/// `1_250_000` → "1.25", `2_000_000` → "2.00".
pub fn dollars(micros: i64) -> String {
    let (whole, rest) = (micros / MICROS, (micros % MICROS).abs());
    let sign = if micros < 0 && whole == 0 { "-" } else { "" };
    let digits = format!("{rest:06}");
    format!("{sign}{whole}.{:0<2}", digits.trim_end_matches('0'))
}

/// "1.25" or "$1.25" → `1_250_000`; `None` for what is no amount, is negative, or is finer than a millionth.
pub fn micros(text: &str) -> Option<i64> {
    let text = text.trim().trim_start_matches('$').trim();
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && rest.is_empty() || !digits(whole) || !digits(rest) || rest.len() > 6 {
        return None;
    }
    let whole: i64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let rest: i64 = if rest.is_empty() {
        0
    } else {
        format!("{rest:0<6}").parse().ok()?
    };
    whole.checked_mul(MICROS)?.checked_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_come_back_as_they_were() {
        for (text, amount) in [
            ("0", 0),
            ("1.25", 1_250_000),
            ("0.000001", 1),
            ("15", 15_000_000),
            ("2.50", 2_500_000),
        ] {
            assert_eq!(micros(text), Some(amount));
            assert_eq!(micros(&dollars(amount)), Some(amount));
        }
        assert_eq!(dollars(2_500_000), "2.50");
        assert_eq!(dollars(150_000), "0.15");
        assert_eq!(dollars(0), "0.00");
        assert_eq!(micros(" $3.5 "), Some(3_500_000));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "",
            ".",
            "-1",
            "1,5",
            "1.2345678",
            "a",
            "99999999999999999999",
        ] {
            assert_eq!(micros(text), None, "{text}");
        }
    }
}
