import { decision } from "../support/documents";
import { standing } from "../support/screen";
import { expect, test } from "../support/test";

test.use({ start: { privateUrls: true } });

test("from sign-in to approved with the keyboard alone", async ({ page, signalbox, api, tools }) => {
  const run = await api.start(await api.publish(decision(tools, "run")));
  await api.until(run.id, "waiting");
  const token = await signalbox.token({ name: "Kay Board", role: "project_contributor" });

  await page.goto(`${signalbox.origin}/sign-in`);
  const field = page.getByLabel("Personal access token");
  await expect(field).toBeVisible();
  for (let n = 0; n < 10 && !(await field.evaluate((node) => node === document.activeElement)); n++) await page.keyboard.press("Tab");
  await expect(field).toBeFocused();
  await page.keyboard.type(token);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Command Center" })).toBeVisible();

  // The palette finds the run.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("Decision");
  await expect(page.getByRole("option", { name: /Decision/ }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(standing(page)).toContainText("Waiting");

  // And its recommended move.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("Approve");
  await expect(page.getByRole("option", { name: /Approve/ }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  const approve = page.getByRole("button", { name: "Approve", exact: true }).last();
  await expect(approve).toBeVisible();
  for (let n = 0; n < 20 && !(await approve.evaluate((node) => node === document.activeElement)); n++) await page.keyboard.press("Tab");
  await expect(approve).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(standing(page)).toContainText("Completed");
});
