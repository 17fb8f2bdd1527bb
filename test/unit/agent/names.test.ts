import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createNameMask, type NameMask } from '../../../services/agent/name-mask.ts';
import { openSiteKeys } from '../../../services/agent/site-keys.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { policy } from './agent-fixture.ts';

const root = temporaryFolder('names');
let mask: NameMask;
let other: NameMask;
beforeAll(async () => {
  mask = createNameMask(policy, await openSiteKeys(join(root, 'one.key'), true));
  other = createNameMask(policy, await openSiteKeys(join(root, 'other.key'), true));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the key of an item', () => {
  test('is its own where nothing of it is personal', () => {
    for (const key of [
      'src/main/java/App.java',
      'docs/2024-01-02/report-v1.2.3.pdf',
      'commit/a3f5c2d1e4b5a6978877',
    ])
      expect(mask.key('docs', key)).toBe(key);
  });

  test.each([
    'people/Maria Gonzalez/contract.pdf',
    'people/maria_gonzalez.pdf',
    'people/maria.gonzalez.txt',
    'mail/maria.gonzalez@acme.de-notes.md',
    'calls/tel_+4915123456789.wav',
    'cards/card-4111-1111-1111-1111.txt',
    'ssn-536-22-1234.pdf',
    'bank/DE89370400440532013000.csv',
    'hosts/10.1.2.3.log',
  ])('says nothing of %s, and is the same each time and its alone', (key) => {
    const name = mask.key('docs', key);
    for (const hidden of ['Gonzalez', 'gonzalez', '15123456789', '4111', '536-22', '370400440', '10.1.2'])
      if (key.includes(hidden)) expect(name).not.toContain(hidden);
    expect(name).toMatch(/\[[A-Z_]+\].*~[0-9a-f]{32}$/);
    expect(mask.key('docs', key)).toBe(name);
    // who has another key cannot try out which name it was
    expect(other.key('docs', key).split('~')[0]).toBe(name.split('~')[0]);
    expect(other.key('docs', key)).not.toBe(name);
    expect(mask.key('mails', key)).not.toBe(name);
  });

  test('stays apart from every other one', () => {
    const [one, two] = ['people/Maria Gonzalez.pdf', 'people/Maria Rodriguez.pdf'].map((key) =>
      mask.key('d', key),
    );
    expect(one?.split('~')[0]).toBe(two?.split('~')[0]);
    expect(one).not.toBe(two);
    const long = 'x/'.repeat(440);
    expect(mask.key('d', `${long}a`)).not.toBe(mask.key('d', `${long}b`));
  });

  test('fits, and can be shown, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1500 }), (key) => {
        const name = mask.key('docs', key);
        expect(name.length).toBeLessThanOrEqual(1000);
        expect(name.isWellFormed()).toBe(true);
        expect(name).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
      }),
      { numRuns: 60 },
    );
  });
});

test('the name of a file keeps what tells its format, and no name of a person for one', () => {
  expect(mask.file('maria.gonzalez@acme.de.docx')).toMatch(/^\[EMAIL_ADDRESS\].docx$/);
  expect(mask.file('report.tar.gz')).toBe('report.tar.gz');
  expect(mask.file('maria.lopez')).not.toContain('lopez');
});

test.each(['pl', 'rs', 'cc', 'sh'])(
  'what ends in .%s is masked as a whole as well as before its ending',
  (ending) => {
    for (const name of [`info@firma.${ending}`, `maria.gonzalez@acme.de.${ending}`]) {
      expect(mask.file(name)).toContain('[');
      for (const hidden of ['info@', 'firma', 'gonzalez', 'acme'])
        expect(mask.file(name)).not.toContain(hidden);
    }
    expect(mask.file(`backup.${ending}`)).toBe(`backup.${ending}`);
  },
);
