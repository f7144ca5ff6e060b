import { expect, test } from "../support/test";

test("a console that cannot be fetched says so, and reloads", async ({ page, signalbox }) => {
  await page.route("**/*.wasm", (route) => route.abort());
  await page.goto(signalbox.origin);
  await expect(page.getByRole("alert")).toContainText("The console could not start");
  await expect(page.getByRole("alert")).toContainText(/The server does not answer|was updated/);

  await page.unroute("**/*.wasm");
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page.getByText("The console could not start")).toBeHidden();
  await expect(page.getByText("Loading the console")).toBeHidden();
});

test("a page older than the server's console asks for a reload", async ({ page, signalbox }) => {
  await page.route("**/*_bg.wasm", (route) => route.fulfill({ status: 404 }));
  await page.goto(signalbox.origin);
  await expect(page.getByRole("alert")).toContainText("The console was updated while this page was loading");
});

test("a chosen theme holds before the console runs", async ({ page, signalbox }) => {
  await page.goto(signalbox.origin);
  await page.evaluate(() => localStorage.setItem("signalbox.theme", "dark"));
  await page.route("**/*_bg.wasm", () => {});
  await page.reload({ waitUntil: "commit" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByText("Loading the console")).toBeVisible();
});

test("the page is served with a policy that allows no inline script", async ({ request, signalbox }) => {
  const answer = await request.get(signalbox.origin);
  const policy = answer.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy).not.toContain("unsafe-inline");
  expect(answer.headers()["cache-control"]).toContain("no-cache");
});
