import { Api } from "../support/api";
import { frames } from "../support/frames";
import { newcomer, report } from "../support/measure";
import { test } from "../support/test";

const BUDGET_MS = 50;
/** Each item begins, waits a second and ends: four events. */
const AT_ONCE = 250;
const ROUNDS = 15;

test("1,000 events/s arriving on the open page", async ({ browser, signalbox }) => {
  const api = await Api.of(signalbox);
  const workflow = await api.publish({
    name: "Measured flood",
    steps: [
      { id: "ready", type: "waitpoint", title: "the page" },
      {
        id: "each",
        type: "for_each",
        items: "{{input.items}}",
        concurrency: AT_ONCE,
        depends_on: ["ready"],
        steps: [{ id: "wait", type: "timer", seconds: 1 }],
      },
    ],
  });
  const run = await api.start(workflow, { items: Array.from({ length: AT_ONCE * ROUNDS }, (_, at) => at) });
  await api.until(run.id, "waiting");
  const page = await (await newcomer(browser, signalbox, api)).newPage();
  await page.goto(api.page(`runs/${run.id}?view=events`));
  await page.getByText("Waiting").first().waitFor();
  const { items } = await api.get<{ items: { token: string }[] }>("/v1/waitpoints/tokens");
  const before = (await api.run(run.id)).seq;
  const began = performance.now();
  let after = 0;
  const drawn = await frames(page, async () => {
    await api.post(`/v1/waitpoints/tokens/${items[0].token}/complete`, {});
    after = (await api.until(run.id, "completed")).seq;
  });
  const rate = (after - before) / ((performance.now() - began) / 1000);
  // Every event has arrived when the page knows of the last one.
  await page.getByText(`${after.toLocaleString("en-US")} events`).waitFor();
  report(
    `worst frame ${drawn.worst.toFixed(0)} ms, p95 ${drawn.usual.toFixed(1)} ms at ${rate.toFixed(0)} events/s; all ${after.toLocaleString("en-US")} arrived`,
    drawn.worst <= BUDGET_MS,
  );
});
