import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { NewScanEvent } from '../contracts/scan-event.ts';
import { Ports } from '../infra/local/ports.ts';
import { startServers } from '../infra/local/start-servers.ts';
import { type Database, openDatabase } from '../services/database/database.ts';
import { migrate } from '../services/database/migrate.ts';
import { openScan } from '../services/database/scans.ts';
import { type EventLog, openEventLog } from '../services/events/event-log.ts';
import { ensureLocalKeys } from '../services/keys/local-keys.ts';
import { apiKeys } from '../test/integration/api-keys.ts';
import type { Bench } from './bench.ts';
import { memoryOf } from './memory.ts';
import { overServerSentEvents, overWebSocket, type Subscriber } from './subscribers.ts';

const SUBSCRIBERS = 200;
const LINES = 10_000;
const BATCH = 100;
const scope = { tenant: 'default', workspace: 'bench' };

/** What becomes of a scan's lines on their way to many who watch it. */
export const logs: Bench = {
  name: 'logs',
  about:
    '200 subscribers over two API processes on one scan of 10,000 lines: what arrives of what was written, in order and once',
  run: async (report) => {
    const home = await mkdtemp(join(tmpdir(), 'certus-bench-'));
    const servers = await startServers(['postgres'], { dir: join(home, 'servers'), report, build: true });
    const url = String(servers.env.CERTUS_DATABASE_URL);
    const apis: Api[] = [];
    const database = openDatabase(url);
    const writer = openEventLog(database);
    try {
      await migrate(url);
      apis.push(await startApi(home, url), await startApi(home, url));
      report(`${SUBSCRIBERS} subscribers follow ${LINES} lines`);
      return await measure(apis, database, writer);
    } finally {
      await writer.close();
      await Promise.all(apis.map(stop));
      await database.close();
      await servers.stop();
      await rm(home, { recursive: true, force: true });
    }
  },
};

/** Half of them are there from the beginning, the others join while it goes on: history and live meet in each. */
async function measure(apis: readonly Api[], database: Database, writer: EventLog) {
  const testId = await newScan(database);
  const join = (count: number) =>
    Array.from({ length: count }, (_, n) => {
      const { port, token } = apis[n % apis.length] as Api;
      const follow = n % 4 < 2 ? overWebSocket : overServerSentEvents;
      return follow({ port, token, path: `/v1/security-scans/${testId}`, query: 'workspace_id=bench' });
    });
  const began = performance.now();
  const subscribers: Subscriber[] = join(SUBSCRIBERS / 2);
  for (let written = 0; written < LINES; written += BATCH) {
    if (written === LINES / 2) subscribers.push(...join(SUBSCRIBERS / 2));
    await writer.append(scope, testId, lines(written));
  }
  const writing = seconds(began);
  await writer.append(scope, testId, [{ type: 'scan_complete', at: new Date().toISOString(), data: {} }]);
  const arrived = await Promise.all(subscribers.map(({ received }) => received));
  const whole = seconds(began);
  const memory = await memoryOf(apis.map(({ child }) => child.pid as number));
  const all = SUBSCRIBERS * (LINES + 1);
  const delivered = arrived.reduce((sum, count) => sum + count, 0);
  return {
    ratios: { delivered: delivered / all },
    figures: {
      lost: all - delivered,
      seconds: whole,
      writing_seconds: writing,
      lines_per_second: delivered / whole,
      api_memory_pss_mib: memory.pss,
    },
    goals: [
      { of: 'delivered', atLeast: 1 },
      { of: 'lost', atMost: 0 },
    ],
  };
}

const seconds = (since: number) => (performance.now() - since) / 1000;

function lines(from: number): NewScanEvent[] {
  const at = new Date().toISOString();
  return Array.from({ length: BATCH }, (_, n) => ({
    type: 'log' as const,
    at,
    data: {
      tool: 'semgrep',
      stream: 'stdout',
      line: `scanned src/module-${from + n}.ts: 14 rules, 0 findings`,
    },
  }));
}

async function newScan(database: Database): Promise<string> {
  const testId = `test_${randomBytes(12).toString('hex')}`;
  await openScan(database, scope, {
    testId,
    component: 'payments',
    assessment: 'bench',
    source: { type: 'directory', path: '/srv/payments' },
    requestedBy: null,
    profile: 'light',
    manifestDigest: null,
    request: null,
    workflowId: `scan/bench/payments/${testId}`,
    createdAt: new Date(),
  });
  return testId;
}

type Api = { readonly child: ChildProcess; readonly port: number; readonly token: string };

/** A process of its own, as the supervisor starts it; the engine is not needed to follow a scan. */
async function startApi(home: string, databaseUrl: string): Promise<Api> {
  const port = await new Ports().take('api');
  const token = randomBytes(32).toString('hex');
  const tokenFile = join(home, `token-${port}`);
  await writeFile(tokenFile, token);
  const child = fork(resolve(import.meta.dirname, '..', 'api', 'main.ts'), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      CERTUS_HOME: home,
      CERTUS_DATABASE_URL: databaseUrl,
      CERTUS_OBJECTS: join(home, 'objects'),
      ...apiKeys(await ensureLocalKeys(home)),
      CERTUS_API_TOKEN_FILE: tokenFile,
      CERTUS_API_PORT: String(port),
      CERTUS_LOG_LEVEL: 'warn',
    },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the API ended with ${code}`);
  });
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return { child, port, token };
}

async function stop({ child }: Api): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
