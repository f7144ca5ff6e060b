import { Api } from "../support/api";
import { newcomer, percentile, report } from "../support/measure";
import { test } from "../support/test";

const BUDGET_MS = 150;
const DECISIONS = 100;

interface Tasks {
  items: { task: string; run: string }[];
}

interface Events {
  items: { at: string; event: { wait?: { title?: string } } }[];
}

test("an event from journal to screen", async ({ browser, signalbox }) => {
  const api = await Api.of(signalbox);
  const steps = Array.from({ length: DECISIONS }, (_, at) => ({
    id: `s${at}`,
    name: `Step ${at}`,
    type: "human_task",
    title: title(at),
    depends_on: at === 0 ? [] : [`s${at - 1}`],
  }));
  const run = await api.start(await api.publish({ name: "Measured decisions", steps }));
  await api.until(run.id, "waiting");

  const page = await (await newcomer(browser, signalbox, api)).newPage();
  await page.goto(api.page(`runs/${run.id}`));
  await page.getByText(title(0)).first().waitFor();
  // Notes when each title is first on the page: the open decision is named there, and only that one.
  await page.evaluate(() => {
    const seen: Record<string, number> = {};
    Object.assign(window, { seen });
    const look = () => {
      const now = performance.timeOrigin + performance.now();
      for (const [found] of document.body.textContent?.matchAll(/decision-\d+-open/g) ?? []) seen[found] ??= now;
    };
    new MutationObserver(() => requestAnimationFrame(look)).observe(document.body, {
      childList: true,
      subtree: true,
      characterData: true,
    });
  });
  for (let at = 0; at + 1 < DECISIONS; at += 1) {
    const { items } = await api.get<Tasks>("/v1/tasks/pending");
    const task = items.find((item) => item.run === run.id)?.task;
    await api.post(`/v1/runs/${run.id}/tasks/${task}/complete`, { approved: true });
    await page.waitForFunction((wanted) => wanted in (window as unknown as { seen: object }).seen, title(at + 1));
  }

  const seen = await page.evaluate(() => (window as unknown as { seen: Record<string, number> }).seen);
  const { items } = await api.get<Events>(`/v1/runs/${run.id}/events?limit=1000`);
  const times = items.flatMap(({ at, event }) => {
    const opened = event.wait?.title;
    // The first one was open before the page was.
    return opened === undefined || opened === title(0) ? [] : [seen[opened] - Date.parse(at)];
  });
  const [usual, worst] = [percentile(times, 0.5), percentile(times, 0.99)];
  report(`${usual.toFixed(0)} ms (median of ${times.length}), ${worst.toFixed(0)} ms (p99)`, worst <= BUDGET_MS);
});

function title(at: number): string {
  return `decision-${at}-open`;
}
