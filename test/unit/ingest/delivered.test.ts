import { describe, expect, test } from '@jest/globals';
import type { DeliveredDraft, DeliveredItem } from '../../../contracts/delivery.ts';
import { RunReading } from '../../../contracts/ingestion.ts';
import type { Draft } from '../../../domain/ingest/draft.ts';
import type { Mask } from '../../../domain/ingest/mask.ts';
import { createDetector } from '../../../domain/sanitize/create-detector.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../../domain/sanitize/default-privacy-policy.ts';
import { indexPolicy } from '../../../domain/sanitize/index-policy.ts';
import { maskText } from '../../../domain/sanitize/mask-text.ts';
import { readItem } from '../../../services/ingest/read-item.ts';
import { contentOfBytes } from '../../../services/text/content.ts';
import { itemOf } from '../connectors/deliveries.ts';

const detector = createDetector(indexPolicy(DEFAULT_PRIVACY_POLICY), 'documents', 'anybodys');
const real: Mask = (text, hint) => maskText(text, detector.detect(text, hint));
const EMAIL = ['inna.keller', 'nordwind-versand.de'].join('@');

async function readDelivered(item: DeliveredItem | string, { mask = real, maxDrafts = 1000 } = {}) {
  const handed = (of: DeliveredItem) => JSON.stringify({ item: of, labels: [], component: null });
  const bytes = Buffer.from(typeof item === 'string' ? item : handed(item));
  const reading = RunReading.parse({ format: 'delivered' });
  const options = { maxBytes: 1 << 24, maxDrafts, mask };
  const read = await readItem(contentOfBytes(bytes, { name: 'a.md' }), reading, options);
  const drafts: Draft[] = [];
  for await (const draft of read.drafts) drafts.push(draft);
  const { format, mediaType, language, opaque } = read;
  return { format, mediaType, language, drafts, opaque };
}
const withDraft = (changes: Partial<DeliveredDraft>): DeliveredItem =>
  itemOf('a.md', { drafts: [{ kind: 'finding', key: 'k', title: 't', text: 'x', ...changes }] });

describe('what a site has made of an item', () => {
  test('becomes the same records', async () => {
    const finding: DeliveredDraft = {
      ...{ kind: 'finding', key: 'finding/1', title: 'Hard coded password', text: 'in the settings' },
      ...{ severity: 'high', rule: 'B105', tool: 'bandit', path: 'app/db.py', place: 'line 7' },
      ...{ package: 'left-pad', packageVersion: '1.2.3.4', licenses: ['MIT'] },
      extra: { line: 7, cwe: 'CWE-259', fixed: false },
    };
    const document: DeliveredDraft = {
      ...{ kind: 'document', key: 'text/1', title: 'Plan', text: '# Plan\n\nfirst, then second' },
      ...{ path: 'docs/plan.md', extra: { format: 'markdown' } },
    };
    const { format, mediaType, language, drafts, opaque } = await readDelivered(
      itemOf('a.md', { drafts: [finding, document] }),
    );
    expect({ format, mediaType, language, opaque }).toEqual({
      ...{ format: 'markdown', mediaType: 'text/markdown', language: 'en', opaque: [] },
    });
    expect(drafts).toEqual([finding, document]);
  });

  test('is masked wherever a careless site has left something, and masks stay as they are', async () => {
    const said = `ask ${EMAIL} or [PERSON], card [CREDIT_CARD]`;
    const masked = 'ask [EMAIL_ADDRESS] or [PERSON], card [CREDIT_CARD]';
    const all = { title: said, text: said, path: said, place: said, package: said, licenses: [said] };
    const document: DeliveredDraft = { kind: 'document', key: 'd', ...all, extra: { branch: said } };
    const finding: DeliveredDraft = { ...document, kind: 'finding', key: 'f', rule: said };
    const { drafts } = await readDelivered(
      itemOf('a.md', {
        drafts: [document, finding],
        media_type: said,
        unread: [{ reason: 'encrypted', place: said }],
      }),
    );
    expect(drafts[0]).toMatchObject({ title: masked, text: masked, path: masked, extra: { branch: masked } });
    expect(drafts[1]).toMatchObject({ text: masked, rule: masked, licenses: [masked], package: masked });
    expect(JSON.stringify(drafts)).not.toContain(EMAIL);
    const unmasked = await readDelivered(itemOf('a.md', { drafts: [document] }), { mask: (text) => text });
    expect(JSON.stringify(unmasked.drafts)).toContain(EMAIL);
  });

  test('has no numbers and no names of fields that are somebody’s', async () => {
    const key = `AKIA${'IOSFODNN7EXAMPLQ'}`;
    const extra = { card: 4_111_111_111_111_111, line: 12, [key]: 'x' };
    const { drafts } = await readDelivered(withDraft({ extra }));
    expect(drafts[0]?.extra).toEqual({ card: '[CREDIT_CARD]', line: 12 });
  });

  test('hides nothing between letters that nobody sees', async () => {
    const { drafts } = await readDelivered(
      itemOf('a.md', {
        drafts: [{ kind: 'document', key: 'd', title: '', text: `ask ${EMAIL.replace('@', '\u200b@')} now` }],
      }),
    );
    expect(drafts[0]?.text).not.toContain('nordwind-versand.de');
  });

  test('is told with what could not be read there, in words that are known here', async () => {
    const unread = [
      { reason: 'encrypted', place: 'attachment 1' },
      { reason: 'item_too_large', place: '' },
      { reason: '<script>', place: `mail of ${EMAIL}` },
    ];
    const { opaque, drafts } = await readDelivered(itemOf('a.pdf', { drafts: [], unread }));
    expect(drafts).toEqual([]);
    expect(opaque).toEqual([
      { reason: 'encrypted', place: 'attachment 1' },
      { reason: 'item_too_large', place: '' },
      { reason: 'damaged', place: 'mail of [EMAIL_ADDRESS]' },
    ]);
    expect((await readDelivered(itemOf('a.md', { drafts: [] }))).opaque).toEqual([
      { reason: 'empty', place: '' },
    ]);
  });

  test('says nothing in the name of the platform', async () => {
    const extra = {
      agent: 'f'.repeat(32),
      permit_id: 'permit_1',
      'a b': 'c',
      constructor: 'x',
      branch: 'main',
    };
    const { drafts } = await readDelivered(withDraft({ extra, severity: 'catastrophic' }));
    expect(drafts[0]).toEqual({
      ...{ kind: 'finding', key: 'k', title: 't', text: 'x', extra: { branch: 'main' } },
    });
    const strange = itemOf('a.md', { format: '../x', language: 'e\u0000' });
    expect(await readDelivered(strange)).toMatchObject({ format: 'unknown', language: null });
  });

  test('is cut where an index would not take it, and that is told', async () => {
    const { drafts, opaque } = await readDelivered(
      itemOf('a.md', {
        drafts: [
          { kind: 'finding', key: '1', title: 't', text: 'word '.repeat(10_000), rule: 'r'.repeat(1000) },
          { kind: 'document', key: '2', title: 't', text: 'word '.repeat(10_000) },
        ],
      }),
    );
    expect(drafts.map(({ text }) => text.length <= 32_000)).toEqual([true, true]);
    expect(drafts[0]?.rule?.length).toBeLessThanOrEqual(256);
    expect(opaque.map(({ reason }) => reason)).toEqual(['too_large', 'too_large']);
    const many = itemOf('a.md', {
      drafts: ['1', '2', '3'].map((key) => ({ ...withDraft({}).drafts[0]!, key })),
    });
    const few = await readDelivered(many, { maxDrafts: 2 });
    expect([few.drafts.length, few.opaque]).toEqual([2, [{ reason: 'too_large', place: 'records' }]]);
  });

  test('is nothing where it is not what was agreed', async () => {
    for (const item of ['', '{', '{}', JSON.stringify(itemOf('a.md'))])
      expect(await readDelivered(item)).toMatchObject({
        ...{ drafts: [], opaque: [{ reason: 'damaged', place: '' }] },
      });
  });
});
