// How long it takes to open a run from the list of runs.

import type { Browser, Page } from "@playwright/test";

import type { Api } from "./api";
import { type Shown, timeUntil } from "./frames";
import { newcomer } from "./measure";
import type { Signalbox } from "./signalbox";

/** How long somebody looks at a list, in milliseconds, before they open a run of it. */
const LOOK_MS = 1_000;

/** Milliseconds from the click to what is to be shown: `opened` after a look at the list, `atOnce` when clicked as soon as it
 * stands. Each time by a newcomer. */
export async function openedFromList(
  browser: Browser,
  signalbox: Signalbox,
  api: Api,
  run: string,
  shown: Shown,
): Promise<{ page: Page; opened: number; atOnce: number }> {
  const open = async (look: number): Promise<[Page, number]> => {
    const page = await (await newcomer(browser, signalbox, api)).newPage();
    await page.goto(api.page("runs"));
    const link = `a[href$="${run}"]`;
    await page.locator(link).first().waitFor();
    await page.waitForTimeout(look);
    return [page, await timeUntil(page, { click: link }, shown)];
  };
  const [hasty, atOnce] = await open(0);
  await hasty.context().close();
  const [page, opened] = await open(LOOK_MS);
  return { page, opened, atOnce };
}
