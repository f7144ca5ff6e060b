import { openRun, standing } from "../support/screen";
import { expect, expectAccessible, test } from "../support/test";

test("a journal that was kept as a file is taken in, and what is none is refused in plain words", async ({ signedIn: page, api }) => {
  const run = await api.start(await api.publish({ name: "Price list", steps: [{ id: "read", name: "Read list", type: "lua_script", script: "return 1" }] }));
  await api.until(run.id, "completed");
  await openRun(page, api.page(`runs/${run.id}`));
  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: "Journal" }).click();
  const journal = await (await saving).path();

  await page.goto(api.page("runs"));
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: /Import a journal/ }).click();
  const dialog = page.getByRole("dialog", { name: "Import a journal" });
  await expectAccessible(page);
  const choose = (name: string, text: string) => dialog.getByLabel(/Drop a journal here/).setInputFiles({ name, mimeType: "application/x-ndjson", buffer: Buffer.from(text) });
  await choose("notes.ndjson", '{"seq":7}\n');
  await expect(dialog).toContainText("notes.ndjson was not imported");
  await expect(dialog).toContainText("It is no journal of a run");
  await choose("empty.ndjson", "");
  await expect(dialog).toContainText("It is empty.");
  // The runtime's own words, with the line they are about.
  const { readFile } = await import("node:fs/promises");
  const lines = (await readFile(journal, "utf8")).trimEnd().split("\n");
  await choose("half.ndjson", `${lines[0]}\n{"seq":`);
  await expect(dialog).toContainText(/half\.ndjson was not imported.*[Ll]ine 2/);

  await dialog.getByLabel(/Drop a journal here/).setInputFiles(journal);
  await expect(standing(page)).toContainText("Completed");
  await expect(page).toHaveURL(/\/runs\/run_/);
  await expect(page).not.toHaveURL(new RegExp(run.id));
  await expect(page.getByRole("main")).toContainText("Read list");
});

test("who may not import sees it disabled, with the reason", async ({ page, signIn, api }) => {
  await signIn(page, { name: "Robin", role: "project_admin", project: "main" });
  await page.goto(api.page("runs"));
  await page.getByRole("button", { name: "More", exact: true }).click();
  const item = page.getByRole("menuitem", { name: /Import a journal/ });
  await expect(item).toHaveAttribute("aria-disabled", "true");
  await expect(item).toContainText(/tenant.admin/i);
});
