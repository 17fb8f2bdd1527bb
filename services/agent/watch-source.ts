import { sha256 } from '../../domain/custody/digest.ts';
import { waited } from './bell.ts';
import type { AgentConfiguration, SourceConfiguration } from './configuration.ts';
import { DeliveryWriter } from './delivery-writer.ts';
import { codeOf, noted } from './fault.ts';
import type { NameMask } from './name-mask.ts';
import { openSource, readingOf } from './open-source.ts';
import { readSource, type SourceReading } from './read-source.ts';
import type { Spool } from './spool.ts';
import { openTrigger } from './triggers.ts';

/** What all sources of an agent are read with. */
export type Site = Pick<SourceReading, 'policy' | 'state' | 'reader' | 'log'> & {
  readonly configuration: AgentConfiguration;
  readonly spool: Spool;
  readonly mask: NameMask;
  readonly identity: ConstructorParameters<typeof DeliveryWriter>[1]['identity'];
  readonly rules: string;
  readonly now: () => Date;
  /** When also what is in hand has to end. */
  readonly over: AbortSignal;
};

/** Over and over again; what goes wrong with a source is told, and tried again when its time comes. */
export async function watchSource(
  site: Site,
  source: SourceConfiguration,
  signal: AbortSignal,
): Promise<void> {
  const { log, state, now, spool } = site;
  const trigger = openTrigger(source, spool, log);
  try {
    while (!signal.aborted) {
      const change = trigger.listen();
      const fault = await readOnce(site, source, signal);
      if (signal.aborted) return;
      noted(log, source.name, () => state.noteReading(source.name, now().toISOString(), fault ?? null));
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
      const end = await readSource(reading, signal);
      if (source.kind === 'drop') {
        // who brought it was told that it is safe: it goes when all of it is spooled
        if (end === 'later') return 'dependency_unavailable';
        await settled();
        spool.roomier();
      }
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
