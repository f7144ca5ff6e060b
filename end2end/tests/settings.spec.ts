import { type Page } from "@playwright/test";

import { Hook, Mailbox, signature } from "../support/receivers";
import { expect, test } from "../support/test";

/** The secret that a dialog shows once. */
async function secret(page: Page, name: string): Promise<string> {
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("It is shown this once");
  const text = await dialog.getByRole("group", { name, exact: true }).textContent();
  return (text ?? "").trim();
}

/** One row of a section's lists. */
function row(page: Page, name: string | RegExp) {
  return page.getByRole("main").getByRole("listitem").filter({ hasText: name });
}

test("a token is made, seen once, works over the API, and is refused once it is revoked", async ({ signedIn: page, api, signalbox, request }) => {
  await page.goto(api.page("settings/tokens"));
  await page.getByRole("button", { name: "New token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog).toContainText("Say what it is for");
  await dialog.getByLabel("Name").fill("Nightly import");
  await dialog.getByLabel("Expires after").selectOption({ label: "7 days" });
  await dialog.getByRole("button", { name: "Create" }).click();
  const token = await secret(page, "Token");
  expect(token).toMatch(/^pat_/);
  await expect(dialog.getByRole("group", { name: "A request with the token" })).toContainText(`${signalbox.origin}/v1/runs`);
  await dialog.getByRole("button", { name: "Done" }).click();

  await expect(row(page, "Nightly import")).toContainText("Expires soon");
  await expect(row(page, "Nightly import")).toContainText("workflow:read");
  await expect(page.getByRole("main")).not.toContainText(token);

  const headers = { authorization: `Bearer ${token}`, "x-tenant-id": api.tenant, "x-project-id": api.project };
  const runs = () => request.get(`${signalbox.origin}/v1/runs`, { headers });
  expect((await runs()).status()).toBe(200);
  // It may read and nothing else: that is all that was chosen.
  const start = await request.post(`${signalbox.origin}/v1/missions`, { headers, data: { title: "More than it may" } });
  expect(start.status()).toBe(403);

  await page.getByRole("button", { name: "Revoke Nightly import" }).click();
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await expect(row(page, "Nightly import")).toContainText("Revoked");
  await expect(page.getByRole("button", { name: "Revoke Nightly import" })).toHaveCount(0);
  expect((await runs()).status()).toBe(401);
});

test("an invitation link signs somebody in with its role, once, and they appear among the members", async ({ signedIn: page, api, browser }) => {
  await page.goto(api.page("settings/members"));
  await page.getByRole("button", { name: "Invite…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Ana Silva");
  await dialog.getByLabel("Viewer").check();
  await dialog.getByRole("button", { name: "Create the link" }).click();
  const link = await secret(page, "Invitation link");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(row(page, "Ana Silva")).toContainText("Viewer");

  const other = await (await browser.newContext()).newPage();
  await other.goto(link);
  await expect(other.getByRole("navigation", { name: "Screens" })).toBeVisible();
  await other.goto(api.page("settings/me"));
  await expect(other.getByRole("table", { name: "Your roles" })).toContainText("Viewer");
  const third = await (await browser.newContext()).newPage();
  await third.goto(link);
  await expect(third.getByText("This link does not sign you in any more")).toBeVisible();

  await page.reload();
  await expect(page.getByText("No invitation is open")).toBeVisible();
  await page.getByRole("button", { name: "Change the role of Ana Silva" }).click();
  await dialog.getByLabel("Contributor").check();
  await dialog.getByRole("button", { name: "Change the role" }).click();
  await expect(row(page, "Ana Silva")).toContainText("Contributor");
  await other.reload();
  await expect(other.getByRole("table", { name: "Your roles" })).toContainText("Contributor");

  await page.getByRole("button", { name: "Remove Ana Silva" }).click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(row(page, "Ana Silva")).toHaveCount(0);
  await other.reload();
  await expect(other.getByRole("main")).not.toContainText("Contributor");
});

test("the tenant's last admin cannot be removed, and the refusal says why", async ({ signedIn: page, api }) => {
  await page.goto(api.page("settings/members"));
  await page.getByRole("button", { name: "Remove Owner" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(dialog.getByRole("alert")).toContainText("last admin");
  await expect(dialog.getByRole("alert")).not.toContainText("faster");
  await dialog.getByRole("button", { name: "Not now" }).click();
  await expect(row(page, "Owner")).toContainText("Tenant admin");
});

test("another signed-in browser is ended, and is signed out at once", async ({ signedIn: page, api, signalbox, browser, request }) => {
  // A second browser of the same person: signed in with one of their tokens.
  await page.goto(api.page("settings/tokens"));
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Second browser");
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  const token = await secret(page, "Token");
  const agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
  const other = await (await browser.newContext({ userAgent: agent })).newPage();
  await other.goto(`${signalbox.origin}/sign-in`);
  await other.getByLabel("Personal access token").fill(token);
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other.getByRole("navigation", { name: "Screens" })).toBeVisible();

  await page.goto(api.page("settings/browsers"));
  await expect(row(page, "This browser")).toHaveCount(1);
  await page.getByRole("button", { name: "End Firefox on Windows" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
  await expect(row(page, "Firefox on Windows")).toHaveCount(0);
  await expect(other.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("a project is made, renamed, and found in the menu of projects", async ({ signedIn: page, api }) => {
  await page.goto(api.page("settings/projects"));
  await page.getByRole("button", { name: "New project" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Spare parts (EU)");
  await expect(dialog.getByLabel("Id")).toHaveValue("spare-parts-eu");
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.getByRole("button", { name: "Rename Spare parts (EU)" }).click();
  await dialog.getByLabel("Name").fill("Spare parts");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await expect(row(page, "Spare parts")).toContainText("spare-parts-eu");
  await page.getByRole("button", { name: "Main", exact: true }).click();
  await page.getByRole("menu").getByText("Spare parts").click();
  await expect(page).toHaveURL(new RegExp(`/${api.tenant}/spare-parts-eu/command-center`));
});

test.describe("messages to the outside", () => {
  test.use({ start: { privateUrls: true } });

  test("a webhook set up by hand gets a signed message after a first failure, and again on Redeliver", async ({ signedIn: page, api }) => {
    const hook = await Hook.start(503);
    await page.goto(api.page("settings/webhooks"));
    await page.getByRole("button", { name: "New webhook" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Address").fill(hook.url);
    await dialog.getByLabel("Failed").check();
    await dialog.getByRole("button", { name: "Create" }).click();
    const key = await secret(page, "Signing secret");
    expect(key).toMatch(/^whsec_/);
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: `Deliveries to ${hook.url}` }).click();
    await expect(page.getByText("Nothing was sent yet")).toBeVisible();

    await api.start(await api.publish({ name: "Quote RFQ", steps: [{ id: "draft", type: "lua_script", name: "Draft quote", script: "error('no answer')" }] }));
    const [first, second] = [await hook.next(), await hook.next()];
    expect(second.id).toBe(first.id);
    expect(second.signature).toBe(signature(key, second));
    expect(JSON.parse(second.body).data.notification.title).toBe("Quote RFQ failed at Draft quote");

    await page.reload();
    const sent = row(page, "Quote RFQ failed at Draft quote");
    await expect(sent).toContainText("Delivered");
    await sent.getByText("2 tries").click();
    await expect(sent).toContainText("503");
    await page.getByRole("button", { name: /^Redeliver/ }).click();
    const third = await hook.next();
    expect([third.id, third.body, third.signature]).toEqual([first.id, first.body, signature(key, third)]);
    await expect(sent).toContainText("3 tries");

    await page.getByRole("button", { name: `Pause ${hook.url}` }).click();
    await expect(row(page, hook.url).first()).toContainText("Paused");
    await page.getByRole("button", { name: `Delete ${hook.url}` }).click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await expect(page.getByText("No webhook yet")).toBeVisible();
    hook.stop();
  });

  test("an e-mail server set up by hand sends a test message, and reports go where support is", async ({ signedIn: page, api }) => {
    const mailbox = await Mailbox.start();
    await page.goto(api.page("settings/email"));
    await page.getByLabel("Host").fill("127.0.0.1");
    await page.getByLabel("Port").fill(String(mailbox.port));
    await page.getByLabel("Security").selectOption("plain");
    await page.getByLabel("From").fill("nobody");
    await page.getByRole("button", { name: "Set up" }).click();
    await expect(page.getByText("This is no e-mail address")).toBeVisible();
    await page.getByLabel("From").fill("box@example.com");
    await page.getByRole("button", { name: "Set up" }).click();
    await page.getByRole("textbox", { name: "To", exact: true }).fill("ann@example.com");
    await page.getByRole("button", { name: "Send a test message" }).click();
    expect(await mailbox.next()).toContain("To: ann@example.com");
    await expect(row(page, "ann@example.com")).toContainText("Delivered");
    await page.getByRole("button", { name: /^Redeliver/ }).click();
    expect(await mailbox.next()).toContain("To: ann@example.com");

    await page.goto(api.page("settings/support"));
    await expect(page.getByText("reports go nowhere by themselves")).toBeVisible();
    await page.getByLabel("An e-mail address").check();
    await page.getByLabel("E-mail address", { exact: true }).fill("support@example.com");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("reports are sent to support@example.com")).toBeVisible();
    await page.getByLabel("An address they are posted to").check();
    await page.getByLabel("Address", { exact: true }).fill("http://127.0.0.1:9/reports");
    await page.getByRole("button", { name: "Save" }).click();
    expect(await secret(page, "Signing secret")).toMatch(/^whsec_/);
    await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
    await expect(page.getByText("reports are posted to http://127.0.0.1:9/reports")).toBeVisible();
    mailbox.stop();
  });
});

test("a viewer reads which role each section lacks, and what is theirs works", async ({ page, signIn, api }) => {
  await signIn(page, { name: "Vera Viewer", role: "project_viewer" });
  const missing = { members: "project_admin", webhooks: "project_admin", email: "tenant_admin", support: "tenant_admin" };
  for (const [section, role] of Object.entries(missing)) {
    await page.goto(api.page(`settings/${section}`));
    await expect(page.getByRole("alert")).toContainText(role);
    await expect(page.getByRole("navigation", { name: "Settings" }).getByRole("link")).toHaveCount(8);
  }
  await page.goto(api.page("settings/projects"));
  await expect(page.getByRole("button", { name: "New project" })).toBeDisabled();
  await page.goto(api.page("settings/tokens"));
  await expect(page.getByRole("button", { name: "New token" })).toBeEnabled();
});

test("the palette finds every section, and the reports", async ({ signedIn: page, api }) => {
  const find = async (typed: string, label: string, address: string) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Search or go to" }).fill(typed);
    await page.getByRole("option", { name: label }).click();
    await expect(page).toHaveURL(api.page(address));
  };
  await find("report", "Reports", "reports");
  for (const [name, slug] of [["You", "me"], ["Tokens", "tokens"], ["Browsers", "browsers"], ["Members", "members"], ["Projects", "projects"], ["Webhooks", "webhooks"], ["E-mail", "email"], ["Support", "support"]]) {
    await find(`settings ${name}`, `Settings: ${name}`, `settings/${slug}`);
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  }
});
