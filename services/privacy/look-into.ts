import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import type { Detector } from '../../domain/sanitize/detector.ts';
import {
  MASKED_IN_PLACE,
  type MaskedInPlace,
  maskStructured,
  reading,
  regionsOf,
} from '../../domain/sanitize/mask-structured.ts';
import type { SparingDetector } from '../../domain/sanitize/operators/sparing.ts';
import { type Content, contentOfBytes, MAX_MARKUP } from '../text/content.ts';
import { decode, type Encoding, encode } from '../text/encoding.ts';
import { extract } from '../text/extract.ts';
import type { LookOptions } from '../text/look.ts';
import { Finds } from './finds.ts';
import type { Inspected, MaskedCopy } from './inspector.ts';
import { actionOf, judge, WHOLE_FILE } from './judge.ts';
import { type AskNames, namedPiece, namedPieces } from './named-pieces.ts';
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
  detector: SparingDetector,
  options: LookOptions,
  names?: AskNames,
): Promise<Inspected> {
  const rules = order.policy[order.as];
  const find = names?.find;
  const { format, mediaType, encoding, pieces, opaque } = await extract(content, options);
  const finds = new Finds(detector, { path: content.name, format });
  const preview = order.preview ? new Preview() : undefined;
  const rendition = order.mask === undefined ? undefined : new Rendition();
  const name = finds.look(await namedPiece({ place: 'name', text: content.name }, find));
  preview?.add(name);
  const named = new Set(name.spans.map(({ type }) => type));
  for await (const piece of namedPieces(pieces, find)) {
    const looked = finds.look(piece);
    preview?.add(looked);
    rendition?.add(looked);
  }
  const ofPlaces = await find?.(opaque.map(({ place }) => place));
  const unread = opaque.map(({ reason, place }, at) => ({
    reason,
    place: finds.shown(place, ofPlaces?.[at]) || WHOLE_FILE,
  }));
  // what the rules have found in it counts nevertheless
  if (names?.hasRefused()) unread.push({ reason: 'damaged', place: WHOLE_FILE });
  const inspection = {
    ...{ format, media_type: mediaType, kinds: finds.kinds, places: finds.places, opaque: unread },
    action: judge(rules, finds.counts.keys(), named, unread),
  };
  const wanted = kindsToMask(order, finds.counts.keys(), inspection.action);
  const masked =
    wanted.size === 0 || unread.length > 0 || named.size > 0 || rendition === undefined
      ? undefined
      : await maskedCopy({
          content,
          format,
          mediaType,
          encoding,
          detector,
          rendition,
          wanted,
          options,
          names,
        });
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
  readonly detector: SparingDetector;
  readonly names: AskNames | undefined;
  readonly rendition: Rendition;
  readonly wanted: ReadonlySet<string>;
  readonly options: LookOptions;
};

async function maskedCopy(masking: Masking): Promise<MaskedCopy | undefined> {
  const { content, format, encoding, rendition, wanted } = masking;
  const written = encoding !== undefined && isInPlace(format) ? asWritten(content, encoding) : undefined;
  if (written === undefined || encoding === undefined || !isInPlace(format)) {
    const text = rendition.text((type) => wanted.has(type));
    if (text === undefined) return undefined;
    return checked({ bytes: Buffer.from(text), mediaType: 'text/plain', suffix: '.masked.txt' }, masking);
  }
  return maskedInPlace(format, written, encoding, masking);
}

/** A model reads a text that is masked with other eyes than before: what it finds then is masked as well, but not for ever. */
async function maskedInPlace(
  format: MaskedInPlace,
  written: string,
  encoding: Encoding,
  masking: Masking,
): Promise<MaskedCopy | undefined> {
  const { content, mediaType, wanted, names } = masking;
  let text = written;
  for (let round = 0; round < (names === undefined ? 1 : ROUNDS); round += 1) {
    const detector = await knowing(format, text, masking);
    const next = maskStructured(format, text, detector, wanted, { path: content.name });
    const bytes = next === undefined ? undefined : encode(next, encoding);
    if (next === undefined || bytes === undefined) return undefined;
    const copy = await checked({ bytes, mediaType, suffix: '' }, masking);
    if (copy !== undefined) return copy;
    text = next;
  }
  return undefined;
}

const ROUNDS = 3;

/** The detector, which knows of this text what the model has found in it. */
async function knowing(format: MaskedInPlace, text: string, { detector, names }: Masking): Promise<Detector> {
  const regions = names === undefined ? undefined : regionsOf(format, text);
  if (names === undefined || regions === undefined) return detector;
  const { said } = reading(text, regions);
  const [known = []] = await names.find([said]);
  return {
    rules: detector.rules,
    detect: (some, hint) => detector.detect(some, hint, some === said ? known : []),
  };
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
  for await (const piece of namedPieces(again.pieces, masking.names?.find))
    if (finds.look(piece).spans.some(({ type }) => masking.wanted.has(type))) return undefined;
  if (masking.names?.hasRefused()) return undefined;
  return again.opaque.length > 0 ? undefined : { ...copy, bytes: new Uint8Array(copy.bytes) };
}
