import { standing } from "../support/screen";
import { expect, expectAccessible, test } from "../support/test";

const SIZES = [
  { width: 1280, height: 720 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
];
const THEMES = ["light", "dark"] as const;

/** A screen's path and what is on it when it is there. */
const SCREENS: [string, RegExp][] = [
  ["command-center", /Command Center/],
  ["runs", /Runs/],
  ["workflows", /Workflows/],
  ["missions", /Missions/],
  ["health", /Health/],
  ["queues", /Queues/],
  ["waitpoints", /Waitpoints/],
  ["settings/me", /Owner/],
  ["settings/tokens", /New token/],
  ["settings/browsers", /This browser/],
  ["settings/members", /Owner/],
  ["settings/projects", /New project/],
  ["settings/webhooks", /How a receiver checks a message/],
  ["settings/email", /Security/],
  ["settings/support", /Where reports go/],
  ["help", /A run failed/],
  ["help/run-failed", /When to report/],
  ["help/codes", /LLM_REQUEST_FAILED/],
];

for (const theme of THEMES) {
  test(`every screen is accessible and fits, ${theme}`, async ({ signedIn: page, api, signalbox }) => {
    test.setTimeout(360_000);
    const failed = await api.start(await api.workflow("Supplier check"), { supplier: "northwind", name: "Northwind Hydraulics" });
    const waiting = await api.start(await api.workflow("Carrier booking"), { order: "88104", carrier: "Baltic Freight" });
    const supplier = await api.start(await api.workflow("Supplier check"), { supplier: "northwind", name: "Northwind Hydraulics" });
    await api.until(failed.id, "failed");
    await api.until(supplier.id, "failed");
    await api.until(waiting.id, "waiting");
    const bulk = await api.post<{ id: string }>("/v1/bulk", { move: "cancel", runs: [failed.id], reason: "to be seen" });
    await page.evaluate((theme) => localStorage.setItem("signalbox.theme", theme), theme);
    const screens: [string, RegExp][] = [
      ...SCREENS,
      [`workflows/${await api.workflow("RFQ draft")}`, /RFQ draft/],
      [`runs/${failed.id}`, /Failed at/],
      [`runs/${waiting.id}`, /Waiting/],
      [`bulk/${bulk.id}`, /The run has ended/],
      [`runs/${supplier.id}/compare/${failed.id}`, /They took the same path/],
      [`runs/${waiting.id}/compare/${failed.id}`, /Runs of two workflows/],
      ["nowhere", /.+/],
    ];
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const [path, words] of screens) {
        await test.step(`${path} at ${size.width} px`, async () => {
          await page.goto(api.page(path));
          await expect(page.getByRole("main")).toContainText(words);
          await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
          await expectAccessible(page);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          expect.soft(wide, `${path} scrolls sideways at ${size.width} px`).toBeLessThanOrEqual(0);
        });
      }
    }
    // The sign-in page belongs to nobody.
    await page.context().clearCookies();
    await page.goto(`${signalbox.origin}/sign-in`);
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await expectAccessible(page);
  });
}

test("the answer is in sight without scrolling or clicking", async ({ signedIn: page, api }) => {
  const run = await api.start(await api.workflow("Supplier check"), { supplier: "northwind", name: "Northwind Hydraulics" });
  await api.until(run.id, "failed");
  await page.goto(api.page(`runs/${run.id}`));
  await expect(standing(page)).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole("button", { name: /^Retry/ }).first()).toBeInViewport({ ratio: 1 });
});
