// The console's parts as a person names them.

import { type Locator, type Page, expect } from "@playwright/test";

/** The panel that says how the run stands. */
export function standing(page: Page): Locator {
  return page.getByRole("region", { name: "How the run stands" });
}

/** The list of the run's steps. */
export function steps(page: Page): Locator {
  return page.getByRole("listbox", { name: "Steps of this run" });
}

/** One step in that list. */
export function step(page: Page, name: string): Locator {
  return steps(page).getByRole("option", { name: new RegExp(`^\\s*${name}\\b`) });
}

/** Each step says what is expected of it. */
export async function expectSteps(page: Page, words: Record<string, string | RegExp>): Promise<void> {
  for (const [name, word] of Object.entries(words)) await expect(step(page, name), name).toContainText(word);
}

/** The button of the move that is recommended. */
export function primary(page: Page): Locator {
  return page.getByRole("main").getByRole("group").filter({ has: page.getByRole("button", { name: "All moves" }) }).getByRole("button").first();
}

/** Opens one of the moves behind the arrow. */
export async function openMove(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "All moves" }).click();
  await page.getByRole("menuitem", { name }).first().click();
}

/** Confirms the dialog of a move, saying that the cause is fixed where it asks. */
export async function confirm(page: Page, name: string, reason?: string): Promise<void> {
  const dialog = page.getByRole("dialog").filter({ has: page.getByRole("button", { name: "Not now" }) });
  const button = dialog.getByRole("button", { name }).last();
  const fixed = dialog.getByText("Yes, it is fixed");
  await expect(async () => {
    if (await fixed.isVisible()) await fixed.click();
    await expect(button).toBeEnabled({ timeout: 200 });
  }).toPass();
  if (reason !== undefined) await dialog.getByLabel("Reason").fill(reason);
  await button.click();
  await expect(dialog).toBeHidden();
}

/** Opens a run and waits until it is there. */
export async function openRun(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(standing(page)).toBeVisible();
}
