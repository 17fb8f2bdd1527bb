import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { privacyScanExample } from '../../../api/privacy/examples.ts';
import { previewExample, reviewExample } from '../../../api/reviews/examples.ts';
import { PAGE_HEADERS } from '../../../domain/review/page.ts';
import { previewPage } from '../../../domain/review/preview-page.ts';
import { privacyReportPage } from '../../../domain/review/privacy-report-page.ts';

const HOSTILE = `"'><script>alert(1)</script><style>*{}</style><a href="javascript:x">\u202e&amp;`;
const [result] = privacyScanExample.results;
if (result === undefined) throw new Error('the example has a result');

/** Every element of a page by its name; a browser makes no other of it. */
const elementsOf = (page: string): Set<string> =>
  new Set([...page.matchAll(/<([a-z][a-z0-9]*)/gi)].map((match) => match[1]?.toLowerCase() ?? ''));
const CALM = elementsOf(
  privacyReportPage(privacyScanExample) + previewPage(reviewExample, previewExample.pieces),
);

describe('the report', () => {
  const hostile = privacyReportPage({
    ...privacyScanExample,
    prefix: HOSTILE,
    requested_by: HOSTILE,
    error: { code: HOSTILE, message: HOSTILE },
    results: [
      {
        ...result,
        name: HOSTILE,
        format: HOSTILE,
        places: [{ type: 'EMAIL_ADDRESS', place: HOSTILE, confidence: 1 }],
        opaque: [{ reason: 'damaged', place: HOSTILE }],
      },
    ],
  });

  test('makes nothing but text of what is hostile', () => {
    expect([...elementsOf(hostile)].filter((name) => !CALM.has(name))).toEqual([]);
    expect(hostile).toContain('&#60;script&#62;');
    expect(hostile).not.toContain('\u202e');
    expect(hostile).not.toContain('javascript:x">');
  });

  test('says of more places than it lists how many there are', () => {
    const places = Array.from({ length: 25 }, (_, at) => ({
      type: 'EMAIL_ADDRESS',
      place: `line ${at}`,
      confidence: 1,
    }));
    expect(privacyReportPage({ ...privacyScanExample, results: [{ ...result, places }] })).toContain(
      'and 5 more',
    );
  });
});

describe('the preview', () => {
  const shown = (text: string, ...spans: [start: number, end: number][]) =>
    previewPage(reviewExample, [
      { place: HOSTILE, text, spans: spans.map(([start, end]) => ({ type: 'PERSON', start, end })) },
    ]);

  test('marks what was found, and lets none of it be more than text', () => {
    const page = shown(`a ${HOSTILE} b`, [2, 2 + HOSTILE.length]);
    expect(page.match(/<mark>/g)).toHaveLength(1);
    expect([...elementsOf(page)].filter((name) => !CALM.has(name))).toEqual([]);
    expect(page).toContain('&#60;script&#62;');
  });

  test('shows all of the text once, whatever spans it is given', () => {
    const span = fc.tuple(fc.integer({ min: -2, max: 40 }), fc.integer({ min: -2, max: 40 }));
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,30}$/), fc.array(span, { maxLength: 6 }), (text, spans) => {
        const body = /<p class="text">(.*)<\/p>/s.exec(shown(text, ...spans))?.[1] ?? '';
        expect(body.replaceAll(/<small>PERSON<\/small>|<\/?mark>/g, '')).toBe(text);
      }),
    );
  });
});

test('what is sent along lets a page run, load and frame nothing', () => {
  const policy = PAGE_HEADERS['Content-Security-Policy'];
  expect(policy).toMatch(/default-src 'none'/);
  expect(policy).toMatch(/sandbox/);
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(PAGE_HEADERS['Cache-Control']).toBe('no-store');
  const style = /<style>(.*)<\/style>/s.exec(privacyReportPage(privacyScanExample))?.[1] ?? '';
  expect(policy).toContain(createHash('sha256').update(style).digest('base64'));
});
