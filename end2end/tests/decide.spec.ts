import { decision } from "../support/documents";
import { confirm, expectSteps, openRun, standing, step } from "../support/screen";
import { expect, test } from "../support/test";

test.use({ start: { privateUrls: true } });

test("approving from the Command Center moves the run on", async ({ signedIn: page, api, tools }) => {
  const run = await api.start(await api.publish(decision(tools, "run")));
  await api.until(run.id, "waiting");
  await page.goto(api.page("command-center"));
  const waiting = page.getByRole("region", { name: "Needs decision" });
  await expect(waiting).toContainText("Send the offer");
  await waiting.getByRole("button", { name: "Approve" }).first().click();
  await expect(page.getByText(/^Approved/).first()).toBeVisible();
  await expect(waiting).not.toContainText("Send the offer");
  await openRun(page, api.page(`runs/${run.id}`));
  await expect(standing(page)).toContainText("Completed");
  await expectSteps(page, { Decide: "approved by", Offer: "Success" });
});

test("a rejection ends the run where the step says so", async ({ signedIn: page, api, tools }) => {
  const run = await api.start(await api.publish(decision(tools, "run")));
  await openRun(page, api.page(`runs/${run.id}`));
  await step(page, "Decide").click();
  await page.getByRole("button", { name: "Reject…" }).click();
  await confirm(page, "Reject", "Too cheap");
  await expect(standing(page)).toContainText("Rejected");
  await expect(standing(page)).toContainText("Too cheap");
  await expectSteps(page, { Offer: "Skipped (Rejected)", File: "Success" });
  expect(tools.calls.map((call) => call.name)).not.toContain("offer");
});

test("a rejection ends only the branch where the step says so", async ({ signedIn: page, api, tools }) => {
  const run = await api.start(await api.publish(decision(tools, "branch")));
  await openRun(page, api.page(`runs/${run.id}`));
  await step(page, "Decide").click();
  await page.getByRole("button", { name: "Reject…" }).click();
  await confirm(page, "Reject");
  await expect(standing(page)).toContainText("Completed");
  await expectSteps(page, { Decide: "rejected", Offer: "Skipped (Rejected)", File: "Success" });
});
