import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";

import type { Page, Route } from "@playwright/test";

import { expect, test } from "../support/test";

const leaking = {
  name: "Quote RFQ",
  steps: [{ id: "draft", type: "lua_script", name: "Draft quote", script: "print('Bearer abcdef123456') error('no answer for ann@example.com')" }],
};

/** The report that *Download the file* hands over. */
async function downloaded(page: Page) {
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download the file" }).click();
  return JSON.parse(gunzipSync(await readFile(await (await saving).path())).toString());
}

test("a report holds what was left in, without what is secret, and its answer is told", async ({ signedIn: page, api }) => {
  const run = await api.start(await api.publish(leaking));
  await api.until(run.id, "failed");
  await page.goto(api.page(`runs/${run.id}`));
  await page.getByRole("link", { name: "Report this Run" }).click();

  await expect(page.getByLabel("Subject")).toHaveValue("LUA_SCRIPT_FAILED at Draft quote");
  await expect(page.getByText(/Cut out by rule: .*E-mail addresses/)).toBeVisible();
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("Say it in a few words.")).toBeVisible();
  await page.getByLabel("What did you expect?").fill("A draft of the quote");
  await page.getByRole("checkbox", { name: "Console build and browser" }).uncheck();
  await page.getByRole("checkbox", { name: "The journal's end" }).uncheck();

  const bundle = await downloaded(page);
  expect(bundle.format).toBe("signalbox.report/1");
  expect(bundle.form.expected).toBe("A draft of the quote");
  expect(Object.keys(bundle.attached)).not.toContain("client");
  expect(Object.keys(bundle.attached)).not.toContain("journal");
  expect(JSON.stringify(bundle.attached)).not.toMatch(/abcdef123456|ann@example\.com/);

  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("heading", { name: "LUA_SCRIPT_FAILED at Draft quote" })).toBeVisible();
  await expect(page.getByText("The journal's end, Console build and browser")).toBeVisible();

  // Reported again, the first report is shown before anything is sent.
  const report = page.url();
  await page.goto(api.page(`runs/${run.id}/report`));
  await expect(page.getByText("This failure was reported before: 1 report")).toBeVisible();
  await page.getByRole("link", { name: "LUA_SCRIPT_FAILED at Draft quote" }).click();
  await expect(page).toHaveURL(report);

  await api.post(`/v1/reports/${report.split("/").at(-1)}/answers`, { text: "Fixed in version 2." });
  await expect(page.getByRole("link", { name: /Notifications: \d unread/ })).toBeVisible();
  await page.goto(api.page("notifications"));
  await page.getByRole("link", { name: /answered “LUA_SCRIPT_FAILED at Draft quote”/ }).click();
  await expect(page.getByText("Fixed in version 2.")).toBeVisible();
});

test("what was taken out a moment ago is not in the file", async ({ signedIn: page, api }) => {
  const run = await api.start(await api.publish(leaking));
  await api.until(run.id, "failed");
  await page.goto(api.page(`runs/${run.id}/report`));
  const journal = page.getByRole("checkbox", { name: "The journal's end" });
  await expect(journal).toBeChecked();

  // The preview that follows the box is never answered.
  let held: Route | undefined;
  await page.route("**/v1/reports/preview", (route) => (held ? route.continue() : void (held = route)));
  await journal.uncheck();
  await expect.poll(() => held).toBeDefined();
  expect(Object.keys((await downloaded(page)).attached)).not.toContain("journal");
});
