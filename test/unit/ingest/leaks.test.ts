import { afterAll, describe, expect, test } from '@jest/globals';
import type { Finding } from '../../../contracts/finding.ts';
import { Reading } from '../../../contracts/ingestion.ts';
import { findingDocuments } from '../../../domain/finding/finding-documents.ts';
import type { Draft } from '../../../domain/ingest/draft.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../../domain/sanitize/default-privacy-policy.ts';
import { openItemReader } from '../../../services/ingest/open-item-reader.ts';
import { DOCUMENTS } from '../../fixtures/planted/documents.ts';
import { EMAIL, LEADS, LINES, leaksIn, PERSONALS, PRIVATE_KEY } from '../../fixtures/planted/personal.ts';
import { REPORTS } from '../../fixtures/planted/reports.ts';
import { type PlantedItem, REMARK, TEXTS } from '../../fixtures/planted/texts.ts';
import { zipOf } from '../archive/archives.ts';

const reader = openItemReader({ threads: 1, maxBytes: 1 << 24 });
afterAll(() => reader.close());

async function read({ name, bytes }: PlantedItem) {
  const drafts: Draft[] = [];
  const item = { name, bytes, location: `s3://handbooks/${name}`, extra: { branch: name } };
  const order = { reading: Reading.parse({}), policy: DEFAULT_PRIVACY_POLICY };
  const take = async (some: readonly Draft[]) => void drafts.push(...some);
  const told = await reader.read(item, order, take, AbortSignal.timeout(60_000));
  return { drafts, told };
}

describe('of what stands in every corner of a file nothing personal comes through, and the rest does', () => {
  test.each([...TEXTS, ...DOCUMENTS, ...REPORTS].map((item) => [item.name, item] as const))(
    '%s',
    async (_, item) => {
      const { drafts, told } = await read(item);
      const all = JSON.stringify({ drafts, told });
      expect(leaksIn(all)).toEqual([]);
      expect(item.words.filter((word) => !all.includes(word))).toEqual([]);
      expect(told.opaque).toEqual([]);
    },
  );
});

test('findings of scans are indexed without it as well, in whatever field a tool has put it', () => {
  const findings = LINES.map(
    (line, at): Finding =>
      ({
        ...{
          tool: `linter of ${EMAIL}`,
          kind: 'code',
          rule: `R${at}-${EMAIL}`,
          severity: 'high',
          title: line,
        },
        ...{
          message: line,
          snippet: `const key = ${JSON.stringify(PRIVATE_KEY)}; // ${REMARK}`,
          fingerprint: `${at}`,
        },
        location: { path: `home/${EMAIL}/${at}.js`, start_line: 1, end_line: 1 },
      }) as Finding,
  );
  const origin = { component: 'shop', testId: 'test_1', capturedAt: '2026-01-01T00:00:00.000Z' };
  const { documents, masked } = findingDocuments(findings, origin);
  const all = JSON.stringify(documents);
  expect(leaksIn(all)).toEqual([]);
  expect(LEADS.filter((word) => !all.includes(word))).toEqual([]);
  expect(masked).toBeGreaterThan(LINES.length);
});

test.each(PERSONALS.map(({ kind, value }) => [kind, value] as const))(
  'a leak of %s would be seen, in each dress',
  (_, value) => {
    const dresses = [
      value,
      value.toUpperCase(),
      value.toLowerCase(),
      encodeURIComponent(value),
      value.replace(/[@.:-]/g, (sign) => `&#${sign.charCodeAt(0)};`),
      Array.from(value).join('\u200b'),
      Buffer.from(`a ${value} b`).toString('base64'),
      Buffer.from(`ab ${value}`).toString('base64url'),
      Buffer.from(value).toString('hex'),
    ];
    for (const dress of dresses) expect([dress, leaksIn(`before ${dress} behind`)]).not.toEqual([dress, []]);
  },
);

test('what could not be read is told with what could, also what comes to light at its end', async () => {
  const files = [
    { name: 'plain.txt', body: TEXTS[0]?.bytes ?? '' },
    { name: 'noise.bin', body: Buffer.from([0, 1, 2, 3, 0, 255, 254, 0, 7]) },
  ];
  const { drafts, told } = await read({ name: 'some.zip', bytes: zipOf(files), words: [] });
  expect(drafts.length).toBeGreaterThan(0);
  expect(told.opaque).toEqual([{ reason: 'unknown_format', place: 'noise.bin' }]);
});
