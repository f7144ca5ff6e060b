//! How far an agent goes in one try.

use model::workflow::AgentLimits;
use model::{Failure, FailureCode, MicroDollars, Usage};
use std::time::Duration;
use tokio::time::Instant;

/// Turns when nobody says.
const TURNS: u32 = 50;

pub struct Limits {
    turns: u32,
    tokens: Option<u64>,
    dollars: Option<f64>,
    seconds: Option<u64>,
    began: Instant,
    turns_used: u32,
    tokens_used: u64,
    spent: MicroDollars,
}

impl Limits {
    pub fn new(limits: &AgentLimits) -> Self {
        Self {
            turns: limits.turns.unwrap_or(TURNS),
            tokens: limits.tokens,
            dollars: limits.dollars,
            seconds: limits.seconds,
            began: Instant::now(),
            turns_used: 0,
            tokens_used: 0,
            spent: MicroDollars(0),
        }
    }

    /// A turn was taken.
    pub fn used(&mut self, usage: &Usage) {
        self.turns_used += 1;
        self.tokens_used += usage.input_tokens + usage.output_tokens;
        if let Some(cost) = usage.cost {
            self.spent += cost.amount;
        }
    }

    /// Whether another turn may begin.
    pub fn check(&self) -> Result<(), Failure> {
        if self.turns_used >= self.turns {
            return Err(reached(&match self.turns {
                1 => "its 1 turn".to_owned(),
                n => format!("its {n} turns"),
            }));
        }
        if let Some(tokens) = self.tokens.filter(|most| self.tokens_used >= *most) {
            return Err(reached(&format!("its {tokens} tokens")));
        }
        let spent = self.spent.0 as f64 / 1e6;
        if let Some(dollars) = self.dollars.filter(|most| spent >= *most) {
            return Err(reached(&format!("its ${dollars}")));
        }
        Ok(())
    }

    /// Does work within the time that is left; it is cut off in the middle when that is over.
    pub async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let Some(seconds) = self.seconds else {
            return work.await;
        };
        let end = self.began + Duration::from_secs(seconds);
        let done = tokio::time::timeout_at(end, work).await;
        done.unwrap_or_else(|_| {
            let time = model::why::duration(seconds.saturating_mul(1000));
            Err(reached(&format!("its {time} of working time")))
        })
    }
}

fn reached(what: &str) -> Failure {
    Failure::new(
        FailureCode::AgentLimitReached,
        format!("The agent used up {what} before it had an answer."),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use model::{Cost, CostLabel};

    fn limits(limits: AgentLimits, turns: usize) -> Result<(), String> {
        let mut own = Limits::new(&limits);
        for _ in 0..turns {
            own.used(&Usage {
                input_tokens: 90,
                output_tokens: 10,
                cost: Some(Cost {
                    amount: MicroDollars(200_000),
                    label: CostLabel::Estimated,
                }),
                ..Usage::default()
            });
        }
        own.check().map_err(|failure| {
            assert_eq!(failure.code, FailureCode::AgentLimitReached);
            failure.message
        })
    }

    #[test]
    fn each_limit_stops_the_next_turn() {
        let turns = AgentLimits {
            turns: Some(3),
            ..AgentLimits::default()
        };
        limits(turns.clone(), 2).unwrap();
        assert_eq!(
            limits(turns, 3).unwrap_err(),
            "The agent used up its 3 turns before it had an answer."
        );
        let tokens = AgentLimits {
            tokens: Some(250),
            ..AgentLimits::default()
        };
        limits(tokens.clone(), 2).unwrap();
        assert!(limits(tokens, 3).unwrap_err().contains("its 250 tokens"));
        let dollars = AgentLimits {
            dollars: Some(0.5),
            ..AgentLimits::default()
        };
        limits(dollars.clone(), 2).unwrap();
        assert!(limits(dollars, 3).unwrap_err().contains("its $0.5 "));
        limits(AgentLimits::default(), 49).unwrap();
        limits(AgentLimits::default(), 50).unwrap_err();
    }

    #[tokio::test]
    async fn work_is_cut_off_when_the_time_is_over() {
        let own = Limits::new(&AgentLimits {
            seconds: Some(0),
            ..AgentLimits::default()
        });
        let endless = std::future::pending::<Result<(), Failure>>();
        let failure = own.within(endless).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::AgentLimitReached);
        let own = Limits::new(&AgentLimits::default());
        own.within(async { Ok(()) }).await.unwrap();
    }
}
