import { Api } from "../support/api";
import { heap, timeUntil } from "../support/frames";
import { journal } from "../support/journals";
import { openedFromList } from "../support/listed";
import { report } from "../support/measure";
import { test } from "../support/test";

const BUDGETS = { rowsMs: 300, jumpMs: 150, heapMb: 150 };
const SHAPE = { steps: 10_000, edges: 30_000, events: 1_000_000 };
const JUMPS = [0.5, 0.1, 0.9, 0.3, 0.77, 0.05, 0.62, 0.999, 0.25, 0.4];
const LIST = '[role="listbox"][aria-label="Events"]';

test("open a run with 1,000,000 events; jump to any position", async ({ browser, signalbox }) => {
  const api = await Api.of(signalbox);
  const began = performance.now();
  const run = await api.import(journal(SHAPE));
  const took = (performance.now() - began) / 1000;
  const first = { selector: `${LIST} .event__seq`, from: 1, to: SHAPE.events };
  const { page, opened: rows, atOnce } = await openedFromList(browser, signalbox, api, run.id, first);
  const jumps: number[] = [];
  for (const share of JUMPS) {
    const near = { from: SHAPE.events * (share - 0.002), to: SHAPE.events * (share + 0.002) };
    jumps.push(await timeUntil(page, { scroll: LIST, share }, { selector: `${LIST} .event__seq`, ...near }));
  }
  const held = await heap(page);
  const worst = Math.max(...jumps);
  report(
    `${rows.toFixed(0)} ms from the click to the rows (${atOnce.toFixed(0)} ms when clicked as soon as the list stands), ${worst.toFixed(0)} ms for the slowest of ${jumps.length} jumps, ${held.toFixed(0)} MB of heap (imported in ${took.toFixed(1)} s)`,
    rows <= BUDGETS.rowsMs && worst <= BUDGETS.jumpMs && held <= BUDGETS.heapMb,
  );
});
