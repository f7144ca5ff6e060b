import { Api } from "../support/api";
import { heap, timeUntil } from "../support/frames";
import { journal } from "../support/journals";
import { newcomer, percentile, report } from "../support/measure";
import { test } from "../support/test";

const BUDGET_MS = 50;
const SHAPE = { steps: 1_000, edges: 2_000, events: 100_000 };
const PLACES = 40;

test("replay scrub over 100,000 events", async ({ browser, signalbox }) => {
  const api = await Api.of(signalbox);
  const run = await api.import(journal(SHAPE));
  const page = await (await newcomer(browser, signalbox, api)).newPage();
  await page.goto(api.page(`runs/${run.id}?at=live`));
  const handle = page.getByRole("slider", { name: "Event that is shown" });
  await handle.waitFor();
  const times: number[] = [];
  for (let place = 0; place < PLACES; place += 1) {
    // All over the journal, never two neighbours after each other.
    const at = 100 + ((place * 37) % PLACES) * Math.floor(SHAPE.events / PLACES - 10);
    const shown = { selector: "b", text: `Replay: event ${at.toLocaleString("en-US")} of` };
    times.push(await timeUntil(page, { set: 'input[type="range"]', value: String(at) }, shown));
  }
  const [usual, worst] = [percentile(times, 0.5), Math.max(...times)];
  report(`${usual.toFixed(0)} ms (median of ${PLACES} places), ${worst.toFixed(0)} ms (worst), the frame that paints it included; ${(await heap(page)).toFixed(0)} MB of heap`, worst <= BUDGET_MS);
});
