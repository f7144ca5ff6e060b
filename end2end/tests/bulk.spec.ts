import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Page } from "@playwright/test";

import type { Api } from "../support/api";
import { expect, expectAccessible, test } from "../support/test";

const script = (name: string, source: string) => ({ name, steps: [{ id: "work", type: "lua_script", script: source }] });

/** Two failed runs between one that waits and one that has completed; the newest stands first in the list. */
async function mixed(api: Api): Promise<{ failed: string[] }> {
  const fails = await api.publish(script("Order import", "error('the order is not valid')"));
  const works = await api.publish(script("Price list", "return 1"));
  const asks = await api.publish({ name: "Refund", steps: [{ id: "ask", type: "human_task", name: "Approve refund", instructions: "Look." }] });
  const start = async (workflow: string, status: string) => {
    const run = await api.start(workflow);
    await api.until(run.id, status);
    return run.id;
  };
  await start(works, "completed");
  const failed = [await start(fails, "failed"), await start(fails, "failed")];
  await start(asks, "waiting");
  return { failed };
}

const bar = (page: Page) => page.getByRole("region", { name: "The selected runs" });
const box = (page: Page, name: string) => page.getByRole("checkbox", { name });

test("a bulk retry of a mixed selection, with the keyboard", async ({ signedIn: page, api }) => {
  const { failed } = await mixed(api);
  await page.goto(api.page("runs"));
  await expect(page.getByRole("grid", { name: "Runs" })).toContainText("Refund");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(bar(page)).toContainText("1 selected");
  // A run that waits cannot be retried: the button says so and stays.
  await expect(bar(page).getByRole("button", { name: "Retry" })).toHaveAttribute("aria-disabled", "true");
  for (let n = 0; n < 3; n++) await page.keyboard.press("Shift+J");
  await expect(bar(page)).toContainText("4 selected");
  await page.keyboard.press("Space");
  await expect(bar(page)).toContainText("3 selected");
  await expect(box(page, "Select Price list")).not.toBeChecked();
  await page.keyboard.press("Space");

  await expectAccessible(page);
  await bar(page).getByRole("button", { name: "Retry" }).click();
  const dialog = page.getByRole("dialog", { name: "Retry: selected runs" });
  await expect(dialog).toContainText("2 of 4 runs can be retried.");
  await expectAccessible(page);
  const why = dialog.getByText(/Only a failed, cancelled or interrupted run can be retried; this one is waiting/);
  await why.click();
  await expect(dialog.getByRole("link", { name: "Refund" })).toBeVisible();
  const confirm = dialog.getByRole("button", { name: "Retry 2 runs" });
  await expect(confirm).toHaveAttribute("aria-disabled", "true");
  await dialog.getByText("Not sure, go on").click();
  await dialog.getByLabel("Reason").fill("the importer is mended");
  await confirm.click();

  // The job's own page: how it went, and each refusal with why.
  await expect(page.getByRole("heading", { name: "Retry 4 runs" })).toBeVisible();
  const main = page.getByRole("main");
  await expect(main).toContainText("4 runs had their turn: 2 done, 2 refused.");
  await expect(main).toContainText("the importer is mended");
  const runs = page.getByRole("grid", { name: "Runs of this job" });
  await expect(runs).toContainText("this one is waiting");
  await expect(runs).toContainText("this one is completed");
  await expectAccessible(page);
  await page.getByText("Done 2").click();
  await expect(runs.getByRole("link", { name: "Order import" })).toHaveCount(2);
  for (const run of failed) await api.until(run, "failed");
  await page.reload();
  await expect(runs.getByRole("link", { name: "Order import" })).toHaveCount(2);

  // The trail has one entry a run, tied to the job, and one of the job.
  const job = page.url().match(/blk_\w+/)?.[0] ?? "";
  await page.getByRole("link", { name: "Audit entries" }).click();
  const trail = page.getByRole("grid");
  await expect(trail.getByRole("link", { name: "run.retry" })).toHaveCount(2);
  await expect(trail.getByRole("link", { name: "bulk.start" })).toHaveCount(1);
  await trail.getByRole("link", { name: "run.retry" }).first().click();
  const entry = page.getByRole("dialog");
  await expect(entry).toContainText("the importer is mended");
  await entry.getByRole("link", { name: "Open the bulk job" }).click();
  await expect(page).toHaveURL(new RegExp(`/bulk/${job}`));
  await expect(page.getByRole("heading", { name: "Retry 4 runs" })).toBeVisible();
});

test("all that match, and a change of the filters takes the selection back", async ({ signedIn: page, api }) => {
  const workflow = await api.publish(script("Nightly", "return 1"));
  await api.post("/v1/queues/default/pause");
  for (let n = 0; n < 120; n++) await api.start(workflow);
  await page.goto(api.page("runs?status=queued"));
  await expect(page.getByRole("grid", { name: "Runs" })).toContainText("Nightly");

  await box(page, "Select the loaded runs").check();
  await expect(bar(page)).toContainText("100 selected");
  await page.getByRole("button", { name: "Clear all" }).click();
  await expect(bar(page)).toBeHidden();
  await expect(page.getByText("The filters changed, so no run is selected any more.")).toBeVisible();

  await page.goBack();
  await box(page, "Select the loaded runs").check();
  await bar(page).getByRole("button", { name: "Select all 120 that match" }).click();
  await expect(bar(page)).toContainText("All 120 that match");
  await bar(page).getByRole("button", { name: "Cancel" }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel: selected runs" });
  await expect(dialog).toContainText("All 120 runs can be cancelled.");
  // The set is frozen: what starts now is not part of it.
  const late = await api.start(workflow);
  await dialog.getByLabel("Reason").fill("the night is over");
  await dialog.getByRole("button", { name: "Cancel 120 runs" }).click();
  await expect(page.getByRole("main")).toContainText("120 runs had their turn: 120 done, 0 refused.");
  await expect(page.getByRole("main")).toContainText("No run refused");
  expect((await api.run(late.id)).status).toBe("queued");

  // Found again from the list.
  await page.goto(api.page("runs"));
  await page.getByRole("button", { name: "Bulk jobs" }).click();
  await page.getByRole("link", { name: /Cancel 120 runs/ }).click();
  await expect(page.getByRole("heading", { name: "Cancel 120 runs" })).toBeVisible();
});

test.describe("a job that takes long", () => {
  test.use({ start: { privateUrls: true } });

  test("is followed, and stopped in the middle", async ({ signedIn: page, api }) => {
    // A server that never answers: a new run waits for its word on what its tool does.
    const silent = createServer(() => {});
    await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/mcp`;
    try {
      const step = { id: "call", type: "mcp_call", server_url: url, tool_name: "anything", arguments: {} };
      const workflow = await api.publish({ name: "Slow tool", steps: [step] });
      const runs = await Promise.all(Array.from({ length: 6 }, () => api.start(workflow)));
      await Promise.all(runs.map((run) => api.post(`/v1/runs/${run.id}/cancel`)));

      await page.goto(api.page("runs?status=cancelled"));
      await box(page, "Select the loaded runs").check();
      await bar(page).getByRole("button", { name: "Run again" }).click();
      const dialog = page.getByRole("dialog", { name: "Run again: selected runs" });
      await dialog.getByLabel("Reason").fill("the tool is back");
      await dialog.getByRole("button", { name: "Run 6 runs again" }).click();

      const main = page.getByRole("main");
      await expect(main).toContainText("1 of 6 had their turn: 1 done, 0 refused.");
      await page.getByRole("button", { name: "Stop", exact: true }).click();
      const ask = page.getByRole("dialog", { name: "Stop this bulk job?" });
      await expect(ask).toContainText("What is done stays done.");
      await ask.getByRole("button", { name: "Stop the job" }).click();
      await expect(main).toContainText(/Stopped after [1-5] of 6/);
      await expect(page.getByRole("button", { name: "Stop", exact: true })).toBeHidden();
      const done = Number((await main.innerText()).match(/Stopped after (\d)/)?.[1]);
      await page.getByText(`Left as it was ${6 - done}`).click();
      await expect(page.getByRole("grid", { name: "Runs of this job" }).getByRole("link", { name: "Slow tool" })).toHaveCount(6 - done);
      const all = await api.get<{ count: number }>("/v1/runs?limit=1");
      expect(all.count).toBe(6 + done);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });
});
