//! `signalbox audit verify`: checks an exported trail, without a runtime and without its data.

use super::CliError;
use crate::serve::keyring::is_signed;
use lexopt::Arg::{Long, Value};
use lexopt::ValueExt;
use model::audit::{Checker, Report, Start};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::ExitCode;

pub fn run(args: &mut lexopt::Parser) -> Result<ExitCode, CliError> {
    match args.next()? {
        Some(Value(word)) if word == "verify" => {}
        _ => {
            return Err(CliError::Usage(
                "\"audit\" is followed by \"verify\".".into(),
            ));
        }
    }
    let (mut file, mut key) = (None::<PathBuf>, None);
    while let Some(arg) = args.next()? {
        match arg {
            Value(path) if file.is_none() => file = Some(path.into()),
            Long("key") => key = Some(args.value()?.string()?.to_ascii_lowercase()),
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or_else(|| CliError::Usage("The file of an export is missing.".into()))?;
    let report = verify(&file, key.as_deref())?;
    println!("{}", said(&report, key.is_some()));
    Ok(ExitCode::SUCCESS)
}

fn verify(path: &PathBuf, key: Option<&str>) -> Result<Report, CliError> {
    let unreadable = |error: std::io::Error| {
        CliError::Wrong(format!("{} cannot be read: {error}.", path.display()))
    };
    let check = |message: &[u8], signed: &model::audit::Signed| Some(is_signed(message, signed));
    let mut checker = Checker::new(key, &check);
    for line in BufReader::new(File::open(path).map_err(unreadable)?).lines() {
        let line = line.map_err(unreadable)?;
        checker
            .line(&line)
            .map_err(|flaw| CliError::Wrong(flaw.to_string()))?;
    }
    checker
        .finish()
        .map_err(|flaw| CliError::Wrong(flaw.to_string()))
}

fn said(report: &Report, key_given: bool) -> String {
    let Report {
        tenant,
        count,
        first,
        last,
        start,
        head_at,
        key,
        ..
    } = report;
    let whole = match start {
        Start::Beginning => "from the trail's beginning",
        Start::Anchor => "behind a head that vouches for what came before",
    };
    let signed = match (key, key_given) {
        (None, _) => {
            "The head is not signed, so the whole file may have been made anew.".to_owned()
        }
        (Some(_), true) => "The head is signed with the key you gave.".to_owned(),
        (Some(key), false) => format!(
            "The head is signed with the key {key}: compare it with the runtime's own, or give it with --key."
        ),
    };
    format!(
        "verified {count} entries of {tenant}, {first} to {last}, {whole}; the head is of {head_at}.\n{signed}\nWhat was written \
         after entry {last} is not in this file."
    )
}
