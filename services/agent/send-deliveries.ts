import { gunzipSync, gzipSync } from 'node:zlib';
import { CertusError } from '../../contracts/errors.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import type { Logger } from '../log/log.ts';
import { waited } from './bell.ts';
import { codeOf, noted } from './fault.ts';
import type { Identity } from './identity.ts';
import type { Answered, Link } from './link.ts';
import type { SiteState, SpooledDelivery } from './site-state.ts';
import type { Spool } from './spool.ts';

export type Sending = {
  readonly spool: Spool;
  readonly state: SiteState;
  /** Who signs and who calls, as the files say it now: certificates are renewed while an agent runs. */
  readonly line: () => Promise<{ readonly identity: Identity; readonly link: Link }>;
  readonly log: Logger;
  readonly now: () => Date;
  /** Of the first pause; tests are in a hurry. */
  readonly firstPauseMs?: number;
};

/**
 * Sends what a source has spooled, one delivery after the other: the next one goes out when the platform has indexed the one
 * before. It is tried for as long as it takes; what was sent twice is one delivery there, known by its digest.
 */
export async function sendDeliveries(sending: Sending, source: string, ending: Ending): Promise<void> {
  const { spool, state, log } = sending;
  const pause = new Pause(sending.firstPauseMs ?? 1000);
  while (!ending.begun.aborted) {
    try {
      const bell = spool.changed.listen();
      const next = state.firstWaiting(source);
      if (next === undefined) await waited(ending.begun, { bell });
      else await deliver(sending, next, ending);
      pause.reset();
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      // a disk that is full or failing: what was sent meanwhile is known there, and is sent as the same one
      log.error({ source, code }, 'the spool cannot be used: it is tried again');
      await waited(ending.begun, { milliseconds: pause.next() });
    }
  }
}

/** Once it has begun nothing new is taken up; what is in hand has until it is over. */
export type Ending = { readonly begun: AbortSignal; readonly over: AbortSignal };

async function deliver(sending: Sending, delivery: SpooledDelivery, { begun, over }: Ending): Promise<void> {
  const { spool, log, now } = sending;
  const { source, sequence, id } = delivery;
  const about = { source, sequence, delivery: id };
  const pause = new Pause(sending.firstPauseMs ?? 1000);
  let isTaken = false;
  let seen = 0;
  while (!begun.aborted) {
    const answer = await exchanged(sending, delivery, isTaken, over);
    if (over.aborted) return;
    noted(log, source, () => note(sending, answer));
    if (answer.kind === 'receipt' && answer.receipt.state === 'done') {
      await spool.sent(delivery, now());
      log.info({ ...about, items: delivery.items, ingestion: answer.receipt.ingestion_id }, 'delivered');
      return;
    }
    if (answer.kind === 'refused') return setAside(sending, delivery, answer.code);
    if (answer.kind === 'receipt' && answer.receipt.state === 'failed')
      return setAside(sending, delivery, answer.receipt.failure?.code ?? 'failed');
    // taken, and not done: asked again soon, and less and less so
    if (answer.kind === 'receipt') {
      if (!isTaken) pause.reset();
      isTaken = true;
    } else if (answer.kind === 'unknown') isTaken = false;
    if (answer.kind === 'away' || answer.kind === 'barred') {
      if (seen % TOLD_EVERY === 0) tell(log, answer, about);
      seen += 1;
    }
    const least = answer.kind === 'barred' ? BARRED_MS : answer.kind === 'away' ? (answer.afterMs ?? 0) : 0;
    await waited(begun, {
      milliseconds: Math.max(pause.next(), sending.firstPauseMs === undefined ? least : 0),
    });
  }
}

const BARRED_MS = 60_000;
const TOLD_EVERY = 10;

async function exchanged(
  { spool, line }: Sending,
  delivery: SpooledDelivery,
  isTaken: boolean,
  signal: AbortSignal,
): Promise<Answered> {
  try {
    const { identity, link } = await line();
    if (isTaken) return await link.ask(delivery.id, signal);
    const body = signedBy(identity, await spool.read(delivery));
    return await link.post(body, delivery.id, signal);
  } catch (error) {
    if (!(error instanceof CertusError)) throw error;
    // what lies in the spool is not what was put there: nothing that is waited for mends that
    if (DAMAGED.has(error.code)) return { kind: 'refused', code: error.code };
    return { kind: error.code === 'key_unusable' ? 'barred' : 'away', code: error.code };
  }
}

const DAMAGED: ReadonlySet<string> = new Set(['digest_mismatch', 'object_not_found']);

/** What waited for a long time may be signed under a certificate that has ended since: the one of today says the same. */
function signedBy(identity: Identity, body: Buffer): Buffer {
  const bundle = jsonOf(gunzipSync(body)) as SignedBundle;
  if (bundle.verificationMaterial.certificate.rawBytes === identity.leaf.raw.toString('base64')) return body;
  return gzipSync(identity.seal(Buffer.from(bundle.dsseEnvelope.payload, 'base64')), { level: 1 });
}

/** As this agent made it, and sealed. */
export type SignedBundle = {
  readonly verificationMaterial: { readonly certificate: { readonly rawBytes: string } };
  readonly dsseEnvelope: { readonly payload: string };
};

async function setAside({ spool, log }: Sending, delivery: SpooledDelivery, code: string): Promise<void> {
  await spool.setAside(delivery, code);
  const { source, sequence, id, items } = delivery;
  log.error({ source, sequence, delivery: id, items, code }, 'the platform does not take it: set aside');
}

function note({ state, now }: Sending, answer: Answered): void {
  state.noteLink('code' in answer && answer.kind !== 'refused' ? answer.code : null, now().toISOString());
}

function tell(log: Logger, answer: Extract<Answered, { kind: 'away' | 'barred' }>, about: object): void {
  if (answer.kind === 'barred')
    log.error({ ...about, code: answer.code }, 'the platform lets nothing of this agent in: waiting');
  else log.warn({ ...about, code: answer.code }, 'the platform cannot be reached: waiting');
}

/** Twice as long each time, and never the same as others: many sites come back at the same moment. */
class Pause {
  readonly #first: number;
  #next: number;

  constructor(first: number) {
    [this.#first, this.#next] = [first, first];
  }

  reset(): void {
    this.#next = this.#first;
  }

  next(): number {
    const most = this.#next;
    this.#next = Math.min(this.#next * 2, this.#first * 60);
    return most / 2 + Math.random() * (most / 2);
  }
}
