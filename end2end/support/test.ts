// What every test starts from: `import { expect, test } from "../support/test"`.

import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, type Page, expect as baseExpect, test as base } from "@playwright/test";

import { Api } from "./api";
import { Signalbox, type StartOptions, type TokenOptions } from "./signalbox";
import { Tools } from "./tools";

export interface Fixtures {
  /** How the runtime is started; set it with `test.use({ start: … })`. */
  start: StartOptions;
  /** The API, as one who may do everything. */
  api: Api;
  /** An MCP server whose calls last until the test lets them go. */
  tools: Tools;
  /** A fresh runtime, gone when the test ends. */
  signalbox: Signalbox;
  /** Signs the page's browser in: as the owner by the printed link, or with a new token as someone else. */
  signIn: (page: Page, as?: TokenOptions) => Promise<void>;
  /** A page that is signed in by the printed link, at the screen the link leads to. */
  signedIn: Page;
  /** Fails the test when a page threw, or broke its own security policy. */
  faults: void;
}

export const test = base.extend<Fixtures>({
  start: [{}, { option: true }],

  signalbox: async ({ start }, use, info) => {
    const signalbox = await Signalbox.start(start);
    await use(signalbox);
    await signalbox.dispose();
    if (info.status !== info.expectedStatus) {
      await info.attach("runtime.log", { body: signalbox.log, contentType: "text/plain" });
    }
  },

  api: async ({ signalbox }, use) => {
    await use(await Api.of(signalbox));
  },

  tools: async ({}, use) => {
    const tools = await Tools.start();
    await use(tools);
    await tools.stop();
  },

  signIn: async ({ signalbox }, use) => {
    await use(async (page, as) => {
      if (as) {
        await openSession(page.context(), signalbox, await signalbox.token(as));
        await page.goto(signalbox.origin);
      } else {
        await page.goto(signalbox.signInLink);
      }
      // The link is good once: leaving before it was taken would lose it.
      await expect(page.getByRole("navigation", { name: "Screens" })).toBeVisible();
    });
  },

  signedIn: async ({ page, signIn }, use) => {
    await signIn(page);
    await use(page);
  },

  faults: [
    async ({ page }, use) => {
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(error.stack ?? error.message));
      page.on("console", (message) => {
        if (message.type() === "error" && message.text().includes("Content Security Policy")) {
          faults.push(message.text());
        }
      });
      await use();
      baseExpect(faults, "errors in the page").toEqual([]);
    },
    { auto: true },
  ],
});

export const expect = baseExpect;

/** axe finds nothing to complain about on the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join("\n  ")}`);
  expect.soft(found, `accessibility of ${page.url()}`).toEqual([]);
}

async function openSession(context: BrowserContext, signalbox: Signalbox, token: string): Promise<void> {
  const answer = await context.request.post(`${signalbox.origin}/v1/session`, {
    headers: { origin: signalbox.origin },
    data: { token },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}
