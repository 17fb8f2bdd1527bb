import { expect, test } from '@jest/globals';
import { lakeSource } from '../../../api/datalake/lake-source.ts';
import { chosenBy } from '../../../services/connectors/globs.ts';

const SCOPE = { tenant: 'acme', workspace: 'web' };
const DOCS = 'docs_0123456789abcdef01234567';
const SCAN = 'test_0123456789abcdef01234567';
const one = { only: true };

test.each([
  [undefined, `acme/web/documents/${DOCS}/golden/documents/a.md`, DOCS],
  ['golden', `acme/web/security-scans/${SCAN}/golden/reports/sast/bandit.json`, SCAN],
  [undefined, `acme/web/documents/${DOCS}/`, DOCS],
  [undefined, `acme/web/documents/${DOCS}`, DOCS],
])('in %s, %s is a golden copy', (bucket, place, test_id) => {
  expect(lakeSource(SCOPE, bucket, place, one)).toEqual({ kind: 'golden', test_id });
});

test.each([
  ['of another workspace', `acme/other/documents/${DOCS}/golden/a.md`],
  ['of another tenant', `other/web/documents/${DOCS}/golden/a.md`],
  ['of the other kind of run', `acme/web/security-scans/${DOCS}/golden/a.md`],
  ['that leads elsewhere', `acme/web/../web/documents/${DOCS}/golden/a.md`],
  ['of no run', 'acme/web/documents/'],
  ['on a disk', '/etc/passwd'],
])('a key %s is none', (_, place) => {
  expect(() => lakeSource(SCOPE, undefined, place, one)).toThrow(
    expect.objectContaining({ code: 'invalid_key' }),
  );
});

test('in any other bucket it is a source: one object alone, or what is below', () => {
  const object = lakeSource(SCOPE, 'handbook', 'policies/leave', one);
  expect(object).toMatchObject({ kind: 's3', bucket: 'handbook', prefix: 'policies/leave' });
  const all = lakeSource(SCOPE, 'handbook', 'policies/', { only: false });
  if (object.kind !== 's3' || all.kind !== 's3') throw new Error('another source');
  expect(chosenBy(object)('deep/below.pdf')).toBe(false);
  expect(chosenBy(all)('deep/below.pdf')).toBe(true);
});
