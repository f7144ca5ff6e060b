import { chain } from "../support/documents";
import { confirm, expectSteps, openRun, standing } from "../support/screen";
import { expect, test } from "../support/test";

test.use({ start: { privateUrls: true } });

test("a retry does not repeat finished steps: the tool's own log is the witness", async ({ signedIn: page, api, tools }) => {
  const run = await api.start(await api.publish(chain(tools)));
  await openRun(page, api.page(`runs/${run.id}`));
  await tools.arrived(2);
  tools.fail("The ledger is closed.");
  tools.release();
  await expect(standing(page)).toContainText("Failed at Third");
  await expect(standing(page)).toContainText("The ledger is closed.");

  tools.fail();
  await page.getByRole("button", { name: /^Retry/ }).first().click();
  await expect(page.getByRole("dialog")).toContainText("keeps 2 finished steps");
  await confirm(page, "Retry");
  await expect(standing(page)).toContainText("Completed");
  await expectSteps(page, { First: "reused from attempt 1", Second: "reused from attempt 1", Third: "Success" });
  expect(tools.calls.map((call) => call.name)).toEqual(["first", "second", "third", "third"]);
});

test("the same failure twice is handed on rather than retried a third time", async ({ signedIn: page, api, tools }) => {
  tools.fail("The ledger is closed.");
  const document = { name: "Ledger", steps: [{ ...tools.step("book", "note"), name: "Book" }] };
  const run = await api.start(await api.publish(document));
  await openRun(page, api.page(`runs/${run.id}`));
  await expect(standing(page)).toContainText("Failed at Book");
  await page.keyboard.press("r");
  await confirm(page, "Retry");
  await expect(standing(page)).toContainText("The last two attempts failed here with the same code.");
  await expect(standing(page).getByRole("link", { name: "Report this Run" })).toBeVisible();
});

test("a retry from a finished step runs it again, and says that its call may happen twice", async ({ signedIn: page, api, tools }) => {
  const run = await api.start(await api.publish(chain(tools)));
  await openRun(page, api.page(`runs/${run.id}`));
  await tools.arrived(2);
  tools.release();
  await expect(standing(page)).toContainText("Completed");

  await page.getByRole("button", { name: "All moves" }).click();
  await page.getByRole("menuitem", { name: /^Retry from/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox").first().selectOption({ label: "Third" });
  await expect(dialog).toContainText("1 writing step may happen twice");
  await confirm(page, "Retry from");
  await expect(standing(page)).toContainText("Completed");
  await expect.poll(() => tools.calls.map((call) => call.name)).toEqual(["first", "second", "third", "third"]);
});
