import { Authority } from "../support/authority";
import { confirm, openRun, primary, standing } from "../support/screen";
import { expect, test } from "../support/test";
import { Tools } from "../support/tools";

test.use({ start: { privateUrls: true } });

const note = { id: "note", type: "mcp_call", server: "shop", tool_name: "note", arguments: { name: "note" }, effect: "read" };

test("a run that a dead MCP server holds is cleared and goes on", async ({ signedIn: page, api }) => {
  const dead = await Tools.start();
  const { port, url } = dead;
  await dead.stop();
  await api.post("/v1/mcp/servers", { name: "shop", transport: { url } });
  const run = await api.start(await api.publish({ name: "Shop", steps: [note] }));
  await openRun(page, api.page(`runs/${run.id}`));
  await expect(standing(page)).toContainText("Blocked");
  await expect(standing(page)).toContainText("could not be reached");

  await page.getByRole("link", { name: "Health" }).click();
  const blockers = page.getByRole("region", { name: "Blockers" });
  await expect(blockers).toContainText("DEPENDENCY_UNAVAILABLE");
  await expect(blockers).toContainText("Start the MCP server “shop”");
  await expect(blockers.getByRole("link", { name: run.title })).toBeVisible();

  const tools = await Tools.start(port);
  await blockers.getByRole("button", { name: "Re-check" }).click();
  await expect(page.getByRole("main")).toContainText("Nothing outside holds a run.");
  const servers = page.getByRole("region", { name: "MCP servers" });
  await servers.getByRole("button", { name: "Validate" }).click();
  await expect(servers).toContainText("It shook hands.");
  await expect(servers).toContainText("The schema of every tool's arguments is sound.");

  await page.goto(api.page(`runs/${run.id}`));
  await primary(page).click();
  await confirm(page, "Resume");
  await expect(standing(page)).toContainText("Completed");
  expect(tools.calls).toEqual([{ tool: "note", name: "note" }]);
  await tools.stop();
});

test("a connection is reconnected by OAuth and its runs go on", async ({ signedIn: page, api, tools }) => {
  const authority = await Authority.start();
  await api.post("/v1/connections", {
    id: "google",
    auth: { type: "oauth2", authorize_url: `${authority.origin}/authorize`, token_url: `${authority.origin}/token`, client_id: "signalbox" },
  });
  await api.post("/v1/mcp/servers", { name: "shop", transport: { url: tools.url }, wires: [{ connection: "google" }] });
  const workflow = await api.publish({ name: "Shop", resume: "auto", steps: [note] });
  const run = await api.start(workflow);

  await openRun(page, api.page(`runs/${run.id}`));
  await expect(standing(page)).toContainText("Blocked");
  await expect(page.getByRole("button", { name: "Reconnect google" })).toBeVisible();
  await page.goto(api.page(`workflows/${workflow}`));
  await page.getByRole("button", { name: "Reconnect google" }).click();

  // There and back: the authorization server says yes at once.
  await expect(page.getByRole("main")).toContainText("google is connected");
  expect(new URL(page.url()).search).toBe("");
  await page.goto(api.page(`runs/${run.id}`));
  await expect(standing(page)).toContainText("Completed");
  await expect(page.getByRole("button", { name: "Reconnect google" })).toBeHidden();
  await authority.stop();
});
