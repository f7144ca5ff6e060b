import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expectSteps, openRun, standing } from "../support/screen";
import { expect, test } from "../support/test";

test("a waitpoint completed from outside moves the open page", async ({ signedIn: page, api, signalbox }) => {
  const run = await api.start(await api.workflow("Carrier booking"), { order: "88104", carrier: "Baltic Freight" });
  await openRun(page, api.page(`runs/${run.id}`));
  await expect(standing(page)).toContainText("the confirmation of Baltic Freight");

  // The address stands on the page, as part of a call that can be copied.
  const call = await page.getByRole("group", { name: "Call that completes the waitpoint" }).innerText();
  const address = /https?:\/\/\S+/.exec(call)?.[0] ?? "";
  const path = new URL(address).pathname;
  await expect(api.post(path, { confirmation: "BF-7781" })).rejects.toThrow(/422.*pickup/);
  await api.post(path, { confirmation: "BF-7781", pickup: "2026-12-01" });

  await expect(standing(page)).toContainText("Completed");
  await expectSteps(page, { "Carrier confirms": "Success", "File confirmation": "Success" });
  const filed = await readFile(join(signalbox.data, "files/local/main/orders/88104-confirmation.md"), "utf8");
  expect(filed).toContain("BF-7781");
});
