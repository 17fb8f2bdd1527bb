import { z } from 'zod';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { Delivery, type HandedOverItem, MOST_DELIVERY_BYTES } from '../../contracts/delivery.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { AgentSource } from '../../contracts/ingestion.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { ingestKey } from '../../contracts/object-keys.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { createDetector } from '../../domain/sanitize/create-detector.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../domain/sanitize/default-privacy-policy.ts';
import { indexPolicy } from '../../domain/sanitize/index-policy.ts';
import { maskText } from '../../domain/sanitize/mask-text.ts';
import type { Connector, SourceItem } from './connector.ts';
import { readCursor } from './cursor.ts';
import type { Reader } from './deps.ts';
import { readItem } from './read-object.ts';

/**
 * What an agent says of one of its sources: what is new or changed, and what is no more. It lists no more than that, so what it
 * does not name stays as it is.
 */
export function openAgent(source: AgentSource, reader: Reader): Connector {
  let read: Promise<Opened> | undefined;
  const opened = () => {
    read ??= openDelivery(source, reader);
    return read;
  };
  return {
    listsAll: false,
    page: async ({ cursor, limit }) => {
      const { at } = readCursor(Cursor, cursor, { at: 0 });
      const { items, gone } = await opened();
      const from = at - items.length;
      const some = items.slice(at, at + limit);
      const next = some.length > 0 ? at + some.length : at + GONE_AT_ONCE;
      const left = items.length + gone.length - next;
      return {
        items: some.map(({ listed }) => listed),
        // under the name that it would have had before its name was known to be personal
        gone: [
          ...some.flatMap(({ formerly }) => formerly ?? []),
          ...(from < 0 ? [] : gone.slice(from, from + GONE_AT_ONCE).flatMap(bothKeys)),
        ],
        ...{ lost: [], cursor: left > 0 ? { at: next, left } : null, checkpoint: null },
      };
    },
    fetch: async ({ key, version }, { known, maxBytes }) => {
      if (known === version) return null;
      const { items } = await opened();
      const found = items.find(({ listed }) => listed.key === key && listed.version === version);
      if (found === undefined) throw new CertusError('bundle_invalid', 'it is no item of this delivery');
      if (found.bytes.length > maxBytes)
        throw new CertusError('item_too_large', `it is larger than ${maxBytes} bytes`);
      return { bytes: found.bytes, mediaType: null };
    },
    close: async () => undefined,
  };
}

const Cursor = z.object({ at: z.number().int().min(0) });
const GONE_AT_ONCE = 1000;

type Delivered = {
  readonly listed: SourceItem;
  readonly bytes: Uint8Array;
  /** Its key as it came, where that is not what it is known by. */
  readonly formerly: string | undefined;
};
type Opened = { readonly items: readonly Delivered[]; readonly gone: readonly string[] };

async function openDelivery(source: AgentSource, { scope, deps }: Reader): Promise<Opened> {
  const { bundle, delivery: digest, agent } = source;
  const bytes = await readItem(deps.uploads, ingestKey(scope, bundle), {
    sha256: bundle,
    maxBytes: MOST_DELIVERY_BYTES,
  }).catch((error: unknown) => {
    // not that its items are gone from the site
    if (error instanceof CertusError && error.code === 'item_gone')
      throw new CertusError('upload_not_found', 'what was delivered is not there');
    throw error;
  });
  const payload = Buffer.from(Signed.parse(jsonOf(bytes)).dsseEnvelope.payload, 'base64');
  if (sha256(payload) !== digest)
    throw new CertusError('digest_mismatch', 'the bundle holds another delivery than was accepted');
  const delivery = Delivery.parse(jsonOf(payload));
  const extra = {
    ...{ agent, agent_source: delivery.source, agent_source_kind: delivery.source_kind },
    ...{ delivery: digest, site_sanitizer: shown(delivery.sanitizer) },
  };
  const { labels, component } = delivery;
  const items = delivery.items.map((item): Delivered => {
    const { key, name, location, masked } = item;
    const handed: z.infer<typeof HandedOverItem> = { item, labels, component };
    const content = Buffer.from(canonicalJson(handed));
    const known = keyOf(key);
    const listed = {
      ...{ key: known, version: sha256(content), size: content.length },
      ...{ name: shown(name), location: shown(location) },
      extra: { ...extra, masked_at_site: sumOf(masked) },
    };
    return { listed, bytes: content, formerly: known === key ? undefined : key };
  });
  return { items, gone: delivery.gone };
}

/** That it was signed, and by whom, was looked at when it was taken in; since then only its digest counts. */
const Signed = z.object({ dsseEnvelope: z.object({ payload: z.string() }) });

/** A careless site may number what it cannot count; no sum of ours may leave what a number can hold. */
const sumOf = (masked: Readonly<Record<string, number>>): number =>
  Math.min(
    Object.values(masked).reduce((sum, count) => sum + count, 0),
    1_000_000_000,
  );

/** Keys stand in lists of what could not be read. One that names somebody is told apart by its digest instead. */
function keyOf(key: string): string {
  const masked = shown(key);
  return masked === key ? key : `${masked}#${sha256(key).slice(0, 24)}`;
}

const bothKeys = (key: string): string[] => [...new Set([keyOf(key), key])];

/** By the built-in rules: they are the same for each delivery of a source, and so are its keys. */
function shown(text: string): string {
  detector ??= createDetector(indexPolicy(DEFAULT_PRIVACY_POLICY), 'documents', 'anybodys');
  return maskText(text, detector.detect(text, { format: 'json' }));
}

let detector: ReturnType<typeof createDetector> | undefined;
