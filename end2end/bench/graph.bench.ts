import { Api } from "../support/api";
import { FRAME_MS, frames } from "../support/frames";
import { journal, stepName } from "../support/journals";
import { openedFromList } from "../support/listed";
import { report } from "../support/measure";
import { test } from "../support/test";

const BUDGET_MS = 1000;
const SHAPE = { steps: 10_000, edges: 30_000, events: 30_000 };

test("open a run with 10,000 steps: graph laid out and drawn", async ({ browser, signalbox }) => {
  const api = await Api.of(signalbox);
  const run = await api.import(journal(SHAPE));
  const failed = { selector: '[aria-label^="Steps of this run."] [aria-current="true"]', text: stepName(SHAPE.steps - 1) };
  const { page, opened: drawn, atOnce } = await openedFromList(browser, signalbox, api, run.id, failed);

  const picture = page.locator('[aria-label^="Steps of this run."]');
  const box = await picture.boundingBox();
  if (!box) throw new Error("The picture has no place.");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const drag = async (): Promise<void> => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 200, y - 60, { steps: 60 });
    await page.mouse.move(x + 200, y + 60, { steps: 120 });
    await page.mouse.up();
  };
  const near = await frames(page, drag);
  const turn = async (by: number): Promise<void> => {
    await page.mouse.move(x, y);
    for (let at = 0; at < 40; at += 1) await page.mouse.wheel(0, at < 20 ? by : -by);
  };
  const wheel = await frames(page, () => turn(60));
  await page.keyboard.down("Control");
  const zoom = await frames(page, () => turn(12));
  await page.keyboard.up("Control");
  await picture.focus();
  await page.keyboard.press("0");
  const far = await frames(page, drag);
  await page.getByRole("tab", { name: "Timeline" }).click();
  const rows = page.getByRole("grid", { name: "Steps on a line of time" });
  await rows.hover();
  const scroll = await frames(page, async () => {
    for (let at = 0; at < 60; at += 1) await page.mouse.wheel(0, 400);
  });
  const usual = Math.max(near.usual, wheel.usual, zoom.usual, far.usual, scroll.usual);
  report(
    `${drawn.toFixed(0)} ms from the click to the picture (${atOnce.toFixed(0)} ms when clicked as soon as the list stands); frames p95 (worst): pan near ${said(near)}, wheel ${said(wheel)}, zoom ${said(zoom)}, pan over all ${said(far)}, timeline ${said(scroll)} ms`,
    drawn <= BUDGET_MS && usual <= FRAME_MS,
  );
});

function said({ usual, worst }: { usual: number; worst: number }): string {
  return `${usual.toFixed(1)} (${worst.toFixed(0)})`;
}
