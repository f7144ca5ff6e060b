import { Hook, Mailbox, signature } from "../support/receivers";
import { expect, test } from "../support/test";

test.use({ start: { privateUrls: true } });

const failing = (name: string) => ({ name, steps: [{ id: "draft", type: "lua_script", name: "Draft quote", script: "error('no answer')" }] });

test("a failure reaches the bell, a signed webhook and an inbox of e-mail, and once again after a redeliver", async ({ signedIn: page, api }) => {
  const [hook, mailbox] = [await Hook.start(503), await Mailbox.start()];
  const webhook = await api.post<{ id: string; secret: string }>("/v1/webhooks", { url: hook.url });
  await api.put("/v1/notifications/email", { host: "127.0.0.1", port: mailbox.port, security: "plain", from: "box@example.com" });

  await page.goto(api.page("notifications?show=preferences"));
  await page.getByLabel("E-mail goes to").fill("ann@example.com");
  await page.getByRole("button", { name: "Keep" }).click();
  await expect(page.getByText("Now: ann@example.com")).toBeVisible();
  await page.getByRole("checkbox", { name: "Failed: E-mail" }).check();
  await expect(page.getByText("Kept.").last()).toBeVisible();

  const run = await api.start(await api.publish(failing("Quote RFQ")));
  await expect(page.getByRole("link", { name: "Notifications: 1 unread" })).toBeVisible();
  await expect(page).toHaveTitle(/^\(1\) /);

  const [first, second] = [await hook.next(), await hook.next()];
  expect(second.id).toBe(first.id);
  expect(second.signature).toBe(signature(webhook.secret, second));
  expect(JSON.parse(second.body).data.notification.title).toBe("Quote RFQ failed at Draft quote");
  expect(await mailbox.next()).toContain("Subject: Quote RFQ failed at Draft quote");

  await page.getByRole("link", { name: "Notifications: 1 unread" }).click();
  await page.getByRole("radio", { name: "Unread" }).check({ force: true });
  await page.getByRole("link", { name: "Quote RFQ failed at Draft quote" }).click();
  await expect(page).toHaveURL(new RegExp(`runs/${run.id}`));
  await page.goto(api.page("notifications"));
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect(page.getByRole("link", { name: "Notifications", exact: true }).first()).toBeVisible();
  await expect(page.getByText("Nothing unread")).toBeVisible();

  for (const log of [`/v1/webhooks/${webhook.id}/deliveries`, "/v1/notifications/email/deliveries"]) {
    await expect.poll(async () => (await api.get<{ items: { state: string }[] }>(log)).items[0].state).toBe("delivered");
    const { items } = await api.get<{ items: { id: string }[] }>(log);
    await api.post(`${log}/${items[0].id}/redeliver`);
  }
  const third = await hook.next();
  expect([third.id, third.body]).toEqual([first.id, first.body]);
  expect(await mailbox.next()).toContain("Subject: Quote RFQ failed at Draft quote");
  hook.stop();
  mailbox.stop();
});

test("failures of one cause are one message with a count", async ({ signedIn: page, api }) => {
  const workflow = await api.publish(failing("Quote RFQ"));
  for (let i = 0; i < 5; i++) await api.start(workflow);
  await page.goto(api.page("notifications"));
  await expect(page.getByRole("link", { name: "Quote RFQ failed at Draft quote, 5 times" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Notifications: 1 unread" })).toBeVisible();
});

test("who follows a run is told when somebody else changes it", async ({ signedIn: page, api }) => {
  const workflow = await api.publish({ name: "Send quote", steps: [{ id: "wait", type: "waitpoint", title: "the confirmation" }] });
  const run = await api.start(workflow);
  await page.goto(api.page(`runs/${run.id}`));
  await page.getByRole("button", { name: "All moves" }).click();
  await page.getByText("Tell me when this changes").click();
  await expect(page.getByText("You are told when this run changes")).toBeVisible();
  await api.post(`/v1/runs/${run.id}/cancel`);
  await page.getByRole("link", { name: "Notifications: 1 unread" }).click();
  await expect(page.getByRole("link", { name: "Send quote is cancelled" })).toBeVisible();
});
