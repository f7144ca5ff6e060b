import { confirm, expectSteps, openRun, primary, standing } from "../support/screen";
import { expect, expectAccessible, test } from "../support/test";
import type { Api } from "../support/api";
import { Provider } from "../support/provider";

/** A run of one agent, in Mock Mode. */
async function agent(api: Api, step: object): Promise<string> {
  const id = await api.publish({
    name: "Agent at work",
    steps: [{ id: "plan", name: "Plan the route", type: "agent_call", prompt: "Plan it.", ...step }],
  });
  return (await api.start(id)).id;
}

test.beforeEach(async ({ api }) => {
  await api.patch("/v1/providers/default", { mode: "mock" });
});

const transcript = (page: import("@playwright/test").Page) => page.getByRole("tabpanel").filter({ has: page.locator("ol.talk") });

test("an agent changes files; the edits, the dollars and the checkpoint are on the page", async ({ signedIn: page, api }) => {
  const run = await api.start(await api.workflow("Code change"), { issue: "418", title: "Cart totals are not whole cents" });
  await openRun(page, api.page(`runs/${run.id}`));
  await expect(standing(page)).toContainText("Waiting");
  await page.goto(api.page(`runs/${run.id}?step=change&tab=transcript`));
  const talk = transcript(page);
  await expect(talk).toContainText("I look at the repository first.");
  await expect(talk.getByRole("group", { name: "Changes of cart.py" })).toContainText("discount = (subtotal * discount_percent + 50) // 100");
  await expect(talk).toContainText("tokens · $0.0");
  await expect(page.getByText(/^Cost\$0\.0\d+ estimated/).first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("tab", { name: /^Artifacts/ }).click();
  await expect(page.getByRole("tabpanel", { name: /Artifacts/ })).toContainText("cart.py");
  await page.goto(api.page(`runs/${run.id}?step=approve`));
  await page.getByRole("tabpanel").getByRole("button", { name: "Approve", exact: true }).click();
  await expect(standing(page)).toContainText("Completed");
  await expectSteps(page, { "Change the code": "Success", "Hand over": "Success" });
});

test("what a model says is read while it says it", async ({ signedIn: page, api }) => {
  const provider = await Provider.start();
  await api.patch("/v1/providers/default", { mode: "live", base_url: provider.url });
  const run = await agent(api, {});
  await openRun(page, api.page(`runs/${run}?step=plan&tab=transcript`));
  await provider.say("First the bridge, ");
  const panel = transcript(page);
  await expect(panel).toContainText("Answering …");
  await expect(panel).toContainText("First the bridge,");
  await provider.say("then the harbour. ");
  await expect(panel).toContainText("First the bridge, then the harbour.");
  await provider.end();
  await expect(standing(page)).toContainText("Completed");
  await expect(panel).not.toContainText("Answering …");
  await expect(panel.getByText("First the bridge, then the harbour.")).toHaveCount(1);
  await provider.stop();
});

test("cancelling in the middle of a turn releases the sandbox", async ({ signedIn: page, api }) => {
  const run = await agent(api, {
    sandbox: {},
    mock: [
      { text: "First a note.", tool_calls: [{ tool: "write_file", arguments: { path: "note.md", content: "1" } }], dollars: 0.02 },
      { text: "Too late.", seconds: 3600 },
    ],
  });
  await openRun(page, api.page(`runs/${run}`));
  await expect(transcript(page)).toContainText("note.md");
  await expect(page.getByText(/Sandbox.*kept/).first()).toBeVisible();
  await primary(page).click();
  await confirm(page, "Cancel", "Wrong order");
  await expect(standing(page)).toContainText("Cancelled");
  await expect(page.getByText(/Sandbox.*released/).first()).toBeVisible();
  await expect(page.getByText(/^Cost\$0\.02 estimated/)).toBeVisible();
});

test("an agent at its limit goes on with Continue", async ({ signedIn: page, api }) => {
  const run = await agent(api, {
    limits: { turns: 1 },
    sandbox: {},
    mock: [{ text: "One.", tool_calls: [{ tool: "list_files", arguments: {} }] }, "The route is planned."],
  });
  await openRun(page, api.page(`runs/${run}`));
  await expect(standing(page)).toContainText("The agent used up its 1 turn before it had an answer.");
  await expect(primary(page)).toContainText("Continue");
  await primary(page).click();
  await expect(page.getByRole("dialog")).toContainText("goes on with its conversation");
  await confirm(page, "Continue");
  await expect(standing(page)).toContainText("Completed");
  await page.goto(api.page(`runs/${run}?step=plan&tab=transcript`));
  await expect(transcript(page)).toContainText("The route is planned.");
  await expect(transcript(page)).toContainText("Attempt 2, try 1");
});

test("an agent asks, and a person answers in chat", async ({ signedIn: page, api }) => {
  const run = await agent(api, {
    chat: true,
    mock: [{ tool_calls: [{ tool: "ask_person", arguments: { question: "By sea or by rail?" } }] }, "By rail, then."],
  });
  await api.until(run, "waiting");
  await page.goto(api.page("command-center"));
  const waiting = page.getByRole("region", { name: "Needs decision" });
  await expect(waiting).toContainText("for an answer to the agent of Plan the route");
  await waiting.getByRole("button", { name: "Continue in Chat" }).click();
  const chat = page.getByRole("region", { name: "Conversation with the agent of Plan the route" });
  await expect(transcript(page)).toContainText("By sea or by rail?");
  await expect(chat.getByRole("button", { name: "Answer" })).toBeDisabled();
  await expectAccessible(page);
  await chat.getByRole("textbox").fill("By rail");
  await chat.getByRole("button", { name: "Answer" }).click();
  await expect(standing(page)).toContainText("Completed");
  await page.goto(api.page(`runs/${run}?step=plan&tab=transcript`));
  await expect(transcript(page)).toContainText("By rail, then.");
  await expect(chat).toHaveCount(0);
});
