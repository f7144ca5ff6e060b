// A model provider on this machine that says what a test tells it, piece by piece.

import { type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

export class Provider {
  private readonly server: Server;
  private readonly asked: Promise<ServerResponse>;

  private constructor() {
    let take: (answer: ServerResponse) => void;
    this.asked = new Promise((resolve) => (take = resolve));
    this.server = createServer((request, response) => {
      request.resume().on("end", () => take(response.writeHead(200, { "content-type": "text/event-stream" })));
    });
  }

  static async start(): Promise<Provider> {
    const provider = new Provider();
    await new Promise<void>((done) => provider.server.listen(0, "127.0.0.1", done));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** The next piece of the answer to the one question that is asked. */
  async say(text: string): Promise<void> {
    (await this.asked).write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`);
  }

  /** The answer is whole. */
  async end(): Promise<void> {
    (await this.asked).end(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\ndata: [DONE]\n\n`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
