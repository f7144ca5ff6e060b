// An OAuth 2.0 authorization server that says yes at once and checks PKCE.

import { createHash } from "node:crypto";
import { type IncomingMessage, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

export class Authority {
  private readonly challenges = new Map<string, string>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer(async (request, response) => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      if (url.pathname === "/authorize") {
        const code = `code-${this.challenges.size + 1}`;
        this.challenges.set(code, url.searchParams.get("code_challenge") ?? "");
        const back = new URL(url.searchParams.get("redirect_uri") ?? "");
        back.searchParams.set("state", url.searchParams.get("state") ?? "");
        back.searchParams.set("code", code);
        response.writeHead(303, { location: back.toString() }).end();
        return;
      }
      const sent = new URLSearchParams(await text(request));
      const made = createHash("sha256").update(sent.get("code_verifier") ?? "").digest("base64url");
      const fits = this.challenges.get(sent.get("code") ?? "") === made;
      response.writeHead(fits ? 200 : 400, { "content-type": "application/json" });
      response.end(JSON.stringify(fits ? { access_token: "access-granted", token_type: "Bearer", expires_in: 3600 } : { error: "invalid_grant" }));
    });
  }

  static async start(): Promise<Authority> {
    const authority = new Authority();
    await new Promise<void>((done) => authority.server.listen(0, "127.0.0.1", done));
    return authority;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

async function text(request: IncomingMessage): Promise<string> {
  let all = "";
  for await (const chunk of request) all += String(chunk);
  return all;
}
