import type { Locator, Page } from "@playwright/test";

import { expectSteps, openRun, standing, step } from "../support/screen";
import type { Api } from "../support/api";
import { expect, expectAccessible, test } from "../support/test";
import type { Tools } from "../support/tools";

test.use({ start: { privateUrls: true } });

/** A person approves, then the booking fails twice; another note never runs. */
function refund(tools: Tools): object {
  return {
    name: "Refund",
    steps: [
      { id: "ask", name: "Approve refund", type: "human_task", title: "Refund 1,240.00 EUR?", assignee: "anyone in Finance" },
      { ...tools.step("book", "note", { retry_count: 1, retry_backoff_s: 0.1, depends_on: ["ask"] }), name: "Book refund" },
      { ...tools.step("tell", "note", { depends_on: ["book"] }), name: "Tell carrier" },
    ],
  };
}

/** A refund that was approved and failed; its events, by number. */
async function failed(page: Page, api: Api, tools: Tools): Promise<{ id: string; seq: (type: string) => number; last: number }> {
  tools.fail("The ledger is closed.");
  const run = await api.start(await api.publish(refund(tools)));
  await openRun(page, api.page(`runs/${run.id}`));
  await page.getByRole("region", { name: "Step Approve refund" }).getByRole("button", { name: "Approve", exact: true }).click();
  await expect(standing(page)).toContainText("Failed at Book refund");
  const { items } = await api.get<{ items: { seq: number; event: { type: string } }[] }>(`/v1/runs/${run.id}/events?limit=1000`);
  return {
    id: run.id,
    last: items.length,
    seq: (type) => items.find((item) => item.event.type === type)?.seq ?? Number.NaN,
  };
}

function handle(page: Page): Locator {
  return page.getByRole("slider", { name: "Event that is shown" });
}

function canvas(page: Page): Locator {
  return page.getByRole("tabpanel", { name: "Canvas" });
}

/** Opens Replay by its button and waits for the journal. */
async function open(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  await expect(handle(page)).toBeFocused();
}

test("a moment before the failure shows the run as it was, also from a pasted link", async ({ signedIn: page, api, tools }) => {
  const run = await failed(page, api, tools);
  await open(page);
  await expect(page).toHaveURL(/at=live/);
  await expect(page.getByText("is at the right end: the run as it is.")).toBeVisible();

  await handle(page).fill(String(run.seq("step_retrying")));
  await expect(page.getByText(`Replay: event ${run.seq("step_retrying")} of ${run.last}`)).toBeVisible();
  await expect(page.getByText("Moves act on the run as it is now.")).toBeVisible();
  await expect(standing(page)).toContainText("Running");
  await expect(standing(page)).not.toContainText("Failed");
  await expectSteps(page, { "Approve refund": "Success", "Book refund": "Retrying", "Tell carrier": "Pending" });
  await expect(canvas(page)).toContainText(/Book refund\W*Retrying/);

  await handle(page).fill(String(run.seq("step_waiting")));
  await expect(standing(page)).toContainText("Waiting");
  await expectSteps(page, { "Approve refund": "Waiting for anyone in Finance", "Book refund": "Pending" });
  await expect(canvas(page)).toContainText(/Book refund\W*Pending/);
  await expect(page).toHaveURL(new RegExp(`at=${run.seq("step_waiting")}\\b`));
  // The form asks for what has been answered since.
  const asked = page.getByRole("region", { name: "Step Approve refund" });
  await expect(asked).toContainText("Answered since");
  await expect(asked.getByRole("button", { name: "Approve", exact: true })).toHaveCount(0);

  await page.reload();
  await expect(page.getByText(`Replay: event ${run.seq("step_waiting")} of ${run.last}`)).toBeVisible();
  await expect(standing(page)).toContainText("Waiting");
  await expect(step(page, "Book refund")).toContainText("Pending");

  await page.getByRole("button", { name: "Back to live" }).click();
  await expect(standing(page)).toContainText("Failed at Book refund");
  await expect(step(page, "Book refund")).toContainText("Failed");
  await page.getByRole("button", { name: "Close Replay" }).click();
  await expect(handle(page)).toHaveCount(0);
  await expect(page).not.toHaveURL(/at=/);
});

test("a chosen step shows what it had at the moment", async ({ signedIn: page, api, tools }) => {
  const run = await failed(page, api, tools);
  await page.goto(api.page(`runs/${run.id}?at=${run.seq("step_retrying") - 1}&step=book`));
  const book = page.getByRole("region", { name: "Step Book refund" });
  await expect(page.getByText(`Replay: event ${run.seq("step_retrying") - 1}`)).toBeVisible();
  await expect(book.getByRole("tab", { name: "Error" })).toHaveCount(0);
  await book.getByRole("tab", { name: "Input" }).click();
  await expect(book.getByRole("tabpanel")).toContainText('name:"book"');
  await handle(page).fill("1");
  await expect(book.getByRole("tabpanel")).toContainText("The step has not started.");
  await handle(page).fill(String(run.seq("step_failed")));
  await book.getByRole("tab", { name: "Error" }).click();
  await expect(book.getByRole("tabpanel")).toContainText("The ledger is closed.");
  await book.getByRole("tab", { name: "Output" }).click();
  await expect(book.getByRole("tabpanel")).toContainText("The step failed before it had a result.");

  // A result is read from the event that wrote it.
  await page.goto(api.page(`runs/${run.id}?at=${run.seq("step_failed")}&step=ask&tab=output`));
  await expect(page.getByText(`Replay: event ${run.seq("step_failed")}`)).toBeVisible();
  await expect(page.getByRole("region", { name: "Step Approve refund" }).getByRole("tabpanel")).toContainText("approved");
});

test("the blocking moment is one press away, and a completed run has none", async ({ signedIn: page, api, tools }) => {
  const run = await failed(page, api, tools);
  await open(page);
  await page.getByRole("button", { name: "Blocking moment" }).click();
  await expect(page.getByText(`Replay: event ${run.seq("step_failed")} of ${run.last}`)).toBeVisible();
  await expect(step(page, "Book refund")).toContainText("Failed");
  await expect(step(page, "Tell carrier")).toContainText("Pending");

  await page.getByRole("button", { name: /^Key moments/ }).click();
  const moments = page.getByRole("listbox", { name: "Key moments" });
  await expect(moments.getByRole("option")).toHaveCount(5);
  await moments.getByRole("option", { name: /Approve refund approved/ }).click();
  await expect(page.getByText(`Replay: event ${run.seq("step_decided")} of ${run.last}`)).toBeVisible();

  tools.fail();
  const done = await api.start(await api.publish({ name: "Note", steps: [{ ...tools.step("note", "note"), name: "Note" }] }));
  await api.until(done.id, "completed");
  await openRun(page, api.page(`runs/${done.id}?at=live`));
  const button = page.getByRole("button", { name: "Blocking moment" });
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await expect(button).toHaveAccessibleDescription("Nothing blocked this run: it completed.");
});

test("an event in the list shows the run as it was then, and those after it are told apart", async ({ signedIn: page, api, tools }) => {
  const run = await failed(page, api, tools);
  const events = page.getByRole("listbox", { name: "Events" });
  await events.getByRole("option", { name: /Approve refund waits/ }).click();
  await page.getByRole("button", { name: "Show the run then" }).click();
  await expect(page.getByText(`Replay: event ${run.seq("step_waiting")} of ${run.last}`)).toBeVisible();
  await expect(standing(page)).toContainText("Waiting");
  await expect(events.getByRole("option", { name: /Approve refund approved/ })).toContainText("after the moment shown");
  await expect(events.getByRole("option", { name: /Approve refund waits/ })).not.toContainText("after the moment shown");
});

test("playing runs from the first event to the end", async ({ signedIn: page, api, tools }) => {
  const run = await failed(page, api, tools);
  await page.goto(api.page(`runs/${run.id}?at=1`));
  await expect(page.getByText(`Replay: event 1 of ${run.last}`)).toBeVisible();
  await expect(standing(page)).toContainText("Queued");
  await page.getByRole("combobox", { name: "Speed" }).selectOption("64×");
  await page.getByRole("button", { name: /^Play/ }).click();
  await expect(page.getByText("is at the right end: the run as it is.")).toBeVisible();
  await expect(standing(page)).toContainText("Failed at Book refund");
  await expect(page.getByRole("button", { name: /^Play;/ })).toBeVisible();
  await expect(page).toHaveURL(/at=live/);
});

test("a run is replayed while it goes on, and live is the right end", async ({ signedIn: page, api, tools }) => {
  const steps = [
    { ...tools.step("first", "look"), name: "First" },
    { ...tools.step("second", "note", { depends_on: ["first"] }), name: "Second" },
    { ...tools.step("third", "note", { depends_on: ["second"] }), name: "Third" },
  ];
  const run = await api.start(await api.publish({ name: "Three", steps }));
  await openRun(page, api.page(`runs/${run.id}`));
  await tools.arrived(1);
  await expect(step(page, "First")).toContainText("Running");
  await open(page);
  await handle(page).press("Home");
  await expect(step(page, "First")).toContainText("Pending");

  tools.release();
  const ended = await api.until(run.id, "completed");
  // The moment stays; the journal behind it grows.
  await expect(page.getByText(`Replay: event 1 of ${ended.seq}`)).toBeVisible();
  await expect(handle(page)).toHaveAttribute("max", String(ended.seq));
  await expect(step(page, "First")).toContainText("Pending");
  await expect(page).toHaveTitle(/Completed/);

  await handle(page).press("End");
  await expect(page.getByText("is at the right end: the run as it is.")).toBeVisible();
  await expect(standing(page)).toContainText("Completed");
  await expectSteps(page, { First: "Success", Second: "Success", Third: "Success" });
});

test("Replay works by keyboard alone", async ({ signedIn: page, api, tools }) => {
  const run = await failed(page, api, tools);
  await page.getByRole("button", { name: "Replay", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(handle(page)).toBeFocused();
  const at = (seq: number) => expect(page.getByText(`Replay: event ${seq} of ${run.last}`)).toBeVisible();
  await page.keyboard.press("ArrowLeft");
  await at(run.last - 1);
  await page.keyboard.press("Home");
  await at(1);
  await page.keyboard.press("PageUp");
  await at(run.seq("step_waiting"));
  await page.keyboard.press("PageUp");
  await at(run.seq("step_decided"));
  await page.keyboard.press("PageDown");
  await at(run.seq("step_waiting"));
  await page.keyboard.press("ArrowRight");
  await at(run.seq("step_waiting") + 1);
  await expect(handle(page)).toHaveAttribute("aria-valuetext", new RegExp(`^Event ${run.seq("step_waiting") + 1} of ${run.last}: `));
  await page.keyboard.press("End");
  await expect(standing(page)).toContainText("Failed at Book refund");
});

for (const theme of ["light", "dark"]) {
  test(`nothing to complain about in the ${theme} theme`, async ({ signedIn: page, api, tools }) => {
    await page.evaluate((theme) => localStorage.setItem("signalbox.theme", theme), theme);
    const run = await failed(page, api, tools);
    await page.goto(api.page(`runs/${run.id}?at=${run.seq("step_retrying")}&show=timeline`));
    await expect(standing(page)).toContainText("Running");
    await page.getByRole("button", { name: /^Key moments/ }).click();
    await expect(page.getByRole("listbox", { name: "Key moments" })).toBeVisible();
    await expectAccessible(page);
    await page.goto(api.page(`runs/${run.id}?at=live`));
    await expect(handle(page)).toBeVisible();
    await expectAccessible(page);
  });
}

test("an address that names no event shows the run as it is and says so", async ({ signedIn: page, api, tools }) => {
  const run = await failed(page, api, tools);
  for (const [at, words] of [
    ["banana", "The address names no event"],
    ["9999", `The address names event 9,999, and the last event is ${run.last}.`],
  ]) {
    await page.goto(api.page(`runs/${run.id}?at=${at}`));
    await expect(page.getByRole("region", { name: "Replay" })).toContainText(words);
    await expect(standing(page)).toContainText("Failed at Book refund");
  }
});

test("a journal that does not come says so and is asked for again", async ({ signedIn: page, api, tools }) => {
  const run = await failed(page, api, tools);
  await page.route(/\/events\?limit=1000/, (route) => route.abort());
  await page.goto(api.page(`runs/${run.id}?at=2`));
  const replay = page.getByRole("region", { name: "Replay" });
  await expect(replay).toContainText("The runtime does not answer");
  await page.unroute(/\/events\?limit=1000/);
  await replay.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText(`Replay: event 2 of ${run.last}`)).toBeVisible();
});
