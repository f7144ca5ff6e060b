import type { Page } from "@playwright/test";

import type { Api } from "../support/api";
import { expect, expectAccessible, test } from "../support/test";

const ROWS = "local rows, note = {}, ('n'):rep(1000) for i = 1, 20000 do rows[i] = { id = i, name = 'Article ' .. i, note = note } end return { articles = rows }";
const LINES = "local line = ('The quick brown fox jumps over the lazy dog. '):rep(5) .. '\\n' local part = line:rep(40000) return part .. part .. part .. 'The end is here.'";
// A red dot.
const DOT = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==";

/** A finished run of one script; the page shows what the step left. */
async function left(page: Page, api: Api, script: string): Promise<string> {
  const workflow = await api.publish({ name: "Catalogue", steps: [{ id: "read", type: "lua_script", name: "Read catalogue", script }] });
  const run = await api.start(workflow);
  await api.until(run.id, "completed");
  await page.goto(api.page(`runs/${run.id}?step=read&tab=output`));
  return run.id;
}

const search = (page: Page) => page.getByRole("searchbox", { name: "Search the step's output" });

test("20 MB of JSON open, are searched to the end, and a path is copied for a template", async ({ signedIn: page, api, context }) => {
  test.slow();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await left(page, api, ROWS);
  const shown = page.getByRole("tabpanel", { name: "Output" });
  await expect(shown).toContainText(/2\d MB, 1 field/);
  await expect(shown).toContainText("Showing the first 2.0 KB.");
  await expect(shown.getByRole("group", { name: "How the step's output begins" })).toContainText("Article 1");
  const [file] = await Promise.all([page.waitForEvent("download"), shown.getByRole("link", { name: "Download" }).click()]);
  expect(file.suggestedFilename()).toBe("read-output.json");
  await expect(page.getByRole("listbox", { name: "Events" })).toContainText("Run created");
  await expectAccessible(page);

  await shown.getByRole("button", { name: "Open all of it" }).click();
  const tree = shown.getByRole("list", { name: "the step's output" });
  await expect(tree).toContainText("20,000 items");
  await search(page).fill("ARTICLE 19999");
  await expect(shown.getByRole("status").filter({ hasText: "1 of 1" })).toBeVisible();
  const found = tree.getByRole("listitem").filter({ hasText: "Article 19999" });
  await expect(found.locator("mark")).toHaveText("Article 19999");
  await found.hover();
  await found.getByRole("button", { name: "Copy the path" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe("steps.read.result.articles[19998].name");
  await expectAccessible(page);

  await search(page).fill("no such article");
  await expect(shown.getByRole("status").filter({ hasText: "Not found" })).toBeVisible();
  await search(page).fill("Article 1999");
  await expect(shown.getByRole("status").filter({ hasText: /^1 of 11$/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(shown.getByRole("status").filter({ hasText: /^3 of 11$/ })).toBeVisible();
  await expect(tree).toContainText("Article 19991");
  await page.keyboard.press("Shift+Enter");
  await expect(shown.getByRole("status").filter({ hasText: /^2 of 11$/ })).toBeVisible();
});

test("20 MB of text open with their lines numbered, and the search goes to the end", async ({ signedIn: page, api }) => {
  test.slow();
  await left(page, api, LINES);
  const shown = page.getByRole("tabpanel", { name: "Output" });
  await expect(shown).toContainText(/Text of 2\d MB/);
  await shown.getByRole("button", { name: "Open all of it" }).click();
  const lines = shown.getByRole("list", { name: "the step's output" });
  await expect(lines).toContainText("The quick brown fox");
  await search(page).fill("the end is");
  await expect(shown.getByRole("status").filter({ hasText: "1 of 1" })).toBeVisible();
  const last = lines.getByRole("listitem").filter({ hasText: "The end is here." });
  await expect(last.locator("mark")).toHaveText("The end is");
  await expect(last).toContainText("120,001");

  // A line by its number; beyond the end it is the last one.
  const go = shown.getByRole("textbox", { name: "Go to line" });
  await go.fill("60,000");
  await go.press("Enter");
  await expect(lines.getByRole("listitem").filter({ hasText: /^60,000/ })).toBeInViewport();
  await go.fill("9999999");
  await go.press("Enter");
  await expect(last).toHaveCount(1);
  await expectAccessible(page);
});

test("an event's detail is searched as an output is", async ({ signedIn: page, api }) => {
  await left(page, api, "local rows = {} for i = 1, 200 do rows[i] = 'Article ' .. i end return rows");
  await page.getByRole("listbox", { name: "Events" }).getByRole("option", { name: /Read catalogue.*(finished|completed|success)/i }).first().click();
  const detail = page.getByRole("region", { name: /^Event \d+ · step_completed/ });
  await detail.getByRole("searchbox", { name: "Search the event as it is kept" }).fill("article 200");
  await expect(detail.locator("mark")).toHaveText("Article 200");
});

test("a picture in a value is folded, and shown when it is opened", async ({ signedIn: page, api }) => {
  await left(page, api, `return { label = 'A17', scan = 'data:image/png;base64,${DOT}' }`);
  const row = page.getByRole("list", { name: "the step's output" }).getByRole("listitem").filter({ hasText: "scan" });
  await expect(row).toContainText("image/png, 85 B, open to see");
  await expect(row).not.toContainText("iVBORw0");
  await row.click();
  const picture = page.getByRole("dialog", { name: "The picture" }).getByRole("img");
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(5);
  await expectAccessible(page);
});

test("the first event shows the workflow it began with, step by step", async ({ signedIn: page, api }) => {
  await left(page, api, "return 1");
  await page.getByRole("listbox", { name: "Events" }).getByRole("option", { name: /Run created/ }).click();
  const detail = page.getByRole("region", { name: /^Event 1 · run_created/ });
  const steps = detail.getByRole("listitem").filter({ hasText: /^steps/ });
  await expect(steps).toContainText("1 item");
});

test("an event that is on its way has a name, and its own once it is here", async ({ signedIn: page, api }) => {
  let come = (): void => undefined;
  const asked = new Promise<void>((resolve) => (come = resolve));
  await page.route(/\/events\?/, async (route) => {
    await asked;
    await route.continue();
  });
  await left(page, api, "return 1");
  const events = page.getByRole("listbox", { name: "Events" });
  await expect(events.getByRole("option", { name: "Loading" }).first()).toBeVisible();
  await expectAccessible(page);
  come();
  await expect(events.getByRole("option", { name: /Run created/ })).toBeVisible();
  await expect(events.getByRole("option", { name: "Loading" })).toHaveCount(0);
});
