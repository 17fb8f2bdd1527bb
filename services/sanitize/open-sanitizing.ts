import { Piscina } from 'piscina';
import { CertusError } from '../../contracts/errors.ts';
import type { Detected } from '../../domain/sanitize/detector.ts';
import { type SanitizeSecret, tenantSanitizeKey } from '../../domain/sanitize/operators/sanitize-key.ts';
import type { NerClient } from './ner-client.ts';
import type { SanitizeThreadAnswer } from './sanitize-thread.ts';
import type { SanitizeOrder, SanitizeTask, Sanitizing } from './sanitizing.ts';

type Options = {
  readonly threads: number;
  /** For one request. */
  readonly seconds?: number;
  /** What pseudonyms and hashes of every tenant are made with. */
  readonly secret?: SanitizeSecret | undefined;
  /** A model that is asked besides. One that does not answer is an error: without it names would stay, and nobody would know. */
  readonly ner?: NerClient | undefined;
};

/** Threads that sanitize texts. None is started before there is something to do, and none stays for long when there is not. */
export function openSanitizing({ threads, seconds = 30, secret, ner }: Options): Sanitizing {
  const pool = new Piscina<SanitizeTask, SanitizeThreadAnswer>({
    filename: new URL('./sanitize-thread.ts', import.meta.url).href,
    name: 'sanitizeTexts',
    minThreads: 0,
    maxThreads: threads,
    maxQueue: MAX_WAITING,
    idleTimeout: 30_000,
    env: {}, // not a thread's business: the process's has passwords in it
    resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 },
  });
  return {
    async sanitize(texts, order) {
      const key = keyFor(order, secret);
      const known = ner === undefined ? undefined : await inTurn(texts, ner, order.language);
      const { policy, language: _, tenant: __, ...rest } = order;
      const task: SanitizeTask = {
        texts: texts.map((text, at) => ({ text, known: known?.[at] ?? [] })),
        ...{ policy: JSON.stringify(policy), order: rest, key },
      };
      const answer = await inTime(pool, task, seconds);
      if ('failure' in answer) throw new CertusError(answer.failure.code, answer.failure.message);
      return { ...answer, model: ner?.name ?? null };
    },
    close: () => pool.destroy(),
  };
}

/** Whoever comes later is told to come back. */
const MAX_WAITING = 64;

const KEYED: ReadonlySet<string> = new Set(['pseudonymise', 'hash']);

function keyFor(
  { tenant, operator, operators, detectOnly }: SanitizeOrder,
  secret: SanitizeSecret | undefined,
): SanitizeTask['key'] {
  if (detectOnly || ![operator, ...Object.values(operators)].some((one) => KEYED.has(one))) return undefined;
  if (secret !== undefined) return tenantSanitizeKey(secret, tenant);
  throw new CertusError(
    'no_sanitize_key',
    'to pseudonymise or to hash takes a key: set CERTUS_SANITIZE_KEY_FILE, certus sanitize --new-key makes one',
  );
}

async function inTurn(texts: readonly string[], ner: NerClient, language: string): Promise<Detected[][]> {
  const found: Detected[][] = [];
  for (const text of texts) found.push(await ner.find(text, language));
  return found;
}

async function inTime(
  pool: Piscina<SanitizeTask, SanitizeThreadAnswer>,
  task: SanitizeTask,
  seconds: number,
): Promise<SanitizeThreadAnswer> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), seconds * 1000);
  try {
    return await pool.run(task, { signal: limit.signal });
  } catch (error) {
    if (limit.signal.aborted)
      throw new CertusError('dependency_unavailable', 'the sanitizer has too much to do; try again', {
        cause: error,
      });
    if (error instanceof Error && /Task queue is at limit/.test(error.message))
      throw new CertusError('dependency_unavailable', 'the sanitizer has too much to do; try again');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
