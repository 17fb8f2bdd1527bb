import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createDetector } from '../../../domain/sanitize/create-detector.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../../domain/sanitize/default-privacy-policy.ts';
import { inFours, madeUp, withLuhn } from '../privacy/made-up.ts';

const detector = createDetector(DEFAULT_PRIVACY_POLICY, 'evidence');
const stopping = (text: string, path = 'findings.json') =>
  detector
    .detect(text, { path, format: 'json' })
    .filter(({ type }) => DEFAULT_PRIVACY_POLICY.evidence.actions[type] === 'quarantine');

const REPORTS = join(import.meta.dirname, '../../fixtures/reports');

test.each(readdirSync(REPORTS))('a report is not held back: %s', (name) => {
  expect(stopping(readFileSync(join(REPORTS, name), 'utf8'), name)).toEqual([]);
});

test('nor is the list of the packages that this project is made of', () => {
  const lock = readFileSync(join(import.meta.dirname, '../../../package-lock.json'), 'utf8');
  expect(stopping(lock, 'package-lock.json')).toEqual([]);
});

test('nor is anything that machines write by the thousand', () => {
  const lines = Array.from({ length: 4000 }, (_, seed) => {
    const { hex, digits, below } = madeUp(seed + 1);
    return JSON.stringify({
      commit: hex(40),
      digest: `sha256:${hex(64)}`,
      integrity: `sha512-${Buffer.from(hex(128), 'hex').toString('base64')}`,
      at: new Date(1_600_000_000_000 + below(1e9) * 97).toISOString(),
      ms: Number(`16${digits(11)}`),
      number: Number(`4${digits(15)}`),
      id: `4${digits(15)}`,
      version: `${below(20)}.${below(99)}.${below(999)}-rc.${below(9)}+${digits(8)}`,
      purl: `pkg:npm/%40scope/name@${below(9)}.${below(99)}.${below(9)}`,
      cvss: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
      cve: `CVE-20${below(25)}-${digits(5)}`,
      place: [Number(`52.${digits(14)}`), Number(`13.${digits(15)}`)],
      uuid: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
      fingerprint: hex(32).match(/../g)?.join(':'),
      range: `${digits(3)}-${digits(2)}-${digits(4)}`,
    });
  });
  expect(stopping(lines.join('\n'))).toEqual([]);
});

test('but a card in a report is', () => {
  const card = withLuhn(`4539${madeUp(3).digits(11)}`);
  expect(stopping(`{"snippet": "pay ${inFours(card)}"}`)).toHaveLength(1);
  expect(stopping(`{"snippet": "const card = '${card}'"}`)).toHaveLength(1);
});
