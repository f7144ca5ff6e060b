import { openRun, standing } from "../support/screen";
import { Api } from "../support/api";
import { expect, test } from "../support/test";

test("a viewer sees the moves disabled, with the reason", async ({ page, signIn, api }) => {
  const run = await api.start(await api.workflow("Supplier check"), { supplier: "northwind", name: "Northwind Hydraulics" });
  await api.until(run.id, "failed");
  await signIn(page, { name: "Vera Viewer", role: "project_viewer" });
  await openRun(page, api.page(`runs/${run.id}`));
  await expect(standing(page)).toContainText("Failed at Check insurance");
  const retry = page.getByRole("button", { name: /^Retry/ }).first();
  await expect(retry).toBeDisabled();
  await retry.focus();
  await expect(page.getByRole("tooltip").filter({ hasText: "project_contributor" })).toBeVisible();
});

test("a foreign tenant's run is not found, in the API and on the screen", async ({ page, signalbox, signIn, api }) => {
  const run = await api.start(await api.workflow("Carrier booking"), { order: "88104", carrier: "Baltic Freight" });
  await signalbox.tenant("other", "main");
  const foreign = { name: "Fred Foreign", role: "tenant_admin" as const, tenant: "other", project: "main" };
  const other = await Api.of(signalbox, foreign);
  await expect(other.get(`/v1/runs/${run.id}`)).rejects.toThrow(/404/);
  await signIn(page, foreign);
  await page.goto(other.page(`runs/${run.id}`));
  await expect(page.getByRole("alert")).toContainText(/no such run|not found|does not exist/i);
  await expect(page.getByRole("main")).not.toContainText("Baltic Freight");
});

const MAY = [
  { role: "project_viewer", retry: false, pause: false, exports: false },
  { role: "project_contributor", retry: true, pause: false, exports: false },
  { role: "project_admin", retry: true, pause: true, exports: false },
  { role: "tenant_admin", retry: true, pause: true, exports: true },
] as const;

for (const { role, retry, pause, exports } of MAY) {
  test(`${role}: what it may is offered, what it may not says why`, async ({ page, signIn, api }) => {
    const run = await api.start(await api.workflow("Supplier check"), { supplier: "northwind", name: "Northwind Hydraulics" });
    await api.until(run.id, "failed");
    await signIn(page, { name: "Robin", role, project: "main" });
    await openRun(page, api.page(`runs/${run.id}`));
    await expect(page.getByRole("button", { name: /^Retry/ }).first()).toBeEnabled({ enabled: retry });
    await page.goto(api.page("queues"));
    await expect(page.getByRole("button", { name: /^Pause/ }).first()).toBeEnabled({ enabled: pause });
    await page.goto(api.page("audit"));
    await expect(page.getByRole("grid", { name: "Audit entries" })).toContainText("run.start");
    await page.getByRole("button", { name: "Export" }).click();
    await expect(page.getByRole("menuitem", { name: /All entries as CSV/ })).toBeEnabled({ enabled: exports });
  });
}
