import { randomBytes } from 'node:crypto';
import { RFC3161Timestamp } from '@sigstore/core';
import { ask, type Patience } from './ask.ts';
import { believe, type TrustedRoot } from './believe.ts';
import { readBundle, signatureOf, writeBundle } from './bundle.ts';
import { timestampQuery } from './timestamp-query.ts';
import { orUntrusted, untrusted } from './untrusted.ts';

const SERVICE = 'The timestamp authority';
const MAX_ANSWER = 64 * 1024;
const MAX_SKEW_MS = 5 * 60_000;

export type Stamping = Patience & {
  readonly tsaUrl: string;
  /** What the operator pinned. Without it a timestamp is only seen to be about our signature and about now. */
  readonly trust: TrustedRoot | undefined;
  readonly now: () => Date;
};

/** Adds the time at which its signature existed to a bundle. */
export async function timestampBundle(bundle: Uint8Array, stamping: Stamping): Promise<Uint8Array> {
  const parsed = readBundle(bundle);
  const signedTimestamp = await requestTimestamp(signatureOf(parsed.content), stamping);
  const material = parsed.verificationMaterial;
  const earlier = material.timestampVerificationData?.rfc3161Timestamps ?? [];
  material.timestampVerificationData = { rfc3161Timestamps: [...earlier, { signedTimestamp }] };
  return writeBundle(parsed);
}

/** A timestamp (DER) over a signature, believed before it is given. */
export async function requestTimestamp(
  signature: Buffer,
  { tsaUrl, trust, now, ...patience }: Stamping,
): Promise<Buffer> {
  const nonce = newNonce();
  const answer = await ask(
    SERVICE,
    tsaUrl,
    {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
      body: timestampQuery(signature, nonce),
      maxBytes: MAX_ANSWER,
    },
    patience,
  );
  const signedTimestamp = Buffer.from(answer.bytes);
  const timestamp = orUntrusted(SERVICE, 'answers something else than a timestamp', () =>
    RFC3161Timestamp.parse(signedTimestamp),
  );
  orUntrusted(SERVICE, 'answers with a timestamp that cannot be read, or is of something else', () =>
    checkAnswer(timestamp, signature, nonce, now()),
  );
  if (trust !== undefined)
    orUntrusted(SERVICE, 'answers with a timestamp that is not to be believed', () =>
      believe(trust, signature, { timestamps: [{ $case: 'timestamp-authority', timestamp }] }),
    );
  return signedTimestamp;
}

/** Positive and of the shortest form, as DER wants its integers, and small enough for servers that keep it in a number. */
const newNonce = (): Buffer => {
  const nonce = randomBytes(6);
  nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x40;
  return nonce;
};

/** Is it about our signature, an answer to this very question, and of now? An old one would date the signature back. */
function checkAnswer(timestamp: RFC3161Timestamp, signature: Buffer, nonce: Buffer, now: Date): void {
  if (timestamp.status !== 0n && timestamp.status !== 1n) throw untrusted(SERVICE, 'grants no timestamp');
  const info = timestamp.tstInfo;
  info.verify(signature);
  const repeated = info.root.subs.slice(5).some(({ tag, value }) => tag.isInteger() && value.equals(nonce));
  if (!repeated) throw untrusted(SERVICE, 'answers another question');
  const skew = Math.abs(info.genTime.getTime() - now.getTime());
  if (!(skew <= MAX_SKEW_MS)) throw untrusted(SERVICE, 'tells another time than ours');
}
