import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { chain } from "../support/documents";
import { confirm, openRun, standing } from "../support/screen";
import { expect, expectAccessible, test } from "../support/test";

test.use({ start: { privateUrls: true } });

test("a cancel stands in the trail with name, reason and plan, and leads to the run and back", async ({
  signedIn: page,
  api,
  tools,
}) => {
  const run = await api.start(await api.publish(chain(tools)));
  await openRun(page, api.page(`runs/${run.id}`));
  await tools.arrived(2);
  await page.keyboard.press("c");
  await confirm(page, "Cancel", "Wrong record");
  await expect(standing(page)).toContainText("Cancelled");

  await page.getByRole("navigation", { name: "Screens" }).getByRole("link", { name: "Audit" }).click();
  await expect(page.getByRole("heading", { name: "Audit" })).toBeVisible();
  await page.getByRole("searchbox").fill("wrong rec");
  const list = page.getByRole("grid", { name: "Audit entries" });
  await expect(list.getByRole("link", { name: "run.cancel" })).toHaveCount(1);
  await expect(list).toContainText("Owner");
  await expect(list).toContainText("Wrong record");
  await expectAccessible(page);

  await list.getByRole("link", { name: "run.cancel" }).click();
  const entry = page.getByRole("dialog");
  await expect(entry).toContainText("The plan that was confirmed");
  await expect(entry).toContainText(/"status": "running"/);
  await expect(entry).toContainText(/"status": "cancelled"/);
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByRole("dialog")).toContainText("Wrong record");
  await page.getByRole("dialog").getByRole("link", { name: "Open the run" }).click();
  await expect(standing(page)).toContainText("Cancelled");
  await page.goBack();
  await expect(page.getByRole("dialog")).toContainText("Wrong record");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(list.getByRole("link", { name: "run.cancel" })).toHaveCount(1);
});

test("the browser verifies the trail up to its signed end", async ({ signedIn: page, api }) => {
  await page.goto(api.page("audit"));
  const proof = page.getByRole("status").filter({ hasText: "Verified up to entry" });
  await expect(proof).toContainText("from the first entry on");
  await proof.getByText("Verified up to entry").click();
  await expect(proof).toContainText("the runtime signed this end");
  await expect(proof).toContainText("does not show whether later entries were cut off");
});

test("a tampered export is caught in the browser and by the command", async ({ signedIn: page, api, signalbox }) => {
  const answer = await fetch(`${signalbox.origin}/v1/audit/export?tenant=${api.tenant}&project=${api.project}`, {
    headers: { authorization: `Bearer ${api.token}` },
  });
  const text = await answer.text();
  const good = join(signalbox.data, "good.ndjson");
  const bad = join(signalbox.data, "bad.ndjson");
  await writeFile(good, text);
  await writeFile(bad, text.replace('"action":"token.create"', '"action":"token.revoke"'));

  await page.goto(api.page("audit"));
  await page.getByRole("button", { name: "Check a file…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("input[type=file]").setInputFiles(good);
  await expect(dialog.getByRole("status")).toContainText(/Verified \d+ entries of local/);
  await expect(dialog.getByRole("status")).toContainText("The signatures are right");
  await dialog.locator("input[type=file]").setInputFiles(bad);
  await expect(dialog.getByRole("alert")).toContainText(/Entry \d+ was changed after it was written/);

  expect(await signalbox.verify(good)).toMatch(/^verified \d+ entries of local/);
  expect(await signalbox.verify(bad)).toMatch(/Entry \d+ was changed after it was written/);
});

test("whoever sees one project is told that the whole cannot be checked", async ({ page, signIn, api }) => {
  await signIn(page, { name: "Vera Viewer", role: "project_viewer", project: "main" });
  await page.goto(api.page("audit"));
  await expect(page.getByText("can be checked by a tenant_admin")).toBeVisible();
  await page.getByRole("button", { name: "Export" }).click();
  await expect(page.getByRole("menuitem", { name: /All entries as NDJSON/ })).toBeDisabled();
});

test("what others do meanwhile waits in front of the list", async ({ signedIn: page, api }) => {
  await api.publish({ name: "Before", steps: [{ id: "a", type: "lua_script", script: "return 1" }] });
  await page.goto(api.page("audit?action=workflow.publish"));
  const list = page.getByRole("grid", { name: "Audit entries" });
  await expect(list.getByRole("link", { name: "workflow.publish" }).first()).toBeVisible();
  const rows = await list.getByRole("link", { name: "workflow.publish" }).count();
  await api.publish({ name: "Meanwhile", steps: [{ id: "a", type: "lua_script", script: "return 1" }] });
  await page.getByRole("button", { name: "1 new" }).click();
  await expect(list.getByRole("link", { name: "workflow.publish" })).toHaveCount(rows + 1);
  await expect(page.getByRole("button", { name: "1 new" })).toHaveCount(0);
});
