import { Api } from "../support/api";
import { failedRun, newcomer, report, timesUntilShown } from "../support/measure";
import { test } from "../support/test";

const BUDGET_KB = 350;

test("first load of a run page over the wire", async ({ browser, signalbox }) => {
  const api = await Api.of(signalbox);
  const run = await failedRun(api);
  const context = await newcomer(browser, signalbox, api);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  const kinds = new Map<string, string>();
  const bytes = { wasm: 0, script: 0, style: 0, page: 0, API: 0, other: 0 };
  devtools.on("Network.responseReceived", ({ requestId, response }) => {
    kinds.set(requestId, new URL(response.url).pathname);
  });
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    bytes[kindOf(kinds.get(requestId) ?? "")] += encodedDataLength;
  });
  await timesUntilShown(page, api.page(`runs/${run.id}`), ["Report this Run"]);
  // The live stream stays open, so the network is never idle: what the page asks for at once has come by then.
  await page.waitForTimeout(1500);
  await context.close();

  const kb = (count: number) => count / 1000;
  const total = kb(Object.values(bytes).reduce((sum, count) => sum + count, 0));
  const parts = Object.entries(bytes).filter(([, count]) => count > 0);
  report(`${total.toFixed(0)} KB (${parts.map(([kind, count]) => `${kind} ${kb(count).toFixed(1)}`).join(", ")})`, total <= BUDGET_KB);
});

function kindOf(path: string) {
  if (path.startsWith("/v1/")) return "API";
  if (path.endsWith(".wasm")) return "wasm";
  if (path.endsWith(".js")) return "script";
  if (path.endsWith(".css")) return "style";
  return path.includes(".") ? "other" : "page";
}
