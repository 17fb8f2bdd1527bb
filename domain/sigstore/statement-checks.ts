import { hash } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { z } from 'zod';
import { PAYLOAD_TYPE } from '../../contracts/statements.ts';
import type { Artifact } from './signed-content.ts';
import { SigstoreError } from './sigstore-error.ts';
import { readStrictJson } from './strict-json.ts';

export type VerifiedStatement = z.infer<typeof Statement>;

/**
 * A good signature under a statement says nothing of the file at hand unless the statement names it. Null when the bundle
 * signs a file and not a statement.
 */
export function requireStatement(
  { content }: Bundle,
  artifact: Artifact | undefined,
  predicateType: string | undefined,
): VerifiedStatement | null {
  if (content.$case === 'messageSignature') {
    if (predicateType !== undefined)
      throw new SigstoreError('wrong_predicate', 'the bundle signs a file, and holds no statement about it');
    return null;
  }
  const { payload, payloadType } = content.dsseEnvelope;
  if (payloadType !== PAYLOAD_TYPE)
    throw new SigstoreError('bundle_malformed', `what it signs is not of the type ${PAYLOAD_TYPE}`);
  const statement = parse(payload);
  if (artifact !== undefined && !speaksOf(statement, artifact))
    throw new SigstoreError('digest_mismatch', 'the statement speaks of another file than the one given');
  if (predicateType !== undefined && statement.predicateType !== predicateType)
    throw new SigstoreError(
      'wrong_predicate',
      `the statement is of the type ${statement.predicateType.slice(0, 200)}`,
    );
  return statement;
}

function speaksOf({ subject }: VerifiedStatement, artifact: Artifact): boolean {
  const digestOf = digestsOf(artifact);
  return subject.some(({ digest }) => isOf(digest, digestOf));
}

const Statement = z.object({
  _type: z.enum(['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1']),
  subject: z
    .array(
      z.object({
        name: z.string().nullish(),
        digest: z.record(z.string(), z.string().max(1024)),
      }),
    )
    .min(1)
    .max(100_000),
  predicateType: z.string().min(1).max(4096),
  predicate: z.unknown(),
});

function parse(payload: Buffer): VerifiedStatement {
  try {
    return Statement.parse(readStrictJson(payload, payload.byteLength));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError)
      throw new SigstoreError('bundle_malformed', 'what it signs is not an in-toto statement', error);
    throw error;
  }
}

/** Every digest that can be compared must fit: one that does not fit says that it is another file. */
function isOf(
  digest: Readonly<Record<string, string>>,
  digestOf: (name: string) => string | undefined,
): boolean {
  const compared = HASHES.filter((name) => digest[name] !== undefined && digestOf(name) !== undefined);
  return compared.length > 0 && compared.every((name) => digest[name] === digestOf(name));
}

const HASHES = ['sha256', 'sha384', 'sha512'] as const;

/** Hashed once, however many files the statement names. */
function digestsOf(artifact: Artifact): (name: string) => string | undefined {
  if (!('bytes' in artifact)) return (name) => (name === 'sha256' ? artifact.sha256 : undefined);
  const known = new Map<string, string>();
  return (name) => {
    const digest = known.get(name) ?? hash(name, artifact.bytes);
    known.set(name, digest);
    return digest;
  };
}
