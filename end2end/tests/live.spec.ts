import { openRun, standing } from "../support/screen";
import { expect, test } from "../support/test";

test.use({ start: { privateUrls: true } });

test("a page that lost its connection says so, comes back, and misses and doubles nothing", async ({ signedIn: page, api, tools, context }) => {
  const steps = Array.from({ length: 20 }, (_, n) => ({ ...tools.step(`s${n}`, "note"), depends_on: n === 0 ? ["gate"] : [`s${n - 1}`] }));
  const document = { name: "Twenty", steps: [{ ...tools.step("gate", "look"), name: "Gate" }, ...steps] };
  const run = await api.start(await api.publish(document));
  await openRun(page, api.page(`runs/${run.id}`));
  await tools.arrived(1);
  await expect(page.getByText("Live", { exact: true }).first()).toBeVisible();

  await context.setOffline(true);
  await expect(page.getByText(/Reconnecting|Offline/).first()).toBeVisible();
  tools.release();
  const ended = await api.until(run.id, "completed");
  await expect(standing(page)).toContainText("Running");

  await context.setOffline(false);
  await expect(page.getByText("Live", { exact: true }).first()).toBeVisible({ timeout: 45_000 });
  await expect(standing(page)).toContainText("Completed");
  await expect(page.getByRole("main")).toContainText("21 of 21 done");
  await expect(page.getByRole("tab", { name: new RegExp(`^Events.*${ended.seq}`) })).toBeVisible();
});
