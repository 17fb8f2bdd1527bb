import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { CertusError } from '../../contracts/errors.ts';
import { PrivacyPolicy } from '../../contracts/privacy.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { requireUsablePrivacyPolicy } from '../../domain/sanitize/usable-privacy-policy.ts';
import { isFileError } from '../files/failure.ts';
import { openItemReader } from '../ingest/open-item-reader.ts';
import type { Logger } from '../log/log.ts';
import { waited } from './bell.ts';
import type { AgentConfiguration, SourceConfiguration, SourceOf } from './configuration.ts';
import { DeliveryWriter } from './delivery-writer.ts';
import { type DropServer, startDrop } from './drop-server.ts';
import { openLine } from './line.ts';
import { createNameMask, type NameMask } from './name-mask.ts';
import { openSource, readingOf } from './open-source.ts';
import { readSource, type SourceReading } from './read-source.ts';
import { sendDeliveries } from './send-deliveries.ts';
import { openSiteKeys } from './site-keys.ts';
import { SiteState, STATE_FILE } from './site-state.ts';
import { Spool } from './spool.ts';
import { lockSpool } from './spool-lock.ts';
import { openTrigger } from './triggers.ts';

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
    const ending = { begun, over: graceAfter(begun) };
    const site: Site = {
      ...{ configuration, policy, state, spool, reader, log, now },
      mask: createNameMask(policy, keys),
      identity: async () => (await line.open()).identity,
      rules: reader.rulesFor(policy),
      over: ending.over,
    };
    const drops: Record<string, DropServer> = {};
    for (const source of configuration.sources)
      if (source.kind === 'drop') {
        const server = await startDrop(source as SourceOf<'drop'>, { spool, log });
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
      ...[...lanes].map((source) => sendDeliveries(sending, source, ending)),
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

type Site = Pick<SourceReading, 'policy' | 'state' | 'reader' | 'log'> & {
  readonly configuration: AgentConfiguration;
  readonly spool: Spool;
  readonly mask: NameMask;
  readonly identity: ConstructorParameters<typeof DeliveryWriter>[1]['identity'];
  readonly rules: string;
  readonly now: () => Date;
  /** When also what is in hand has to end. */
  readonly over: AbortSignal;
};

export function policyOf({ sanitizer }: AgentConfiguration): PrivacyPolicy {
  const policy = PrivacyPolicy.parse({
    schema: 'https://certus.dev/privacy-policy/v1',
    name: 'agent',
    documents: { min_confidence: sanitizer.min_confidence },
    allow: sanitizer.allow,
    custom: sanitizer.custom,
  });
  requireUsablePrivacyPolicy(policy);
  return policy;
}

/** Over and over again; what goes wrong with a source is told, and tried again when its time comes. */
async function watchSource(site: Site, source: SourceConfiguration, signal: AbortSignal): Promise<void> {
  const { log, state, now, spool } = site;
  const trigger = openTrigger(source, spool, log);
  try {
    while (!signal.aborted) {
      const change = trigger.listen();
      const fault = await readOnce(site, source, signal);
      if (signal.aborted) return;
      state.noteReading(source.name, now().toISOString(), fault ?? null);
      // of what a bell alone would have it read again, nobody would ring
      if (fault !== undefined && source.kind === 'drop')
        await waited(signal, { bell: change, milliseconds: 30_000 });
      else await trigger.wait(change, signal);
    }
  } finally {
    trigger.close();
  }
}

async function readOnce(
  site: Site,
  source: SourceConfiguration,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { configuration, spool, log } = site;
  try {
    const given = await readingFor(site, source);
    const { connector, settled } = await openSource(source, configuration, spool.inbox);
    const reading = { ...given, connector };
    try {
      await readSource(reading, signal);
      await settled();
      if (source.kind === 'drop') spool.roomier();
    } catch (error) {
      // what was read is spooled, and need not be read again
      if (signal.aborted) await reading.writer.flush(site.over);
      throw error;
    } finally {
      await connector.close();
    }
    return undefined;
  } catch (error) {
    if (signal.aborted) return undefined;
    const code = codeOf(error);
    if (code === undefined) throw error;
    log.error({ source: source.name, code }, 'the source cannot be read: it is tried again');
    return code;
  }
}

/** The code alone: a message may name what it is about. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof CertusError) return error.code;
  if (isFileError(error)) return error.code ?? 'disk';
  // a disk that is full when something is to be remembered
  return isNativeError(error) && 'errcode' in error ? `sqlite_${error.errcode}` : undefined;
}

async function readingFor(
  { configuration, policy, state, spool, mask, reader, log, identity, rules, now }: Site,
  source: SourceConfiguration,
): Promise<Omit<SourceReading, 'connector'>> {
  const { workspace, limits, platform } = configuration;
  // another key is another agent to the platform, which has nothing of this source from it
  const { keyId } = await identity();
  const { name, kind } = source;
  const labels = source.labels ?? configuration.labels;
  const component = source.component ?? configuration.component;
  const about = {
    workspace,
    source: name,
    source_kind: kind,
    sanitizer: rules.slice(0, 100),
    component,
    labels,
  };
  const partName = (key: string) => mask.blind(`part of ${name}`, key);
  return {
    ...{ source: name, reader, policy, mask, state, log },
    reading: readingOf(source),
    writer: new DeliveryWriter(about, { spool, state, identity, partName, now }),
    meant: sha256(JSON.stringify([rules, workspace, component, labels, platform.url, keyId])).slice(0, 32),
    maxItemBytes: kind === 'drop' ? Math.max(source.max_bytes, limits.max_item_bytes) : limits.max_item_bytes,
    maxItems: limits.max_items,
    sideBySide: limits.threads,
  };
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    (error: unknown) => {
      if (isFileError(error, 'ENOENT')) return false;
      throw error;
    },
  );

function graceAfter(begun: AbortSignal): AbortSignal {
  const over = new AbortController();
  const begin = () => void setTimeout(() => over.abort(), GRACE_MS).unref();
  if (begun.aborted) begin();
  else begun.addEventListener('abort', begin, { once: true });
  return over.signal;
}
