import type { KeyObject } from 'node:crypto';

/**
 * ECDSA over a digest that somebody else computed. Node verifies only what it hashed itself, and the file may be far away.
 * Everything here is public, so nothing need take constant time.
 */
export function holdsOverDigest(key: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  const curve = CURVES.get(key.asymmetricKeyDetails?.namedCurve ?? '');
  const scalars = readSignature(signature);
  if (curve === undefined || scalars === undefined) return false;
  const { r, s } = scalars;
  if (r < 1n || r >= curve.n || s < 1n || s >= curve.n) return false;
  const inverse = invert(s, curve.n);
  const z = toNumber(digest.subarray(0, Math.ceil(curve.bits / 8)));
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const publicPoint: Point = [fromBase64(x), fromBase64(y), 1n];
  const point = sumOfProducts(curve, (z * inverse) % curve.n, publicPoint, (r * inverse) % curve.n);
  if (point === undefined) return false;
  const zInverse = invert(point[2], curve.p);
  return mod(mod(point[0] * zInverse * zInverse, curve.p), curve.n) === r;
}

type Curve = { readonly bits: number; readonly p: bigint; readonly n: bigint; readonly g: Point };
/** In Jacobian coordinates, where adding needs no division. */
type Point = readonly [bigint, bigint, bigint];

const mod = (value: bigint, by: bigint) => ((value % by) + by) % by;
const toNumber = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
const fromBase64 = (text: string) => toNumber(Buffer.from(text, 'base64url'));

function invert(value: bigint, by: bigint): bigint {
  let [a, b] = [mod(value, by), by];
  let [x, y] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  return mod(x, by);
}

/** DER: a sequence of two positive integers, each in its shortest form, and no byte behind them. */
function readSignature(der: Uint8Array): { r: bigint; s: bigint } | undefined {
  const long = der[1] === 0x81;
  const start = long ? 3 : 2;
  if (der[0] !== 0x30 || der[long ? 2 : 1] !== der.length - start) return undefined;
  const r = readInteger(der, start);
  const s = r && readInteger(der, r.end);
  return r && s && s.end === der.length ? { r: r.value, s: s.value } : undefined;
}

function readInteger(der: Uint8Array, at: number): { value: bigint; end: number } | undefined {
  const length = der[at + 1];
  if (der[at] !== 0x02 || length === undefined || length === 0 || length > 0x7f) return undefined;
  const content = der.subarray(at + 2, at + 2 + length);
  const [first = 0x80, second = 0x80] = content;
  if (content.length !== length || first > 0x7f || (first === 0 && second < 0x80)) return undefined;
  return { value: toNumber(content), end: at + 2 + length };
}

/** u·G + v·Q, both in one walk over their bits. */
function sumOfProducts(curve: Curve, u: bigint, q: Point, v: bigint): Point | undefined {
  const both = add(curve, curve.g, q);
  let sum: Point | undefined;
  for (let bit = BigInt(curve.bits - 1); bit >= 0n; bit -= 1n) {
    if (sum !== undefined) sum = double(curve, sum);
    const [inU, inV] = [(u >> bit) & 1n, (v >> bit) & 1n];
    const addend = inU && inV ? both : inU ? curve.g : inV ? q : undefined;
    if (addend !== undefined) sum = add(curve, sum, addend);
  }
  return sum;
}

function double({ p }: Curve, [x, y, z]: Point): Point | undefined {
  if (y === 0n) return undefined;
  const yy = (y * y) % p;
  const s = (4n * x * yy) % p;
  const zz = (z * z) % p;
  const m = mod(3n * (x - zz) * (x + zz), p); // a is -3 on all three curves
  const x3 = mod(m * m - 2n * s, p);
  return [x3, mod(m * (s - x3) - 8n * yy * yy, p), (2n * y * z) % p];
}

function add(curve: Curve, a: Point | undefined, b: Point | undefined): Point | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  const { p } = curve;
  const [azz, bzz] = [(a[2] * a[2]) % p, (b[2] * b[2]) % p];
  const [ax, bx] = [(a[0] * bzz) % p, (b[0] * azz) % p];
  const [ay, by] = [(a[1] * bzz * b[2]) % p, (b[1] * azz * a[2]) % p];
  if (ax === bx) return ay === by ? double(curve, a) : undefined;
  const h = mod(bx - ax, p);
  const hh = (h * h) % p;
  const r = mod(by - ay, p);
  const x = mod(r * r - hh * h - 2n * ax * hh, p);
  return [x, mod(r * (ax * hh - x) - ay * hh * h, p), mod(h * a[2] * b[2], p)];
}

const hex = (...parts: string[]) => BigInt(`0x${parts.join('')}`);

/** FIPS 186-4, appendix D. */
const CURVES: ReadonlyMap<string, Curve> = new Map([
  [
    'prime256v1',
    {
      bits: 256,
      p: hex('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff'),
      n: hex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'),
      g: [
        hex('6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296'),
        hex('4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5'),
        1n,
      ],
    },
  ],
  [
    'secp384r1',
    {
      bits: 384,
      p: hex('f'.repeat(63), 'effffffff', '0'.repeat(16), 'ffffffff'),
      n: hex('f'.repeat(48), 'c7634d81f4372ddf581a0db248b0a77aecec196accc52973'),
      g: [
        hex(
          'aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a38',
          '5502f25dbf55296c3a545e3872760ab7',
        ),
        hex(
          '3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c0',
          '0a60b1ce1d7e819d7a431d7c90ea0e5f',
        ),
        1n,
      ],
    },
  ],
]);
