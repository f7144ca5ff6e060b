import { readFile, writeFile } from "node:fs/promises";
import { gunzipSync, gzipSync } from "node:zlib";

import { type Download, type Page } from "@playwright/test";

import { Signalbox } from "../support/signalbox";
import { expect, expectAccessible, test } from "../support/test";

const leaking = {
  name: "Quote RFQ",
  steps: [
    { id: "list", type: "lua_script", name: "Fetch price list", script: "return { count = 3 }" },
    {
      id: "draft",
      type: "lua_script",
      name: "Draft quote",
      script: "print('asked with Bearer abcdef123456') error('no answer for ann@example.com')",
      depends_on: ["list"],
    },
  ],
};

/** Presses "Download the file"; where it was saved, and what it holds. */
async function download(page: Page) {
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download the file" }).click();
  const saved: Download = await saving;
  const path = await saved.path();
  return { path, name: saved.suggestedFilename(), bundle: JSON.parse(gunzipSync(await readFile(path)).toString()) };
}

/** Drops a file on the page, as a person does from a folder. */
async function drop(page: Page, path: string, name: string): Promise<void> {
  const content = (await readFile(path)).toString("base64");
  const transfer = await page.evaluateHandle(
    ([content, name]) => {
      const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], name, { type: "application/gzip" }));
      return transfer;
    },
    [content, name],
  );
  for (const type of ["dragover", "drop"]) await page.dispatchEvent("body", type, { dataTransfer: transfer });
}

test("a report's file shows the run in a second console, without what was left out or is secret", async ({ signedIn: page, api, browser }) => {
  const run = await api.start(await api.publish(leaking));
  await api.until(run.id, "failed");
  await page.goto(api.page(`runs/${run.id}/report`));
  await page.getByLabel("What did you expect?").fill("A draft of the quote");
  await page.getByRole("checkbox", { name: "Console build and browser" }).uncheck();
  await expect(page.getByText(/Cut out by rule: .*E-mail addresses/)).toBeVisible();
  const file = await download(page);

  // Another runtime, which knows nothing of the run, and nobody signed in.
  const other = await Signalbox.start();
  const context = await browser.newContext();
  try {
    const there = await context.newPage();
    await there.goto(`${other.origin}/file`);
    await there.getByLabel("Drop a report file here, or choose it").setInputFiles({
      name: file.name,
      mimeType: "application/gzip",
      buffer: await readFile(file.path),
    });
    await expect(there.getByText("A draft of the quote")).toBeVisible();
    await expect(there.getByRole("heading", { level: 1, name: run.title })).toBeVisible();
    const stands = there.getByRole("region", { name: "How the run stands" });
    await expect(stands.getByText("LUA_SCRIPT_FAILED")).toBeVisible();
    await expect(there.getByRole("listbox", { name: "Steps of this run" }).getByText("Fetch price list")).toBeVisible();
    await expect(there.getByText("Console build and browser")).toBeVisible();
    for (const name of ["Retry", "Cancel"]) await expect(there.getByRole("button", { name })).toHaveCount(0);

    await there.getByRole("tab", { name: /^Transcript/ }).click();
    await expect(there.getByText("asked with Bearer •••")).toBeVisible();
    const text = await there.locator("body").innerText();
    expect(text).not.toMatch(/abcdef123456|ann@example\.com/);
    await there.getByRole("region", { name: "The run as a whole" }).getByRole("button", { name: "To the failure" }).click();
    await expect(there.getByRole("region", { name: /Event \d+ · step_failed/ })).toBeVisible();
    await expectAccessible(there);

    // It stays in the tab, and nowhere else.
    await there.reload();
    await expect(there.getByRole("heading", { level: 1, name: run.title })).toBeVisible();
    await there.getByRole("button", { name: "Close", exact: true }).click();
    await expect(there.getByRole("heading", { name: "Open a report file" })).toBeVisible();
    await expectAccessible(there);
  } finally {
    await context.close();
    await other.dispose();
  }
});

test("while the runtime is away the file is made of what the tab has, and opened there", async ({ signedIn: page, api, signalbox }) => {
  const run = await api.start(await api.publish(leaking));
  await api.until(run.id, "failed");
  // The other screens are fetched once the page stands; a report can only be written when its screen is there.
  const rest = page.waitForResponse((response) => response.url().includes("split_rest"));
  await page.goto(api.page(`runs/${run.id}`));
  await (await rest).finished();
  await expect(page.getByRole("listbox", { name: "Events" }).getByText("Draft quote failed")).toBeVisible();
  await signalbox.kill9();

  await page.getByRole("link", { name: "Report this Run" }).first().click();
  await expect(page.getByText("Attached is what this tab has seen of the run.")).toBeVisible();
  await expect(page.getByLabel("Subject")).toHaveValue("LUA_SCRIPT_FAILED at Draft quote");
  await expect(page.getByRole("button", { name: "Send" })).toBeDisabled();
  await page.getByLabel("What did you expect?").fill("A draft of the quote");
  const { path, name, bundle } = await download(page);
  expect(bundle.made_by).toBe("console");
  expect(bundle.attached.record.run.id).toBe(run.id);
  expect(bundle.attached.journal.length).toBe(bundle.attached.record.run.seq);
  expect(JSON.stringify(bundle.attached)).not.toMatch(/abcdef123456|ann@example\.com/);

  await drop(page, path, name);
  await expect(page).toHaveURL(/\/file$/);
  await expect(page.getByText(/by a console, of what its tab had/)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: run.title })).toBeVisible();

  await signalbox.start();
  await page.goBack();
  await expect(page.getByRole("button", { name: "Send" })).toBeEnabled();
});

test("a file that cannot be opened says why", async ({ page, signalbox }, info) => {
  await page.goto(`${signalbox.origin}/file`);
  const choose = page.getByLabel("Drop a report file here, or choose it");
  const give = async (name: string, content: Buffer) => {
    const path = info.outputPath(name);
    await writeFile(path, content);
    await choose.setInputFiles(path);
  };
  await give("notes.json", Buffer.from("{}"));
  await expect(page.getByRole("alert")).toContainText("notes.json cannot be opened");
  await expect(page.getByRole("alert")).toContainText("It is no report file");
  await give("newer.signalbox.gz", gzipSync(JSON.stringify({ format: "signalbox.report/2" })));
  await expect(page.getByRole("alert")).toContainText("It is of the format signalbox.report/2");
  await give("cut.signalbox.gz", gzipSync(JSON.stringify({ format: "signalbox.report/1" })).subarray(0, 30));
  await expect(page.getByRole("alert")).toContainText("cut.signalbox.gz cannot be opened");
  // More than any report unpacks to: given up before it fills the memory.
  await give("bomb.signalbox.gz", gzipSync(Buffer.alloc(80 * 1024 * 1024)));
  await expect(page.getByRole("alert")).toContainText("bomb.signalbox.gz cannot be openedThe browser could not read it");
});
