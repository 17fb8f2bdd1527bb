import { type DeliveredDraft, HandedOverItem } from '../../contracts/delivery.ts';
import { ERROR_STATUS, type ErrorCode } from '../../contracts/errors.ts';
import { SEVERITIES } from '../../contracts/finding.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { OpaqueReason } from '../../contracts/privacy.ts';
import type { Draft } from '../../domain/ingest/draft.ts';
import type { Mask } from '../../domain/ingest/mask.ts';
import { createDesk, type Desk, recordsOf } from '../../domain/ingest/security/desk.ts';
import type { Content } from '../text/content.ts';
import { readable } from './document-drafts.ts';
import type { ItemReading, ReadItemOptions, Unread } from './item-reading.ts';

/**
 * The records that an agent made of an item at its site. They were masked there, by rules that may be old or by nobody: every
 * text of them goes through the mask of the platform, as if it had never been through one.
 */
export function readDelivered(
  content: Content,
  { mask, maxDrafts }: Pick<ReadItemOptions, 'mask' | 'maxDrafts'>,
): ItemReading {
  const item = HandedOverItem.safeParse(jsonOf(content.whole())).data?.item;
  const unread: Unread[] = [];
  const lost: Desk['lost'] = (reason, place) => {
    if (unread.length < MOST_UNREAD) unread.push({ reason, place });
  };
  if (item === undefined) lost('damaged', '');
  const {
    drafts = [],
    unread: told = [],
    format = '',
    media_type: mediaType = '',
    language = null,
  } = item ?? {};
  const desk = createDesk(mask, content.name, lost);
  if (drafts.length > maxDrafts) lost('too_large', 'records');
  const make = (draft: DeliveredDraft) => made(draft, desk);
  return {
    format: FORMAT.test(format) ? format : 'unknown',
    mediaType: desk.line(mediaType, 200),
    language: language !== null && LANGUAGE.test(language) ? language : null,
    drafts: masked(recordsOf(drafts.slice(0, maxDrafts), make, desk), { mask, format }),
    get opaque() {
      const all = [
        ...unread,
        ...told.map(({ reason, place }) => ({ reason: reasonOf(reason), place: desk.line(place, 300) })),
      ];
      return all.length === 0 && drafts.length === 0 ? [{ reason: 'empty' as const, place: '' }] : all;
    },
  };
}

const MOST_UNREAD = 50;
const FORMAT = /^[a-z0-9][a-z0-9+._-]{0,49}$/;
const LANGUAGE = /^[a-z]{2,3}(?:-[A-Za-z]{2,4})?$/;

/** What a site calls it is shown to people: only words that are known. */
function reasonOf(reason: string): Unread['reason'] {
  if (reason === 'empty' || reason === 'format_mismatch') return reason;
  if (Object.hasOwn(ERROR_STATUS, reason)) return reason as ErrorCode;
  return OpaqueReason.safeParse(reason).data ?? 'damaged';
}

function made(draft: DeliveredDraft, desk: Desk): Draft {
  const { kind, key, title, text, severity, place, licenses, extra } = draft;
  if (text.length > MOST_TEXT) desk.lost('too_large', 'a text of one record');
  const lines = Object.entries(LINES).flatMap(([name, max]) => {
    const value = draft[name as keyof typeof LINES];
    return value === undefined || value === '' ? [] : [[name, desk.line(value, max)] as const];
  });
  return {
    kind,
    key,
    title: desk.line(title, 2000),
    // a text has a look of its own: what it is tells more of it than what stands beside it
    text: kind === 'document' ? text : desk.safe(text, MOST_TEXT),
    ...(isSeverity(severity) ? { severity } : {}),
    ...Object.fromEntries(lines),
    ...(licenses === undefined ? {} : { licenses: licenses.map((license) => desk.line(license, 256)) }),
    ...(place === undefined || place === '' ? {} : { place: desk.line(place, 500) }),
    ...(extra === undefined ? {} : { extra: extraOf(extra, desk) }),
  };
}

/** As long as an index takes them. */
const LINES = { rule: 256, tool: 64, path: 2000, package: 512, packageVersion: 256 } as const;
const MOST_TEXT = 32_000;

const isSeverity = (severity: string | undefined): severity is string =>
  (SEVERITIES as readonly (string | undefined)[]).includes(severity);

/** What says where a record is from is the platform's own word, and no agent may write over it. */
function extraOf(extra: NonNullable<DeliveredDraft['extra']>, desk: Desk): NonNullable<Draft['extra']> {
  const own = Object.entries(extra).filter(
    ([name]) => PLAIN.test(name) && !OURS.has(name) && desk.line(name, 64) === name,
  );
  return Object.fromEntries(own.slice(0, MOST_EXTRA).map(([name, value]) => [name, safeValue(value, desk)]));
}

/** A number may be that of a card. */
function safeValue(value: string | number | boolean, desk: Desk): string | number | boolean {
  if (typeof value === 'boolean') return value;
  const shown = desk.line(String(value), 500);
  return typeof value === 'number' && shown === String(value) ? value : shown;
}

const PLAIN = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;
const OURS: ReadonlySet<string> = new Set([
  ...['agent', 'agent_source', 'agent_source_kind', 'delivery', 'site_sanitizer', 'masked_at_site'],
  ...['sha256', 'permit_id', 'test_id', 'component', 'constructor'],
]);
const MOST_EXTRA = 40;

/** First masked, then without what nobody sees: an address does not come through in two halves. */
async function* masked(
  drafts: Iterable<Draft>,
  { mask, format }: { readonly mask: Mask; readonly format: string },
): AsyncGenerator<Draft> {
  for (const draft of drafts) {
    const { kind, text, path = '', extra } = draft;
    const written = typeof extra?.format === 'string' ? extra.format : format;
    const hint = { path, format: WRITTEN_AS[written] ?? written };
    yield kind === 'document' ? { ...draft, text: readable(mask(text, hint)).slice(0, MOST_TEXT) } : draft;
  }
}

const WRITTEN_AS: Readonly<Record<string, string>> = { settings: 'yaml', xml: 'yaml' };
