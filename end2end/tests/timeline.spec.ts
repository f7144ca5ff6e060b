import type { Page } from "@playwright/test";

import { confirm, openRun, standing, step } from "../support/screen";
import { expect, expectAccessible, test } from "../support/test";

test.use({ start: { privateUrls: true } });

/** The row of a step, by how it begins. */
function row(page: Page, name: string) {
  return page.getByRole("grid", { name: "Steps on a line of time" }).getByRole("row", { name: new RegExp(`^${name}(?!\\w)`) });
}

test("a retry and a wait are told apart from work, and a row selects its step everywhere", async ({ signedIn: page, api, tools }) => {
  tools.fail("The ledger is closed.");
  const run = await api.start(
    await api.publish({
      name: "Refund",
      steps: [
        { id: "ask", name: "Approve refund", type: "human_task", title: "Refund 1,240.00 EUR?", assignee: "anyone in Finance" },
        { ...tools.step("book", "note", { retry_count: 1, retry_backoff_s: 0.2, depends_on: ["ask"] }), name: "Book refund" },
        { ...tools.step("tell", "note", { depends_on: ["book"] }), name: "Tell carrier" },
      ],
    }),
  );
  await openRun(page, api.page(`runs/${run.id}`));
  await expect(standing(page)).toContainText("Waiting");
  await page.getByRole("tab", { name: "Timeline" }).click();
  await expect(page).toHaveURL(/show=timeline/);
  await expect(row(page, "Approve refund")).toContainText(/waited .*waiting/);
  await expect(row(page, "Book refund")).toContainText("pending");
  const moments = page.getByRole("list", { name: "Moments of the run" });
  await expect(moments).toContainText(/Queued.*Started.*Waiting/);

  // The page follows: the decision ends the wait, the booking fails and is retried.
  await page.getByRole("region", { name: "Step Approve refund" }).getByRole("button", { name: "Approve", exact: true }).click();
  await expect(standing(page)).toContainText("Failed at Book refund");
  tools.fail();
  await page.getByRole("button", { name: /^Retry/ }).first().click();
  await confirm(page, "Retry");
  await expect(standing(page)).toContainText("Completed");
  await expect(row(page, "Approve refund")).toContainText(/waited .*reused from attempt 1, success/);
  await expect(row(page, "Book refund")).toContainText(/worked .*success/);
  await expect(moments).toContainText(/Failed.*Attempt 2 queued.*Attempt 2 started.*Completed/);

  await row(page, "Tell carrier").click();
  await expect(page).toHaveURL(/step=tell/);
  await expect(row(page, "Tell carrier")).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("region", { name: "Step Tell carrier" })).toBeVisible();

  // What ended last decided: every step of the chain.
  await page.getByRole("button", { name: "Critical path" }).click();
  await expect(row(page, "Book refund")).toContainText("on the critical path");
  await expectAccessible(page);

  await page.reload();
  await expect(page.getByRole("tab", { name: "Timeline" })).toHaveAttribute("aria-selected", "true");
  await expect(row(page, "Tell carrier")).toHaveAttribute("aria-selected", "true");
  await page.getByRole("tab", { name: "Canvas" }).click();
  await expect(page).not.toHaveURL(/show=/);
});

test("a part of the time is shown by key, by button and by dragging over the axis", async ({ signedIn: page, api, tools }) => {
  const run = await api.start(await api.publish({ name: "Note", steps: [{ ...tools.step("note", "note"), name: "Note" }] }));
  await api.until(run.id, "completed");
  await openRun(page, api.page(`runs/${run.id}?show=timeline`));
  const all = page.getByRole("button", { name: "Show all (0)" });
  await expect(all).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("grid", { name: "Steps on a line of time" }).focus();
  await page.keyboard.press("+");
  await expect(all).not.toHaveAttribute("aria-disabled");
  await page.keyboard.press("0");
  await expect(all).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("button", { name: "Zoom in (+)" }).click();
  await all.click();

  const axis = await page.getByRole("columnheader", { name: "Time" }).boundingBox();
  if (!axis) throw new Error("The axis is not drawn.");
  const y = axis.y + axis.height / 2;
  await page.mouse.move(axis.x + axis.width * 0.6, y);
  await page.mouse.down();
  await page.mouse.move(axis.x + axis.width * 0.2, y, { steps: 4 });
  await page.mouse.up();
  await expect(all).not.toHaveAttribute("aria-disabled");
});

test("a loop is one row with counts, and opens in canvas, list and timeline alike, also from its address", async ({ signedIn: page, api }) => {
  const run = await api.start(
    await api.publish({
      name: "Price orders",
      steps: [
        {
          id: "each",
          name: "Each order",
          type: "for_each",
          items: [1, 2, 3, 4],
          steps: [{ id: "price", name: "Price", type: "lua_script", script: "if item == 3 then error('There is no price.') end return item", on_failure: "skip" }],
        },
        { id: "done", name: "Send", type: "lua_script", script: "return 1", depends_on: ["each"] },
      ],
    }),
  );
  await api.until(run.id, "completed");
  await openRun(page, api.page(`runs/${run.id}?show=timeline&step=done`));
  const grid = page.getByRole("grid", { name: "Steps on a line of time" });
  const loop = row(page, "Each order");
  await expect(grid).toHaveAttribute("aria-rowcount", "2");
  await expect(loop.getByRole("rowheader")).toHaveAttribute("aria-expanded", "false");
  await expect(loop).toContainText(/took .*, 4 success/);

  // As in a tree: open, in, out to the loop, folded.
  await loop.click();
  await grid.focus();
  await page.keyboard.press("ArrowRight");
  await expect(loop.getByRole("rowheader")).toHaveAttribute("aria-expanded", "true");
  await expect(grid).toHaveAttribute("aria-rowcount", "6");
  await expect(page).toHaveURL(/open=each/);
  await page.keyboard.press("ArrowRight");
  await expect(row(page, "Price \\(item 1\\)")).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowLeft");
  await expect(loop).toHaveAttribute("aria-selected", "true");
  await expectAccessible(page);

  // The same loop is open elsewhere, and after a reload.
  await expect(step(page, "Price")).toHaveCount(4);
  await page.getByRole("tab", { name: "Canvas" }).click();
  await expect(page.getByRole("button", { name: "Fold Each order (O)" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "Fold Each order (O)" })).toBeVisible();
  await page.getByRole("tab", { name: "Timeline" }).click();
  await loop.getByRole("button", { name: "Fold Each order" }).click();
  await expect(grid).toHaveAttribute("aria-rowcount", "2");
  await expect(step(page, "Price")).toHaveCount(0);
  await expect(page).not.toHaveURL(/open=/);

  // A step inside is not there to be chosen; whoever comes to it by its address sees it.
  await page.goto(api.page(`runs/${run.id}?show=timeline&step=each[2].price`));
  await expect(row(page, "Price \\(item 3\\)")).toHaveAttribute("aria-selected", "true");
  await expect(grid).toHaveAttribute("aria-rowcount", "6");
  await loop.getByRole("button", { name: "Fold Each order" }).click();
  await expect(page).toHaveURL(/open=-/);
  await page.reload();
  await expect(grid).toHaveAttribute("aria-rowcount", "2");
  await expect(loop).toHaveAttribute("aria-selected", "true");
});
