//! Every served file is compressed once, here, as well as it can be; the runtime only hands it out.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::paths::files;
use crate::problem::Problem;

const BROTLI_QUALITY: i32 = 11;
const BROTLI_WINDOW: i32 = 22;
/// Smaller files fit one network packet as they are.
const WORTH_IT: u64 = 256;

/// Writes `x.br` and `x.gz` beside each file `x` of the folder, where they are not there yet.
pub fn folder(folder: &Path) -> Result<(), Problem> {
    for file in files(folder) {
        if is_compressed(&file) || is_dense(&file) || size(&file) < WORTH_IT {
            continue;
        }
        let (brotli, gzip) = (with_suffix(&file, ".br"), with_suffix(&file, ".gz"));
        if is_newer(&brotli, &file) && is_newer(&gzip, &file) {
            continue;
        }
        let content = fs::read(&file).map_err(Problem::file("read", &file))?;
        write(
            &brotli,
            &to_brotli(&content).map_err(Problem::file("compressed", &file))?,
        )?;
        write(
            &gzip,
            &to_gzip(&content).map_err(Problem::file("compressed", &file))?,
        )?;
    }
    Ok(())
}

/// The bytes a browser that takes brotli is sent for this file.
pub fn wire_size(file: &Path) -> u64 {
    let brotli = with_suffix(file, ".br");
    size(if brotli.is_file() { &brotli } else { file })
}

pub fn is_compressed(file: &Path) -> bool {
    has_kind(file, &["br", "gz"])
}

fn is_dense(file: &Path) -> bool {
    has_kind(file, &["png", "jpg", "webp", "woff2", "ico"])
}

fn has_kind(file: &Path, kinds: &[&str]) -> bool {
    file.extension()
        .is_some_and(|kind| kinds.iter().any(|known| kind == *known))
}

fn size(file: &Path) -> u64 {
    file.metadata().map_or(0, |found| found.len())
}

fn is_newer(made: &Path, from: &Path) -> bool {
    let time = |file: &Path| file.metadata().and_then(|found| found.modified()).ok();
    matches!((time(made), time(from)), (Some(made), Some(from)) if made >= from)
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn write(file: &Path, content: &[u8]) -> Result<(), Problem> {
    fs::write(file, content).map_err(Problem::file("written", file))
}

fn to_brotli(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

fn to_gzip(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn text_gets_both_companions_and_small_files_none() {
        let place = std::env::temp_dir().join(format!("signalbox-compress-{}", std::process::id()));
        fs::create_dir_all(&place).unwrap();
        let (large, small) = (place.join("large.js"), place.join("small.js"));
        fs::write(&large, "signalbox ".repeat(500)).unwrap();
        fs::write(&small, "1").unwrap();
        folder(&place).unwrap();

        let mut back = Vec::new();
        let packed = fs::read(with_suffix(&large, ".br")).unwrap();
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut back).unwrap();
        assert_eq!(back, fs::read(&large).unwrap());
        assert!(with_suffix(&large, ".gz").is_file());
        assert!(wire_size(&large) < 500);
        assert!(!with_suffix(&small, ".br").exists());
        assert_eq!(wire_size(&small), 1);
        fs::remove_dir_all(&place).unwrap();
    }
}
