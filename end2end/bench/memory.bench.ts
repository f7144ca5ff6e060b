import { readFile } from "node:fs/promises";

import { Api } from "../support/api";
import { report } from "../support/measure";
import { Signalbox } from "../support/signalbox";
import { test } from "../support/test";

const BUDGETS_MB = { idle: 50, waiting: 200 };
const RUNS = 10_000;
const AT_ONCE = 50;

test("memory of the runtime", async () => {
  // As many starts a second as this machine takes.
  const signalbox = await Signalbox.start({ args: ["--rate", "1000000"] });
  const api = await Api.of(signalbox);
  const idle = await resident(signalbox.pid);
  const workflow = await api.publish({ name: "Measured wait", steps: [{ id: "ask", type: "waitpoint", title: "an answer" }] });
  let last = "";
  for (let started = 0; started < RUNS; started += AT_ONCE) {
    const runs = await Promise.all(Array.from({ length: AT_ONCE }, () => api.start(workflow)));
    last = runs[AT_ONCE - 1].id;
  }
  await api.until(last, "waiting");
  const waiting = await resident(signalbox.pid);
  await signalbox.dispose();
  report(
    `${idle.toFixed(0)} MB / ${waiting.toFixed(0)} MB resident`,
    idle <= BUDGETS_MB.idle && waiting <= BUDGETS_MB.waiting,
  );
});

/** Megabytes of memory that the process holds now; Linux only. */
async function resident(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return (Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024) / 1_000_000;
}
