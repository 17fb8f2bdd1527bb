import { CertusError } from '../../contracts/errors.ts';

/** What keeps a key from being one, in words; `undefined` for a good key. One rule for every store. */
export const keyFault = (key: string): string | undefined => {
  if (!key.isWellFormed()) return 'it is not well-formed Unicode';
  if (UNPRINTABLE.test(key)) return 'it holds a control character or a backslash';
  if (Buffer.byteLength(key) > MAX_KEY) return `it is longer than ${MAX_KEY} bytes`;
  for (const segment of key.split('/')) {
    if (segment === '') return 'it has an empty segment';
    if (segment === '.' || segment === '..') return `it has a segment "${segment}"`;
    if (Buffer.byteLength(segment) > MAX_SEGMENT) return `a segment is longer than ${MAX_SEGMENT} bytes`;
  }
  return undefined;
};

export const checkKey = (key: string): string => {
  const fault = keyFault(key);
  if (fault !== undefined) throw new CertusError('invalid_key', `Not an object key: ${quote(key)}: ${fault}`);
  return key;
};

/** A prefix is the beginning of a key, so it may be empty or end with "/". */
export const checkPrefix = (prefix: string): string => {
  const fault = prefix === '' ? undefined : keyFault(prefix.endsWith('/') ? `${prefix}x` : prefix);
  if (fault !== undefined)
    throw new CertusError('invalid_key', `Not a key prefix: ${quote(prefix)}: ${fault}`);
  return prefix;
};

/** S3's rule without dots, which break TLS names; it also keeps a bucket from being named like our own folders. */
export const checkBucketName = (name: string): string => {
  if (/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) return name;
  throw new CertusError(
    'invalid_key',
    `Not a bucket name: ${quote(name)}: 3 to 63 lower-case letters, digits or "-"`,
  );
};

/** S3 takes 1024 bytes and some file systems take paths of no more; a root must fit beside the key. */
const MAX_KEY = 900;
const MAX_SEGMENT = 255;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff\\]/;

const quote = (text: string) => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
