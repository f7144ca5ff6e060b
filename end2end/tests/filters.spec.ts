import { standing } from "../support/screen";
import { expect, test } from "../support/test";

test("filters survive reload, back and a pasted link", async ({ signedIn: page, api, context }) => {
  const failed = await api.start(await api.workflow("Supplier check"), { supplier: "northwind", name: "Northwind Hydraulics" });
  const waiting = await api.start(await api.workflow("Carrier booking"), { order: "88104", carrier: "Baltic Freight" });
  await api.until(failed.id, "failed");
  await api.until(waiting.id, "waiting");
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  const list = page.getByRole("main");
  await expect(list).toContainText("Northwind Hydraulics");
  await expect(list).toContainText("Baltic Freight");

  await page.getByRole("button", { name: /^Status/ }).click();
  await page.getByRole("checkbox", { name: "Failed" }).or(page.getByRole("menuitemcheckbox", { name: "Failed" })).first().click();
  await page.keyboard.press("Escape");
  await expect(list).not.toContainText("Baltic Freight");
  await expect(page).toHaveURL(/status=failed/);

  const check = async () => {
    await expect(list).toContainText("Northwind Hydraulics");
    await expect(list).not.toContainText("Baltic Freight");
  };
  await page.reload();
  await check();

  await list.getByRole("link", { name: /Northwind Hydraulics/ }).first().click();
  await expect(standing(page)).toBeVisible();
  await page.goBack();
  await check();

  const pasted = await context.newPage();
  await pasted.goto(page.url());
  await expect(pasted.getByRole("main")).toContainText("Northwind Hydraulics");
  await expect(pasted.getByRole("main")).not.toContainText("Baltic Freight");

  // Leaving for another screen and coming back keeps them too.
  await page.getByRole("link", { name: "Health" }).click();
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await check();
});
