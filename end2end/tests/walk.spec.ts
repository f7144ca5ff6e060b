import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { confirm, expectSteps, standing, step } from "../support/screen";
import { expect, test } from "../support/test";

// The README's walk, as it is written there.
test("a failed run is found, understood, fixed, retried and approved", async ({ signedIn: page, signalbox }) => {
  await page.getByRole("link", { name: "Workflows" }).click();
  await page.getByRole("link", { name: "RFQ draft" }).click();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const form = page.getByRole("dialog");
  await expect(form.getByLabel("RFQ number")).toHaveValue("2231");
  await expect(form.getByLabel("Customer")).toHaveValue("Metro Equipment");
  await form.getByRole("button", { name: /^(Run|Start)/ }).click();

  // What stopped, why, and the one next move, without a click or a scroll.
  await expect(page.getByRole("heading", { name: /RFQ 2231/ })).toBeVisible();
  await expect(standing(page)).toContainText("Failed at Extract lines");
  await expect(standing(page)).toContainText("LLM_REQUEST_FAILED");
  await expect(standing(page)).toContainText("http://127.0.0.1:11434/v1 could not be reached: connection refused");
  await expect(page.getByRole("button", { name: /^Retry/ }).first()).toBeInViewport();
  await expectSteps(page, {
    "Fetch request": "Success",
    "Fetch price list": "Success",
    "Extract lines": "Failed · try 3 of 3",
    "Draft quote": "Skipped (Blocked)",
  });

  // Found again from the Command Center.
  await page.getByRole("link", { name: /^Command Center/ }).click();
  const failed = page.getByRole("region", { name: "Failed recently" });
  await expect(failed).toContainText("RFQ 2231 · Metro Equipment");
  await expect(failed).toContainText("could not be reached");

  // Fix: Mock Mode.
  await page.getByRole("link", { name: "Health" }).click();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("dialog").getByText("Mock Mode").first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("main")).toContainText("Model calls play the mock script");

  // Retry keeps what is finished.
  await page.getByRole("link", { name: /^Command Center/ }).click();
  await failed.getByRole("link", { name: /RFQ 2231/ }).first().click();
  await page.getByRole("button", { name: /^Retry/ }).first().click();
  await expect(page.getByRole("dialog")).toContainText("keeps 2 finished steps");
  await confirm(page, "Retry");
  await expect(standing(page)).toContainText("Waiting");
  await expectSteps(page, {
    "Fetch request": "reused from attempt 1",
    "Extract lines": "Mock",
    "Draft quote": "Success",
    "Approve quote": "Waiting for anyone in Sales",
  });

  // Approve: the quote is on the screen.
  await step(page, "Approve quote").click();
  await expect(page.getByRole("heading", { name: "Quote for RFQ 2231" })).toBeVisible();
  await page.getByRole("button", { name: "Approve", exact: true }).last().click();
  await expect(standing(page)).toContainText("Completed");
  await expectSteps(page, { "Approve quote": "approved by", "Write quote": "Success", "File the quote": "Success" });

  // The artifact is the quote, and so is the file.
  await page.getByRole("tab", { name: /Artifacts/ }).click();
  await page.getByRole("button", { name: "quote.md", exact: true }).or(page.getByRole("option", { name: /quote\.md/ })).first().click();
  await expect(page.getByRole("main")).toContainText("$2580.96");
  const written = await readFile(join(signalbox.data, "files/local/main/rfq/2231/quote.md"), "utf8");
  expect(written).toContain("total $2580.96");
  await page.getByRole("link", { name: /^Command Center/ }).click();
  await expect(page.getByRole("main").getByText("RFQ 2231 · Metro Equipment")).toBeHidden();
});
