import { describe, expect, test } from '@jest/globals';
import { toSarif } from '../../../domain/finding/sarif.ts';
import { type SecretMatch, toFindings } from '../../../domain/finding/secret-findings.ts';
import { processorTimeOf } from '../processor-time.ts';

const match = (content: string, value: string, more: Partial<SecretMatch> = {}): SecretMatch => {
  const start = content.indexOf(value);
  return {
    rule: 'R',
    family: 'f',
    message: `found thing: ${value}`,
    start,
    end: start + value.length,
    values: [value],
    ...more,
  };
};

/** The same on every run: a failure can be looked at again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('no secret is left in any field', () => {
  test('for many secrets in many contexts, also where the range starts at the line and not at the secret', () => {
    const next = random(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
    const word = (length: number) =>
      Array.from({ length }, () => pick([...'abcXYZ019+/=.-_$^*()[]{}\\|?é"'])).join('');
    const contexts = [
      (secret: string) => [`key = "${secret}"`, 7] as const,
      (secret: string) => [`AWS_SECRET_ACCESS_KEY=${secret}`, 22] as const,
      (secret: string) => [`${secret}${secret} again ${secret}`, 0] as const,
      (secret: string) => [`${'x'.repeat(500)}${secret}${'y'.repeat(500)}`, 500] as const,
      (secret: string) => [`\tpassword: ${secret}\r`, 11] as const,
    ];
    for (let round = 0; round < 300; round += 1) {
      const secrets = Array.from({ length: 1 + Math.floor(next() * 4) }, () =>
        word(6 + Math.floor(next() * 60)),
      );
      let content = '';
      const matches: SecretMatch[] = [];
      for (const secret of secrets) {
        const [line, at] = pick(contexts)(secret);
        const lineStart = content.length;
        content += `${line}\n`;
        const start = next() < 0.5 ? lineStart : lineStart + at; // as the aws rule reports it, or as the others do
        matches.push({
          rule: pick(['A', 'B']),
          family: 'f',
          message: `found it: ${secret}`,
          start,
          end: lineStart + at + secret.length,
          values: [secret],
        });
      }
      const shown = JSON.stringify(
        toFindings('a.env', content, matches).map(({ fingerprint: _, ...rest }) => rest),
      );
      for (const secret of secrets) expect(shown).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
  });

  test('when the file is called like its secret', () => {
    const secret = 'AKIAQ3EGRWSOX5DTLQJ7';
    const path = `keys/${secret}/${secret}.txt`;
    const [finding] = toFindings(path, `id=${secret}`, [match(`id=${secret}`, secret)]);
    const hidden = `keys/${'*'.repeat(20)}/${'*'.repeat(20)}.txt`;
    expect(finding).toMatchObject({ message: `Thing in ${hidden}`, location: { path: hidden } });
    expect(JSON.stringify([finding, toSarif(finding ? [finding] : [])])).not.toContain(secret);
  });

  test('when the file is called like a secret that the scanner gives no value for', () => {
    const [finding] = toFindings('hunter22', 'k=hunter22', [match('k=hunter22', 'hunter22', { values: [] })]);
    expect(finding?.location?.path).toBe('********');
  });

  test('when one secret is part of another', () => {
    const content = 'url = postgres://u:hunter22@h/db # hunter22';
    const long = 'postgres://u:hunter22@h/db';
    for (const values of [
      ['hunter22', long],
      [long, 'hunter22'],
    ]) {
      const matches = values.map((value) => match(content, value));
      expect(toFindings('a', content, matches).map(({ snippet }) => snippet)).toEqual(
        Array(2).fill(`url = ${'*'.repeat(26)} # ${'*'.repeat(8)}`),
      );
    }
  });

  test('when two secrets overlap', () => {
    const content = 'k=AAAAABBBBBCCCCC;';
    const [finding] = toFindings('a', content, [match(content, 'AAAAABBBBB'), match(content, 'BBBBBCCCCC')]);
    expect(finding?.snippet).toBe(`k=${'*'.repeat(15)};`);
  });

  test('when the secret has several lines', () => {
    const content = 'a\n-----BEGIN KEY-----\nMIIE\n-----END KEY-----\nb';
    const key = '-----BEGIN KEY-----\nMIIE\n-----END KEY-----';
    const [finding] = toFindings('id_rsa', content, [match(content, key)]);
    expect(finding?.snippet).toMatch(/^[* ]+$/);
    expect(finding?.location).toMatchObject({ start_line: 2, end_line: 4 });
  });

  test('when the snippet begins in the middle of another secret', () => {
    const first = 'S'.repeat(200);
    const content = `${first} ${'T'.repeat(20)}`;
    const findings = toFindings('a', content, [match(content, first), match(content, 'T'.repeat(20))]);
    expect(JSON.stringify(findings)).not.toMatch(/[ST]{3}/);
  });

  test('when the scanner gives no value: then its range is hidden', () => {
    const content = 'token secret';
    const [finding] = toFindings('a', content, [
      match(content, 'secret', { values: [], message: 'found token' }),
    ]);
    expect(finding?.snippet).toBe('token ******');
  });

  test('when the scanner puts the secret before the colon', () => {
    const content = 'x=hunter22';
    const [finding] = toFindings('a', content, [
      match(content, 'hunter22', { message: 'found hunter22: bad' }),
    ]);
    expect(finding).toMatchObject({ title: 'R', message: 'R in a' });
  });
});

describe('a finding says where it is', () => {
  test('by line and column of the secret itself, counted from one', () => {
    const content = 'first\nAWS_SECRET_ACCESS_KEY=abcdefghij\n';
    const [finding] = toFindings('deploy/notify.sh', content, [match(content, 'abcdefghij', { start: 6 })]);
    expect(finding?.location).toEqual({
      path: 'deploy/notify.sh',
      start_line: 2,
      start_column: 23,
      end_line: 2,
      end_column: 33,
    });
    expect(finding?.snippet).toBe('AWS_SECRET_ACCESS_KEY=**********');
  });

  test('in the first and in the last line of a file without an end of line', () => {
    const content = 'aaaaaaaa\nbbbbbbbb';
    const findings = toFindings('a', content, [match(content, 'bbbbbbbb'), match(content, 'aaaaaaaa')]);
    expect(findings.map(({ location }) => [location?.start_line, location?.start_column])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  test('and shows only a part of a very long line', () => {
    const content = `${'x'.repeat(1e6)}hunter22${'y'.repeat(1e6)}`;
    const [finding] = toFindings('a.min.js', content, [match(content, 'hunter22')]);
    expect(finding?.snippet).toBe(`${'x'.repeat(120)}********${'y'.repeat(232)}`);
  });
});

describe('a fingerprint', () => {
  const marks = (path: string, content: string, values = ['hunter22']) =>
    toFindings(
      path,
      content,
      values.flatMap((value) =>
        [...content.matchAll(RegExp(value, 'g'))].map(({ index }) => ({
          ...match(content, value),
          start: index,
          end: index + value.length,
        })),
      ),
    ).map(({ fingerprint }) => fingerprint);

  test('is the same when the line has moved or was indented', () => {
    expect(marks('a', 'k = hunter22\n')).toEqual(marks('a', '\n\n\n\tk  =  hunter22\n'));
  });

  test('differs for two equal lines of one file', () => {
    const [one, two] = marks('a', 'k = hunter22\nk = hunter22\n');
    expect(one).not.toBe(two);
  });

  test('of the first of two equal lines is the one it had alone', () => {
    expect(marks('a', 'k = hunter22\nk = hunter22\n')[0]).toBe(marks('a', 'k = hunter22\n')[0]);
  });

  test('differs for another file, another rule and another line', () => {
    const base = marks('a', 'k = hunter22')[0];
    expect(marks('b', 'k = hunter22')[0]).not.toBe(base);
    expect(marks('a', 'l = hunter22')[0]).not.toBe(base);
    const content = 'k = hunter22';
    expect(toFindings('a', content, [match(content, 'hunter22', { rule: 'S' })])[0]?.fingerprint).not.toBe(
      base,
    );
  });

  test('cannot be used to guess the secret: one of the same length has the same', () => {
    expect(marks('a', 'k = hunter22', ['hunter22'])).toEqual(marks('a', 'k = letmein9', ['letmein9']));
  });

  test('does not depend on the order in which matches came', () => {
    const content = 'k = hunter22\nk = letmein9\n';
    const [one, two] = [match(content, 'hunter22'), match(content, 'letmein9')];
    expect(toFindings('a', content, [two, one])).toEqual(toFindings('a', content, [one, two]));
  });
});

test('ten thousand secrets in one file take no longer than ten thousand should', async () => {
  const lines = Array.from({ length: 10_000 }, (_, at) => `x = "AKIA${String(at).padStart(16, 'Q')}";`);
  const content = lines.join('\n');
  const matches = lines.map((line, at) =>
    match(line, line.slice(5, 25), { start: at * 28 + 5, end: at * 28 + 25 }),
  );
  const spent = await processorTimeOf(() => expect(toFindings('a', content, matches)).toHaveLength(10_000));
  expect(spent).toBeLessThan(2_000);
});
