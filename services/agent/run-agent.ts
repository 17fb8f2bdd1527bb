import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isFileError } from '../files/failure.ts';
import { openItemReader } from '../ingest/open-item-reader.ts';
import type { Logger } from '../log/log.ts';
import type { AgentConfiguration } from './configuration.ts';
import { type DropServer, startDrop } from './drop-server.ts';
import { openLine } from './line.ts';
import { createNameMask } from './name-mask.ts';
import { sendDeliveries } from './send-deliveries.ts';
import { openSiteKeys } from './site-keys.ts';
import { policyOf } from './site-policy.ts';
import { SiteState, STATE_FILE } from './site-state.ts';
import { Spool } from './spool.ts';
import { lockSpool } from './spool-lock.ts';
import { type Site, watchSource } from './watch-source.ts';

export type Running = {
  /** Where each drop listens. */
  readonly ports: Readonly<Record<string, number>>;
  /** Resolves once all is put away, after the signal; rejects with what nobody goes on from. */
  readonly ended: Promise<void>;
};

type Surroundings = {
  readonly log: Logger;
  readonly now?: () => Date;
  /** Of the first pause between two tries to send. */
  readonly firstPauseMs?: number;
};

/** Reads sources, masks, signs, spools and sends, until it is told to end. */
export async function startAgent(
  configuration: AgentConfiguration,
  { log, now = () => new Date(), firstPauseMs }: Surroundings,
  signal: AbortSignal,
): Promise<Running> {
  const { spool: where, platform } = configuration;
  const line = openLine(platform.url, platform);
  const { identity } = await line.open();
  await mkdir(where.folder, { recursive: true, mode: 0o700 });
  await mkdir(configuration.work, { recursive: true, mode: 0o700 });
  const policy = policyOf(configuration);
  const lock = lockSpool(where.folder);
  const open: (() => unknown)[] = [lock.release, line.close];
  const close = async () => {
    for (const one of open.toReversed()) await one();
  };
  try {
    const keys = await openSiteKeys(where.key, !(await isThere(join(where.folder, STATE_FILE))));
    const state = new SiteState(where.folder, keys);
    open.push(() => state.close());
    const spool = await Spool.open(where.folder, keys, state, where.max_bytes);
    const { threads, max_item_bytes: maxItemBytes } = configuration.limits;
    const reader = openItemReader({ threads, maxBytes: 2 * maxItemBytes, maxDrafts: MOST_DRAFTS });
    open.push(() => reader.close());
    const stop = new AbortController();
    const begun = AbortSignal.any([signal, stop.signal]);
    const { over, clear } = graceAfter(begun);
    open.push(clear);
    const site: Site = {
      ...{ configuration, policy, state, spool, reader, log, now },
      mask: createNameMask(policy, keys),
      identity: async () => (await line.open()).identity,
      rules: reader.rulesFor(policy),
      over,
    };
    const drops: Record<string, DropServer> = {};
    for (const source of configuration.sources)
      if (source.kind === 'drop') {
        const server = await startDrop(source, { spool, log });
        drops[source.name] = server;
        open.push(server.close);
      }
    const sending = {
      spool,
      state,
      line: line.open,
      log,
      now,
      ...(firstPauseMs === undefined ? {} : { firstPauseMs }),
    };
    const lanes = new Set([...configuration.sources.map(({ name }) => name), ...state.sourcesWaiting()]);
    const work = [
      ...configuration.sources.map((source) => watchSource(site, source, begun)),
      ...[...lanes].map((source) => sendDeliveries(sending, source, { begun, over })),
    ];
    log.info(
      { sources: configuration.sources.length, agent: identity.keyId, spooled: spool.bytes },
      'started',
    );
    const ended = Promise.all(work)
      .catch((error: unknown) => {
        stop.abort();
        throw error;
      })
      .finally(async () => {
        // who is left ends by the same signal
        await Promise.allSettled(work);
        await close();
        log.info('ended');
      })
      .then(() => undefined);
    const ports = Object.fromEntries(Object.entries(drops).map(([name, { port }]) => [name, port]));
    return { ports, ended };
  } catch (error) {
    await close();
    throw error;
  }
}

const MOST_DRAFTS = 200_000;
const GRACE_MS = 10_000;

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    (error: unknown) => {
      if (isFileError(error, 'ENOENT')) return false;
      throw error;
    },
  );

/** The time that what is in hand has, once all is to end. */
function graceAfter(begun: AbortSignal): { readonly over: AbortSignal; readonly clear: () => void } {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer = setTimeout(() => over.abort(), GRACE_MS);
  };
  if (begun.aborted) begin();
  else begun.addEventListener('abort', begin, { once: true });
  return { over: over.signal, clear: () => clearTimeout(timer) };
}
