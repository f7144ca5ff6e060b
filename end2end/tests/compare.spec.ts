import { readFile } from "node:fs/promises";

import { openMove, standing } from "../support/screen";
import { expect, expectAccessible, test } from "../support/test";

const script = "if input.good then return { checked = input.lines } end error('The list has no prices.')";

/** Greets, reads a list, checks it, sends it; the check fails unless the input is good. */
const prices = {
  name: "Price list",
  steps: [
    { id: "greet", type: "lua_script", name: "Greet supplier", script: "return 'Good morning'" },
    { id: "read", type: "lua_script", name: "Read list", script: "return { lines = input.lines, from = 'supplier' }", input: "{{input}}", depends_on: ["greet"] },
    { id: "check", type: "lua_script", name: "Check prices", script, input: "{{input}}", depends_on: ["read"] },
    { id: "send", type: "lua_script", name: "Send list", script: "return 'sent'", depends_on: ["check"] },
  ],
};

test("a failed run is compared with the last completed one: where they part, what differs, and by a link that stays", async ({ signedIn: page, api }) => {
  const workflow = await api.publish(prices);
  const good = await api.start(workflow, { good: true, lines: 12 });
  await api.until(good.id, "completed");
  const bad = await api.start(workflow, { good: false, lines: 9 });
  await api.until(bad.id, "failed");

  await page.goto(api.page(`runs/${bad.id}`));
  await expect(standing(page)).toContainText("Failed at Check prices");
  await openMove(page, "Compare with the last completed run");
  await expect(page).toHaveURL(new RegExp(`/runs/${bad.id}/compare/${good.id}$`));
  const main = page.getByRole("main");
  await expect(main).toContainText(/Check prices failed \(LUA_SCRIPT_FAILED\) in this run and succeeded in the other\./);

  const facts = page.getByRole("table", { name: "Facts that differ" });
  await expect(facts.getByRole("row", { name: /^Status/ })).toContainText(/Failed.*Completed/);
  await expect(facts.getByRole("row", { name: /^Queue/ })).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Input" })).toContainText('"lines": 9');

  const list = page.getByRole("grid", { name: "Steps of both runs" });
  const row = (name: string) => list.getByRole("row", { name: new RegExp(`^\\s*${name}`) });
  await expect(row("Check prices")).toContainText("First divergence");
  await expect(row("Send list")).toContainText("Skipped (Blocked) here, success there");
  await expect(row("Read list")).toContainText("Output differs");
  await expect(row("Greet supplier")).toContainText("Same output");
  await page.getByRole("button", { name: "Only differences" }).click();
  await expect(row("Greet supplier")).toHaveCount(0);
  await expect(row("Read list")).toContainText("Output differs");
  await page.getByRole("button", { name: "Only differences" }).click();

  await expect(main).toContainText("The first output that differs is that of Read list.");
  await main.getByRole("paragraph").filter({ hasText: "first output" }).getByRole("button", { name: "Read list" }).click();
  const opened = page.getByRole("region", { name: "Read list, in both runs" });
  const output = opened.getByRole("group", { name: "The output, from the other run to this one" });
  await expect(output.getByRole("row", { name: /added/ })).toContainText('"lines": 9');
  await expect(output.getByRole("row", { name: /removed/ })).toContainText('"lines": 12');
  await page.getByRole("button", { name: "Only differences" }).click();
  await expect(page).toHaveURL(/step=read/);
  await expect(page).toHaveURL(/only=differences/);
  await expectAccessible(page);

  await page.reload();
  await expect(output.getByRole("row", { name: /added/ })).toContainText('"lines": 9');
  await expect(row("Check prices")).toBeVisible();
  await expect(row("Greet supplier")).toHaveCount(0);

  await page.getByRole("link", { name: "Swap" }).click();
  await expect(page).toHaveURL(new RegExp(`/runs/${good.id}/compare/${bad.id}`));
  await expect(main).toContainText(/Check prices succeeded in this run and failed \(LUA_SCRIPT_FAILED\) in the other\./);
});

test("another run is chosen by hand, also of no completed one, and a run that is not there says so", async ({ signedIn: page, api }) => {
  const workflow = await api.publish(prices);
  const first = await api.start(workflow, { good: false, lines: 1 });
  await api.until(first.id, "failed");
  const second = await api.start(workflow, { good: false, lines: 1 });
  await api.until(second.id, "failed");

  await page.goto(api.page(`runs/${second.id}/compare`));
  await expect(page.getByText("No run of this workflow before this one was completed.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: /Price list/ }).and(page.locator(".run-pick__one")).click();
  await expect(page).toHaveURL(new RegExp(`/runs/${second.id}/compare/${first.id}$`));
  await expect(page.getByText("They took the same path")).toBeVisible();
  await expect(page.getByText("Both runs have the same input.")).toBeVisible();

  await page.goto(api.page(`runs/${second.id}/compare/${second.id}`));
  await expect(page.getByText("Both are the same run")).toBeVisible();

  await page.goto(api.page(`runs/${second.id}/compare/run_00000000000000000000000000`));
  await expect(page.getByRole("alert")).toContainText("was not found");
  await page.getByRole("button", { name: "Choose another run" }).click();
  await expect(page.getByRole("dialog").getByRole("link", { name: /Price list/ })).toHaveCount(1);
});

test("a retried run is compared with its previous attempt, which is offered and stands in the address", async ({ signedIn: page, api }) => {
  const workflow = await api.publish(prices);
  const run = await api.start(workflow, { good: false, lines: 9 });
  await api.until(run.id, "failed");
  await api.post(`/v1/runs/${run.id}/retry`, { step: "check", input: { input: { good: true, lines: 9 } } });
  await api.until(run.id, "completed");

  await page.goto(api.page(`runs/${run.id}`));
  await openMove(page, "Compare with the previous attempt");
  await expect(page).toHaveURL(new RegExp(`/runs/${run.id}/compare/${run.id}\\?attempt=2&with=1$`));
  const main = page.getByRole("main");
  await expect(main).toContainText(/Check prices succeeded in this attempt and failed \(LUA_SCRIPT_FAILED\) in the other\./);
  await expect(page.getByRole("region", { name: "This attempt" })).toContainText("Attempt 2");
  await expect(page.getByRole("region", { name: "Other attempt" })).toContainText("Attempt 1");
  const list = page.getByRole("grid", { name: "Steps of both attempts" });
  await list.getByRole("row", { name: /Check prices/ }).click();
  const opened = page.getByRole("region", { name: "Check prices, in both attempts" });
  await expect(opened.getByRole("group", { name: "The input, from the other attempt to this one" }).getByRole("row", { name: /added/ })).toContainText('"good": true');
  await expectAccessible(page);

  await page.goto(api.page(`runs/${run.id}/compare`));
  await expect(page).toHaveURL(/attempt=2&with=1$/);
  await page.getByRole("link", { name: "Swap" }).click();
  await expect(page).toHaveURL(/attempt=1&with=2$/);
  await expect(main).toContainText(/Check prices failed \(LUA_SCRIPT_FAILED\) in this attempt and succeeded in the other\./);
  await page.getByRole("button", { name: "Choose another run" }).click();
  await expect(page.getByRole("dialog").getByRole("link", { name: "Previous attempt, 1 of 2" })).toBeVisible();
});

test("what two agents did is shown up to where they part, once it is asked for", async ({ signedIn: page, api }) => {
  await api.patch("/v1/providers/default", { mode: "mock" });
  const agent = (answer: string) => ({
    name: "Route",
    steps: [
      {
        id: "plan", type: "agent_call", name: "Plan the route", prompt: "Plan it.", sandbox: {},
        mock: [
          { text: "First a note.", tool_calls: [{ tool: "write_file", arguments: { path: "note.md", content: "1" } }] },
          { text: answer },
        ],
      },
    ],
  });
  const id = await api.publish(agent("By sea."));
  const first = await api.start(id);
  await api.until(first.id, "completed");
  await api.patch(`/v1/workflows/${id}`, { draft: agent("By rail.") });
  await api.post(`/v1/workflows/${id}/versions`);
  const second = await api.start(id);
  await api.until(second.id, "completed");

  await page.goto(api.page(`runs/${second.id}/compare/${first.id}?step=plan`));
  const opened = page.getByRole("region", { name: "Plan the route, in both runs" });
  await expect(opened).not.toContainText("First a note.");
  await opened.getByRole("button", { name: "Compare the transcripts" }).click();
  await expect(page).toHaveURL(/transcript=open/);
  await expect(opened).toContainText(/\d entries are the same; then they part\./);
  await expect(opened.getByRole("region", { name: "This run, where they part" })).toContainText("By rail.");
  await expect(opened.getByRole("region", { name: "Other run, where they part" })).toContainText("By sea.");
  await expect(opened).not.toContainText("First a note.");
  await opened.getByRole("button", { name: "Show what is the same" }).click();
  await expect(opened).toContainText("First a note.");
  await expectAccessible(page);
});

test("values too large to travel are compared when it is asked for, and above a bound the files are offered", async ({ signedIn: page, api }) => {
  const script = "local rows = {} for i = 1, 4000 do rows[i] = { id = i, name = 'Article ' .. i, price = i * input.factor } end if input.huge then rows[1].note = ('n'):rep(5000000) end rows[2000].price = input.odd return rows";
  const workflow = await api.publish({ name: "Catalogue", steps: [{ id: "read", name: "Read catalogue", type: "lua_script", script, input: "{{input}}" }] });
  const run = async (input: object) => {
    const run = await api.start(workflow, input);
    await api.until(run.id, "completed");
    return run.id;
  };
  const [one, two, huge] = [await run({ factor: 1, odd: 7 }), await run({ factor: 1, odd: 8 }), await run({ factor: 1, odd: 8, huge: true })];
  const opened = page.getByRole("region", { name: "Read catalogue, in both runs" });
  await page.goto(api.page(`runs/${two}/compare/${one}?step=read`));
  await expect(opened).toContainText(/The output is large: \d+ KB in this run, \d+ KB in the other\./);
  await opened.getByRole("button", { name: "Compare the whole values" }).click();
  const output = opened.getByRole("group", { name: "The output, from the other run to this one" });
  await expect(output.getByRole("row", { name: /added/ })).toContainText('"price": 8');
  await expect(output.getByRole("row", { name: /removed/ })).toContainText('"price": 7');
  await expect(opened).toContainText("+1 −1 lines.");
  await expectAccessible(page);

  await page.goto(api.page(`runs/${huge}/compare/${two}?step=read`));
  await expect(opened).toContainText("Above 4.0 MB values are not compared line by line here");
  await expect(opened.getByRole("button", { name: "Compare the whole values" })).toHaveCount(0);
  const [file] = await Promise.all([page.waitForEvent("download"), opened.getByRole("link", { name: "This run’s" }).click()]);
  expect(file.url()).toContain(`${huge}/steps/read/output?`);
  await expect(opened.getByRole("link", { name: "The other run’s" })).toHaveAttribute("href", new RegExp(`${two}/steps/read/output`));
});

/** A large catalogue with one article that the input names, and what does not depend on it. */
const catalogue = {
  name: "Catalogue",
  steps: [
    { id: "read", name: "Read catalogue", type: "lua_script", input: "{{input}}", script: "local rows = {} for i = 1, 4000 do rows[i] = { id = i, name = 'Article ' .. i } end rows[2000].name = input.odd return rows" },
    { id: "rules", name: "Read rules", type: "lua_script", depends_on: ["read"], script: "local rows = {} for i = 1, 4000 do rows[i] = 'Rule ' .. i .. ' of the supplier' end return rows" },
  ],
};

test("which outputs differ is known before a step is opened, also of large ones", async ({ signedIn: page, api }) => {
  const workflow = await api.publish(catalogue);
  const ids: string[] = [];
  for (const odd of ["Lamp", "Lantern"]) {
    const run = await api.start(workflow, { odd });
    await api.until(run.id, "completed");
    ids.push(run.id);
  }
  const row = (name: string) => page.getByRole("grid", { name: "Steps of both runs" }).getByRole("row", { name });
  const steps = page.getByRole("region", { name: "Steps" });

  // Without the digests a row says no more than it knows.
  await page.route(/\/outputs$/, route => route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify({ type: "/problems/unavailable", title: "Unavailable", status: 503, code: "unavailable", detail: "Not now." }) }));
  await page.goto(api.page(`runs/${ids[1]}/compare/${ids[0]}`));
  await expect(steps).toContainText("outputs not compared");
  await expect(row("Read catalogue")).toContainText("Same status");
  await expect(row("Read rules")).toContainText("Same status");
  await page.unroute(/\/outputs$/);

  const values: string[] = [];
  page.on("request", request => {
    if (/\/(output|value)(\?|$)/.test(request.url())) values.push(request.url());
  });
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(row("Read catalogue")).toContainText("Output differs");
  await expect(row("Read rules")).toContainText("Same output");
  await expect(steps).toContainText("1 of 2 steps differ");
  await expect(steps).not.toContainText("outputs not compared");
  await expect(page.getByRole("main")).toContainText("Every step ended the same way in both runs. 1 output differs.");
  expect(values).toEqual([]);
  await expectAccessible(page);

  await page.getByRole("button", { name: "Only differences" }).click();
  await expect(row("Read rules")).toHaveCount(0);
  await expect(row("Read catalogue")).toBeVisible();
  await row("Read catalogue").click();
  await expect(page.getByRole("region", { name: "Read catalogue, in both runs" })).toContainText("Output differs");
});

test("a text and a number that read alike are told apart", async ({ signedIn: page, api }) => {
  const workflow = await api.publish({ name: "Count", steps: [{ id: "count", type: "lua_script", name: "Count", script: "return input", input: "{{input.count}}" }] });
  const number = await api.start(workflow, { count: 5 });
  await api.until(number.id, "completed");
  const text = await api.start(workflow, { count: "5" });
  await api.until(text.id, "completed");

  await page.goto(`${api.page(`runs/${text.id}/compare/${number.id}`)}?step=count`);
  const output = page.getByRole("group", { name: "The output, from the other run to this one" });
  await expect(output.getByRole("row", { name: /removed/ })).toContainText("5");
  await expect(output.getByRole("row", { name: /added/ })).toContainText('"5"');
});

test("an output is compared as soon as a run that goes on has left it", async ({ signedIn: page, api }) => {
  const workflow = await api.publish({
    name: "Offer",
    steps: [
      { id: "greet", name: "Greet customer", type: "lua_script", script: "return 'Good morning'" },
      { id: "ask", name: "Approve offer", type: "human_task", title: "Send the offer?", depends_on: ["greet"] },
      { id: "send", name: "Send offer", type: "lua_script", input: "{{input}}", script: "return input.to", depends_on: ["ask"] },
    ],
  });
  const approve = async (run: string) => {
    await api.until(run, "waiting");
    const { items } = await api.get<{ items: { task: string; run: string }[] }>("/v1/tasks/pending");
    const task = items.find((one) => one.run === run)?.task;
    await api.post(`/v1/runs/${run}/tasks/${task}/complete`, { approved: true });
    await api.until(run, "completed");
  };
  const [ended, goesOn] = [await api.start(workflow, { to: "Ann" }), await api.start(workflow, { to: "Bob" })];
  await approve(ended.id);
  await api.until(goesOn.id, "waiting");

  await page.goto(api.page(`runs/${goesOn.id}/compare/${ended.id}`));
  const row = (name: string) => page.getByRole("grid", { name: "Steps of both runs" }).getByRole("row", { name });
  await expect(row("Greet customer")).toContainText("Same output");
  await expect(row("Send offer")).toContainText("Pending here, success there");
  await approve(goesOn.id);
  await expect(row("Send offer")).toContainText("Output differs");
  await expect(row("Greet customer")).toContainText("Same output");
});

test("attempts with values too large to compare offer each attempt's file", async ({ signedIn: page, api }) => {
  const make = "local rows = {} for i = 1, 50 do rows[i] = (input.letter):rep(100000) end return rows";
  const workflow = await api.publish({
    name: "Archive",
    steps: [
      { id: "read", name: "Read archive", type: "lua_script", input: "{{input}}", script: make },
      { id: "check", name: "Check archive", type: "lua_script", input: "{{steps.read.result}}", script: "if input[1]:sub(1, 1) == 'a' then error('It is an old one.') end return #input", depends_on: ["read"] },
    ],
  });
  const run = await api.start(workflow, { letter: "a" });
  await api.until(run.id, "failed");
  await api.post(`/v1/runs/${run.id}/retry`, { step: "read", input: { input: { letter: "b" } } });
  await api.until(run.id, "completed");

  await page.goto(api.page(`runs/${run.id}/compare/${run.id}?attempt=2&with=1&step=read`));
  await expect(page.getByRole("grid", { name: "Steps of both attempts" }).getByRole("row", { name: "Read archive" })).toContainText("Output differs");
  const opened = page.getByRole("region", { name: "Read archive, in both attempts" });
  await expect(opened).toContainText("Above 4.0 MB values are not compared line by line here");
  for (const [name, letter] of [["This attempt’s", "b"], ["The other attempt’s", "a"]] as const) {
    const [file] = await Promise.all([page.waitForEvent("download"), opened.getByRole("link", { name }).click()]);
    expect(file.suggestedFilename()).toBe(`read-output-attempt-${letter === "a" ? 1 : 2}.json`);
    const rows: string[] = JSON.parse(await readFile(await file.path(), "utf8"));
    expect(rows[0]?.[0]).toBe(letter);
  }
});
