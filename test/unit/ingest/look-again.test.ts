import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Reading } from '../../../contracts/ingestion.ts';
import { PrivacyPolicy } from '../../../contracts/privacy.ts';
import type { Draft } from '../../../domain/ingest/draft.ts';
import type { ItemNature, ItemToRead } from '../../../services/ingest/item-reader.ts';
import { lookingAgain } from '../../../services/ingest/look-again.ts';
import { openItemReader } from '../../../services/ingest/open-item-reader.ts';
import { openNamesInTexts } from '../../../services/sanitize/names-in-texts.ts';
import { openNerClient } from '../../../services/sanitize/ner-client.ts';
import { zipOf } from '../archive/archives.ts';
import { Analyzer } from '../sanitize/analyzer.ts';

const { signal } = new AbortController();
const rulesAlone = openItemReader({ threads: 1, maxBytes: 8 * 1024 * 1024 });
afterAll(() => rulesAlone.close());

let analyzer: Analyzer;
let url: string;
beforeEach(async () => {
  // of no list of names that the rules have
  analyzer = new Analyzer({ Quillonex: 'PERSON', Brackwatery: 'LOCATION', EMAIL: 'PERSON' });
  url = await analyzer.start();
});
afterEach(() => analyzer.stop());

const policyWith = (more: object = {}) =>
  PrivacyPolicy.parse({ schema: 'https://certus.dev/privacy-policy/v1', name: 'of a test', ...more });

type Asked = {
  readonly policy?: PrivacyPolicy;
  readonly reader?: typeof rulesAlone;
  readonly seconds?: number;
};

const withModel = ({ seconds }: Pick<Asked, 'seconds'> = {}) => {
  const ner = openNerClient({ url, kinds: ['PERSON', 'LOCATION'], seconds: 5 });
  const names = openNamesInTexts({ ner, languages: ['en'] });
  return lookingAgain(rulesAlone, names, seconds === undefined ? {} : { seconds });
};

async function read(item: Omit<ItemToRead, 'bytes'> & { readonly body: string | Buffer }, asked: Asked = {}) {
  const { policy = policyWith(), reader = withModel(asked) } = asked;
  const drafts: Draft[] = [];
  const natures: ItemNature[] = [];
  const { body, ...rest } = item;
  const answer = await reader.read(
    { ...rest, bytes: Buffer.from(body) },
    { reading: Reading.parse({}), policy },
    async (some, nature) => {
      drafts.push(...some);
      natures.push(nature);
    },
    signal,
  );
  return { answer, drafts, natures };
}

describe('what the rules have left', () => {
  test('is masked where the model knows it, in titles, texts, paths and values', async () => {
    const item = {
      name: 'letters/Quillonex.md',
      body: '# To Quillonex\n\nquillo went to Brackwatery with Quillonex.\n',
      location: 's3://bucket/letters/Quillonex.md',
      extra: { author: 'Quillonex', size: 3 },
    };
    const { answer, drafts, natures } = await read(item);
    expect(drafts.length).toBeGreaterThan(0);
    expect(JSON.stringify([drafts, natures, answer])).not.toMatch(/Quillonex|Brackwatery/);
    expect(drafts.map(({ text }) => text).join()).toContain('quillo went to [LOCATION] with [PERSON].');
    expect(drafts[0]?.path).toBe('letters/[PERSON].md');
    expect(natures[0]).toMatchObject({
      location: 's3://bucket/letters/[PERSON].md',
      extra: { author: '[PERSON]', size: 3 },
    });
    expect(answer.masked).toMatchObject({ LOCATION: expect.any(Number), PERSON: expect.any(Number) });
  });

  test('is all that the model gets to see', async () => {
    const { drafts } = await read({
      name: 'a.txt',
      body: 'Quillonex, quillo@fastpost.de, 4556 7375 8689 9855\n',
    });
    expect(JSON.stringify(analyzer.asked)).not.toMatch(/fastpost|4556/);
    // nor is a mask of the rules a name to the model
    expect(drafts[0]?.text).toContain('[PERSON], [EMAIL_ADDRESS], [CREDIT_CARD]');
  });

  test('would be there to be read without the model', async () => {
    const { drafts } = await read({ name: 'Quillonex.txt', body: 'of Quillonex\n' }, { reader: rulesAlone });
    expect(JSON.stringify(drafts)).toContain('Quillonex');
  });

  test('is not masked where the policy of the workspace knows better', async () => {
    const policy = policyWith({ allow: [{ value: 'quillonex' }] });
    const { drafts } = await read({ name: 'a.txt', body: 'Quillonex of Brackwatery\n' }, { policy });
    expect(drafts[0]?.text).toContain('Quillonex of [LOCATION]');
  });

  test('is masked also in the names of files that could not be read', async () => {
    const body = zipOf([
      { name: 'good.txt', body: 'good' },
      { name: 'Quillonex.bin', body: Buffer.from('7f454c4602010100000000000000000003003e0001', 'hex') },
    ]);
    const { answer } = await read({ name: 'a.zip', body });
    expect(answer.opaque).toEqual([{ reason: 'unknown_format', place: '[PERSON].bin' }]);
  });

  test('names the model where it is told what looked: without it, it was another look', async () => {
    const { answer } = await read({ name: 'a.txt', body: 'hello there\n' });
    expect(answer.rules).toBe(withModel().rulesFor(policyWith()));
    expect(answer.rules).toBe(`${rulesAlone.rulesFor(policyWith())} ner LOCATION,PERSON en`);
  });
});

describe('a model', () => {
  test('that is away hands over nothing, and it is no fault of the item', async () => {
    const reader = withModel();
    const item = { name: 'a.txt', body: 'of Quillonex\n' };
    await analyzer.stop();
    const handed: unknown[] = [];
    const reading = reader.read(
      { name: item.name, bytes: Buffer.from(item.body) },
      { reading: Reading.parse({}), policy: policyWith() },
      async (drafts) => void handed.push(drafts),
      signal,
    );
    await expect(reading).rejects.toMatchObject({ code: 'dependency_unavailable', retryable: true });
    expect(handed).toEqual([]);
    await analyzer.start();
    expect((await read(item, { reader })).drafts[0]?.text).toContain('of [PERSON]');
  });

  test('that cannot bear an item has it set aside', async () => {
    analyzer.instead = ({ text }, response) => {
      if (!text.includes('poison')) return false;
      response.writeHead(400).end();
      return true;
    };
    await expect(read({ name: 'a.txt', body: 'poison\n' })).rejects.toMatchObject({
      code: 'item_unreadable',
      retryable: false,
    });
    expect((await read({ name: 'b.txt', body: 'Quillonex\n' })).drafts).toHaveLength(1);
  });

  test('that takes too long over an item has it set aside: the step would begin again for ever', async () => {
    await expect(read({ name: 'a.txt', body: 'hello\n' }, { seconds: -1 })).rejects.toMatchObject({
      code: 'item_unreadable',
    });
  });
});
