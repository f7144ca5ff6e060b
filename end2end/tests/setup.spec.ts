// What runs need from outside is set up with the console alone.

import type { Locator, Page } from "@playwright/test";

import { expect, expectAccessible, test } from "../support/test";

test.use({ start: { privateUrls: true } });

const SECRETS = { live: "s3cret-of-live", test: "s3cret-of-test", rotated: "s3cret-rotated" };
const note = { id: "note", type: "mcp_call", server: "shop-eu", tool_name: "note", arguments: { name: "note" }, effect: "read" };

/** A script that speaks as much MCP as Validate asks for; its one tool has the name in TOOL. */
const PROGRAM = `require("readline").createInterface({ input: process.stdin }).on("line", (line) => { const { id, method, params } = JSON.parse(line); if (id === undefined) return; const result = method === "initialize" ? { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "program", version: "1.0.0" } } : { tools: [{ name: process.env.TOOL + "-" + process.env.GIVEN_KEY, inputSchema: { type: "object" } }] }; console.log(JSON.stringify({ jsonrpc: "2.0", id, result })); });`;

function part(page: Page, name: string): Locator {
  return page.getByRole("region", { name, exact: true });
}

function row(page: Page, table: string, name: string): Locator {
  return page.getByRole("table", { name: table }).getByRole("row").filter({ has: page.getByRole("cell", { name, exact: true }) });
}

/** Opens a dialog by its button, fills it and saves; then the focus is back where it was. */
async function fill(page: Page, button: Locator, steps: (dialog: Locator) => Promise<void>): Promise<void> {
  await button.click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.locator("input:focus, select:focus").first()).toBeVisible();
  await steps(dialog);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
}

async function connection(page: Page, name: string, secret: string): Promise<void> {
  await fill(page, page.getByRole("button", { name: "New connection" }), async (dialog) => {
    await dialog.getByLabel("Name").fill(name);
    await dialog.getByLabel("Token").fill(secret);
  });
  await expect(row(page, "Connections", name)).toContainText("Bearer token");
}

test("a person sets up all that a run needs, and changes it", async ({ signedIn: page, api, tools }) => {
  await page.goto(api.page("health"));
  await expect(part(page, "Connections")).toContainText("No connection is set up");
  await expect(page.getByRole("button", { name: "New instance" })).toBeDisabled();

  // What is wrong stands beside its field, and the focus goes there.
  await page.getByRole("button", { name: "New connection" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("no name");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByLabel("Name")).toHaveAccessibleDescription(/letters, digits/);
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();

  await connection(page, "live", SECRETS.live);
  await connection(page, "test", SECRETS.test);

  const servers = part(page, "MCP servers");
  await fill(page, servers.getByRole("button", { name: "New MCP server" }), async (dialog) => {
    await expect(dialog.getByRole("radio", { name: "A program" })).toBeDisabled();
    await expect(dialog).toContainText("--allow-mcp-programs");
    await dialog.getByLabel("Name").first().fill("shop");
    await dialog.getByLabel("Address", { exact: true }).fill(tools.url);
    await dialog.getByRole("button", { name: "Add a credential" }).click();
    await expect(dialog.getByLabel("Connection")).toBeFocused();
    await dialog.getByLabel("Connection").selectOption("live");
  });
  await expect(servers).toContainText("told the credential of live");

  // The server's own credential is in the way of those of its instances' profiles.
  await fill(page, servers.getByRole("button", { name: "Edit the MCP server shop" }), async (dialog) => {
    await dialog.getByRole("button", { name: "Remove this credential" }).click();
    await expect(dialog.getByRole("button", { name: "Add a credential" })).toBeFocused();
    await dialog.getByLabel("Address", { exact: true }).focus();
  });
  await expect(servers).not.toContainText("told the credential");

  await fill(page, servers.getByRole("button", { name: "New instance" }), async (dialog) => {
    await dialog.getByLabel("Name").fill("shop-eu");
    await dialog.getByLabel("Profile", { exact: true }).fill("production");
    await dialog.getByRole("button", { name: "Add a credential" }).click();
    await dialog.getByLabel("Connection").selectOption("live");
    await dialog.getByRole("button", { name: "Add a profile" }).click();
    await dialog.getByLabel("Profile", { exact: true }).last().fill("trial");
    await dialog.getByRole("button", { name: "Add a credential" }).last().click();
    await dialog.getByLabel("Connection").last().selectOption("test");
    await expect(dialog.getByRole("radio", { name: "In use" }).first()).toBeChecked();
  });
  const profile = servers.getByLabel("Profile of shop-eu");
  await expect(profile).toHaveValue("production");
  await profile.selectOption("trial");
  await expect(servers).toContainText("told the credential of test");

  // The profile in use is renamed in one go.
  await fill(page, servers.getByRole("button", { name: "Edit the instance shop-eu" }), async (dialog) => {
    await expect(dialog.getByRole("radio", { name: "In use" }).last()).toBeChecked();
    await dialog.getByLabel("Profile", { exact: true }).last().fill("staging");
  });
  await expect(profile).toHaveValue("staging");

  const entities = part(page, "Entities");
  await fill(page, entities.getByRole("button", { name: "New entity" }), async (dialog) => {
    await dialog.getByLabel("Name").fill("erp");
    await dialog.getByLabel("Wire test").fill(`tcp://127.0.0.1:${tools.port}`);
    await dialog.getByRole("button", { name: "Add tools" }).click();
    await dialog.getByLabel("Server").selectOption("shop-eu");
  });
  await expect(page.getByText(/Its wire test passes/)).toBeVisible();
  await expect(row(page, "Entities", "erp")).toContainText("Passing");
  await expect(row(page, "Entities", "erp")).toContainText("every tool of shop-eu");
  await expectAccessible(page);

  // The workflow takes the other account.
  const workflow = await api.publish({ name: "Shop", steps: [note] });
  const ran = async () => {
    const run = await api.start(workflow);
    await api.until(run.id, "completed");
    return tools.credential;
  };
  expect(await ran()).toBe(`Bearer ${SECRETS.test}`);
  await page.goto(api.page(`workflows/${workflow}?tab=connections`));
  const used = row(page, "Connections of this workflow", "test");
  await expect(used).toContainText("shop-eu");
  await used.getByRole("button", { name: "Use another connection instead of test" }).click();
  await dialog.getByLabel("Where test is wired, use").selectOption("live");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(used.getByRole("cell", { name: "live", exact: true })).toBeVisible();
  expect(await ran()).toBe(`Bearer ${SECRETS.live}`);
  await used.getByRole("button", { name: "Use test again where it is wired" }).click();
  await expect(used.getByRole("cell", { name: "live", exact: true })).toBeHidden();

  // A new secret goes in; nothing brings one back.
  await page.goto(api.page("health"));
  await fill(page, page.getByRole("button", { name: "Edit the connection test" }), async (dialog) => {
    await expect(dialog.getByLabel("New token")).toHaveValue("");
    await dialog.getByLabel("New token").fill(SECRETS.rotated);
  });
  await expect(page.getByText("test has a new secret.")).toBeVisible();
  expect(await ran()).toBe(`Bearer ${SECRETS.rotated}`);
  const told = [await page.content()];
  for (const path of ["connections", "mcp/servers", "mcp/instances", "entities", "health", "audit"]) told.push(JSON.stringify(await api.get(`/v1/${path}`)));
  for (const secret of Object.values(SECRETS)) for (const text of told) expect(text).not.toContain(secret);

  // Deleting asks, and names what depends on it.
  const trash = page.getByRole("button", { name: "Delete the connection live" });
  await trash.click();
  await expect(dialog).toContainText("the profile production of the instance shop-eu");
  await dialog.getByRole("button", { name: "Not now" }).click();
  await expect(trash).toBeFocused();
  await servers.getByRole("button", { name: "Delete the MCP server shop" }).click();
  await expect(dialog).toContainText("It has instances: shop-eu.");
  await expect(dialog.getByRole("button", { name: "Delete", exact: true })).toBeDisabled();
  await page.keyboard.press("Escape");
  await entities.getByRole("button", { name: "Delete the entity erp" }).click();
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(entities).toContainText("No entity is set up");
  await expect(entities.getByRole("button", { name: "New entity" })).toBeFocused();
  await servers.getByRole("button", { name: "Delete the instance shop-eu" }).click();
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(servers).not.toContainText("shop-eu");
});

test.describe("where the operator lets MCP servers start programs", () => {
  test.use({ start: { args: ["--allow-mcp-programs"], privateUrls: true } });

  test("a program is set up with its arguments, its environment and a credential", async ({ signedIn: page, api }) => {
    await api.post("/v1/connections", { id: "key", auth: { type: "bearer" }, secret: "given" });
    await page.goto(api.page("health"));
    const servers = part(page, "MCP servers");
    await fill(page, servers.getByRole("button", { name: "New MCP server" }), async (dialog) => {
      await dialog.getByLabel("Name").first().fill("local");
      await dialog.getByText("A program", { exact: true }).click();
      await dialog.getByLabel("Program", { exact: true }).fill(process.execPath);
      await dialog.getByLabel("Arguments").fill(`-e\n${PROGRAM}`);
      await dialog.getByRole("button", { name: "Add a variable" }).click();
      await dialog.getByRole("group", { name: "Environment" }).getByLabel("Name").fill("TOOL");
      await dialog.getByRole("group", { name: "Environment" }).getByLabel("Value").fill("greet");
      await dialog.getByRole("button", { name: "Add a credential" }).click();
      await dialog.getByLabel("Connection").selectOption("key");
      await dialog.getByLabel("Variable", { exact: true }).fill("GIVEN_KEY");
    });
    await servers.getByRole("button", { name: "Validate local" }).click();
    await expect(servers).toContainText("Tools: greet-given");
  });
});

/** Everything that is to be seen on Health and on a workflow's connections. */
async function everything(api: import("../support/api").Api, url: string): Promise<string> {
  await api.post("/v1/connections", { id: "live", auth: { type: "bearer" }, secret: "secret" });
  await api.post("/v1/mcp/servers", { name: "shop", transport: { url } });
  await api.post("/v1/mcp/instances", { name: "shop-eu", server: "shop", profiles: [{ name: "production", wires: [{ connection: "live" }] }] });
  await api.post("/v1/entities", { id: "erp", wire: "tcp://127.0.0.1:9", tools: [{ server: "shop-eu" }] });
  return api.publish({ name: "Shop", steps: [note] });
}

test("a viewer sees what is set up, and why it cannot be changed", async ({ page, signIn, api, tools }) => {
  const workflow = await everything(api, tools.url);
  await signIn(page, { name: "Vera Viewer", role: "project_viewer" });
  await page.goto(api.page("health"));
  const names = [
    ...["New connection", "Edit the connection live", "Delete the connection live"],
    ...["New MCP server", "New instance", "Edit the MCP server shop", "Delete the MCP server shop"],
    ...["Edit the instance shop-eu", "Delete the instance shop-eu"],
    ...["New entity", "Edit the entity erp", "Delete the entity erp"],
  ];
  for (const name of names) {
    const button = page.getByRole("button", { name, exact: true });
    await expect(button, name).toBeDisabled();
    await expect(button, name).toHaveAccessibleDescription(/project_admin/);
  }
  await page.getByRole("button", { name: "New connection" }).click({ force: true });
  await expect(page.getByRole("dialog")).toBeHidden();
  const profile = page.getByLabel("Profile of shop-eu");
  await expect(profile).toBeDisabled();
  await expect(profile).toHaveAccessibleDescription(/project_admin/);
  await page.goto(api.page(`workflows/${workflow}?tab=connections`));
  const choose = page.getByRole("button", { name: "Use another connection instead of live" });
  await expect(choose).toBeDisabled();
  await expect(choose).toHaveAccessibleDescription(/project_admin/);
});

test("on a phone nothing that is set up scrolls sideways", async ({ signedIn: page, api, tools }) => {
  const workflow = await everything(api, tools.url);
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ["health", `workflows/${workflow}?tab=connections`]) {
    await page.goto(api.page(path));
    await expect(page.getByRole("main").getByText("live", { exact: true }).first()).toBeVisible();
    const wide = await page.locator(".table-scroll, main").evaluateAll((all) =>
      all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.getAttribute("aria-label") ?? one.tagName),
    );
    expect(wide, path).toEqual([]);
    await expectAccessible(page);
  }
  await page.goto(api.page("health"));
  for (const name of ["Edit the connection live", "Edit the MCP server shop", "Edit the instance shop-eu", "Edit the entity erp", "Delete the connection live"]) {
    await page.getByRole("button", { name, exact: true }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toBeVisible();
    await expectAccessible(page);
    const wide = await dialog.evaluate((one) => one.scrollWidth > one.clientWidth);
    expect(wide, name).toBe(false);
    await page.keyboard.press("Escape");
  }
});

test("a blocker leads to its guide, and the guide back to the run", async ({ signedIn: page, api, tools }) => {
  await api.post("/v1/connections", { id: "empty", auth: { type: "bearer" } });
  await api.post("/v1/mcp/servers", { name: "shop-eu", transport: { url: tools.url }, wires: [{ connection: "empty" }] });
  const run = await api.start(await api.publish({ name: "Shop", steps: [note] }));
  await api.until(run.id, "blocked");
  await page.goto(api.page("health"));
  await part(page, "Blockers").getByRole("link", { name: "Guide" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("A credential is missing or refused");
  await page.getByRole("link", { name: "Back to the run" }).click();
  await expect(page).toHaveURL(new RegExp(run.id));
});
