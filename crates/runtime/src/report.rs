//! A report's file: gzip of its document in JSON.

use flate2::Compression;
use flate2::write::GzEncoder;
use model::report::Bundle;
use std::io::{self, Write};

/// The file.
pub fn compress(bundle: &Bundle) -> io::Result<Vec<u8>> {
    let mut file = GzEncoder::new(Vec::new(), Compression::default());
    file.write_all(&serde_json::to_vec(bundle)?)?;
    file.finish()
}
