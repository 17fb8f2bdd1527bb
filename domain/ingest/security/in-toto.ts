import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../finding/reading/json-values.ts';
import { chunkText } from '../chunks/chunk-text.ts';
import type { Draft } from '../draft.ts';
import { flattenJson } from '../flatten-json.ts';
import type { Desk } from './desk.ts';

/** What else a value may be, and what it then says. */
export type TellRecords = (value: JsonObject, depth: number) => ((desk: Desk) => Iterable<Draft>) | undefined;

export const isStatement = ({ _type }: JsonObject): boolean =>
  typeof _type === 'string' && /^https:\/\/in-toto\.io\/Statement\/v/.test(_type);
export const isEnvelope = (value: JsonObject): boolean =>
  typeof value.payloadType === 'string' &&
  typeof value.payload === 'string' &&
  Array.isArray(value.signatures);
export const isBundle = ({ mediaType }: JsonObject): boolean =>
  typeof mediaType === 'string' && mediaType.startsWith('application/vnd.dev.sigstore.bundle');

export const isAttestation = (value: JsonObject): boolean =>
  isStatement(value) || isEnvelope(value) || isBundle(value);

/** What somebody states of some files, out of what it is signed in. That it is signed is told; by whom, only verifying tells. */
export function* attestationRecords(
  value: JsonObject,
  tell: TellRecords,
  depth: number,
  desk: Desk,
): Generator<Draft> {
  if (isBundle(value)) {
    const envelope = value.dsseEnvelope;
    if (isObject(envelope) && isEnvelope(envelope)) yield* attestationRecords(envelope, tell, depth, desk);
    else yield signatureRecord(value, desk);
  } else if (isEnvelope(value)) yield* payloadRecords(value, tell, depth, desk);
  else {
    yield* statementRecords(value, false, desk);
    yield* insideRecords(value.predicate, tell, depth, desk);
  }
}

const MOST_PAYLOAD = 32 * 1024 * 1024;
const DEEPEST = 3;

function* payloadRecords(
  envelope: JsonObject,
  tell: TellRecords,
  depth: number,
  desk: Desk,
): Generator<Draft> {
  const packed = textOf(envelope.payload) ?? '';
  if (packed.length > MOST_PAYLOAD) return desk.lost('too_large', 'payload');
  const payload = parsed(Buffer.from(packed, 'base64').toString('utf8'));
  if (!isObject(payload)) return desk.lost('damaged', 'payload');
  if (!isStatement(payload)) {
    if (yield* insideRecords(payload, tell, depth, desk)) return;
    const type = textOf(envelope.payloadType) ?? 'unknown';
    yield* textRecords(
      { type, name: undefined, subjects: 0, isSigned: true },
      flattenJson(payload, '', tooDeep(desk)),
      desk,
    );
    return;
  }
  yield* statementRecords(payload, listOf(envelope.signatures).length > 0, desk);
  yield* insideRecords(payload.predicate, tell, depth, desk);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A predicate may be a bill of materials, a VEX document or a scanner's report itself. Tells whether it is. */
function* insideRecords(
  predicate: unknown,
  tell: TellRecords,
  depth: number,
  desk: Desk,
): Generator<Draft, boolean> {
  if (!isObject(predicate)) return false;
  for (const candidate of [predicate, predicate.Data, objectOf(predicate.scanner).result]) {
    const records = isObject(candidate) ? tell(candidate, depth + 1) : undefined;
    if (records === undefined) continue;
    if (depth >= DEEPEST) desk.lost('too_deep', 'predicate');
    else yield* records(desk);
    return true;
  }
  return false;
}

function* statementRecords(statement: JsonObject, isSigned: boolean, desk: Desk): Generator<Draft> {
  const type = textOf(statement.predicateType) ?? 'unknown';
  const subjects = listOf(statement.subject);
  const name = textOf(objectOf(subjects[0]).name);
  const lines = [
    ...flattenJson({ predicateType: type, subject: statement.subject }, '', tooDeep(desk)),
    ...flattenJson(told(statement.predicate), 'predicate', tooDeep(desk)),
  ];
  yield* textRecords({ type, name, subjects: subjects.length, isSigned }, lines, desk);
}

const tooDeep = (desk: Desk) => () => desk.lost('too_deep', 'predicate');

type About = {
  readonly type: string;
  readonly name: string | undefined;
  readonly subjects: number;
  readonly isSigned: boolean;
};

function* textRecords(
  { type, name, subjects, isSigned }: About,
  lines: Iterable<string>,
  desk: Desk,
): Generator<Draft> {
  const shown = `Attestation ${desk.line(shortType(type), 100)}`;
  const title = name === undefined ? shown : `${shown} of ${desk.line(name, 150)}`;
  const extra = { predicate_type: desk.line(type, 256), subjects, signed: isSigned };
  const whole = [...lines].join('\n');
  if (whole.length > MOST_TEXT) desk.lost('too_large', 'predicate');
  for (const { key, text } of chunkText(desk.safe(whole, MOST_TEXT), 'paths', { name: '' }))
    yield { kind: 'document', key: desk.key('document', type, name, key), title, text, extra };
}

const MOST_TEXT = 512 * 1024;

/** What is read as records of its own is not told a second time as text. */
function told(predicate: unknown): unknown {
  if (!isObject(predicate)) return predicate;
  const { bomFormat, spdxVersion, statements } = predicate;
  return bomFormat !== undefined || spdxVersion !== undefined || Array.isArray(statements) ? {} : predicate;
}

/** `https://slsa.dev/provenance/v1` is known as `slsa.dev/provenance/v1`. */
const shortType = (type: string): string => type.replace(/^https?:\/\//, '');

/** A bundle that signs a file as such. */
function signatureRecord(bundle: JsonObject, desk: Desk): Draft {
  const { algorithm, digest } = objectOf(objectOf(bundle.messageSignature).messageDigest);
  const hex = Buffer.from(textOf(digest) ?? '', 'base64').toString('hex');
  const name = `${textOf(algorithm) ?? 'digest'} ${hex}`.slice(0, 200);
  return {
    kind: 'document',
    key: desk.key('document', name),
    title: 'Signature of a file',
    text: `Sigstore bundle with the signature of a file.\n\nDigest: ${desk.line(name, 200)}`,
    extra: { signed: true, predicate_type: 'none', subjects: 1 },
  };
}
