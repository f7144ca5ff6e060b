//! Audit trails, the same on both stores.

use crate::kit::{BOTH, Kit, person, place};
use model::audit::Chain;
use model::{Actor, ActorKind, AuditEntry, AuditId, RunId, TenantId, Timestamp};
use runtime::store::record::{AuditAnchor, AuditKeep};
use runtime::store::{AuditQuery, Change, ChangeSet, Place};
use serde_json::json;

fn entry(kit: &Kit, place: Place, actor: Actor, action: &str, object: &str) -> AuditEntry {
    let id = AuditId::new(kit.host.new_id(AuditId::PREFIX));
    AuditEntry::new(id, kit.host.now(), place, actor, action, object)
}

async fn write(kit: &Kit, entry: AuditEntry) {
    kit.store
        .change(ChangeSet::default().audited(entry))
        .await
        .unwrap();
}

/// Every entry of a tenant, oldest first, as it stands in the store.
async fn chain(kit: &Kit, tenant: &str) -> Chain {
    let mut chain = Chain::default();
    let tenant = TenantId::from(tenant);
    for (_, text) in kit.store.audit_from(&tenant, 1, 10_000).await.unwrap() {
        let entry = serde_json::from_str(&text).unwrap();
        chain.add_value(&entry).unwrap().unwrap();
    }
    chain
}

#[tokio::test]
async fn each_tenant_has_a_chain_of_its_own() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let other = Place::new("other", "main");
        for at in 0..5 {
            let mut one = entry(&kit, place(), person(), "run.cancel", "run_1");
            one.after = Some(json!({ "at": at, "half": 0.1, "password": "swordfish" }));
            write(&kit, one).await;
            write(
                &kit,
                entry(&kit, other.clone(), person(), "run.retry", "run_2"),
            )
            .await;
        }
        for tenant in ["acme", "other"] {
            let chain = chain(&kit, tenant).await;
            assert_eq!((chain.first(), chain.count()), (Some(1), 5));
            let end = kit.store.audit_end(&tenant.into(), u64::MAX).await.unwrap();
            assert_eq!(chain.last(), Some(end));
        }
        let texts = kit.store.audit_from(&"acme".into(), 1, 100).await.unwrap();
        assert!(texts.iter().all(|(_, text)| !text.contains("swordfish")));
    }
}

#[tokio::test]
async fn entries_are_found_by_every_filter() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let robot = Actor {
            kind: ActorKind::Ai,
            id: "tok_robot".into(),
            name: "Robot Rätsel".into(),
        };
        let first = kit.host.now();
        write(
            &kit,
            entry(&kit, place(), person(), "run.cancel", "run_01AB")
                .reason(Some("The wrong customer".into())),
        )
        .await;
        kit.platform.advance(1_000);
        let mut second = entry(&kit, place(), robot, "run.retry", "run_01AB");
        second.run = Some(RunId::from("run_01AB"));
        write(&kit, second).await;
        kit.platform.advance(1_000);
        let last = kit.host.now();
        let elsewhere = Place::new("acme", "ops");
        write(
            &kit,
            entry(&kit, elsewhere, person(), "queue.pause", "queue/slow")
                .before(json!({ "paused": false })),
        )
        .await;

        let all = || AuditQuery {
            tenant: "acme".into(),
            limit: 10,
            ..AuditQuery::default()
        };
        let text = |words: &str| AuditQuery {
            text: Some(words.into()),
            ..all()
        };
        let at = |since: Option<Timestamp>, until: Option<Timestamp>| AuditQuery {
            since,
            until,
            ..all()
        };
        let some = |word: &str| Some(word.to_owned());
        let cases: Vec<(AuditQuery, &[u64])> = vec![
            (all(), &[3, 2, 1]),
            (
                AuditQuery {
                    project: some("ops"),
                    ..all()
                },
                &[3],
            ),
            (
                AuditQuery {
                    actor: some("usr_jo"),
                    ..all()
                },
                &[3, 1],
            ),
            (
                AuditQuery {
                    action: some("run.retry"),
                    ..all()
                },
                &[2],
            ),
            (
                AuditQuery {
                    actor: some("usr_jo"),
                    action: some("run.cancel"),
                    ..all()
                },
                &[1],
            ),
            (
                AuditQuery {
                    object: some("run_01AB"),
                    ..all()
                },
                &[2, 1],
            ),
            (
                AuditQuery {
                    run: Some("run_01AB".into()),
                    ..all()
                },
                &[2],
            ),
            (
                AuditQuery {
                    ai: Some(true),
                    ..all()
                },
                &[2],
            ),
            (
                AuditQuery {
                    ai: Some(false),
                    ..all()
                },
                &[3, 1],
            ),
            (
                AuditQuery {
                    before_seq: Some(3),
                    ..all()
                },
                &[2, 1],
            ),
            (AuditQuery { limit: 2, ..all() }, &[3, 2]),
            (at(Some(last), None), &[3]),
            (at(None, Some(first)), &[1]),
            (at(Some(first.plus_ms(1)), Some(last.minus_ms(1))), &[2]),
            (at(Some(last.plus_ms(1)), None), &[]),
            (text("WRONG cust"), &[1]),
            (text("run_01ab"), &[2, 1]),
            (text("rätsel"), &[2]),
            (text("ratsel"), &[]),
            (text("paused"), &[3]),
            (text("wron customer"), &[]),
            (
                AuditQuery {
                    ai: Some(true),
                    actor: some("tok_robot"),
                    ..all()
                },
                &[2],
            ),
            (
                AuditQuery {
                    ai: Some(true),
                    action: some("run.cancel"),
                    ..all()
                },
                &[],
            ),
            (text("rong"), &[]),
            (text("\" OR *"), &[]),
            (
                AuditQuery {
                    before_seq: Some(2),
                    ..text("run_01AB")
                },
                &[1],
            ),
            (
                AuditQuery {
                    actor: some("usr_jo"),
                    ..text("jo")
                },
                &[3, 1],
            ),
            (
                AuditQuery {
                    tenant: "nobody".into(),
                    ..text("run")
                },
                &[],
            ),
        ];
        for (query, expected) in cases {
            let found = kit.store.audit(query.clone()).await.unwrap();
            let seqs: Vec<u64> = found.iter().map(|entry| entry.seq).collect();
            assert_eq!(seqs, expected, "{query:?}");
            if query.before_seq.is_none() && query.limit == 10 {
                let count = kit.store.audit_count(query.clone()).await.unwrap();
                assert_eq!(count, expected.len() as u64, "{query:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_longer_kept_goes_and_the_rest_still_follows() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        for at in 0..6 {
            if at == 4 {
                kit.platform.advance(40 * 24 * 3_600_000);
            }
            write(
                &kit,
                entry(&kit, place(), person(), "run.cancel", "run_old"),
            )
            .await;
        }
        let keep = AuditKeep {
            tenant: "acme".into(),
            days: Some(30),
        };
        kit.store
            .change(ChangeSet::new(Change::put(&keep).unwrap()))
            .await
            .unwrap();
        kit.host.tidy().await;
        kit.host.tidy().await;

        let rest = kit.store.audit_from(&"acme".into(), 1, 100).await.unwrap();
        let seqs: Vec<u64> = rest.iter().map(|(seq, _)| *seq).collect();
        assert_eq!(seqs, [5, 6, 7]);
        let anchor = kit
            .store
            .get::<AuditAnchor>("acme")
            .await
            .unwrap()
            .unwrap()
            .value
            .0;
        assert_eq!(anchor.seq, 4);
        let mut chain = Chain::behind(&anchor);
        for (_, text) in &rest {
            chain
                .add_value(&serde_json::from_str(text).unwrap())
                .unwrap()
                .unwrap();
        }
        let newest = kit
            .store
            .audit(AuditQuery {
                tenant: "acme".into(),
                limit: 1,
                ..AuditQuery::default()
            })
            .await
            .unwrap();
        assert_eq!(newest[0].action, "audit.remove");
        assert_eq!(
            newest[0].after,
            Some(json!({ "from": 1, "to": 4, "keep_days": 30 }))
        );
        let gone = AuditQuery {
            tenant: "acme".into(),
            text: Some("run_old".into()),
            limit: 10,
            ..AuditQuery::default()
        };
        assert_eq!(kit.store.audit(gone).await.unwrap().len(), 2);
    }
}
