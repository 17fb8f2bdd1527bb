import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PrivacyPolicy } from '../../../contracts/privacy.ts';
import type { InspectRequest } from '../../../services/privacy/inspector.ts';
import { openInspector } from '../../../services/privacy/open-inspector.ts';
import { openNamesInTexts } from '../../../services/sanitize/names-in-texts.ts';
import { openNerClient } from '../../../services/sanitize/ner-client.ts';
import { zipOf } from '../archive/archives.ts';
import { Analyzer } from '../sanitize/analyzer.ts';
import * as documents from '../text/documents.ts';

const NAME = 'Quillonex'; // of no list that the rules have
const analyzer = new Analyzer({ [NAME]: 'PERSON', Brackwatery: 'LOCATION' });
const url = await analyzer.start();
await analyzer.stop();
beforeEach(async () => {
  analyzer.instead = () => false;
  analyzer.asked.length = 0;
  await analyzer.start();
});
afterEach(() => analyzer.stop());

const names = (kinds: readonly string[] = ['PERSON']) =>
  openNamesInTexts({ ner: openNerClient({ url, kinds, seconds: 5 }), languages: ['en'] });
const inspector = openInspector({ threads: 1, maxBytes: 8 * 1024 * 1024, names: names() });
const byRules = openInspector({ threads: 1, maxBytes: 8 * 1024 * 1024 });
afterAll(() => Promise.all([inspector.close(), byRules.close()]));

const policyWith = (documentRules: object, more: object = {}): PrivacyPolicy =>
  PrivacyPolicy.parse({
    schema: 'https://certus.dev/privacy-policy/v1',
    name: 'of a test',
    documents: documentRules,
    ...more,
  });
const masking = policyWith({ action: 'mask' });

type Asked = Partial<Omit<InspectRequest, 'mask'>> & {
  readonly name?: string;
  readonly by?: typeof inspector;
};
const inspect = (body: string | Uint8Array, { name = 'a.txt', by = inspector, ...request }: Asked = {}) => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return by.inspect(
    { name, size: bytes.length, body: bytes },
    { policy: masking, as: 'documents', mask: 'action', ...request },
  );
};
const textOf = (masked: { bytes: Uint8Array } | undefined) =>
  masked === undefined ? undefined : Buffer.from(masked.bytes).toString();

describe('a document', () => {
  test('is looked at by the model as well: what it finds counts like what the rules find', async () => {
    const text = `hello\nwrite to ${NAME}, jo@fastpost.de\n`;
    const { inspection, masked } = await inspect(text, { preview: true });
    expect(inspection).toMatchObject({
      action: 'mask',
      kinds: [
        { type: 'EMAIL_ADDRESS', count: 1 },
        { type: 'PERSON', count: 1 },
      ],
      places: expect.arrayContaining([expect.objectContaining({ type: 'PERSON', place: 'line 2' })]),
    });
    expect(textOf(masked)).toBe('hello\nwrite to [PERSON], [EMAIL_ADDRESS]\n');
    // and without the model it would have gone as it is
    expect(textOf((await inspect(text, { by: byRules })).masked)).toContain(NAME);
  });

  test('keeps its form where what the model found is masked', async () => {
    const { masked } = await inspect(`{"to": "${NAME.replace('Q', '\\u0051')}", "n": [1]}`, {
      name: 'a.json',
    });
    expect(JSON.parse(textOf(masked) ?? '')).toEqual({ to: '[PERSON]', n: [1] });
    const csv = await inspect(`who;what\n${NAME};"a ""b"""\n`, { name: 'a.csv' });
    expect(textOf(csv.masked)).toBe('who;what\n[PERSON];"a ""b"""\n');
  });

  test('of an office program is shown masked as well', async () => {
    const word = documents.word(documents.paragraph('hello') + documents.paragraph(`of ${NAME}`));
    const { masked } = await inspect(word, { name: 'a.docx' });
    expect(textOf(masked)).toContain('of [PERSON]');
  });

  test('has no name that the model knows, nor is one told of what lies in it', async () => {
    expect((await inspect('hello', { name: `${NAME}.txt` })).inspection).toMatchObject({
      action: 'quarantine',
      places: [{ type: 'PERSON', place: 'name' }],
    });
    const zip = zipOf([
      { name: `${NAME}.txt`, body: 'jo@fastpost.de' },
      { name: `${NAME}.bin`, body: Buffer.from('7f454c4602010100000000000000000003003e0001', 'hex') },
    ]);
    const { inspection } = await inspect(zip, { name: 'a.zip' });
    expect(inspection.opaque.length).toBeGreaterThan(0);
    expect(JSON.stringify(inspection)).not.toContain(NAME);
  });

  test('is judged by the policy, whoever has found something', async () => {
    const allow = [{ value: NAME }];
    const action = async (policy: PrivacyPolicy) =>
      (await inspect(`of ${NAME}`, { policy })).inspection.action;
    expect(await action(policyWith({ actions: { PERSON: 'quarantine' } }))).toBe('quarantine');
    expect(await action(policyWith({ actions: { PERSON: 'ignore' } }))).toBe('pass');
    expect(await action(policyWith({ min_confidence: 0.9 }))).toBe('pass');
    expect(await action(policyWith({}, { allow }))).toBe('pass');
    // it was never asked for places
    expect((await inspect('of Brackwatery')).inspection.kinds).toEqual([]);
  });

  test('is asked about in few requests, however many parts it has', async () => {
    const many = zipOf(Array.from({ length: 200 }, (_, at) => ({ name: `${at}.txt`, body: `part ${at}` })));
    const { inspection } = await inspect(many, { name: 'a.zip' });
    expect(inspection.action).toBe('pass');
    expect(analyzer.asked.length).toBeLessThan(10);
  });
});

test('evidence of scanners is left to the rules', async () => {
  const { inspection } = await inspect(`author ${NAME}`, { as: 'evidence' });
  expect(inspection.kinds).toEqual([]);
  expect(analyzer.asked).toEqual([]);
});

test('it is told that a model looked, and at what', () => {
  expect(inspector.rules).toBe(`${byRules.rules} ner PERSON en of documents`);
  const kinds = Array.from({ length: 20 }, (_, at) => `SOME_KIND_OF_DATA_${at}`);
  expect(names(kinds).name.length).toBeLessThan(60);
});

describe('a model', () => {
  test('that is away lets nothing pass, nor is it the fault of the document', async () => {
    const policy = policyWith({ opaque: 'pass' });
    await analyzer.stop();
    await expect(inspect('hello', { policy })).rejects.toMatchObject({
      code: 'dependency_unavailable',
      retryable: true,
    });
    await analyzer.start();
    expect((await inspect('hello', { policy })).inspection.action).toBe('pass');
  });

  test('that refuses a document leaves nobody to say what is in it', async () => {
    analyzer.instead = ({ text }, response) => {
      if (!text.includes('poison')) return false;
      response.writeHead(500).end();
      return true;
    };
    expect(await inspect('poison')).toEqual({
      inspection: expect.objectContaining({
        action: 'quarantine',
        opaque: [{ reason: 'damaged', place: 'the file' }],
      }),
    });
    // where the policy lets pass what nobody can read, what the rules have read does not come along with it
    const policy = policyWith({ action: 'quarantine', opaque: 'pass' });
    expect((await inspect('poison', { policy })).inspection.action).toBe('pass');
    expect((await inspect('poison of jo@fastpost.de', { policy })).inspection).toMatchObject({
      action: 'quarantine',
      kinds: [{ type: 'EMAIL_ADDRESS', count: 1 }],
    });
    expect((await inspect('hello')).inspection.action).toBe('pass');
  });

  test('that refuses the masked copy leaves none: what is in it nobody has looked at', async () => {
    analyzer.instead = ({ text }, response) => {
      if (!text.includes('[PERSON]')) return false;
      response.writeHead(500).end();
      return true;
    };
    expect(await inspect(`of ${NAME}`)).toEqual({ inspection: expect.objectContaining({ action: 'mask' }) });
  });

  test('that would take for ever over a file is given up: nobody can say what is in it', async () => {
    const given = openInspector({ threads: 1, maxBytes: 1e6, names: names(), modelSeconds: -1 });
    try {
      expect((await inspect('hello', { by: given })).inspection.action).toBe('quarantine');
    } finally {
      await given.close();
    }
  });
});
