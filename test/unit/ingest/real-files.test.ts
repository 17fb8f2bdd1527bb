import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { Reading } from '../../../contracts/ingestion.ts';
import type { Draft } from '../../../domain/ingest/draft.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../../domain/sanitize/default-privacy-policy.ts';
import { openItemReader } from '../../../services/ingest/open-item-reader.ts';

const FILES = join(import.meta.dirname, '..', '..', 'fixtures', 'real');
const PERSONAL = /gonzalez|harborview-clinic|901820|DE89|0532\s?0130/i;

const reader = openItemReader({ threads: 1, maxBytes: 1 << 24 });
afterAll(() => reader.close());

/** Files as programs write them that people use: what we make by hand ourselves has only what we think of. */
test.each([
  ['pandoc.docx', 'docx', ['more pears', 'kind to the plums', 'footnote', 'riverbank', 'quarterly harvest']],
  ['pandoc.odt', 'odt', ['more pears', 'kind to the plums', 'footnote', 'riverbank', 'quarterly harvest']],
  ['pandoc.pptx', 'pptx', ['more pears', 'kind to the plums', 'riverbank', 'quarterly harvest']],
  ['pandoc.rtf', 'rtf', ['more pears', 'kind to the plums', 'footnote', 'riverbank', 'quarterly harvest']],
  ['pandoc.rst', 'rst', ['more pears', 'kind to the plums', 'footnote', 'riverbank']],
  ['pandoc.html', 'html', ['more pears', 'kind to the plums', 'footnote', 'riverbank', 'quarterly harvest']],
  ['chromium.pdf', 'pdf', ['more pears', 'kind to the plums', 'footnote', 'riverbank']],
  ['typst.pdf', 'pdf', ['more pears', 'kind to the plums', 'hillside']],
  ['openpyxl.xlsx', 'xlsx', ['Harvest', 'hillside', 'riverbank', 'pears, says', 'kind to the plums']],
  ['python.eml', 'eml', ['more pears', 'kind to the plums', 'quarterly harvest', 'riverbank']],
  ['zip.zip', 'zip', ['more pears', 'kind to the plums']],
  ['tar.tgz', 'gzip', ['more pears', 'kind to the plums', 'footnote']],
])('%s is read as what it is, and nothing personal comes through', async (name, format, words) => {
  const drafts: Draft[] = [];
  const item = { name: 'harvest', bytes: readFileSync(join(FILES, name)), location: name, extra: {} };
  const take = async (some: readonly Draft[]) => void drafts.push(...some);
  const order = { reading: Reading.parse({}), policy: DEFAULT_PRIVACY_POLICY };
  const told = await reader.read(item, order, take, AbortSignal.timeout(60_000));
  const all = JSON.stringify(drafts).replace(/\s+|\\n/g, ' ');
  expect(told.format).toBe(format);
  expect(told.opaque).toEqual([]);
  expect(words.filter((word) => !all.includes(word))).toEqual([]);
  expect(PERSONAL.exec(all)?.[0]).toBeUndefined();
});
