import { parse as parseYaml } from 'yaml';
import type { Reading } from '../../contracts/ingestion.ts';
import { cycloneDxRecords } from '../../domain/ingest/security/cyclonedx.ts';
import { cycloneDxOfXml, looksLikeCycloneDxXml } from '../../domain/ingest/security/cyclonedx-xml.ts';
import { sliceJson } from '../../domain/ingest/security/json-slices.ts';
import { fits, mappedRecords } from '../../domain/ingest/security/mapped.ts';
import { isSpdx2, spdx2Records } from '../../domain/ingest/security/spdx.ts';
import { looksLikeTagValue, spdxOfTagValue } from '../../domain/ingest/security/spdx-tag-value.ts';
import {
  formatNamed,
  isLongList,
  type SecurityDocument,
  tellJson,
  tellNative,
  tellsNative,
} from '../../domain/ingest/security/tell.ts';
import { type Content, MAX_MARKUP, MAX_WHOLE } from '../text/content.ts';
import { decode, type Encoding } from '../text/encoding.ts';
import type { Recognised } from '../text/recognise.ts';

export type ToldDocument = SecurityDocument & { readonly mediaType: string };

/** Which security document a file is, if it is one: by what it holds, and as the caller wants it read. */
export function securityDocument(
  content: Content,
  recognised: Recognised,
  reading: Reading,
): ToldDocument | undefined {
  const { encoding, format } = recognised;
  const wanted = formatNamed(reading.format);
  if (encoding === undefined || wanted === 'document' || content.size === 0 || content.size > MAX_WHOLE)
    return undefined;
  const head = decode(content.head, encoding).trimStart();
  const told = jsonDocument(content, encoding, head, reading) ?? written(content, encoding, format, head);
  if (told === undefined || (wanted !== 'auto' && told.format !== wanted)) return undefined;
  return { ...told, mediaType: told.mediaType ?? MEDIA_TYPES[told.format] ?? 'application/json' };
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  sarif: 'application/sarif+json',
  spdx: 'application/spdx+json',
  cyclonedx: 'application/vnd.cyclonedx+json',
  intoto: 'application/vnd.in-toto+json',
};

type Told = SecurityDocument & { readonly mediaType?: string };

function jsonDocument(
  content: Content,
  encoding: Encoding,
  head: string,
  reading: Reading,
): Told | undefined {
  if (!/^[{[]/.test(head)) return undefined;
  const bytes = once(() => utf8Of(content, encoding));
  const whole = once(() => (content.size <= MAX_MARKUP ? parsed(bytes().toString('utf8')) : undefined));
  const { format, schema } = reading;
  if (format === 'jsonpath') return schema === undefined ? undefined : mapped(whole(), schema);
  const named = tellsNative(format) ? tellNative(whole(), format) : undefined;
  if (named !== undefined) return named;
  const slices = head.startsWith('{') ? sliceJson(bytes(), isLongList) : undefined;
  const told = slices === undefined ? undefined : tellJson({ slices, whole, bytes });
  if (told !== undefined) return told;
  const native = tellNative(whole());
  if (native !== undefined) return native;
  return schema === undefined ? undefined : mapped(whole(), schema);
}

function mapped(value: unknown, schema: NonNullable<Reading['schema']>): Told | undefined {
  if (!fits(value, schema)) return undefined;
  return { format: 'jsonpath', records: (desk) => mappedRecords(value, schema, desk) };
}

function written(content: Content, encoding: Encoding, format: string, head: string): Told | undefined {
  if (content.size > MAX_MARKUP) return undefined;
  const text = () => decode(content.whole(), encoding);
  if (format === 'xml' && looksLikeCycloneDxXml(head)) {
    const bill = cycloneDxOfXml(text());
    if (bill === undefined) return undefined;
    return {
      format: 'cyclonedx',
      mediaType: 'application/vnd.cyclonedx+xml',
      records: (desk) => cycloneDxRecords(bill, desk),
    };
  }
  if (looksLikeTagValue(head)) {
    const bill = spdxOfTagValue(text());
    return { format: 'spdx', mediaType: 'text/spdx', records: (desk) => spdx2Records(bill, desk) };
  }
  if (!/^["']?spdxVersion["']?:\s{1,4}["']?SPDX-2\./m.test(head) || content.size > MAX_YAML) return undefined;
  const value = yamlValue(text());
  if (value === null || typeof value !== 'object' || !isSpdx2(value as Record<string, unknown>))
    return undefined;
  const { packages, ...rest } = value as Record<string, unknown>;
  const list = Array.isArray(packages) ? packages : [];
  return {
    format: 'spdx',
    mediaType: 'application/spdx+yaml',
    records: (desk) => spdx2Records({ rest, packages: list }, desk),
  };
}

const MAX_YAML = 16 * 1024 * 1024;

/** An alias stands for what may stand for more: only so many are followed. */
function yamlValue(text: string): unknown {
  try {
    return parseYaml(text, { maxAliasCount: 100, prettyErrors: false });
  } catch (error) {
    if (error instanceof Error) return undefined; // whatever it is called, it is no document of this kind
    throw error;
  }
}

function utf8Of(content: Content, encoding: Encoding): Buffer {
  const bytes = content.whole();
  const isUtf8 = encoding.label === 'utf-8';
  return isUtf8
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).subarray(encoding.mark)
    : Buffer.from(decode(bytes, encoding), 'utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
