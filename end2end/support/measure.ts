// What measurements share: a fresh runtime with one failed run, and the line that `cargo xtask bench` reads.

import type { Browser, BrowserContext, Page } from "@playwright/test";

import { Api, type Run } from "./api";
import type { Signalbox } from "./signalbox";

/** Ends a measurement: what to print, and whether it keeps the budget. */
export function report(measured: string, within: boolean): void {
  console.log(`measured ${JSON.stringify({ measured, within })}`);
}

/** The value that `share` (0 to 1) of all values do not exceed. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export const median = (values: number[]): number => percentile(values, 0.5);

/** A run of six steps whose fourth has failed. */
export async function failedRun(api: Api): Promise<Run> {
  const workflow = await api.publish({
    name: "Measured failure",
    steps: ["one", "two", "three", "four", "five", "six"].map((id, at, all) => ({
      id,
      type: "lua_script",
      depends_on: all.slice(at - 1, at),
      script: id === "four" ? 'error("the price list has no article A-17")' : "return { done = true }",
    })),
  });
  const started = await api.start(workflow);
  return api.until(started.id, "failed");
}

/** A browser as one that was never here: nothing cached, and signed in. */
export async function newcomer(browser: Browser, signalbox: Signalbox, api: Api): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const answer = await context.request.post(`${signalbox.origin}/v1/session`, {
    headers: { origin: signalbox.origin },
    data: { token: api.token },
  });
  if (!answer.ok()) throw new Error(`Signing in: ${answer.status()} ${await answer.text()}`);
  return context;
}

/** Opens the address; milliseconds from the start of the navigation until each of the texts is painted. */
export async function timesUntilShown(page: Page, address: string, texts: string[]): Promise<number[]> {
  await page.addInitScript((wanted) => {
    const times: (number | undefined)[] = wanted.map(() => undefined);
    Object.assign(window, { shownAt: times });
    const look = () => {
      const text = document.body?.innerText ?? "";
      const found = wanted.flatMap((own, at) => (times[at] === undefined && text.includes(own) ? [at] : []));
      if (found.length === 0) return;
      for (const at of found) times[at] = Infinity;
      // After the frame that paints it.
      requestAnimationFrame(() => setTimeout(() => found.forEach((at) => (times[at] = performance.now()))));
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
  }, texts);
  await page.goto(address);
  const shown = await page.waitForFunction(
    () => {
      const { shownAt } = window as unknown as { shownAt: (number | undefined)[] };
      return shownAt.every((time) => time !== undefined && time < Infinity) && shownAt;
    },
    undefined,
    { polling: 20 },
  );
  return (await shown.jsonValue()) as number[];
}
