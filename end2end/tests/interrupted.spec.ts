import { chain } from "../support/documents";
import { confirm, expectSteps, openRun, standing } from "../support/screen";
import { expect, test } from "../support/test";

test.use({ start: { privateUrls: true } });

test("a writing step in flight at a kill is not repeated: the plan names what may happen twice", async ({ signedIn: page, api, tools, signalbox }) => {
  const run = await api.start(await api.publish(chain(tools)));
  await openRun(page, api.page(`runs/${run.id}`));
  await tools.arrived(2);
  await expectSteps(page, { Second: "Running" });
  await signalbox.kill9();
  await expect(page.getByText(/Reconnecting/).first()).toBeVisible();
  await signalbox.start();

  // The open page finds its way back by itself.
  await expect(standing(page)).toContainText("Interrupted at Second");
  await expect(standing(page)).toContainText("PLATFORM_INTERRUPTED");
  expect(tools.calls.map((call) => call.name)).toEqual(["first", "second"]);

  await page.getByRole("button", { name: /^Retry/ }).first().click();
  await expect(page.getByRole("dialog")).toContainText("1 writing step may happen twice");
  await expect(page.getByRole("dialog")).toContainText("Second");
  await confirm(page, "Retry");
  await tools.arrived(3);
  tools.release();
  await expect(standing(page)).toContainText("Completed");
  expect(tools.calls.map((call) => call.name)).toEqual(["first", "second", "second", "third"]);
});

test("a reading step in flight at a kill runs again by itself", async ({ signedIn: page, api, tools, signalbox }) => {
  const document = { name: "Look", steps: [{ ...tools.step("look", "look"), name: "Look" }] };
  const run = await api.start(await api.publish(document));
  await openRun(page, api.page(`runs/${run.id}`));
  await tools.arrived(1);
  await signalbox.kill9();
  await signalbox.start();
  await tools.arrived(2);
  tools.release();
  await expect(standing(page)).toContainText("Completed");
});
