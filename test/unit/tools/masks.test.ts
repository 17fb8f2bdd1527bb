import { describe, expect, test } from '@jest/globals';
import { createLineMask } from '../../../domain/tools/mask-line.ts';
import { maskReport } from '../../../domain/tools/mask-report.ts';

const TOKEN = ['ghp', '16C7e42F292c6912E7710c838347Ae178B4a'].join('_');
const KEY = ['-----BEGIN RSA ', 'PRIVATE KEY-----'].join('');
const END = ['-----END RSA ', 'PRIVATE KEY-----'].join('');

describe('lines of a log', () => {
  test('lose their secrets and stay what they are otherwise', () => {
    const mask = createLineMask();
    expect(mask(`token ${TOKEN} in src/a.py:3`)).toBe(`token ${'*'.repeat(TOKEN.length)} in src/a.py:3`);
    expect(mask('https://user:hunter2hunter@example.org/x')).not.toContain('hunter2');
    expect(mask('Scanned 12 files in 3.2s, 4 findings')).toBe('Scanned 12 files in 3.2s, 4 findings');
  });

  test('lose what stands without quotes, too', () => {
    const mask = createLineMask();
    for (const line of [
      'request: Authorization: Basic c3dvcmRmaXNo',
      'password: swordfish',
      'DB_PASSWORD=c3dvcmRmaXNo',
      'cannot reach postgres://shop:sword/fish@db/shop',
      'cannot reach postgres://shop:sword@fish@db/shop',
    ]) {
      const shown = mask(line);
      expect(shown).toHaveLength(line.length);
      expect(shown).not.toMatch(/swordf|sword[@/]|fish|c3dvcm/);
    }
    const plain = ['password: ', 'token_count=5', 'password_policy: strict', 'no secret: not found'];
    expect(plain.map(mask)).toEqual(plain);
  });

  test('lose a private key, of which no line looks like a secret', () => {
    const mask = createLineMask();
    const lines = ['before', KEY, 'MIIEow', 'abc=', END, 'after'];
    expect(lines.map(mask)).toEqual(['before', ...Array(4).fill('[private key]'), 'after']);
  });
});

describe('a report', () => {
  const masked = (report: unknown, folders: [string, string][] = []): unknown =>
    JSON.parse(maskReport(Buffer.from(JSON.stringify(report)), { folders }).toString('utf8'));

  test('loses secrets that it quotes, and keeps digests and identifiers', () => {
    const digest = 'a3f5'.repeat(16);
    const report = {
      fingerprint: digest,
      purl: 'pkg:npm/%40scope/name@1.0.0',
      region: { snippet: { text: `key = "${TOKEN}"\nother = 1` } },
      message: { text: 'password = "correct-horse-battery-9"' },
      url: 'https://user:s3cretpassword@example.org/',
      [TOKEN]: 1,
    };
    const result = masked(report);
    expect(result).toMatchObject({ fingerprint: digest, purl: report.purl });
    expect(JSON.stringify(result)).not.toMatch(/16C7e42F|correct-horse|s3cretpassword/);
    expect(JSON.stringify(result)).toContain('other = 1');
  });

  test('does not say where on this machine the source lay', () => {
    const tree = '/srv/work files/t/tree';
    const report = { a: `${tree}/src/a.py`, b: tree, c: `file://${encodeURI(tree)}/src/a.py` };
    expect(masked(report, [[tree, '']])).toEqual({ a: 'src/a.py', b: '.', c: 'file://src/a.py' });
  });

  test('that is no JSON, or without end, is not kept', () => {
    expect(() => maskReport(Buffer.from('<xml/>'), { folders: [] })).toThrow();
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    expect(() => maskReport(Buffer.from(deep), { folders: [] })).toThrow(/nested too deep/);
  });

  test('has no say in what our objects inherit', () => {
    const result = JSON.parse(
      maskReport(Buffer.from('{"__proto__": {"polluted": 1}}'), { folders: [] }).toString(),
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(result)).toEqual(['__proto__']);
  });
});
