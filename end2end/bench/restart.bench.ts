import { median, report } from "../support/measure";
import { test } from "../support/test";

const BUDGET_MS = 3000;
const RESTARTS = 5;

test("restart until the runtime listens", async ({ signalbox }) => {
  const times: number[] = [];
  for (let restart = 0; restart < RESTARTS; restart += 1) {
    await signalbox.kill9();
    const began = performance.now();
    await signalbox.start();
    times.push(performance.now() - began);
  }
  report(`${median(times).toFixed(0)} ms after kill -9 (median of ${RESTARTS})`, median(times) <= BUDGET_MS);
});
