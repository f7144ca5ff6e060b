//! Random workflows that validation would let pass.

use crate::random::Random;
use serde_json::{Value, json};

pub fn random(rng: &mut Random) -> Value {
    let mut maker = Maker {
        rng,
        ids: 0,
        depth: 0,
    };
    let steps = maker.steps(0);
    let mut doc = json!({ "name": "simulated", "steps": steps });
    if rng.percent(15) {
        doc["timeout_s"] = json!(10 + rng.below(200));
    }
    if rng.percent(15) {
        doc["ttl_s"] = json!(5 + rng.below(100));
    }
    doc
}

struct Maker<'r> {
    rng: &'r mut Random,
    ids: usize,
    depth: usize,
}

impl Maker<'_> {
    fn id(&mut self) -> String {
        self.ids += 1;
        format!("s{}", self.ids)
    }

    fn steps(&mut self, depth: usize) -> Vec<Value> {
        self.depth = depth;
        let most = if depth == 0 { 7 } else { 3 };
        let count = 1 + self.rng.below(most);
        let mut steps: Vec<Value> = Vec::new();
        for _ in 0..count {
            let step = self.step(&steps, depth);
            let fallback = self.rng.percent(12).then(|| self.id());
            steps.push(step);
            if let Some(id) = fallback
                && let Some(primary) = steps.last_mut()
            {
                primary["on_failure"] = json!({ "fallback": id });
                let primary_id = primary["id"].clone();
                let mut step = self.leaf(&[]);
                step["id"] = json!(id);
                if self.rng.percent(30) {
                    step["depends_on"] = json!([primary_id]);
                }
                steps.push(step);
            }
        }
        steps
    }

    fn step(&mut self, before: &[Value], depth: usize) -> Value {
        let id = self.id();
        let mut deps = Vec::new();
        for step in before {
            if self.rng.percent(45) {
                deps.push(step["id"].clone());
            }
        }
        let mut step = if depth < 3 && self.rng.percent(25) {
            self.repeated(depth)
        } else {
            self.leaf(&deps)
        };
        step["id"] = json!(id);
        if step["type"] != "while" {
            match self.rng.below(20) {
                0 => step["condition"] = json!("false"),
                1 => step["condition"] = json!("input.flag"),
                2 => {
                    if let Some(dep) = self.rng.pick(&deps) {
                        let dep = dep.as_str().unwrap_or_default();
                        step["condition"] = json!(format!("steps.{dep}.result.ok | false"));
                    }
                }
                3 => {
                    if let Some(dep) = self.rng.pick(&deps) {
                        let dep = dep.as_str().unwrap_or_default();
                        step["condition"] = json!(format!("steps.{dep}.status == \"completed\""));
                    }
                }
                _ => {}
            }
        }
        if self.rng.percent(5) {
            step["enabled"] = json!(false);
        }
        if self.rng.percent(12) {
            step["on_failure"] = json!("skip");
        }
        if self.rng.percent(15) {
            step["timeout_s"] = json!(10 + self.rng.below(90));
        }
        if !deps.is_empty() {
            step["depends_on"] = Value::Array(deps);
        }
        step
    }

    fn repeated(&mut self, depth: usize) -> Value {
        let steps = self.steps(depth + 1);
        self.depth = depth;
        if self.rng.percent(65) {
            let items: Vec<_> = (0..self.rng.below(4)).map(|i| json!({ "n": i })).collect();
            let items = if self.rng.percent(8) {
                json!("{{input.list | input.flag}}")
            } else {
                Value::Array(items)
            };
            json!({
                "type": "for_each",
                "items": items,
                "concurrency": 1 + self.rng.below(3),
                "on_item_error": (["stop", "skip", "collect"][self.rng.below(3)]),
                "steps": steps,
            })
        } else {
            let times = self.rng.below(4);
            json!({
                "type": "while",
                "condition": format!("index < {times}"),
                "max_iterations": 1 + self.rng.below(5),
                "steps": steps,
            })
        }
    }

    fn leaf(&mut self, deps: &[Value]) -> Value {
        let dep = self.rng.pick(deps).and_then(Value::as_str);
        let value = match dep {
            // Without a default: a skipped step makes it an INVALID_INPUT.
            Some(dep) if self.rng.percent(10) => json!(format!("{{{{steps.{dep}.result.n}}}}")),
            Some(dep) if self.depth > 0 => json!(format!("{{{{steps.{dep}.result.n | index}}}}")),
            Some(dep) => json!(format!("{{{{steps.{dep}.result.n | 0}}}}")),
            None => json!("{{input.flag}}"),
        };
        let mut step = match self.rng.below(16) {
            0..=4 => {
                let mut step = json!({
                    "type": "mcp_call", "server": "files", "tool_name": "write",
                    "arguments": { "value": value },
                });
                if let Some(effect) = ["read", "idempotent", "write"].get(self.rng.below(5)) {
                    step["effect"] = json!(effect);
                }
                step
            }
            5 | 6 => json!({ "type": "llm_call", "prompt": "p" }),
            7 | 8 => json!({ "type": "lua_script", "script": "return 1", "input": value }),
            9 | 10 => json!({
                "type": "human_task",
                "on_reject": (["run", "branch"][self.rng.below(2)]),
                "checkpoint": self.rng.percent(30),
            }),
            11 => {
                let mut step = json!({ "type": "waitpoint" });
                if self.rng.percent(50) {
                    step["expires_in_s"] = json!(1 + self.rng.below(100));
                }
                step
            }
            13 | 14 => json!({ "type": "agent_call", "prompt": value, "chat": true }),
            12 => json!({ "type": "timer", "seconds": self.rng.below(30) }),
            _ => json!({ "type": "workflow_call", "workflow": "other", "input": { "v": value } }),
        };
        if self.rng.percent(40) {
            step["retry_count"] = json!(self.rng.below(3));
            step["retry_backoff_s"] = json!(self.rng.below(20));
        }
        step
    }
}
