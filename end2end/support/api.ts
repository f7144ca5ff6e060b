// The API as any other program would use it, for what a test must set up and a person would not do by hand.

import type { Signalbox, TokenOptions } from "./signalbox";

/** As much of a run as tests look at; the API's own description has the rest. */
export interface Run {
  id: string;
  title: string;
  status: string;
  seq: number;
  failure?: { code: string; message: string };
}

interface Me {
  tenants: { id: string; name: string; projects: { id: string; name: string }[] }[];
}

export class Api {
  private constructor(
    private readonly signalbox: Signalbox,
    readonly token: string,
    readonly tenant: string,
    readonly project: string,
  ) {}

  /** Signs in as someone new; by default as one who may do everything, in the first project. */
  static async of(signalbox: Signalbox, as: Partial<TokenOptions> = {}): Promise<Api> {
    const token = await signalbox.token({ name: "Test", role: "tenant_admin", ...as });
    const nowhere = new Api(signalbox, token, "", "");
    const me = await nowhere.get<Me>("/v1/me");
    const [tenant] = me.tenants;
    return new Api(signalbox, token, as.tenant ?? tenant.id, as.project ?? tenant.projects[0].id);
  }

  /** The console's address of a path below the project, such as `runs/run_01J…`. */
  page(path: string): string {
    return `${this.signalbox.origin}/${this.tenant}/${this.project}/${path}`;
  }

  get<T>(path: string): Promise<T> {
    return this.send("GET", path);
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.send("POST", path, body);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.send("PUT", path, body);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.send("PATCH", path, body);
  }

  /** A published workflow's id, by its name. */
  async workflow(name: string): Promise<string> {
    const { items } = await this.get<{ items: { id: string; name: string }[] }>("/v1/workflows?limit=100");
    const found = items.find((workflow) => workflow.name === name);
    if (!found) throw new Error(`There is no workflow "${name}", only: ${items.map((item) => item.name).join(", ")}`);
    return found.id;
  }

  /** Makes and publishes a workflow; its id. */
  async publish(document: object): Promise<string> {
    const { id } = await this.post<{ id: string }>("/v1/workflows", { draft: document });
    await this.post(`/v1/workflows/${id}/versions`);
    return id;
  }

  /** Starts a run of the workflow's latest version. */
  async start(workflow: string, input: object = {}): Promise<Run> {
    const answer = await this.post<{ run: Run }>(`/v1/workflows/${workflow}/command`, { command: "start", params: { input } });
    return answer.run;
  }

  async run(id: string): Promise<Run> {
    const summary = await this.get<{ row: Run }>(`/v1/runs/${id}/summary`);
    return summary.row;
  }

  /** Waits until the run has one of the statuses, asking the API. For set-up: a test watches the page instead. */
  async until(id: string, ...statuses: string[]): Promise<Run> {
    for (;;) {
      const run = await this.run(id);
      if (statuses.includes(run.status)) return run;
      await new Promise((again) => setTimeout(again, 25));
    }
  }

  /** Brings in a run that was executed elsewhere, from its journal's lines. */
  async import(lines: Iterable<string>): Promise<Run> {
    const { run } = await this.exchange<{ run: Run }>("POST", "/v1/runs/import", "application/x-ndjson", ReadableStream.from(parts(lines)));
    return run;
  }

  private send<T>(method: string, path: string, body?: unknown): Promise<T> {
    return body === undefined ? this.exchange(method, path) : this.exchange(method, path, "application/json", JSON.stringify(body));
  }

  private async exchange<T>(method: string, path: string, type?: string, body?: BodyInit): Promise<T> {
    const answer = await fetch(this.signalbox.origin + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(this.tenant ? { "x-tenant-id": this.tenant, "x-project-id": this.project } : {}),
        ...(type === undefined ? {} : { "content-type": type }),
      },
      body,
      // A stream is sent while it is made.
      duplex: "half",
    } as RequestInit);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? (undefined as T) : JSON.parse(text);
  }
}

/** Lines as the bytes of a body, some at a time. */
function* parts(lines: Iterable<string>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let part = "";
  for (const line of lines) {
    part += line;
    if (part.length < 256 * 1024) continue;
    yield encoder.encode(part);
    part = "";
  }
  yield encoder.encode(part);
}
