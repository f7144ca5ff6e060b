//! What must hold for every run, by its journal and by the log of the tool it called.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How often the tool was called, by the path it was given.
pub fn calls(log: &Path) -> BTreeMap<String, usize> {
    let text = std::fs::read_to_string(log).unwrap();
    let mut calls = BTreeMap::new();
    for line in text.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        if entry["phase"] == "begin" {
            let path = entry["arguments"]["path"].as_str().unwrap().to_owned();
            *calls.entry(path).or_default() += 1;
        }
    }
    calls
}

/// One run's journal.
pub struct Journal(pub Vec<Value>);

impl Journal {
    fn of_type<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0
            .iter()
            .map(|event| &event["event"])
            .filter(move |event| event["type"] == name)
    }

    /// How often a step was begun.
    pub fn begun(&self, step: &str) -> usize {
        self.of_type("step_started")
            .filter(|event| event["path"] == step)
            .count()
    }

    /// In how many attempts a step was begun.
    pub fn attempts(&self, step: &str) -> usize {
        let attempts: BTreeSet<u64> = self
            .of_type("step_started")
            .filter(|event| event["path"] == step)
            .map(|event| event["attempt"].as_u64().unwrap())
            .collect();
        attempts.len()
    }

    pub fn check(&self, run: &str) {
        let mut finished = BTreeSet::new();
        for (at, event) in self.0.iter().enumerate() {
            assert_eq!(event["seq"], at + 1, "the journal of {run} has a gap");
            let step = event["event"]["path"].as_str();
            match event["event"]["type"].as_str().unwrap() {
                "step_started" => assert!(
                    !finished.contains(step.unwrap()),
                    "{} of {run} had finished and was begun again",
                    step.unwrap()
                ),
                "step_completed" => assert!(
                    finished.insert(step.unwrap().to_owned()),
                    "{} of {run} finished twice",
                    step.unwrap()
                ),
                _ => {}
            }
        }
    }
}
