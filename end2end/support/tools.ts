// An MCP server over streamable HTTP whose calls are held until the test lets them go, and which keeps its own log of them:
// the witness of what really ran.

import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { z } from "zod";

/** One call as the server saw it. */
export interface ToolCall {
  tool: string;
  name: string;
}

export class Tools {
  /** Every call that arrived, in order. */
  readonly calls: ToolCall[] = [];
  /** The `Authorization` that came with the latest request; empty where none did. */
  credential = "";

  private readonly held: (() => void)[] = [];
  private readonly arrivals: (() => void)[] = [];
  private readonly server: Server;
  private failing?: string;

  private constructor() {
    this.server = createServer(async (request, response) => {
      // Stateless: each request gets a server of its own, all of them share this log.
      this.credential = request.headers.authorization ?? "";
      const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
      const server = this.describe();
      response.on("close", () => void server.close());
      await server.connect(transport);
      await transport.handleRequest(request, response);
    });
  }

  /** On a free port, or on the one a stopped server had. */
  static async start(port = 0): Promise<Tools> {
    const tools = new Tools();
    await new Promise<void>((done) => tools.server.listen(port, "127.0.0.1", done));
    return tools;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/mcp`;
  }

  /** A step that calls one of the tools. `send` changes the outside, `look` only reads; both are held. `note` answers at once. */
  step(id: string, tool: "send" | "look" | "note", more: object = {}): object {
    return { id, type: "mcp_call", server_url: this.url, tool_name: tool, arguments: { name: id }, effect: tool === "look" ? "read" : "write", ...more };
  }

  /** Waits until `count` calls have arrived in all. */
  async arrived(count: number): Promise<void> {
    while (this.calls.length < count) await new Promise<void>((wake) => this.arrivals.push(wake));
  }

  /** Lets every held call go. */
  release(): void {
    for (const go of this.held.splice(0)) go();
  }

  /** From now on `note` answers with this error; nothing for none. */
  fail(message?: string): void {
    this.failing = message;
  }

  async stop(): Promise<void> {
    this.release();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private describe(): McpServer {
    const server = new McpServer({ name: "tools", version: "1.0.0" });
    const input = { name: z.string() };
    const text = (text: string, isError = false) => ({ content: [{ type: "text" as const, text }], isError });
    const held = async (tool: string, name: string) => {
      this.arrive(tool, name);
      await new Promise<void>((go) => this.held.push(go));
      return text(`${tool} ${name}: done`);
    };
    server.registerTool("send", { inputSchema: input, annotations: { destructiveHint: true } }, ({ name }) => held("send", name));
    server.registerTool("look", { inputSchema: input, annotations: { readOnlyHint: true } }, ({ name }) => held("look", name));
    server.registerTool("note", { inputSchema: input, annotations: { destructiveHint: true } }, async ({ name }) => {
      this.arrive("note", name);
      return this.failing ? text(this.failing, true) : text(`noted ${name}`);
    });
    return server;
  }

  private arrive(tool: string, name: string): void {
    this.calls.push({ tool, name });
    for (const wake of this.arrivals.splice(0)) wake();
  }
}
