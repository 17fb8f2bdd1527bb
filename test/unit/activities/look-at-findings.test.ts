import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lookAtFindings } from '../../../activities/ingest/look-at-findings.ts';
import { findingDocuments } from '../../../domain/finding/finding-documents.ts';
import { createSanitizer } from '../../../domain/sanitize/operators/sanitize.ts';
import { tenantSanitizeKey } from '../../../domain/sanitize/operators/sanitize-key.ts';
import { openNamesInTexts } from '../../../services/sanitize/names-in-texts.ts';
import { openNerClient } from '../../../services/sanitize/ner-client.ts';
import { findingOf } from '../domain/finding-fixture.ts';
import { Analyzer } from '../sanitize/analyzer.ts';

const { signal } = new AbortController();
let analyzer: Analyzer;
let names: ReturnType<typeof openNamesInTexts>;

beforeEach(async () => {
  analyzer = new Analyzer({ Quillonex: 'PERSON' });
  const ner = openNerClient({ url: await analyzer.start(), kinds: ['PERSON'], seconds: 5 });
  names = openNamesInTexts({ ner, languages: ['en'] });
});
afterEach(() => analyzer.stop());

const documentsOf = (...titles: readonly string[]) =>
  findingDocuments(
    titles.map((title, at) => findingOf({ title, fingerprint: at.toString(16).padStart(64, '0') })),
    { component: 'shop', testId: 'test_0123456789ab', capturedAt: '2026-06-01T12:00:00.000Z' },
  ).documents;

test('findings of scans are looked at by the model as well, before they are indexed', async () => {
  const documents = documentsOf('a key of Quillonex', 'a weak cipher');
  const looked = await lookAtFindings(names, documents, signal);
  expect(looked).toMatchObject({ masked: 1, unread: [] });
  expect(looked.documents.map(({ title }) => title)).toEqual(['a key of [PERSON]', 'a weak cipher']);
  expect(looked.documents.map(({ id }) => id)).toEqual(documents.map(({ id }) => id));
});

test('without a model they are as the rules have left them', async () => {
  const documents = documentsOf('a key of Quillonex');
  expect(await lookAtFindings(undefined, documents, signal)).toEqual({ documents, masked: 0, unread: [] });
});

test('of those that the model refuses none is indexed, and all others are', async () => {
  analyzer.instead = ({ text }, response) => {
    if (!text.includes('poison')) return false;
    response.writeHead(500).end();
    return true;
  };
  const documents = documentsOf('one', 'poison', 'of Quillonex', 'four', 'five');
  const looked = await lookAtFindings(names, documents, signal);
  expect(looked.documents.map(({ title }) => title)).toEqual(['one', 'of [PERSON]', 'four', 'five']);
  expect(looked.unread).toEqual([documents[1]?.id]);
});

test('a model that is away is waited for: nothing is indexed that it has not seen', async () => {
  await analyzer.stop();
  await expect(lookAtFindings(names, documentsOf('one'), signal)).rejects.toMatchObject({
    code: 'dependency_unavailable',
    retryable: true,
  });
});

test('what was given a pseudonym before it was found is left as it is', () => {
  const key = tenantSanitizeKey(new Uint8Array(32).fill(7), 'acme');
  const { text } = createSanitizer({ operator: 'pseudonymise', key }).sanitize('jo@fastpost.de');
  const said = `password = "${text}" of [PERSON]`;
  expect(documentsOf(said)[0]?.title).toBe(said);
});
