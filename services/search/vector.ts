import { endianness } from 'node:os';
import { CertusError } from '../../contracts/errors.ts';

/** What small sentence models give. */
export const DEFAULT_DIMENSION = 384;

/** Why a vector cannot be compared with others; `undefined` when it can. */
export function unusableVector(vector: Float32Array, dimension: number): string | undefined {
  if (vector.length !== dimension)
    return `embedding: has ${vector.length} values, this index takes ${dimension}`;
  const length = Math.sqrt(dotProduct(vector, vector));
  if (!Number.isFinite(length)) return 'embedding: has values that are not finite numbers';
  return Math.abs(length - 1) > 0.01 ? `embedding: its length is ${length}, not 1` : undefined;
}

/** A question with such a vector is the caller's mistake. */
export function refuseUnusable(vector: Float32Array, dimension: number): void {
  const reason = unusableVector(vector, dimension);
  if (reason !== undefined)
    throw new CertusError('invalid_request', `The query cannot be compared: ${reason}.`);
}

/** In the same direction; nothing where there is none. */
export function unitVector(values: ArrayLike<number>): Float32Array | undefined {
  const vector = Float32Array.from(values);
  const length = Math.sqrt(dotProduct(vector, vector));
  if (!Number.isFinite(length) || length === 0) return undefined;
  return vector.map((value) => value / length);
}

/** Of unit-length vectors this is the cosine. */
export function dotProduct(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** float32, little endian, whatever machine wrote them. */
export function vectorToBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.from(vector.buffer.slice(vector.byteOffset, vector.byteOffset + vector.byteLength));
  return endianness() === 'LE' ? bytes : bytes.swap32();
}

export function bytesToVector(bytes: Uint8Array): Float32Array {
  const copy = Buffer.from(bytes);
  if (endianness() !== 'LE') copy.swap32();
  return new Float32Array(copy.buffer, copy.byteOffset, copy.byteLength / 4);
}
