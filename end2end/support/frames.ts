// What a page does while something happens: its frames, its memory, how long it takes to show something.

import type { Page } from "@playwright/test";

import { percentile } from "./measure";

export interface Frames {
  count: number;
  /** Milliseconds that 95 of 100 frames did not exceed. */
  usual: number;
  worst: number;
}

/** The frames that the page draws while `during` lasts. */
export async function frames(page: Page, during: () => Promise<void>): Promise<Frames> {
  await page.evaluate(() => {
    const watch = { times: [] as number[], on: true };
    Object.assign(window, { watch });
    let last: number | undefined;
    const frame = (now: number) => {
      if (last !== undefined) watch.times.push(now - last);
      last = now;
      if (watch.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await during();
  const times = await page.evaluate(() => {
    const { watch } = window as unknown as { watch: { times: number[]; on: boolean } };
    watch.on = false;
    return watch.times;
  });
  return { count: times.length, usual: percentile(times, 0.95), worst: Math.max(...times) };
}

/** A screen draws 60 times a second: no frame can be shorter, and one of them is not over 16 ms. */
export const FRAME_MS = 17;

/** Megabytes of the page's JavaScript heap; memory of WebAssembly as far as the browser counts it in. */
export async function heap(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.collectGarbage");
  const used = (await devtools.send("Runtime.getHeapUsage")) as unknown as Record<string, number>;
  await devtools.detach();
  return ((used.usedSize ?? 0) + (used.embedderHeapUsedSize ?? 0) + (used.backingStorageSize ?? 0)) / 1_000_000;
}

type Act = { click: string } | { set: string; value: string } | { scroll: string; share: number };

/** An element that holds the text, or one that begins with a number between both. */
export type Shown = { selector: string; text: string } | { selector: string; from: number; to: number };

/** Acts in the page and waits until the frame is over that paints what is to be shown; milliseconds. */
export function timeUntil(page: Page, act: Act, shown: Shown): Promise<number> {
  return page.evaluate(
    async ({ act, shown }) => {
      const find = (selector: string): HTMLElement => {
        const found = document.querySelector<HTMLElement>(selector);
        if (!found) throw new Error(`There is no ${selector}`);
        return found;
      };
      const fits = (text: string): boolean => {
        if ("text" in shown) return text.includes(shown.text);
        const number = Number.parseInt(text.replaceAll(",", ""), 10);
        return number >= shown.from && number <= shown.to;
      };
      const is = () => [...document.querySelectorAll(shown.selector)].some((element) => fits(element.textContent ?? ""));
      const began = performance.now();
      if ("click" in act) find(act.click).click();
      else if ("scroll" in act) {
        const list = find(act.scroll);
        // As the scroll bar does it: a long list goes by wheel pixel by pixel.
        list.dispatchEvent(new PointerEvent("pointerdown", { pointerType: "mouse", bubbles: true }));
        list.scrollTop = act.share * (list.scrollHeight - list.clientHeight);
      } else {
        const input = find(act.set) as HTMLInputElement;
        input.value = act.value;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }
      while (!is()) await new Promise((next) => requestAnimationFrame(next));
      await new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
      return performance.now() - began;
    },
    { act, shown },
  );
}
