// A runtime of its own for each test: the real binary on a free port, with the real console and an empty data folder.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const binary = process.env.SIGNALBOX_BIN ?? join(root, "target/debug/signalbox");
const dist = process.env.SIGNALBOX_DIST ?? join(root, "dist");

const LISTENING = /listening on (http:\/\/127\.0\.0\.1:(\d+))/;
const SIGN_IN = /sign-in link: (http:\/\/\S+)/;
const START_LIMIT_MS = 20_000;

export type Role = "project_viewer" | "project_contributor" | "project_admin" | "tenant_admin";

export interface TokenOptions {
  name: string;
  role: Role;
  /** All scopes of the role where none are named. */
  scopes?: string[];
  tenant?: string;
  project?: string;
}

export interface StartOptions {
  /** The folder with the example workflows; by default the repository's. */
  examples?: string;
  /** More for `signalbox serve`, such as `["--workers", "0"]`. */
  args?: string[];
  /** Set for the runtime beside this process's own environment. */
  env?: Record<string, string>;
  /** How many runs its worker takes at once; 0 for a runtime that nobody works for. */
  workers?: number;
  /** Lets steps call servers on this machine, such as [[Tools]]. */
  privateUrls?: boolean;
}

export class Signalbox {
  /** Such as `http://127.0.0.1:40123`; stays the same over a restart. */
  origin = "";
  /** The way in that this start printed. */
  signInLink = "";
  /** Everything the runtime has printed since the first start. */
  log = "";

  private process?: ChildProcess;
  private port = 0;

  private constructor(
    /** The data folder. */
    readonly data: string,
    private readonly options: StartOptions,
  ) {}

  static async start(options: StartOptions = {}): Promise<Signalbox> {
    const data = await mkdtemp(join(tmpdir(), "signalbox-"));
    const signalbox = new Signalbox(data, options);
    await signalbox.start();
    return signalbox;
  }

  /** Starts the runtime again, on the same port and data; an open page finds it. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Starts the runtime after `stop` or `kill9`. */
  async start(): Promise<void> {
    const child = spawn(
      binary,
      [
        "serve",
        ...["--port", String(this.port)],
        ...["--data", this.data],
        ...["--console", dist],
        ...["--examples", this.options.examples ?? join(root, "examples")],
        ...(this.options.args ?? []),
        ...(this.options.workers === undefined ? [] : ["--workers", String(this.options.workers)]),
        ...(this.options.privateUrls ? ["--allow-private-urls"] : []),
      ],
      { env: { ...process.env, ...this.options.env }, stdio: ["ignore", "pipe", "pipe"] },
    );
    this.process = child;
    this.signInLink = "";
    await this.ready(child);
  }

  /** Ends the runtime in its own order. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
  }

  /** Ends the runtime as a power cut would. */
  async kill9(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Ends the runtime and deletes its data. */
  async dispose(): Promise<void> {
    await this.end("SIGKILL");
    await rm(this.data, { recursive: true, force: true });
  }

  /** A new token, made as an operator would on the machine itself. */
  async token(options: TokenOptions): Promise<string> {
    const flags = [
      ...["--data", this.data],
      ...["--name", options.name],
      ...["--role", options.role],
      ...(options.scopes ?? []).flatMap((scope) => ["--scope", scope]),
      ...(options.tenant ? ["--tenant", options.tenant] : []),
      ...(options.project ? ["--project", options.project] : []),
    ];
    const { stdout } = await run(binary, ["token", "create", ...flags]);
    return stdout.trim();
  }

  /** What `signalbox audit verify` says of a file, whether it holds or not. */
  async verify(file: string): Promise<string> {
    const said = await run(binary, ["audit", "verify", file]).catch((failed: { stdout: string; stderr: string }) => failed);
    return said.stdout || said.stderr;
  }

  /** The runtime's process. */
  get pid(): number {
    if (this.process?.pid === undefined) throw new Error("The runtime was not started.");
    return this.process.pid;
  }

  /** Makes a tenant with one project. */
  async tenant(id: string, project: string): Promise<void> {
    await run(binary, ["tenant", "create", "--data", this.data, "--id", id]);
    await run(binary, ["project", "create", "--data", this.data, "--tenant", id, "--id", project]);
  }

  private ready(child: ChildProcess): Promise<void> {
    return new Promise((done, fail) => {
      const limit = setTimeout(
        () => fail(new Error(`The runtime was not ready in ${START_LIMIT_MS} ms:\n${this.log}`)),
        START_LIMIT_MS,
      );
      const hear = (line: string) => {
        this.log += `${line}\n`;
        const listening = LISTENING.exec(line);
        if (listening) {
          this.origin = listening[1];
          this.port = Number(listening[2]);
        }
        this.signInLink = SIGN_IN.exec(line)?.[1] ?? this.signInLink;
        if (this.origin && this.signInLink) {
          clearTimeout(limit);
          done();
        }
      };
      for (const output of [child.stdout, child.stderr]) {
        if (output) createInterface({ input: output }).on("line", hear);
      }
      child.once("error", fail);
      child.once("exit", (code, signal) => {
        clearTimeout(limit);
        fail(new Error(`The runtime ended (${code ?? signal}) before it was ready:\n${this.log}`));
      });
    });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await ended;
  }
}
