import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openDirectoryStore } from '../../services/objects/directory-store.ts';

/** A process of its own that writes: node object-writer.ts <root> <what> … */
const [root = '', what = '', ...rest] = process.argv.slice(2);
const bucket = await openDirectoryStore(root).bucket('evidence');

const race = async (who: string): Promise<void> => {
  const created: string[] = [];
  const attempts = Array.from({ length: 50 }, async (_, n) => {
    const key = `race/${n}`;
    const { outcome } = await bucket.put(key, Buffer.from(who), {
      contentType: 'text/plain',
      ifAbsent: true,
    });
    if (outcome === 'created') created.push(key);
  });
  await Promise.all(attempts);
  process.send?.(created, () => process.disconnect());
};

/** Without an end: whoever started it kills it. */
const overwrite = async (letters: readonly string[]): Promise<void> => {
  for (let n = 0; ; n += 1) {
    const letter = letters[n % letters.length] ?? '';
    await bucket.put('x', Buffer.from(letter.repeat(200_000)), { contentType: `text/${letter}` });
    if (n === 1) process.send?.('going');
  }
};

const big = async (): Promise<void> => {
  const body = Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(64 * 1024, 1)));
  const answer = await bucket
    .put('big', body, { contentType: 'text/plain' })
    .catch((error: unknown) => error);
  const { code, message, outcome } = answer as Record<string, unknown>;
  const keys: string[] = [];
  for await (const entry of bucket.list('')) keys.push(entry.key);
  const staged = await readdir(join(root, '.tmp'));
  process.stdout.write(JSON.stringify({ code, message, outcome, keys, staged }));
};

if (what === 'race') await race(rest[0] ?? '');
else if (what === 'overwrite') await overwrite(rest);
else await big();
