import { openRun, standing } from "../support/screen";
import { expect, test } from "../support/test";

test.use({ start: { workers: 0 } });

test("a run that nobody picks up says so", async ({ signedIn: page, api }) => {
  const run = await api.start(await api.workflow("Carrier booking"), { order: "88104", carrier: "Baltic Freight" });
  await openRun(page, api.page(`runs/${run.id}`));
  await expect(standing(page)).toContainText("Queued");
  await expect(standing(page)).toContainText(/no worker is pulling/i);
  await expect(standing(page)).toContainText("Never picked up");
});
