//! Lists of runs by every filter, the same on both stores.

use crate::kit::{BOTH, Kit, On, named, place};
use model::api::RunFilter;
use model::run::{EntityRef, Trigger};
use model::{FailureCode, MissionId, Move, RunId, RunStatus};
use runtime::store::{Attention, Change, ChangeSet, Place, RunsQuery};
use serde_json::json;

fn query(filter: RunFilter) -> RunsQuery {
    RunsQuery {
        place: place(),
        filter,
        hide_handled_at: None,
        cursor: None,
        limit: 100,
    }
}

async fn found(kit: &Kit, filter: RunFilter) -> Vec<RunId> {
    let page = kit.store.runs(query(filter)).await.unwrap();
    assert_eq!(page.count, page.items.len() as u64);
    assert!(page.count_is_exact);
    page.items.into_iter().map(|row| row.id).collect()
}

/// Three runs: one completed, one failed, one waiting.
async fn three(kit: &Kit) -> [RunId; 3] {
    let mut quote = kit.create_run(&named(
        "Draft quote",
        json!([crate::kit::call("read", "echo", &[])]),
    ));
    quote.about = Some(EntityRef {
        kind: "rfq".into(),
        id: "2231".into(),
        label: Some("Metro Equipment".into()),
    });
    quote.labels.insert("team".into(), "sales".into());
    quote.belongs.mission = Some(MissionId::new("mis_1"));
    let quote = kit.start_run_with(quote).await;
    kit.status(&quote, RunStatus::Completed).await;

    kit.script
        .failures
        .store(1, std::sync::atomic::Ordering::SeqCst);
    let mut import = kit.create_run(&named(
        "Import prices",
        json!([crate::kit::call("load", "flaky", &[])]),
    ));
    import.workflow.id = "wf_import".into();
    import.trigger = Trigger::Schedule;
    import.actor.id = "usr_kim".into();
    import.labels.insert("team".into(), "ops".into());
    let import = kit.start_run_with(import).await;
    kit.status(&import, RunStatus::Failed).await;

    kit.platform.advance(1_000);
    let mut ask = named("Ask", json!([{ "id": "ask", "type": "human_task" }]));
    ask.queue = "slow".into();
    let ask = kit.start_run(&ask).await;
    kit.status(&ask, RunStatus::Waiting).await;
    [quote, import, ask]
}

#[tokio::test]
async fn every_filter_finds_what_it_names() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let [quote, import, ask] = three(&kit).await;
        // On a file the facets are read again at the start.
        let kit = if on == On::Sqlite {
            kit.restart(0).await
        } else {
            kit
        };
        let any = RunFilter::default;
        let cases = [
            (any(), vec![&ask, &import, &quote]),
            (
                RunFilter {
                    status: vec![RunStatus::Failed, RunStatus::Waiting],
                    ..any()
                },
                vec![&ask, &import],
            ),
            (
                RunFilter {
                    workflow: vec!["wf_import".into()],
                    ..any()
                },
                vec![&import],
            ),
            (
                RunFilter {
                    workflow: vec!["wf_none".into()],
                    ..any()
                },
                vec![],
            ),
            (
                RunFilter {
                    queue: vec!["slow".into()],
                    ..any()
                },
                vec![&ask],
            ),
            (
                RunFilter {
                    trigger: vec![Trigger::Schedule],
                    ..any()
                },
                vec![&import],
            ),
            (
                RunFilter {
                    actor: vec!["usr_jo".into()],
                    ..any()
                },
                vec![&ask, &quote],
            ),
            (
                RunFilter {
                    label: vec!["team".into()],
                    ..any()
                },
                vec![&import, &quote],
            ),
            (
                RunFilter {
                    label: vec!["team:sales".into()],
                    ..any()
                },
                vec![&quote],
            ),
            (
                RunFilter {
                    failure_code: vec![FailureCode::McpToolFailed],
                    ..any()
                },
                vec![&import],
            ),
            (
                RunFilter {
                    since: Some(kit.host.now()),
                    ..any()
                },
                vec![&ask],
            ),
            (
                RunFilter {
                    until: Some(kit.host.now().minus_ms(1)),
                    ..any()
                },
                vec![&import, &quote],
            ),
            (
                RunFilter {
                    unresolved: true,
                    ..any()
                },
                vec![&ask, &import],
            ),
            (
                RunFilter {
                    mission: Some(MissionId::new("mis_1")),
                    ..any()
                },
                vec![&quote],
            ),
            (
                RunFilter {
                    mission: Some(MissionId::new("mis_2")),
                    ..any()
                },
                vec![],
            ),
            (
                RunFilter {
                    q: Some(" METRO equip".into()),
                    ..any()
                },
                vec![&quote],
            ),
            (
                RunFilter {
                    q: Some("2231".into()),
                    ..any()
                },
                vec![&quote],
            ),
            (
                RunFilter {
                    q: Some("import".into()),
                    ..any()
                },
                vec![&import],
            ),
            (
                RunFilter {
                    q: Some(quote.to_string()),
                    ..any()
                },
                vec![&quote],
            ),
            (
                RunFilter {
                    q: Some("metro".into()),
                    status: vec![RunStatus::Failed],
                    ..any()
                },
                vec![],
            ),
        ];
        for (filter, wanted) in cases {
            let wanted: Vec<RunId> = wanted.into_iter().cloned().collect();
            assert_eq!(
                found(&kit, filter.clone()).await,
                wanted,
                "{on:?} {filter:?}"
            );
        }
        let elsewhere = RunsQuery {
            place: Place::new("acme", "other"),
            ..query(any())
        };
        assert_eq!(kit.store.runs(elsewhere).await.unwrap().count, 0);
    }
}

#[tokio::test]
async fn pages_follow_each_other_while_runs_are_added() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let definition = named(
            "Draft quote",
            json!([crate::kit::call("read", "echo", &[])]),
        );
        let mut runs = Vec::new();
        for _ in 0..5 {
            runs.push(kit.start_run(&definition).await);
        }
        runs.reverse();
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let page = kit
                .store
                .runs(RunsQuery {
                    cursor,
                    limit: 2,
                    ..query(RunFilter::default())
                })
                .await
                .unwrap();
            seen.extend(page.items.into_iter().map(|row| row.id));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
            kit.start_run(&definition).await;
        }
        assert_eq!(seen, runs);
    }
}

#[tokio::test]
async fn what_a_person_dismissed_comes_back_when_the_run_changes() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let [_, import, ask] = three(&kit).await;
        let unresolved = || RunFilter {
            unresolved: true,
            ..RunFilter::default()
        };
        let handle = |run: &RunId, attention| {
            ChangeSet::new(Change::Attention {
                run: run.clone(),
                attention,
            })
        };
        let dismissed = Attention {
            dismissed: Some("known".into()),
            ..Attention::default()
        };
        kit.store
            .change(handle(&import, dismissed.clone()))
            .await
            .unwrap();
        assert_eq!(found(&kit, unresolved()).await, std::slice::from_ref(&ask));
        let kept = kit
            .store
            .attention(&[import.clone(), ask.clone()])
            .await
            .unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[&import], dismissed);
        // The same after the facets were read again.
        let kit = if on == On::Sqlite {
            kit.restart(0).await
        } else {
            kit
        };
        assert_eq!(found(&kit, unresolved()).await, std::slice::from_ref(&ask));

        let until = kit.host.now().plus_s(60);
        let snoozed = Attention {
            snoozed_until: Some(until),
            ..Attention::default()
        };
        kit.store.change(handle(&ask, snoozed)).await.unwrap();
        let at = |now| RunsQuery {
            hide_handled_at: Some(now),
            ..query(unresolved())
        };
        assert_eq!(kit.store.runs(at(kit.host.now())).await.unwrap().count, 0);
        assert_eq!(kit.store.runs(at(until)).await.unwrap().count, 1);

        kit.script
            .failures
            .store(1, std::sync::atomic::Ordering::SeqCst);
        kit.make(&import, Move::Retry).await.unwrap();
        kit.until(&import, |row| {
            row.status == RunStatus::Failed && row.attempt == 2
        })
        .await;
        assert_eq!(found(&kit, unresolved()).await, [ask, import.clone()]);
        assert!(kit.store.attention(&[import]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn workflows_and_missions_know_their_runs() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let [quote, import, ask] = three(&kit).await;
        let last = kit.store.last_runs(&place()).await.unwrap();
        assert_eq!(last[&"wf_import".into()].id, import);
        assert_eq!(last[&"wf_test".into()].id, ask);
        let missions = kit.store.mission_counts(&place()).await.unwrap();
        assert_eq!(missions.len(), 1);
        let mission = &missions[&"mis_1".into()];
        assert_eq!(
            (mission.runs, mission.by_status[&RunStatus::Completed]),
            (1, 1)
        );
        assert_eq!(kit.stored(&quote).await.row.mission, Some("mis_1".into()));
    }
}
