//! Folded runs, compressed, beside their journals: at most one of each of a run's last attempts.

use super::readers::ReadError;
use crate::store::StoreError;
use engine::{Run, snapshot};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use model::RunId;
use rusqlite::{Connection, OptionalExtension, params};
use std::io::{self, BufWriter, Read, Write};

type Result<T> = std::result::Result<T, ReadError>;

/// The largest document that is kept, in bytes. A larger one is mostly values, which the journal gives as fast.
const MOST: usize = 64 * 1024 * 1024;
/// Attempts of a run of which one is kept.
const ATTEMPTS: u32 = 8;
/// Bytes that are compressed at once.
const AT_ONCE: usize = 64 * 1024;

pub(super) fn table() -> String {
    String::from(
        "
        CREATE TABLE snapshots (
            run INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            form INTEGER NOT NULL,
            doc BLOB NOT NULL,
            PRIMARY KEY (run, attempt)
        );
        ",
    )
}

/// A run as it is stored.
pub(super) struct Packed {
    run: RunId,
    attempt: u32,
    seq: u64,
    doc: Vec<u8>,
}

impl Packed {
    /// `None` when the run is too large.
    pub(super) fn of(run: &Run) -> std::result::Result<Option<Self>, StoreError> {
        let encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        let mut to = BufWriter::with_capacity(
            AT_ONCE,
            Bounded {
                to: encoder,
                left: MOST,
            },
        );
        match serde_json::to_writer(&mut to, run) {
            Ok(()) => {}
            Err(error) if error.io_error_kind() == Some(io::ErrorKind::FileTooLarge) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
        let doc = match to.into_inner() {
            Ok(bounded) => bounded.to.finish().map_err(StoreError::unavailable)?,
            Err(error) if error.error().kind() == io::ErrorKind::FileTooLarge => return Ok(None),
            Err(error) => return Err(StoreError::unavailable(error.into_error())),
        };
        Ok(Some(Self {
            run: run.id.clone(),
            attempt: run.attempt,
            seq: run.seq,
            doc,
        }))
    }

    /// Writes it, unless a newer one of its attempt is there, or the journal does not reach as far.
    pub(super) fn write(&self, db: &Connection) -> Result<()> {
        db.prepare_cached(
            "INSERT INTO snapshots (run, attempt, seq, form, doc) SELECT num, ?2, ?3, ?4, ?5 FROM runs WHERE id = ?1 AND seq >= ?3
                ON CONFLICT (run, attempt) DO UPDATE SET seq = excluded.seq, form = excluded.form, doc = excluded.doc
                    WHERE excluded.form <> form OR excluded.seq >= seq",
        )?
        .execute(params![
            self.run.as_str(),
            self.attempt,
            self.seq,
            snapshot::FORM,
            self.doc
        ])?;
        db.prepare_cached(
            "DELETE FROM snapshots WHERE run = (SELECT num FROM runs WHERE id = ?1) AND attempt <= ?2",
        )?
        .execute(params![
            self.run.as_str(),
            self.attempt.saturating_sub(ATTEMPTS)
        ])?;
        Ok(())
    }
}

/// The newest one of a run in front of the event `before`. What cannot be read is as good as not there.
pub(super) fn newest(db: &Connection, run: &RunId, before: Option<u64>) -> Result<Option<Run>> {
    let found: Option<(u64, Vec<u8>)> = db
        .prepare_cached(
            "SELECT seq, doc FROM snapshots WHERE run = (SELECT num FROM runs WHERE id = ?1) AND form = ?2 AND seq < ?3
                ORDER BY seq DESC LIMIT 1",
        )?
        .query_row(
            params![
                run.as_str(),
                snapshot::FORM,
                before.map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX))
            ],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((seq, doc)) = found else {
        return Ok(None);
    };
    match unpacked(&doc) {
        Ok(kept) if kept.id == *run && kept.seq == seq => Ok(Some(kept)),
        Ok(kept) => {
            tracing::warn!(%run, seq, found = %kept.id, "a snapshot is of another run or event; the journal is folded");
            Ok(None)
        }
        Err(error) => {
            tracing::warn!(%run, seq, %error, "a snapshot cannot be read; the journal is folded");
            Ok(None)
        }
    }
}

fn unpacked(doc: &[u8]) -> io::Result<Run> {
    let mut document = Vec::new();
    ZlibDecoder::new(doc)
        .take(MOST as u64)
        .read_to_end(&mut document)?;
    Ok(serde_json::from_slice(&document)?)
}

pub(super) fn forget(db: &Connection, num: u64) -> Result<()> {
    db.prepare_cached("DELETE FROM snapshots WHERE run = ?1")?
        .execute([num])?;
    Ok(())
}

/// Refuses what is too much.
struct Bounded<W> {
    to: W,
    left: usize,
}

impl<W: Write> Write for Bounded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self
            .left
            .checked_sub(bytes.len())
            .ok_or(io::ErrorKind::FileTooLarge)?;
        self.to.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
