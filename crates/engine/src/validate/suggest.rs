//! "Did you mean …?"

/// Comparing with more names than this would cost more than the hint is worth.
const MOST: usize = 2_000;

/// The name most like `wrong`, when one is close enough.
pub(super) fn closest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if wrong.len() > 64 {
        return None;
    }
    let allowed = (wrong.chars().count() / 3).clamp(1, 3);
    let (distance, name) = names
        .into_iter()
        .take(MOST)
        .filter(|name| name.len() <= 64 && name.len().abs_diff(wrong.len()) <= allowed * 4)
        .map(|name| (distance(wrong, name), name))
        .min()?;
    (distance <= allowed && distance > 0).then(|| format!("Did you mean {name}?"))
}

/// Insertions, deletions, replacements and swapped neighbours from one name to the other; capitals count as the same letter.
fn distance(a: &str, b: &str) -> usize {
    let lower =
        |text: &str| -> Vec<char> { text.chars().map(|c| c.to_ascii_lowercase()).collect() };
    let same_letters = a.eq_ignore_ascii_case(b);
    if same_letters {
        // The same but for capitals is a hint too.
        return usize::from(a != b);
    }
    let (a, b) = (lower(a), lower(b));
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let above = &rows[i - 1];
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_close_names_are_suggested() {
        let names = ["extract_lines", "price", "send_quote"];
        let closest = |wrong| closest(wrong, names);
        assert_eq!(
            closest("extract_line").as_deref(),
            Some("Did you mean extract_lines?")
        );
        assert_eq!(closest("pirce").as_deref(), Some("Did you mean price?"));
        assert_eq!(closest("Price").as_deref(), Some("Did you mean price?"));
        assert_eq!(closest("prise").as_deref(), Some("Did you mean price?"));
        assert_eq!(closest("archive"), None);
        assert_eq!(closest("price"), None);
    }
}
