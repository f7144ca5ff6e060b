import { Api } from "../support/api";
import { failedRun, median, newcomer, report, timesUntilShown } from "../support/measure";
import { test } from "../support/test";

const BUDGET_MS = 2000;
const LOADS = 5;
const CPU_SLOWDOWN = 4;
/** What Chromium's own tools call "Fast 4G": bytes a second, and milliseconds for each request. */
const FAST_4G = { offline: false, downloadThroughput: 1_012_500, uploadThroughput: 168_750, latency: 165 };

test("the same with a slow computer on a mobile network", async ({ browser, signalbox }) => {
  const api = await Api.of(signalbox);
  const run = await failedRun(api);
  const [times, whole]: number[][] = [[], []];
  for (let load = 0; load < LOADS; load += 1) {
    const context = await newcomer(browser, signalbox, api);
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", FAST_4G);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
    const [error, all] = await timesUntilShown(page, api.page(`runs/${run.id}`), ["no article A-17", "Report this Run"]);
    times.push(error);
    whole.push(all);
    await context.close();
  }
  const seconds = (time: number) => (time / 1000).toFixed(2);
  report(`${seconds(median(times))} s (median of ${LOADS}, worst ${seconds(Math.max(...times))}); the page itself ${seconds(median(whole))} s`, median(times) <= BUDGET_MS);
});
