import { Api } from "../support/api";
import { report } from "../support/measure";
import { test } from "../support/test";

const BUDGET = 2000;
const RUNS = 200;
const STEPS = 50;

test("durable steps per second on SQLite", async ({ signalbox }) => {
  const api = await Api.of(signalbox);
  const steps = Array.from({ length: STEPS }, (_, at) => ({
    id: `s${at}`,
    type: "lua_script",
    depends_on: at === 0 ? [] : [`s${at - 1}`],
    script: "return 1",
  }));
  const workflow = await api.publish({ name: "Measured steps", steps });
  const began = performance.now();
  const runs = await Promise.all(Array.from({ length: RUNS }, () => api.start(workflow)));
  for (const run of runs) await api.until(run.id, "completed");
  const seconds = (performance.now() - began) / 1000;
  const rate = (RUNS * STEPS) / seconds;
  report(`${rate.toFixed(0)} (${RUNS} runs of ${STEPS} scripts in ${seconds.toFixed(1)} s, starts included)`, rate >= BUDGET);
});
