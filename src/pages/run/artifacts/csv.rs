//! Comma-separated values, as RFC 4180 writes them.

/// The first `most` rows, the header among them, and whether there were more.
pub fn read(text: &str, most: usize) -> (Vec<Vec<String>>, bool) {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(sign) = chars.next() {
        match sign {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted && chars.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
                if rows.len() == most {
                    return (rows, chars.peek().is_some());
                }
            }
            other => cell.push(other),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    (rows, false)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn quotes_commas_and_lines_inside_cells() {
        let (rows, cut) = read("a,b\r\n\"x, \"\"y\"\"\",\"two\nlines\"\n1,", 10);
        assert_eq!(
            rows,
            [
                vec!["a", "b"],
                vec!["x, \"y\"", "two\nlines"],
                vec!["1", ""]
            ]
        );
        assert!(!cut);
    }

    #[test]
    fn a_long_table_is_cut_and_says_so() {
        let (rows, cut) = read("a\n1\n2\n3\n", 2);
        assert_eq!(rows.len(), 2);
        assert!(cut);
        assert!(!read("a\n1\n", 2).1);
    }
}
