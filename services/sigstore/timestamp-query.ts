import { createHash } from 'node:crypto';

/** RFC 3161, section 2.4.1: what is to be stamped, a number that only this question has, and the wish for the certificate. */
export function timestampQuery(signature: Uint8Array, nonce: Buffer): Buffer {
  const digest = createHash('sha256').update(signature).digest();
  const algorithm = der(SEQUENCE, SHA256, NULL);
  return der(
    SEQUENCE,
    der(INTEGER, Buffer.of(1)),
    der(SEQUENCE, algorithm, der(OCTET_STRING, digest)),
    der(INTEGER, nonce),
    der(BOOLEAN, Buffer.of(0xff)),
  );
}

const SEQUENCE = 0x30;
const BOOLEAN = 0x01;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const NULL = Buffer.of(0x05, 0x00);
/** 2.16.840.1.101.3.4.2.1 */
const SHA256 = Buffer.from('0609608648016503040201', 'hex');

/** Everything in a query is shorter than 128 bytes: one byte tells its length. */
const der = (tag: number, ...content: readonly Buffer[]): Buffer => {
  const value = Buffer.concat(content);
  return Buffer.concat([Buffer.of(tag, value.length), value]);
};
