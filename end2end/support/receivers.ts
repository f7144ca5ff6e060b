// Receivers of messages on this machine: one of webhooks, one of e-mail. Both keep what came, in order.

import { createHmac } from "node:crypto";
import { type Server, createServer } from "node:http";
import { type AddressInfo, type Server as Listener, createServer as listen } from "node:net";

/** Hands out what comes, one by one, to whoever waits for it. */
class Queue<T> {
  private readonly kept: T[] = [];
  private readonly waiting: ((one: T) => void)[] = [];

  push(one: T): void {
    const next = this.waiting.shift();
    if (next) next(one);
    else this.kept.push(one);
  }

  next(): Promise<T> {
    const one = this.kept.shift();
    return one === undefined ? new Promise((take) => this.waiting.push(take)) : Promise.resolve(one);
  }
}

export interface Posted {
  id: string;
  timestamp: string;
  signature: string;
  body: string;
}

/** Takes webhooks; answers with the statuses it was given, then with 204. */
export class Hook {
  private readonly got = new Queue<Posted>();
  private readonly server: Server;

  private constructor(statuses: number[]) {
    this.server = createServer((request, response) => {
      let body = "";
      request.on("data", (part) => (body += part));
      request.on("end", () => {
        const header = (name: string) => String(request.headers[name] ?? "");
        this.got.push({ id: header("webhook-id"), timestamp: header("webhook-timestamp"), signature: header("webhook-signature"), body });
        response.writeHead(statuses.shift() ?? 204).end();
      });
    });
  }

  static async start(...statuses: number[]): Promise<Hook> {
    const hook = new Hook(statuses);
    await new Promise<void>((done) => hook.server.listen(0, "127.0.0.1", done));
    return hook;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  next(): Promise<Posted> {
    return this.got.next();
  }

  stop(): void {
    this.server.close();
  }
}

/** What `webhook-signature` must be, as Standard Webhooks says. */
export function signature(secret: string, { id, timestamp, body }: Posted): string {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

/** Takes e-mail over SMTP, in the clear. */
export class Mailbox {
  private readonly got = new Queue<string>();
  private readonly server: Listener;

  private constructor() {
    this.server = listen((socket) => {
      let data: string[] | undefined;
      let rest = "";
      socket.on("error", () => {});
      socket.write("220 here\r\n");
      socket.on("data", (part) => {
        const lines = (rest + part).split("\r\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          if (data && line === ".") {
            this.got.push(data.join("\n"));
            data = undefined;
            socket.write("250 taken\r\n");
          } else if (data) {
            data.push(line);
          } else if (line === "DATA") {
            data = [];
            socket.write("354 go on\r\n");
          } else if (line === "QUIT") {
            socket.end("221 bye\r\n");
          } else {
            socket.write("250 ok\r\n");
          }
        }
      });
    });
  }

  static async start(): Promise<Mailbox> {
    const mailbox = new Mailbox();
    await new Promise<void>((done) => mailbox.server.listen(0, "127.0.0.1", done));
    return mailbox;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Headers and text of the next message. */
  next(): Promise<string> {
    return this.got.next();
  }

  stop(): void {
    this.server.close();
  }
}
