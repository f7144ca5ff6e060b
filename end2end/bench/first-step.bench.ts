import { Api } from "../support/api";
import { percentile, report } from "../support/measure";
import { test } from "../support/test";

const BUDGET_MS = 20;
const RUNS = 100;

interface EventPage {
  items: { at: string; event: { type: string } }[];
}

test("start of a run to its first step", async ({ signalbox }) => {
  const api = await Api.of(signalbox);
  const workflow = await api.publish({ name: "Measured start", steps: [{ id: "only", type: "lua_script", script: "return 1" }] });
  const times: number[] = [];
  for (let at = 0; at < RUNS; at += 1) {
    const run = await api.start(workflow);
    await api.until(run.id, "completed");
    const { items } = await api.get<EventPage>(`/v1/runs/${run.id}/events`);
    const when = (type: string) => Date.parse(items.find(({ event }) => event.type === type)?.at ?? "");
    times.push(when("step_started") - when("run_created"));
  }
  const [usual, worst] = [percentile(times, 0.5), percentile(times, 0.99)];
  report(`${usual} ms (median of ${RUNS}), ${worst} ms (p99), by the journal's times`, worst <= BUDGET_MS);
});
