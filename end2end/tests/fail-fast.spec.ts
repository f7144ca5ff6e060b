import { expectSteps, openRun, standing, steps } from "../support/screen";
import { expect, test } from "../support/test";

test("when a branch fails, every other step says what became of it, also after a reload", async ({ signedIn: page, api }) => {
  const run = await api.start(await api.workflow("Supplier check"), { supplier: "northwind", name: "Northwind Hydraulics" });
  await openRun(page, api.page(`runs/${run.id}`));

  const check = async () => {
    await expect(standing(page)).toContainText("Failed at Check insurance");
    await expect(standing(page)).toContainText("MCP_TOOL_FAILED");
    await expect(standing(page)).toContainText("insurance.md");
    await expectSteps(page, {
      "Read profile": "Success",
      "Check catalogue": "Success",
      "Check insurance": "Failed",
      "Call references": "Cancelled",
      Score: "Skipped (Blocked)",
      "Write report": "Skipped (Blocked)",
    });
    await expect(steps(page)).not.toContainText(/Running|Processing|Waiting/);
    await expect(page.getByRole("main")).not.toContainText(/Processing/);
  };
  await check();
  await page.reload();
  await check();
});
