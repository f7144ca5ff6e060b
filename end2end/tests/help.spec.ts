import type { Locator, Page } from "@playwright/test";

import { standing } from "../support/screen";
import { expect, expectAccessible, test } from "../support/test";

const SECTIONS = ["Symptoms", "Likely causes", "How to fix it", "Where to look next", "When to report"];

/** Presses Tab until the element has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let n = 0; n < 80 && !(await target.evaluate((node) => node === document.activeElement)); n++) await page.keyboard.press("Tab");
  await expect(target).toBeFocused();
}

/** The addresses of the links inside, each once, without those that leave the console. */
async function links(inside: Locator): Promise<string[]> {
  const all = await inside.getByRole("link").evaluateAll((nodes) => nodes.map((node) => (node as HTMLAnchorElement).href));
  return [...new Set(all)];
}

test("every guide of the index opens with its sections, and every link in it leads somewhere", async ({ signedIn: page, api, signalbox }) => {
  test.setTimeout(240_000);
  await page.goto(api.page("help"));
  await expect(page.getByRole("heading", { name: "Help", exact: true })).toBeVisible();
  const guides = (await links(page.getByRole("main"))).filter((link) => !link.includes("/help/codes"));
  expect(guides.length).toBeGreaterThan(30);
  const led = new Set<string>();
  for (const guide of guides) {
    await test.step(guide, async () => {
      await page.goto(guide);
      for (const name of SECTIONS) await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
      await expect(page.getByRole("alert")).toHaveCount(0);
      for (const link of await links(page.getByRole("main"))) led.add(link);
    });
  }
  for (const link of led) {
    await test.step(link, async () => {
      expect(link.startsWith(`${signalbox.origin}/${api.tenant}/${api.project}/`), link).toBe(true);
      if (guides.includes(link)) return;
      await page.goto(link);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByText("There is no such page")).toHaveCount(0);
    });
  }
});

test("a failed run leads to its guide and back, with the keyboard alone", async ({ signedIn: page, api }) => {
  const run = await api.start(await api.workflow("Supplier check"), { supplier: "northwind", name: "Northwind Hydraulics" });
  const { failure } = await api.until(run.id, "failed");
  await page.goto(api.page(`runs/${run.id}`));
  await tabTo(page, standing(page).getByRole("link", { name: "What this code means" }));
  await page.keyboard.press("Enter");

  // The guide says what the code of this very run means, and then how such runs are fixed.
  await expect(page.getByRole("region", { name: "What this code means" })).toContainText(failure!.code);
  await expect(page.getByRole("region", { name: "How to fix it" })).toContainText("Retry");
  await expectAccessible(page);
  // The screen that owns the problem is filtered to the code.
  const owner = page.getByRole("link", { name: `Runs with ${failure!.code}` });
  await expect(owner).toHaveAttribute("href", new RegExp(`runs\\?code=${failure!.code}$`));

  await tabTo(page, page.getByRole("link", { name: "Back to the run" }));
  await page.keyboard.press("Enter");
  await expect(standing(page)).toContainText("Failed at");
  expect(page.url()).toContain(run.id);
});

test("the index is searched by words and codes", async ({ signedIn: page, api }) => {
  await page.goto(api.page("help"));
  const box = page.getByRole("searchbox", { name: "Search the guides" });
  await box.fill("drain_timeout");
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(1);
  await page.getByRole("link", { name: "A run was stopped, or does not stop" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "A run was stopped, or does not stop" })).toBeVisible();
  await page.goBack();
  await expect(box).toHaveValue("drain_timeout");
  await box.fill("zebra");
  await expect(page.getByRole("main")).toContainText("No guide speaks of that");
});

test("a refused request leads to its guide", async ({ signedIn: page, api }) => {
  await page.goto(api.page("runs/run_00000000000000000000000000"));
  await page.getByRole("link", { name: "What to do about this" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "A request was refused" })).toBeVisible();
});

test("a guide that does not come says so and can be asked for again", async ({ signedIn: page, api }) => {
  await page.route("**/help/*.md", (route) => route.abort());
  await page.goto(api.page("help/hung-step"));
  await expect(page.getByRole("alert")).toContainText("could not load this guide");
  await page.unroute("**/help/*.md");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Likely causes" })).toBeVisible();
});
