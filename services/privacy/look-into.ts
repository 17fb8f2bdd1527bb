import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import type { Detector } from '../../domain/sanitize/detector.ts';
import {
  MASKED_IN_PLACE,
  type MaskedInPlace,
  maskStructured,
} from '../../domain/sanitize/mask-structured.ts';
import { type Content, contentOfBytes, MAX_MARKUP } from '../text/content.ts';
import { decode, type Encoding, encode } from '../text/encoding.ts';
import { extract } from '../text/extract.ts';
import type { LookOptions } from '../text/look.ts';
import { Finds } from './finds.ts';
import type { Inspected, MaskedCopy } from './inspector.ts';
import { actionOf, judge, WHOLE_FILE } from './judge.ts';
import { Preview } from './preview.ts';
import { Rendition } from './rendition.ts';

export type Order = {
  readonly policy: PrivacyPolicy;
  readonly as: 'documents' | 'evidence';
  readonly mask?: 'action' | 'all' | undefined;
  readonly preview?: boolean | undefined;
};

/** Looks into one file: what it holds by kinds and places, what the rules make of it, and a copy without it. */
export async function lookInto(
  content: Content,
  order: Order,
  detector: Detector,
  options: LookOptions,
): Promise<Inspected> {
  const rules = order.policy[order.as];
  const { format, mediaType, encoding, pieces, opaque } = await extract(content, options);
  const finds = new Finds(detector, { path: content.name, format });
  const preview = order.preview ? new Preview() : undefined;
  const rendition = order.mask === undefined ? undefined : new Rendition();
  const name = finds.look({ place: 'name', text: content.name });
  preview?.add(name);
  const named = new Set(name.spans.map(({ type }) => type));
  for await (const piece of pieces) {
    const looked = finds.look(piece);
    preview?.add(looked);
    rendition?.add(looked);
  }
  const unread = opaque.map(({ reason, place }) => ({ reason, place: finds.shown(place) || WHOLE_FILE }));
  const inspection = {
    ...{ format, media_type: mediaType, kinds: finds.kinds, places: finds.places, opaque: unread },
    action: judge(rules, finds.counts.keys(), named, unread),
  };
  const wanted = kindsToMask(order, finds.counts.keys(), inspection.action);
  const masked =
    wanted.size === 0 || unread.length > 0 || named.size > 0 || rendition === undefined
      ? undefined
      : await maskedCopy({ content, format, mediaType, encoding, detector, rendition, wanted, options });
  return {
    inspection,
    ...(masked === undefined ? {} : { masked }),
    ...(preview === undefined ? {} : { preview: preview.pieces }),
  };
}

/** Where anything is to be held back, a copy that is only masked in part would still hold it. */
function kindsToMask(
  { policy, as, mask }: Order,
  found: Iterable<string>,
  action: 'pass' | 'mask' | 'quarantine',
): ReadonlySet<string> {
  if (mask === 'all') return new Set(found);
  if (mask === undefined || action !== 'mask') return new Set();
  return new Set([...found].filter((type) => actionOf(policy[as], type) === 'mask'));
}

type Masking = {
  readonly content: Content;
  readonly format: string;
  readonly mediaType: string;
  readonly encoding: Encoding | undefined;
  readonly detector: Detector;
  readonly rendition: Rendition;
  readonly wanted: ReadonlySet<string>;
  readonly options: LookOptions;
};

async function maskedCopy(masking: Masking): Promise<MaskedCopy | undefined> {
  const { content, format, mediaType, encoding, rendition, wanted } = masking;
  const written = encoding !== undefined && isInPlace(format) ? asWritten(content, encoding) : undefined;
  if (written === undefined || encoding === undefined || !isInPlace(format)) {
    const text = rendition.text((type) => wanted.has(type));
    if (text === undefined) return undefined;
    return checked({ bytes: Buffer.from(text), mediaType: 'text/plain', suffix: '.masked.txt' }, masking);
  }
  const hint = { path: content.name };
  const text = maskStructured(format, written, masking.detector, wanted, hint);
  const bytes = text === undefined ? undefined : encode(text, encoding);
  return bytes === undefined ? undefined : checked({ bytes, mediaType, suffix: '' }, masking);
}

const isInPlace = (format: string): format is MaskedInPlace =>
  MASKED_IN_PLACE.some((known) => known === format);

/** The text of a file that can be written again as it was, byte by byte. */
function asWritten(content: Content, encoding: Encoding): string | undefined {
  if (content.size > MAX_MARKUP) return undefined;
  const [bytes, text] = [content.whole(), decode(content.whole(), encoding)];
  const again = encode(text, encoding);
  return again !== undefined && Buffer.compare(again, bytes) === 0 ? text : undefined;
}

/** A copy is looked into like any other file: what is still found in it, or makes it another format, makes it none. */
async function checked(copy: MaskedCopy, masking: Masking): Promise<MaskedCopy | undefined> {
  const name = `${masking.content.name}${copy.suffix}`;
  const again = await extract(contentOfBytes(copy.bytes, { name }), masking.options);
  if (copy.suffix === '' && again.format !== masking.format) return undefined;
  const finds = new Finds(masking.detector, { path: name, format: again.format });
  for await (const piece of again.pieces)
    if (finds.look(piece).spans.some(({ type }) => masking.wanted.has(type))) return undefined;
  return again.opaque.length > 0 ? undefined : { ...copy, bytes: new Uint8Array(copy.bytes) };
}
