import type { Locator, Page } from "@playwright/test";

import { openRun, standing } from "../support/screen";
import { expect, expectAccessible, test } from "../support/test";

/** Steps side by side. */
const WIDE = 50;

/** The picture of the run's steps. */
function picture(page: Page): Locator {
  return page.getByRole("group", { name: /^Steps of this run\./ });
}

/** One step in the picture. */
function node(page: Page, name: string): Locator {
  return picture(page).getByRole("button", { name: new RegExp(`^${name},`) });
}

/** A first step that fails, and behind it rows of steps, each after the one before it in its row. */
function large(count: number): object {
  const rows = Array.from({ length: count - 1 }, (_, at) => ({
    id: `s${at}`,
    name: `Ledger ${at}`,
    type: "timer",
    seconds: 1,
    depends_on: [at < WIDE ? "open" : `s${at - WIDE}`],
  }));
  return { name: "Close the books", steps: [{ id: "open", name: "Open the books", type: "lua_script", script: "error('The books are closed.')" }, ...rows] };
}

test("a run of 5,000 steps is walked, searched and read by keyboard", async ({ signedIn: page, api }) => {
  test.setTimeout(240_000);
  const run = await api.start(await api.publish(large(5_000)));
  await api.until(run.id, "failed");
  await openRun(page, api.page(`runs/${run.id}`));
  await expect(standing(page)).toContainText("Failed");
  // It opens where it failed.
  await expect(node(page, "Open the books")).toHaveAttribute("aria-current", "true");

  // By name, then along the edges.
  const find = page.getByRole("searchbox", { name: "Find a step" });
  await find.focus();
  await page.keyboard.type("ledger 2525");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/step=s2525/);
  await expect(node(page, "Ledger 2525")).toBeInViewport();
  await page.keyboard.press("Shift+Tab");
  await expect(node(page, "Ledger 2525")).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(node(page, "Ledger 2575")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  await expect(picture(page).locator(":focus")).toHaveAccessibleName(/^Ledger \d+, .*, after Ledger \d+$/);
  await page.keyboard.press("Enter");
  await expect(picture(page).locator(":focus")).toHaveAttribute("aria-current", "true");

  // To both ends, and to the failure.
  await page.keyboard.press("Home");
  await expect(node(page, "Open the books")).toBeFocused();
  await page.keyboard.press("End");
  await expect(picture(page).locator(":focus")).toHaveAccessibleName(/^Ledger 49\d\d, Skipped \(Blocked\)/);
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/step=open/);
  await expect(node(page, "Open the books")).toBeFocused();

  // All of it, too small to be read: the keyboard stays, and an arrow comes near again.
  await page.keyboard.press("0");
  await expect(picture(page)).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(picture(page).locator(":focus")).toHaveAccessibleName(/^Ledger \d+, .*, after Open the books$/);
  await expectAccessible(page);

  // The list holds the same, in the same order.
  await page.getByRole("button", { name: "Show as a list" }).press("Enter");
  const list = page.getByRole("listbox", { name: "Steps of this run, as a list" });
  await expect(list.getByRole("option").first()).toContainText(/Open the books.*at the start/);
  await list.focus();
  await page.keyboard.press("End");
  await expect(list.getByRole("option").last()).toContainText(/Ledger 49\d\d.*Skipped \(Blocked\).*after Ledger 49\d\d/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/step=s49\d\d/);
});

test("a large run is drawn without a worker too", async ({ signedIn: page, api }) => {
  let refused = 0;
  await page.route("**/layout.js", (route) => {
    refused += 1;
    return route.abort();
  });
  const run = await api.start(await api.publish(large(2_000)));
  await api.until(run.id, "failed");
  await openRun(page, api.page(`runs/${run.id}`));
  await expect(node(page, "Open the books")).toBeInViewport();
  expect(refused).toBe(1);
  await expect(page.getByRole("group", { name: "Part of the graph" })).toHaveCount(0);
});

test("a graph that cannot be laid out in time is shown around the chosen step", async ({ signedIn: page, api }) => {
  await page.addInitScript(() => {
    // Starts, and never answers.
    window.Worker = class extends EventTarget {
      postMessage() {}
      terminate() {}
    } as unknown as typeof Worker;
  });
  const run = await api.start(await api.publish(large(2_000)));
  await api.until(run.id, "failed");
  await openRun(page, api.page(`runs/${run.id}?step=s1525`));
  await expect(page.getByText("Laying out 2,000 steps …")).toBeVisible();

  const part = page.getByRole("group", { name: "Part of the graph" });
  await expect(part).toContainText("Too large to draw whole");
  await expect(part).toContainText("5 of 2,000 steps");
  await expect(node(page, "Ledger 1525")).toHaveAttribute("aria-current", "true");
  await part.getByRole("button", { name: "More steps around it" }).click();
  await expect(part).toContainText("7 of 2,000 steps");

  // Another step is found in the whole graph.
  await page.getByRole("searchbox", { name: "Find a step" }).fill("ledger 800");
  await page.keyboard.press("Enter");
  await expect(node(page, "Ledger 800")).toHaveAttribute("aria-current", "true");
  await expect(node(page, "Ledger 800")).toBeInViewport();
  await expect(part).toContainText("7 of 2,000 steps");
  await expect(node(page, "Ledger 1525")).toHaveCount(0);
});

test("a loop is one step with counts, and opens to its steps", async ({ signedIn: page, api }) => {
  const run = await api.start(
    await api.publish({
      name: "Price orders",
      steps: [
        {
          id: "each",
          name: "Each order",
          type: "for_each",
          items: [1, 2, 3, 4],
          concurrency: 4,
          steps: [
            { id: "price", name: "Price", type: "lua_script", script: "if item == 3 then error('There is no price.') end return item", on_failure: "skip" },
            { id: "ask", name: "Approve price", type: "human_task", title: "Approve the price?", depends_on: ["price"] },
          ],
        },
        { id: "done", name: "Send", type: "lua_script", script: "return 1", depends_on: ["each"] },
      ],
    }),
  );
  await api.until(run.id, "waiting");
  await openRun(page, api.page(`runs/${run.id}?step=done`));
  await expect(node(page, "Each order")).toHaveAccessibleName(/\d waiting/);
  await expect(node(page, "Send")).toHaveAccessibleName(/after Each order$/);

  await page.getByRole("button", { name: "Show the steps of Each order (O)" }).click();
  await expect(node(page, "Approve price")).toHaveAccessibleName(/\d waiting.*after Price$/);
  await expect(node(page, "Send")).toHaveAccessibleName(/after Approve price$/);
  await node(page, "Approve price").click();
  await expect(page).toHaveURL(/step=each%5B\d%5D\.ask|step=each\[\d\]\.ask/);
  await expect(page.getByRole("region", { name: /^Step Approve price \(item \d\)/ })).toBeVisible();

  await node(page, "Each order").press("o");
  await expect(node(page, "Approve price")).toHaveCount(0);
  await expect(node(page, "Each order")).toHaveAttribute("aria-current", "true");
});

test("a step that calls a workflow says how far that run is", async ({ signedIn: page, api }) => {
  await api.publish({
    name: "Check stock",
    steps: [
      { id: "count", type: "lua_script", script: "return 3" },
      { id: "ask", name: "Confirm", type: "human_task", title: "Enough?", depends_on: ["count"] },
    ],
  });
  const run = await api.start(await api.publish({ name: "Quote", steps: [{ id: "stock", name: "Stock", type: "workflow_call", workflow: "Check stock" }] }));
  await openRun(page, api.page(`runs/${run.id}`));
  await expect(node(page, "Stock")).toHaveAccessibleName(/1 waiting, 1 success of 2,/);
  await picture(page).getByRole("link", { name: "Open the run it started" }).click();
  await expect(standing(page)).toContainText("Confirm");
  const { items } = await api.get<{ items: { task: string; run: string }[] }>("/v1/tasks/pending");
  await page.goBack();
  await api.post(`/v1/runs/${items[0].run}/tasks/${items[0].task}/complete`, { approved: true });
  await expect(node(page, "Stock")).toHaveAccessibleName(/2 success of 2,/);
});
