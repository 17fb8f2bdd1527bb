import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CertusError } from '../../../contracts/errors.ts';
import { RestoreStream } from '../../../domain/sanitize/operators/restore.ts';
import { createSanitizer, type SanitizerOptions } from '../../../domain/sanitize/operators/sanitize.ts';
import { tenantSanitizeKey } from '../../../domain/sanitize/operators/sanitize-key.ts';
import { inCodePoints, inUnits } from '../../../domain/sanitize/stream/code-points.ts';
import { StreamText } from '../../../domain/sanitize/stream/stream-text.ts';
import { EMAIL, IBAN, PHONE, texts } from './pieces.ts';

const key = tenantSanitizeKey(new Uint8Array(32).fill(7), 'acme');
const SMALL = { window: 300, ahead: 200, behind: 200 };

/** The text in pieces of these lengths, over and over. */
function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let [at, next] = [0, 0]; at < text.length; next += 1) {
    const length = lengths[next % lengths.length] ?? 1;
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

function streamed(pieces: readonly string[], options: SanitizerOptions) {
  const stream = createSanitizer({ key, ...options }).stream();
  const parts = [...pieces.flatMap((piece) => [...stream.push(piece)]), ...stream.end()];
  return {
    text: parts.map(({ text }) => text).join(''),
    findings: parts.flatMap(({ findings }) => findings),
  };
}

const lengths = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });
const operator = fc.constantFrom('mask' as const, 'pseudonymise' as const, 'redact' as const);

describe('a text that comes in pieces', () => {
  test('is the same as one that comes whole, wherever it was cut', () => {
    fc.assert(
      fc.property(texts(200), lengths, operator, (text, sizes, kind) => {
        const { text: whole, findings } = createSanitizer({ key, operator: kind, sizes: SMALL }).sanitize(
          text,
        );
        expect(streamed(cut(text, sizes), { operator: kind, sizes: SMALL })).toEqual({
          text: whole,
          findings,
        });
      }),
      { numRuns: 200 },
    );
  });

  test('is the same as one that is looked at at once, also where a value lies across two windows', () => {
    const lines = fc.array(
      fc.constantFrom(
        `Write to ${EMAIL} today.`,
        `IBAN ${IBAN}`,
        `Call ${PHONE}, please.`,
        'The quarterly report shows that revenue grew 😀.',
        'Name: Ada Moreno',
        '',
        'x'.repeat(120),
      ),
      { minLength: 20, maxLength: 80 },
    );
    const joint = fc.constantFrom('\n', ' | ');
    fc.assert(
      fc.property(lines, joint, operator, (parts, sign, kind) => {
        const text = parts.join(sign);
        const whole = createSanitizer({ key, operator: kind }).sanitize(text);
        const inWindows = createSanitizer({ key, operator: kind, sizes: SMALL }).sanitize(text);
        expect(inWindows).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  test('that has no end of a line in it, and values side by side, is gone through all the same', () => {
    const text = `${EMAIL};`.repeat(2000);
    const { text: after, findings } = streamed(cut(text, [1000]), { sizes: SMALL });
    expect(findings).toHaveLength(2000);
    expect(after).toBe('[EMAIL_ADDRESS];'.repeat(2000));
  });

  test('with a value that is longer than a window leaves nothing of it', () => {
    const pem = `-----BEGIN ${'PRIVATE'} KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n'.repeat(60)}-----END ${'PRIVATE'} KEY-----\n`;
    const after = streamed(cut(`a\n${pem}b\n`, [77]), {
      sizes: { window: 300, ahead: 4000, behind: 200 },
    }).text;
    expect(after).not.toContain('MIIEvQ');
    expect(after.startsWith('a\n') && after.endsWith('b\n')).toBe(true);
  });

  test('is given back as it comes, and not at its end', () => {
    const stream = createSanitizer({ sizes: SMALL }).stream();
    const early = cut('a line of text\n'.repeat(100), [64]).flatMap((piece) => [...stream.push(piece)]);
    expect(early.map(({ text }) => text).join('').length).toBeGreaterThan(800);
  });

  test('tells places of the whole', () => {
    const text = `${'x '.repeat(1000)}${EMAIL} ${'y '.repeat(1000)}`;
    const stream = createSanitizer({ sizes: SMALL }).detectStream();
    const parts = [...stream.push(text), ...stream.end()];
    expect(parts.map((part) => part.text).join('')).toBe(text);
    expect(parts.flatMap(({ findings }) => findings)).toMatchObject([
      { start: 2000, end: 2000 + EMAIL.length },
    ]);
  });

  test('is restored wherever it was cut', () => {
    fc.assert(
      fc.property(texts(60), lengths, (text, sizes) => {
        const written = createSanitizer({
          key,
          operator: 'pseudonymise',
          operators: { SECRET: 'keep' },
        }).sanitize(text).text;
        const stream = new RestoreStream(key);
        const parts = [...cut(written, sizes).map((piece) => stream.push(piece).text), stream.end().text];
        expect(parts.join('')).toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});

describe('bytes that come in pieces', () => {
  function through(bytes: Uint8Array, size: number): { text: string; back: Buffer } {
    const codec = new StreamText();
    const parts: string[] = [];
    for (let at = 0; at < bytes.length; at += size) parts.push(codec.decode(bytes.subarray(at, at + size)));
    parts.push(codec.end());
    const text = parts.join('');
    return { text, back: Buffer.from(codec.encode(text)) };
  }

  test('leave as they came, whatever they are', () => {
    const isOdd = (error: unknown) => error instanceof CertusError && error.code === 'item_unreadable';
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), fc.integer({ min: 1, max: 5000 }), (bytes, size) => {
        try {
          expect(through(bytes, size).back.equals(bytes)).toBe(true);
        } catch (error) {
          expect([bytes.length % 2, isOdd(error)]).toEqual([1, true]);
        }
      }),
      { numRuns: 200 },
    );
  });

  test.each<[string, Buffer]>([
    ['UTF-8', Buffer.from('Grüße 😀 '.repeat(900))],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${'Grüße 😀 '.repeat(900)}`)],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${'Grüße 😀 '.repeat(900)}`, 'utf16le')],
    ['UTF-16 without one', Buffer.from('Grüße 😀 '.repeat(900), 'utf16le')],
    ['UTF-16, the higher byte first', Buffer.from(`\ufeff${'Grüße 😀 '.repeat(900)}`, 'utf16le').swap16()],
  ])('are read as %s', (_, bytes) => {
    for (const size of [1, 3, 1000, 70_000]) {
      const { text, back } = through(bytes, size);
      expect(text).toContain('Grüße 😀 Grüße');
      expect(back.equals(bytes)).toBe(true);
    }
  });

  test('of an old code page among others are looked into, and the rest of them kept', () => {
    const line = Buffer.concat([
      Buffer.from('Patient: M'),
      Buffer.of(0xfc),
      Buffer.from('ller, '),
      Buffer.of(0xdf),
    ]);
    const codec = new StreamText();
    const text = codec.decode(line) + codec.end();
    const after = codec.encode(createSanitizer().sanitize(text).text);
    expect(
      Buffer.from(after).equals(Buffer.concat([Buffer.from('Patient: [PERSON], '), Buffer.of(0xdf)])),
    ).toBe(true);
  });
});

describe('places in code points', () => {
  test('and back are what they were', () => {
    fc.assert(
      fc.property(texts(), (text) => {
        const findings = createSanitizer().detect(text);
        const points = inCodePoints(text, findings);
        const letters = [...text];
        expect(points.map(({ start, end }) => letters.slice(start, end).join(''))).toEqual(
          findings.map(({ start, end }) => text.slice(start, end)),
        );
        expect(inUnits(text, points)).toEqual(findings);
      }),
    );
  });

  test('beyond the text are none', () => {
    expect(inUnits('a😀', [{ start: 0, end: 2 }])).toEqual([{ start: 0, end: 3 }]);
    expect(inUnits('a😀', [{ start: 0, end: 3 }])).toBeUndefined();
  });
});
