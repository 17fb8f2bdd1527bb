import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BUNDLE, PolicyResult } from '../../../contracts/bundle.ts';
import { FindingList, type FindingView } from '../../../contracts/finding-list.ts';
import { rawPrefix } from '../../../contracts/object-keys.ts';
import { ScanAccepted, ScanStatus } from '../../../contracts/scan.ts';
import { type ScanEvent, ScanEventPage } from '../../../contracts/scan-event.ts';
import { ZONES } from '../../../contracts/zones.ts';
import { Ports } from '../../../infra/local/ports.ts';
import { apiKeys } from '../api-keys.ts';
import { type Installation, install, keysBelow } from '../installation.ts';
import { until } from '../local/processes.ts';

const TOKEN = 'certus_assurance_0123456789abcdef0123456789';
const LONGEST = 120;

export type Answered = {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
};
export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** A whole installation as people use it: an API process in front, a worker process for each zone, and the command. */
export class Service {
  readonly its: Installation;
  readonly #api: ChildProcess;
  readonly #url: string;
  #apiSaid = '';

  /** What is set besides is for the zone that scans, such as where scanners are installed. */
  static async start(besides: Readonly<Record<string, string>> = {}): Promise<Service> {
    const its = await install('embedded', besides);
    const port = await new Ports().take('api');
    const token = join(its.home, 'token-of-test');
    writeFileSync(token, TOKEN);
    const api = fork(resolve('api/main.ts'), [], {
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...its.common,
        CERTUS_HOME: its.home,
        ...apiKeys(its.keys),
        CERTUS_API_TOKEN_FILE: token,
        CERTUS_API_PORT: String(port),
        CERTUS_REGISTRY_URL: join(its.home, 'oci'),
        CERTUS_SOURCE_ROOTS: `${resolve('samples')},${its.home}`,
      },
    });
    const service = new Service(its, api, `http://127.0.0.1:${port}`);
    try {
      await Promise.all([service.#ready(), its.workers.start(...ZONES)]);
    } catch (error) {
      await service.close();
      throw error;
    }
    return service;
  }

  private constructor(its: Installation, api: ChildProcess, url: string) {
    this.its = its;
    this.#api = api;
    this.#url = url;
    for (const stream of [api.stdout, api.stderr])
      stream?.on('data', (chunk) => {
        this.#apiSaid += chunk;
      });
  }

  async close(): Promise<void> {
    const gone = once(this.#api, 'exit');
    if (this.#api.exitCode === null && this.#api.kill('SIGTERM')) await gone;
    await this.its.close();
  }

  get workspace(): string {
    return this.its.scope.workspace;
  }

  /** Everything that the API and the workers have logged. */
  log(): string {
    return this.#apiSaid + this.its.workers.said();
  }

  async ask(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<Answered> {
    const isFile = body instanceof Uint8Array;
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(body === undefined
          ? {}
          : { 'content-type': isFile ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isFile ? Buffer.from(body) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, json: isJson ? JSON.parse(text) : text };
  }

  /** The same, of a resource of this workspace, which must be there. */
  async get(path: string): Promise<Answered['json']> {
    const { status, json } = await this.ask(
      `${path}${path.includes('?') ? '&' : '?'}workspace_id=${this.workspace}`,
    );
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(json)}`);
    return json;
  }

  /** A file that the API gives to anybody. */
  async download(path: string): Promise<Uint8Array> {
    return new Uint8Array(await (await fetch(`${this.#url}${path}`)).arrayBuffer());
  }

  /** Sends bytes as they are, however many, and gives the answer, which may come before the last of them. */
  async send(path: string, body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Answered> {
    const request = httpRequest(`${this.#url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    });
    request.on('error', () => undefined); // who has heard enough hangs up
    const answered = once(request, 'response');
    const sent = pipeline(Readable.from(body), request).catch(() => undefined);
    const [response] = await answered;
    let text = '';
    for await (const chunk of response) text += chunk;
    await sent;
    return { status: response.statusCode, json: JSON.parse(text) };
  }

  /** Asks for a scan and gives its id. */
  async begin(request: object): Promise<string> {
    const { json } = await this.ask('/v1/security-scans', { workspace_id: this.workspace, ...request });
    return ScanAccepted.parse(json).test_id;
  }

  async status(testId: string): Promise<ScanStatus> {
    return ScanStatus.parse(await this.get(`/v1/security-scans/${testId}`));
  }

  /** Waits until the scan has ended, however it did. */
  ended(testId: string): Promise<ScanStatus> {
    const look = async () => {
      const scan = await this.status(testId);
      return scan.completed_at === null ? undefined : scan;
    };
    return until(`${testId} has ended`, look, LONGEST);
  }

  async scan(request: object): Promise<ScanStatus> {
    return this.ended(await this.begin(request));
  }

  async findings(testId: string): Promise<FindingView[]> {
    const all: FindingView[] = [];
    for (let cursor = ''; ; ) {
      const path = `/v1/security-scans/${testId}/findings?limit=500${cursor}`;
      const { findings, next_cursor } = FindingList.parse(await this.get(path));
      all.push(...findings);
      if (next_cursor === null) return all;
      cursor = `&cursor=${encodeURIComponent(next_cursor)}`;
    }
  }

  async events(testId: string): Promise<ScanEvent[]> {
    const all: ScanEvent[] = [];
    for (;;) {
      const after = all.at(-1)?.seq ?? 0;
      const json = await this.get(`/v1/security-scans/${testId}/events?limit=1000&after=${after}`);
      const { events } = ScanEventPage.parse(json);
      if (events.length === 0) return all;
      all.push(...events);
    }
  }

  /** A file of the bundle, as text. */
  async artifact(testId: string, path: string): Promise<string> {
    const json = await this.get(`/v1/security-scans/${testId}/artifacts/${path}`);
    return typeof json === 'string' ? json : JSON.stringify(json);
  }

  async policyOf(testId: string): Promise<PolicyResult> {
    return PolicyResult.parse(JSON.parse(await this.artifact(testId, BUNDLE.policyResult)));
  }

  /** Every file of the bundle that lies in raw, with its content. */
  async bundle(testId: string): Promise<Map<string, string>> {
    const prefix = rawPrefix(this.its.scope, testId);
    const files = new Map<string, string>();
    for (const key of await keysBelow(this.its.raw, prefix))
      files.set(
        key.slice(prefix.length),
        Buffer.from(await this.its.raw.read(key, 64 * 1024 * 1024)).toString('latin1'),
      );
    return files;
  }

  /** Files of checkouts, and of the private folders of tools. */
  leftInWork(): string[] {
    const work = join(this.its.home, 'work');
    if (!existsSync(work)) return [];
    return readdirSync(work, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
  }

  /** The command, as a person types it. */
  async certus(...words: readonly string[]): Promise<Ran> {
    const child = spawn(process.execPath, [resolve('cli/certus.mjs'), ...words], {
      cwd: this.its.home,
      env: {
        PATH: process.env.PATH,
        CERTUS_HOME: this.its.home,
        CERTUS_API_URL: this.#url,
        CERTUS_TOKEN: TOKEN,
      },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'close');
    return { code: code as number | null, stdout, stderr };
  }

  async #ready(): Promise<void> {
    const ended = once(this.#api, 'exit').then(() => Promise.reject(new Error(`api: ${this.#apiSaid}`)));
    ended.catch(() => undefined); // only an end before it was ready is a fault
    await Promise.race([once(this.#api, 'message'), ended]);
  }
}
