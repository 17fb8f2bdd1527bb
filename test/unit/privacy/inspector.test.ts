import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Inspection, MAX_PLACES, PrivacyPolicy } from '../../../contracts/privacy.ts';
import type { InspectRequest } from '../../../services/privacy/inspector.ts';
import { openInspector } from '../../../services/privacy/open-inspector.ts';
import { zipOf } from '../archive/archives.ts';
import * as documents from '../text/documents.ts';

const MAIL = 'jane.roe@acme-corp.com';
const CARD = '4556 7375 8689 9855';

const policyWith = (documentRules: object, more: object = {}): PrivacyPolicy =>
  PrivacyPolicy.parse({
    schema: 'https://certus.dev/privacy-policy/v1',
    name: 'of a test',
    documents: documentRules,
    ...more,
  });
const masking = policyWith({ action: 'mask', actions: { CREDIT_CARD: 'quarantine', IP_ADDRESS: 'report' } });

const inspector = openInspector({ threads: 1, maxBytes: 8 * 1024 * 1024 });
afterAll(() => inspector.close());

type Asked = Partial<Omit<InspectRequest, 'mask'>> & { name?: string; mask?: 'action' | 'all' | 'none' };
const inspect = (body: string | Uint8Array, { name = 'file', mask = 'action', ...request }: Asked = {}) => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return inspector.inspect(
    { name, size: bytes.length, body: bytes },
    { policy: masking, as: 'documents', ...request, ...(mask === 'none' ? {} : { mask }) },
  );
};
const textOf = (masked: { bytes: Uint8Array } | undefined) =>
  masked === undefined ? undefined : Buffer.from(masked.bytes).toString();

describe('what is found', () => {
  test('is told by kinds and places, never by value, and is masked where it stands', async () => {
    const { inspection, masked } = await inspect(`hello\nwrite to ${MAIL}, or ${MAIL}\n`, { name: 'a.txt' });
    expect(Inspection.parse(inspection)).toEqual({
      ...{ format: 'text', media_type: 'text/plain', opaque: [], action: 'mask' },
      kinds: [{ type: 'EMAIL_ADDRESS', count: 2 }],
      places: [
        { type: 'EMAIL_ADDRESS', place: 'line 2', confidence: expect.any(Number) },
        { type: 'EMAIL_ADDRESS', place: 'line 2', confidence: expect.any(Number) },
      ],
    });
    expect(textOf(masked)).toBe('hello\nwrite to [EMAIL_ADDRESS], or [EMAIL_ADDRESS]\n');
    expect(masked).toMatchObject({ mediaType: 'text/plain', suffix: '' });
  });

  test('is nothing in most files', async () => {
    const { inspection, masked, preview } = await inspect('hello', { preview: true });
    expect([inspection.action, inspection.kinds, masked, preview]).toEqual(['pass', [], undefined, []]);
  });

  test.each<[string, string, 'pass' | 'mask' | 'quarantine']>([
    ['what is reported', 'host 84.17.33.9', 'pass'],
    ['what is masked', MAIL, 'mask'],
    ['what is held back, whatever else there is', `${MAIL} card ${CARD} host 84.17.33.9`, 'quarantine'],
  ])('asks for what the rules say of the strictest: %s', async (_, text, action) => {
    expect((await inspect(text)).inspection.action).toBe(action);
  });

  test('is listed up to a number of places, and counted beyond it', async () => {
    const { inspection } = await inspect(`${MAIL}\n`.repeat(500));
    expect(inspection.kinds).toEqual([{ type: 'EMAIL_ADDRESS', count: 500 }]);
    expect(inspection.places).toHaveLength(MAX_PLACES);
  });

  test('in the name of a file cannot be masked away', async () => {
    const { inspection, masked } = await inspect('hello', { name: `letters/${MAIL}.txt` });
    expect(inspection).toMatchObject({ action: 'quarantine', places: [{ place: 'name' }] });
    expect(masked).toBeUndefined();
  });

  test('in the name of an inner file is not repeated where places are told', async () => {
    const zip = zipOf([
      { name: `${MAIL}.txt`, body: `${MAIL}\n\x1b[2J` },
      { name: 'x\u202e', body: MAIL },
    ]);
    const { inspection } = await inspect(zip);
    expect(inspection.kinds).toEqual([{ type: 'EMAIL_ADDRESS', count: 3 }]);
    expect(JSON.stringify(inspection)).not.toContain('jane');
    expect(JSON.stringify(inspection)).not.toContain('\u202e');
  });

  test('of the evidence has rules of its own', async () => {
    const policy = policyWith({}, { evidence: { action: 'ignore', actions: { CREDIT_CARD: 'mask' } } });
    expect((await inspect(MAIL, { policy, as: 'evidence' })).inspection.kinds).toEqual([]);
    expect((await inspect(MAIL, { policy })).inspection.action).toBe('quarantine');
  });
});

describe('a masked copy', () => {
  test('keeps the form of JSON, and hides what escapes say', async () => {
    const { masked } = await inspect(`{"who": "jane.roe\\u0040acme-corp.com", "n": [1, 2]}`);
    expect(JSON.parse(textOf(masked) ?? '')).toEqual({ who: '[EMAIL_ADDRESS]', n: [1, 2] });
  });

  test('is written as the original is', async () => {
    const original = Buffer.from(`\uFEFFZoë ${MAIL}`, 'utf16le');
    const { masked } = await inspect(original);
    expect(Buffer.from(masked?.bytes ?? []).toString('utf16le')).toBe('\uFEFFZoë [EMAIL_ADDRESS]');
  });

  test('of a document that has traces of everything is a text that stands for it', async () => {
    const { inspection, masked } = await inspect(
      documents.word(
        documents.paragraph('hello') + documents.paragraph('write to jane', '.roe@acme', '-corp.com'),
      ),
      { name: 'a.docx' },
    );
    expect(inspection).toMatchObject({ format: 'docx', action: 'mask', places: [{ place: 'paragraph 2' }] });
    expect(masked).toMatchObject({ mediaType: 'text/plain', suffix: '.masked.txt' });
    expect(textOf(masked)).toContain('hello\nwrite to [EMAIL_ADDRESS]');
  });

  test('masks every kind where that is asked for, and only then what is to be held back', async () => {
    const text = `${MAIL} card ${CARD}, host 84.17.33.9`;
    expect((await inspect(text)).masked).toBeUndefined();
    expect(textOf((await inspect(text, { mask: 'all' })).masked)).toBe(
      '[EMAIL_ADDRESS] card [CREDIT_CARD], host [IP_ADDRESS]',
    );
    expect(textOf((await inspect(`${MAIL} host 84.17.33.9`)).masked)).toBe('[EMAIL_ADDRESS] host 84.17.33.9');
  });

  test('is none where it was not asked for, or where something could not be looked into', async () => {
    expect((await inspect(MAIL, { mask: 'none' })).masked).toBeUndefined();
    const zip = zipOf([
      { name: 'a', body: MAIL },
      { name: 'b', body: 'x', flags: 1 },
    ]);
    const { inspection, masked } = await inspect(zip, { mask: 'all' });
    expect(inspection.kinds).toEqual([{ type: 'EMAIL_ADDRESS', count: 1 }]);
    expect(masked).toBeUndefined();
  });

  test('of a text that is too long to be masked in its place has everything once', async () => {
    const line = `an ordinary line that goes to ${MAIL}, and on\n`;
    const text = line.repeat(45_000);
    const { inspection, masked } = await inspect(documents.word(documents.paragraph(text)));
    expect(inspection.kinds).toEqual([{ type: 'EMAIL_ADDRESS', count: 45_000 }]);
    expect(
      textOf(masked)
        ?.split('\n')
        .filter((one) => one.trim() !== '')
        .slice(0, 45_000),
    ).toEqual(Array.from({ length: 45_000 }, () => 'an ordinary line that goes to [EMAIL_ADDRESS], and on'));
  });
});

describe('a preview', () => {
  test('shows what was found and some of what is around it, up to a size', async () => {
    const { preview } = await inspect(`${'before '.repeat(100)}${MAIL}${' after'.repeat(100)}`, {
      preview: true,
    });
    const [piece] = preview ?? [];
    const span = piece?.spans[0];
    expect([piece?.place, preview?.length, piece?.spans.length]).toEqual(['line 1', 1, 1]);
    expect(piece?.text.slice(span?.start, span?.end)).toBe(MAIL);
    expect(piece?.text.length).toBeLessThan(500);

    const many = await inspect(`${MAIL}${' x'.repeat(500)}\n`.repeat(3000), { preview: true });
    const bytes = JSON.stringify(many.preview).length;
    expect(bytes).toBeGreaterThan(100 * 1024);
    expect(bytes).toBeLessThan(400 * 1024);
  });
});

describe('what cannot be looked into', () => {
  test('is held back or let pass, as the rules say', async () => {
    const bytes = Buffer.alloc(1000, 1);
    expect((await inspect(bytes)).inspection).toMatchObject({
      ...{ action: 'quarantine', opaque: [{ reason: 'unknown_format', place: 'the file' }] },
    });
    const policy = policyWith({ opaque: 'pass' });
    expect((await inspect(bytes, { policy })).inspection.action).toBe('pass');
  });

  test('is not fetched any further than it takes to see that', async () => {
    let given = 0;
    const body = async () =>
      Readable.from(
        (function* () {
          for (; given < 1000; given += 1) yield Buffer.alloc(64 * 1024, 1);
        })(),
        { objectMode: false },
      );
    const request = { policy: masking, as: 'documents' } as const;
    const { inspection } = await inspector.inspect({ name: 'x', size: 65_536_000, body }, request);
    expect(inspection.opaque).toEqual([{ reason: 'unknown_format', place: 'the file' }]);
    expect(given).toBeLessThan(20);
  });

  test('takes its thread down and nothing else, when it takes too long', async () => {
    const hurried = openInspector({
      threads: 1,
      maxBytes: 1e9,
      seconds: 0.05,
      ocr: () => new Promise(() => undefined),
    });
    try {
      const request = { policy: masking, as: 'documents' } as const;
      const stuck = { name: 'a.png', size: 1, body: documents.png('x') };
      expect((await hurried.inspect(stuck, request)).inspection).toMatchObject({
        ...{ action: 'quarantine', opaque: [{ reason: 'too_slow', place: 'the file' }] },
      });
    } finally {
      await hurried.close();
    }
    expect((await inspect(MAIL)).inspection.action).toBe('mask');
  });

  test('keeps a thread busy for as long as it may, and then another one takes over', async () => {
    const hurried = openInspector({ threads: 1, maxBytes: 1e9, seconds: 5 });
    try {
      // a hundred patterns of the tenant's own over as much text as it takes
      const custom = Array.from({ length: 100 }, (_, at) => ({
        type: `OWN_${at}`,
        pattern: `(?:[a-z]{1,20} ){4}x${at}`,
      }));
      const request = { policy: policyWith({}, { custom }), as: 'documents' } as const;
      const page = Buffer.alloc(64 * 1024 * 1024, 'and on and on it goes ');
      const busy = hurried.inspect({ name: 'a.txt', size: 1, body: page }, request);
      const behind = hurried.inspect({ name: 'b.txt', size: 1, body: Buffer.from('hello') }, request);
      expect((await busy).inspection.opaque).toEqual([{ reason: 'too_slow', place: 'the file' }]);
      expect((await behind).inspection.format).toBe('text');
    } finally {
      await hurried.close();
    }
  });

  test('is no answer about a file when it is the policy that cannot be used', async () => {
    const policy = policyWith({}, { custom: [{ type: 'NUMBER_OF_OURS', pattern: '(' }] });
    await expect(inspect('hello', { policy })).rejects.toMatchObject({
      code: expect.stringMatching(/policy|internal/),
    });
  });

  test('is no answer about a file when it is not its fault: a store that fails is an error', async () => {
    const body = async () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('hello');
          throw new Error('the store is gone');
        })(),
      );
    const request = { policy: masking, as: 'documents' } as const;
    await expect(inspector.inspect({ name: 'x', size: 9, body }, request)).rejects.toThrow(
      'the store is gone',
    );
  });
});

describe('a body that comes in parts', () => {
  const stream = (bytes: Buffer) => async () => {
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 50_000) parts.push(bytes.subarray(at, at + 50_000));
    return Readable.from(parts);
  };

  test.each([
    ['small', 10],
    ['on the disk', 150_000],
  ])('is the same as one in memory: %s', async (_, lines) => {
    const bytes = Buffer.from(`${'an ordinary line of text, of some length\n'.repeat(lines)}${MAIL}`);
    const { inspection, masked } = await inspector.inspect(
      { name: 'x', size: bytes.length, body: stream(bytes) },
      { policy: masking, as: 'documents', mask: 'action' },
    );
    expect(inspection).toMatchObject({ action: 'mask', places: [{ place: `line ${lines + 1}` }] });
    expect(masked?.bytes.length).toBe(bytes.length - MAIL.length + '[EMAIL_ADDRESS]'.length);
  });

  test('gives no more text than is looked at', async () => {
    const bytes = Buffer.alloc(9 * 1024 * 1024, 'words ');
    const { inspection } = await inspector.inspect(
      { name: 'x', size: bytes.length, body: stream(bytes) },
      { policy: masking, as: 'documents' },
    );
    expect(inspection.opaque).toEqual([{ reason: 'too_large', place: 'the file' }]);
  });
});

test('pictures are read where there is somebody who can', async () => {
  const reading = openInspector({ threads: 1, maxBytes: 1e6, ocr: async () => `a letter to ${MAIL}` });
  try {
    const { inspection } = await reading.inspect(
      { name: 'a.png', size: 1, body: documents.png('x') },
      { policy: masking, as: 'documents' },
    );
    expect(inspection).toMatchObject({ opaque: [], places: [{ place: 'text of the picture, line 1' }] });
  } finally {
    await reading.close();
  }
});

test('many at once are all answered, each for itself', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) => inspect(at % 2 === 0 ? MAIL : 'nothing', { name: `${at}` })),
  );
  expect(answers.map(({ inspection }) => inspection.kinds.length)).toEqual(
    Array.from({ length: 40 }, (_, at) => 1 - (at % 2)),
  );
});
