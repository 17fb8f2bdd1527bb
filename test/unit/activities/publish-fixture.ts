import type { PublishDeps } from '../../../activities/publish/deps.ts';
import type { Inspection, PrivacyPolicy } from '../../../contracts/privacy.ts';
import type { Database } from '../../../services/database/database.ts';
import type { Inspected, Inspector } from '../../../services/privacy/inspector.ts';

type Row = Record<string, unknown>;
type Where = { where: Row };

/** A table of which every row has a name of its own; conditions are plain equality, and `not`. */
function table(nameOf: (row: Row) => string) {
  const rows = new Map<string, Row>();
  const fits = (row: Row, where: Row) =>
    Object.entries(where).every(([key, value]) => {
      if (typeof value === 'object' && value !== null && 'not' in value) return row[key] !== value.not;
      return row[key] === value;
    });
  return {
    rows,
    createMany: async ({ data }: { data: Row[] }) => {
      const fresh = data.filter((row) => !rows.has(nameOf(row)));
      for (const row of fresh) rows.set(nameOf(row), row);
      return { count: fresh.length };
    },
    updateMany: async ({ where, data }: Where & { data: Row }) => {
      const found = [...rows].filter(([, row]) => fits(row, where));
      for (const [name, row] of found) rows.set(name, { ...row, ...data });
      return { count: found.length };
    },
    findUnique: async ({ where }: Where) => {
      const [key] = Object.values(where) as Row[];
      return (typeof key === 'object' ? [...rows.values()].find((row) => fits(row, key)) : undefined) ?? null;
    },
  };
}

/** What promotion asks of a database. The one permit's row is what a test says; it is checked by its signature anyway. */
export function publishTables(statement: Uint8Array, logProof: string | null = null) {
  const [permitUse, review, promotion, goldenCopy, order, knownDigest] = [
    table(({ destination }) => String(destination)),
    table(({ id }) => String(id)),
    table(({ testId }) => String(testId)),
    table(({ testId }) => String(testId)),
    table(({ id }) => String(id)),
    table(({ sha256, name }) => `${sha256} ${name}`),
  ];
  const policies: Row[] = [];
  const database = {
    client: {
      permit: { findUnique: async () => ({ permitted: true, statement, logProof }) },
      keySetVersion: { findFirst: async () => null },
      scan: { findUnique: async () => null },
      ...{ permitUse, review, promotion, goldenCopy, order, knownDigest },
    },
    sql: { query: async () => policies },
  } as unknown as Database;
  return {
    database,
    policies,
    reviews: review.rows,
    promotions: promotion.rows,
    copies: goldenCopy.rows,
    known: knownDigest.rows,
    order,
  };
}

const FOUND = { kinds: [], places: [], opaque: [], format: 'json', media_type: 'application/json' };

/**
 * Finds `card` (to be held back), `mail` (to be masked) and `blob` (to be held back, and nothing to be masked) where they
 * stand, so that a test says by a file's content what becomes of it.
 */
export function wordInspector(): Inspector & {
  readonly looked: string[];
  readonly policies: PrivacyPolicy[];
} {
  const looked: string[] = [];
  const policies: PrivacyPolicy[] = [];
  const mask = (text: string, words: readonly string[]) =>
    Buffer.from(words.reduce((masked, word) => masked.replaceAll(word, '[X]'), text));
  return {
    rules: 'words/1',
    looked,
    policies,
    close: async () => undefined,
    inspect: async ({ name, body }, { policy, mask: wanted, preview }): Promise<Inspected> => {
      looked.push(name);
      policies.push(policy);
      const bytes = typeof body === 'function' ? await drained(await body()) : body;
      const text = Buffer.from(bytes).toString('latin1');
      const found = ['card', 'mail', 'blob'].filter((word) => text.includes(word));
      const action: Inspection['action'] =
        found.includes('card') || found.includes('blob')
          ? 'quarantine'
          : found.includes('mail')
            ? 'mask'
            : 'pass';
      const words = wanted === 'all' ? found : found.filter((word) => word === 'mail');
      return {
        inspection: {
          ...FOUND,
          kinds: found.map((word) => ({ type: word.toUpperCase(), count: 1 })),
          places: found.map((word) => ({ type: word.toUpperCase(), place: 'line 1', confidence: 1 })),
          action,
        },
        ...(words.length === 0 || found.includes('blob')
          ? {}
          : { masked: { bytes: mask(text, words), mediaType: 'application/json', suffix: '' } }),
        ...(preview ? { preview: [{ place: 'line 1', text, spans: [] }] } : {}),
      };
    },
  };
}

async function drained(body: AsyncIterable<unknown>): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export const unlocked: PublishDeps['lockUntil'] = async () => undefined;
