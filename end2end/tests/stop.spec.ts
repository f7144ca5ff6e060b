import { chain } from "../support/documents";
import { confirm, expectSteps, openMove, openRun, standing } from "../support/screen";
import { expect, test } from "../support/test";

test.use({ start: { privateUrls: true } });

test("a graceful stop lets the running step finish and starts no other", async ({ signedIn: page, api, tools }) => {
  const run = await api.start(await api.publish(chain(tools)));
  await openRun(page, api.page(`runs/${run.id}`));
  await tools.arrived(2);
  await expectSteps(page, { Second: "Running" });

  await openMove(page, "Stop gracefully");
  await confirm(page, "Stop gracefully", "Maintenance tonight");
  await expect(standing(page)).toContainText("Draining");
  tools.release();
  await expect(standing(page)).toContainText("Cancelled");
  await expectSteps(page, { Second: "Success", Third: "Skipped (Operator)" });
  expect(tools.calls.map((call) => call.name)).toEqual(["first", "second"]);
});

test("a graceful stop can be made immediate", async ({ signedIn: page, api, tools }) => {
  const run = await api.start(await api.publish(chain(tools)));
  await openRun(page, api.page(`runs/${run.id}`));
  await tools.arrived(2);
  await openMove(page, "Stop gracefully");
  await confirm(page, "Stop gracefully");
  await expect(standing(page)).toContainText("Draining");

  await page.getByRole("button", { name: "Stop now" }).click();
  await confirm(page, "Stop now");
  await expect(standing(page)).toContainText("Cancelled");
  await expectSteps(page, { Second: "Cancelled", Third: "Skipped (Operator)" });
});

test("a drain that takes too long ends in DRAIN_TIMEOUT", async ({ signedIn: page, api, tools }) => {
  const run = await api.start(await api.publish(chain(tools)));
  await openRun(page, api.page(`runs/${run.id}`));
  await tools.arrived(2);
  await api.post(`/v1/runs/${run.id}/stop`, { mode: "graceful", timeout_s: 1 });
  await expect(standing(page)).toContainText("DRAIN_TIMEOUT");
  await expectSteps(page, { Second: "Cancelled" });
});

test("cancel shows cancelled and names the operator", async ({ signedIn: page, api, tools }) => {
  const run = await api.start(await api.publish(chain(tools)));
  await openRun(page, api.page(`runs/${run.id}`));
  await tools.arrived(2);
  await page.keyboard.press("c");
  await confirm(page, "Cancel", "Wrong record");
  await expect(standing(page)).toContainText("Cancelled");
  await expect(standing(page)).toContainText(/by Owner/i);
  await expect(standing(page)).toContainText("Wrong record");
  await page.getByRole("tab", { name: "Audit" }).click();
  await expect(page.getByRole("tabpanel", { name: "Audit" })).toContainText(/owner/i);

  await page.reload();
  await expect(standing(page)).toContainText(/Cancelled.*by Owner/is);
  await expectSteps(page, { Second: "Cancelled" });
});
