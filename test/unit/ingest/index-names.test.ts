import { afterAll, describe, expect, test } from '@jest/globals';
import { nameKeyFor } from '../../../activities/ingest/name-key.ts';
import { Reading } from '../../../contracts/ingestion.ts';
import { PrivacyPolicy } from '../../../contracts/privacy.ts';
import { restore } from '../../../domain/sanitize/operators/restore.ts';
import { createSanitizer } from '../../../domain/sanitize/operators/sanitize.ts';
import { tenantSanitizeKey } from '../../../domain/sanitize/operators/sanitize-key.ts';
import { lookingAgain } from '../../../services/ingest/look-again.ts';
import { openItemReader } from '../../../services/ingest/open-item-reader.ts';
import { openNamesInTexts } from '../../../services/sanitize/names-in-texts.ts';
import { openNerClient } from '../../../services/sanitize/ner-client.ts';
import { Analyzer } from '../sanitize/analyzer.ts';

const { signal } = new AbortController();
const byRules = openItemReader({ threads: 1, maxBytes: 8 * 1024 * 1024 });
afterAll(() => byRules.close());

const secret = new Uint8Array(32).fill(3);
const acme = tenantSanitizeKey(secret, 'acme');
const globex = tenantSanitizeKey(secret, 'globex');
const EMAIL = 'jonathan.whitfield@fastpost.de';

const policyWith = (more: object = {}) =>
  PrivacyPolicy.parse({ schema: 'https://certus.dev/privacy-policy/v1', name: 'of a test', ...more });

async function read(body: string, key: Uint8Array | 'none' = acme.hashes, reader = byRules) {
  const texts: string[] = [];
  const nameKey = key === 'none' ? undefined : key;
  const order = { reading: Reading.parse({}), policy: policyWith(), nameKey };
  const item = { name: 'a.txt', bytes: Buffer.from(body) };
  await reader.read(
    item,
    order,
    async (drafts) => void texts.push(...drafts.map(({ text }) => text)),
    signal,
  );
  return texts.join('\n');
}

const namesIn = (text: string): string[] => text.match(/\[[A-Z_]+_[a-z2-7]{16}\]/g) ?? [];

describe('names in the index', () => {
  test('are the same for the same, wherever it stands and however it is written', async () => {
    const [first] = namesIn(await read(`write to ${EMAIL}\n`));
    const [second] = namesIn(await read(`${EMAIL.toUpperCase()} has answered\n`));
    expect(first).toMatch(/^\[EMAIL_ADDRESS_/);
    expect(second).toBe(first);
    expect(namesIn(await read('write to somebody.else@fastpost.de\n'))[0]).not.toBe(first);
  });

  test('are others with each tenant, and lead nobody back, with the key or without it', async () => {
    const text = await read(`write to ${EMAIL}\n`);
    expect(namesIn(await read(`write to ${EMAIL}\n`, globex.hashes))).not.toEqual(namesIn(text));
    expect(restore(text, acme).text).toBe(text);
  });

  test('are those that the sanitizer gives to who has the key: what is known of somebody can be looked for', async () => {
    const { text } = createSanitizer({ operator: 'hash', key: acme }).sanitize(EMAIL);
    expect(await read(`write to ${EMAIL}\n`)).toContain(text);
  });

  test('have no secret: it is nobody', async () => {
    const text = await read(`password = "hunter2-Correct-Horse-9x7Q"\n`);
    expect(text).toContain('[SECRET]');
    expect(namesIn(text)).toEqual([]);
  });

  test('are kinds where no key is given', async () => {
    expect(await read(`write to ${EMAIL}\n`, 'none')).toContain('write to [EMAIL_ADDRESS]');
  });

  test('stay as they are in a text that is brought a second time', async () => {
    const once = await read(`write to ${EMAIL}, Mr. Jonathan Whitfield, +49 30 901820\n`);
    expect(namesIn(once)).toHaveLength(3);
    expect(await read(once)).toBe(once);
    expect(await read(once, globex.hashes)).toBe(once);
  });

  test('are the same on both sides of where a long text is cut', async () => {
    const line = `a line like many others, and then ${EMAIL} comes\n`;
    const text = await read(line.repeat(20_000));
    expect(new Set(namesIn(text)).size).toBe(1);
    expect(text).not.toContain('fastpost');
  });

  test('are given to what the model finds as well', async () => {
    const analyzer = new Analyzer({ Quillonex: 'PERSON' });
    const url = await analyzer.start();
    try {
      const ner = openNerClient({ url, kinds: ['PERSON'], seconds: 5 });
      const reader = lookingAgain(byRules, openNamesInTexts({ ner, languages: ['en'] }));
      const text = await read('Quillonex met QUILLONEX and Quillonex.\n', acme.hashes, reader);
      expect(namesIn(text)).toHaveLength(2);
      expect(new Set(namesIn(text)).size).toBe(1);
      expect(reader.rulesFor(policyWith(), acme.hashes)).toBe(
        `${byRules.rulesFor(policyWith(), acme.hashes)} ner PERSON en`,
      );
    } finally {
      await analyzer.stop();
    }
  });

  test('have everything read again when they come, go, or are made with another key', () => {
    const rules = [undefined, acme.hashes, globex.hashes].map((key) => byRules.rulesFor(policyWith(), key));
    expect(new Set(rules).size).toBe(3);
  });
});

describe('a policy', () => {
  const naming = policyWith({ index: { replace_with: 'name' } });
  const nameKey = (tenant: string) => tenantSanitizeKey(secret, tenant).hashes;

  test('that asks for names gets those of its tenant', () => {
    expect(nameKeyFor({ nameKey }, 'acme', naming)).toEqual(acme.hashes);
  });

  test('that asks for names where there is no key has nothing indexed', () => {
    expect(() => nameKeyFor({}, 'acme', naming)).toThrow(
      expect.objectContaining({ code: 'no_sanitize_key' }),
    );
  });

  test('that says nothing of them is by its digest the one that it was, and gets kinds', () => {
    for (const policy of [policyWith(), policyWith({ index: { replace_with: 'kind' } })])
      expect(nameKeyFor({ nameKey }, 'acme', policy)).toBeUndefined();
    expect(policyWith()).not.toHaveProperty('index');
  });
});
