import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Delivery } from '../../contracts/delivery.ts';
import { CertusError } from '../../contracts/errors.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { isFileError } from '../files/failure.ts';
import type { AgentConfiguration } from './configuration.ts';
import type { SignedBundle } from './send-deliveries.ts';
import { openSiteKeys } from './site-keys.ts';
import { SiteState, type SpooledDelivery, STATE_FILE } from './site-state.ts';
import { Spool } from './spool.ts';
import { isLocked, lockSpool } from './spool-lock.ts';

export type SiteStatus = {
  readonly running: boolean;
  readonly spooled_bytes: number;
  readonly spool_max_bytes: number;
  /** Why the platform takes nothing at the moment, and since when. */
  readonly link: { readonly fault: string | null; readonly since: string } | null;
  readonly sources: readonly {
    readonly name: string;
    readonly items: number;
    readonly waiting: number;
    readonly delivered: number;
    readonly last_read_at: string | null;
    readonly last_sent_at: string | null;
    readonly fault: string | null;
  }[];
  readonly refused: readonly {
    readonly delivery: string;
    readonly source: string;
    readonly sequence: number;
    readonly items: number;
    readonly code: string;
    readonly created_at: string;
  }[];
};

/** Read beside the agent that is running; nothing is in it but names of the configuration, counts, times and codes. */
export async function siteStatus({ spool, sources }: AgentConfiguration): Promise<SiteStatus> {
  await requireStarted(spool.folder);
  const state = new SiteState(spool.folder, await openSiteKeys(spool.key, false));
  try {
    const waiting = Map.groupBy(state.waiting(), ({ source }) => source);
    const known = new Map(state.standing().map((one) => [one.name, one]));
    const names = new Set([...sources.map(({ name }) => name), ...known.keys()]);
    const inbox = await Spool.inboxBytes(spool.folder);
    return {
      running: isLocked(spool.folder),
      spooled_bytes: state.spooledBytes() + inbox,
      spool_max_bytes: spool.max_bytes,
      link: state.link() ?? null,
      sources: [...names].map((name) => {
        const { items = 0, sent = 0, readAt = null, sentAt = null, fault = null } = known.get(name) ?? {};
        const queued = waiting.get(name)?.length ?? 0;
        return {
          ...{ name, items, waiting: queued, delivered: sent },
          ...{ last_read_at: readAt, last_sent_at: sentAt, fault },
        };
      }),
      refused: state.refused().map(({ id, source, sequence, items, code, createdAt }) => ({
        ...{ delivery: id, source, sequence, items, code, created_at: createdAt },
      })),
    };
  } finally {
    state.close();
  }
}

type Resent = {
  readonly items: number;
  /** Refused deliveries that nobody can read any more: what they said was gone is not told again. */
  readonly damaged: readonly string[];
};

/**
 * Has all of a source sent anew, once the agent is started again, and forgets what of it was refused: for when the reason is
 * mended, as what was refused is too old to be sent itself. What was gone by then is told again, too.
 */
export async function resendSource({ spool }: AgentConfiguration, source: string): Promise<Resent> {
  await requireStarted(spool.folder);
  const lock = lockSpool(spool.folder);
  try {
    const keys = await openSiteKeys(spool.key, false);
    const state = new SiteState(spool.folder, keys);
    try {
      const kept = await Spool.open(spool.folder, keys, state, spool.max_bytes);
      const damaged: string[] = [];
      for (const refused of state.refused().filter((one) => one.source === source)) {
        const gone = await goneIn(kept, refused);
        if (gone === undefined) damaged.push(refused.id);
        else if (gone.length > 0) state.keepLeft(source, gone);
        await kept.forget(refused);
      }
      return { items: state.forgetVersions(source), damaged };
    } finally {
      state.close();
    }
  } finally {
    lock.release();
  }
}

/** As this agent wrote it, and sealed; undefined when it is not that any more. */
async function goneIn(spool: Spool, refused: SpooledDelivery): Promise<readonly string[] | undefined> {
  try {
    const bundle = jsonOf(gunzipSync(await spool.readRefused(refused))) as SignedBundle;
    const payload = jsonOf(Buffer.from(bundle.dsseEnvelope.payload, 'base64')) as Pick<Delivery, 'gone'>;
    return payload.gone;
  } catch (error) {
    if (error instanceof CertusError && UNREADABLE.has(error.code)) return undefined;
    throw error;
  }
}

const UNREADABLE: ReadonlySet<string> = new Set(['digest_mismatch', 'object_not_found']);

async function requireStarted(folder: string): Promise<void> {
  await stat(join(folder, STATE_FILE)).catch((error: unknown) => {
    if (isFileError(error, 'ENOENT'))
      throw new CertusError('not_found', `no agent was ever started with ${folder}`);
    throw error;
  });
}
