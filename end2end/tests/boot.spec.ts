import { expect, expectAccessible, test } from "../support/test";

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

test("a run that stopped says why before the console is here", async ({ signedIn: page, api }) => {
  const workflow = await api.publish({
    name: "Order import",
    steps: [{ id: "read", type: "lua_script", name: "Read orders", script: "error('order 88104 has no customer')" }],
  });
  const run = await api.start(workflow);
  await api.until(run.id, "failed");
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  await page.route("**/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(api.page(`runs/${run.id}`), { waitUntil: "commit" });
  await expect(page.getByRole("heading", { name: "Order import" })).toBeVisible();
  await expect(page.getByText("Failed at Read orders")).toBeVisible();
  await expect(page.getByText("order 88104 has no customer")).toBeVisible();
  await expect(page.getByText("Loading the rest of the page")).toBeVisible();
  await expectAccessible(page);
  go();
  await expect(page.getByRole("button", { name: "Retry" })).toBeVisible();
  await expect(page.getByText("Loading the rest of the page")).toHaveCount(0);
  await expect(page.getByRole("main")).toHaveCount(1);
  await expect(page.getByRole("heading", { name: "Order import" })).toHaveCount(1);
});

test("a run that did not stop is not spoken of before the console is here, nor one that is not known", async ({ signedIn: page, api }) => {
  const workflow = await api.publish({ name: "Price list", steps: [{ id: "read", type: "lua_script", script: "return 1" }] });
  const run = await api.start(workflow);
  await api.until(run.id, "completed");
  await page.route("**/*.wasm", () => {});
  for (const id of [run.id, "run_00000000000000000000000000"]) {
    const answered = page.waitForResponse(`**/v1/runs/${id}/summary`);
    await page.goto(api.page(`runs/${id}`), { waitUntil: "commit" });
    await answered;
    // What is said of it would stand now.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
    await expect(page.getByText("Loading the console…")).toBeVisible();
    await expect(page.getByRole("heading")).toHaveCount(0);
  }
});
