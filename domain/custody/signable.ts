import { CertusError } from '../../contracts/errors.ts';
import type { RequestedItem, SignItem, SignRequest } from '../../contracts/signing.ts';
import { PREDICATE, STATEMENT_TYPE } from '../../contracts/statements.ts';
import { sha256 } from './digest.ts';

/** What a request asks to have signed, one way of saying it for all its forms. Throws for what is signed for nobody. */
export function requestedItems(request: SignRequest): SignItem[] {
  const items = 'items' in request ? request.items.map(toItem) : itemsOfOld(request);
  for (const item of items) requireSignable(item);
  return items;
}

/**
 * A tenant's key signs what the tenant says, and never what Certus itself says with such keys: else whoever may ask for
 * a signature had provenance of a scan that never was.
 */
export function requireSignable(item: SignItem): void {
  if (item.kind === 'message') requireNoEnvelope(item.content);
  else {
    requireOthersWord(item.statement.predicateType);
    requireReadable(item.statement);
  }
}

/** In base64 it must stay within what verifiers read of a bundle. */
function requireReadable(statement: object): void {
  if (JSON.stringify(statement).length > MAX_STATEMENT)
    throw new CertusError(
      'statement_invalid',
      `a statement of more than ${MAX_STATEMENT} characters is not signed`,
    );
}

const MAX_STATEMENT = 8 * 1024 * 1024;

function requireOthersWord(predicateType: string): void {
  if (predicateType === PREDICATE.endorsement) return;
  if (OWN.has(predicateType) || predicateType.toLowerCase().startsWith('https://certus.dev/'))
    throw new CertusError(
      'statement_invalid',
      `${predicateType} is what Certus says of its own acts: it is not signed on request`,
    );
}

const OWN: ReadonlySet<string> = new Set(Object.values(PREDICATE));

/**
 * The bytes that a DSSE signature covers are bytes like any others: signed as a message, they would be a statement that
 * nobody has looked at.
 */
function requireNoEnvelope(content: string): void {
  if (Buffer.from(content.slice(0, 16), 'base64').toString('latin1').startsWith('DSSEv1'))
    throw new CertusError(
      'statement_invalid',
      'content that begins like a DSSE envelope is not signed: send the statement',
    );
}

function toItem(item: RequestedItem): SignItem {
  if ('statement' in item) return { kind: 'statement', statement: item.statement };
  if ('artifact' in item) return { kind: 'message', name: item.name, content: item.artifact };
  const { subject, predicate_type: predicateType, predicate } = item;
  return { kind: 'statement', statement: { _type: STATEMENT_TYPE, subject, predicateType, predicate } };
}

type RequestOfOld = Exclude<SignRequest, { items: unknown }>;

function itemsOfOld({ artifact, artifact_type, subject, predicates = {} }: RequestOfOld): SignItem[] {
  const named = /^sha256:(.*)$/.exec(artifact)?.[1];
  const digest = named ?? sha256(Buffer.from(artifact, 'base64'));
  const about = [{ name: subject, annotations: { artifact_type }, digest: { sha256: digest } }];
  const statements = Object.entries(predicates).map(([predicateType, predicate]) =>
    toItem({ subject: about, predicate_type: predicateType, predicate }),
  );
  if (statements.length > 0) return statements;
  if (named === undefined) return [{ kind: 'message', name: subject, content: artifact }];
  throw new CertusError(
    'statement_invalid',
    'of a digest alone nothing is said that could be signed: send predicates, or the content in base64',
  );
}
