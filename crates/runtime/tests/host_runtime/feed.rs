//! What is told to everyone: in order, without gaps, also to those who come back.

use crate::kit::{BOTH, Kit, On, call, place, workflow};
use model::RunStatus;
use runtime::host::HostConfig;
use runtime::store::{FeedPage, Place};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_runs_at_once_are_told_in_order_and_without_gaps() {
    for on in BOTH {
        let config = HostConfig {
            queue_limit: 64,
            ..HostConfig::default()
        };
        let kit = Arc::new(Kit::with(on, config).await);
        let from = kit.store.position();
        let mut feed = kit.store.subscribe();
        let steps: Vec<_> = (0..4)
            .map(|n| call(&format!("s{n}"), "echo", &[]))
            .collect();
        let definition = workflow(json!(steps));
        let started: Vec<_> = (0..60)
            .map(|_| {
                let (kit, definition) = (Arc::clone(&kit), definition.clone());
                tokio::spawn(async move { kit.start_run(&definition).await })
            })
            .collect();
        let mut runs = Vec::new();
        for run in started {
            runs.push(run.await.unwrap());
        }
        for run in &runs {
            kit.status(run, RunStatus::Completed).await;
            kit.journal(run).await;
        }

        let end = kit.store.position();
        let mut position = from;
        let mut seqs: HashMap<_, u64> = HashMap::new();
        let mut told = Vec::new();
        while position < end {
            let item = feed.recv().await.unwrap();
            position += item.events.len() as u64;
            assert_eq!(item.position, position, "positions grow by one an event");
            for event in item.events.iter() {
                let seq = seqs.entry(item.run.clone()).or_default();
                *seq += 1;
                assert_eq!(event.seq, *seq, "a run's events come in order");
            }
            assert_eq!(item.row.seq, item.events.last().unwrap().seq);
            told.push((item.run.clone(), item.position));
        }
        let FeedPage::Items(again) = kit
            .store
            .feed_since(from, &place(), None, usize::MAX)
            .await
            .unwrap()
        else {
            panic!("the position is known");
        };
        let again: Vec<_> = again
            .iter()
            .map(|item| (item.run.clone(), item.position))
            .collect();
        assert_eq!(again, told);
    }
}

#[tokio::test]
async fn a_stream_resumes_after_a_restart_from_the_file() {
    let kit = Kit::new(On::Sqlite).await;
    let definition = workflow(json!([call("read", "echo", &[])]));
    let first = kit.start_run(&definition).await;
    kit.status(&first, RunStatus::Completed).await;
    let seen = kit.store.position();
    let second = kit.start_run(&definition).await;
    kit.status(&second, RunStatus::Completed).await;
    let end = kit.store.position();

    let kit = kit.restart(0).await;
    assert_eq!(kit.store.position(), end);
    let page = kit
        .store
        .feed_since(seen, &place(), None, 100)
        .await
        .unwrap();
    let FeedPage::Items(items) = page else {
        panic!("the position is known");
    };
    let events: Vec<u64> = items
        .iter()
        .flat_map(|item| item.events.iter().map(|event| event.seq))
        .collect();
    assert!(items.iter().all(|item| item.run == second));
    assert_eq!(events, (1..=events.len() as u64).collect::<Vec<_>>());
    assert_eq!(items.last().unwrap().position, end);

    let of_first = kit
        .store
        .feed_since(0, &place(), Some(&first), 100)
        .await
        .unwrap();
    assert!(
        matches!(of_first, FeedPage::Items(items) if items.iter().all(|item| item.run == first))
    );
    let elsewhere = Place::new("acme", "other");
    let of_others = kit
        .store
        .feed_since(0, &elsewhere, None, 100)
        .await
        .unwrap();
    assert!(matches!(of_others, FeedPage::Items(items) if items.is_empty()));
    let unknown = kit
        .store
        .feed_since(end + 1, &place(), None, 100)
        .await
        .unwrap();
    assert!(matches!(unknown, FeedPage::Reset));
}
