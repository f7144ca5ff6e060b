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

/** Opens the address; milliseconds from the start of the navigation until the text is painted. */
export async function timeUntilShown(page: Page, address: string, text: string): Promise<number> {
  await page.addInitScript((wanted) => {
    const look = () => {
      if (!document.body?.innerText.includes(wanted)) return;
      watch.disconnect();
      // After the frame that paints it.
      requestAnimationFrame(() => setTimeout(() => Object.assign(window, { shownAt: performance.now() })));
    };
    const watch = new MutationObserver(look);
    watch.observe(document, { childList: true, subtree: true, characterData: true });
  }, text);
  await page.goto(address);
  const shown = await page.waitForFunction(() => (window as { shownAt?: number }).shownAt, undefined, { polling: 20 });
  return (await shown.jsonValue()) as number;
}
