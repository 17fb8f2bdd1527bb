import { CertusError } from '../../contracts/errors.ts';

/** OCI's grammar. Checked before a name gets near a path or a URL, where `..`, `?` and `#` would mean something. */
export const checkRepository = (name: string): string => {
  if (name.length <= 200 && REPOSITORY.test(name)) return name;
  throw wrong(
    'repository',
    name,
    'lower-case letters, digits and ". _ -" between them, in parts joined by "/", at most 200',
  );
};

export const checkTag = (tag: string): string => {
  if (TAG.test(tag)) return tag;
  throw wrong('tag', tag, '1 to 128 letters, digits and "_ . -", not starting with "." or "-"');
};

export const checkDigest = (digest: string): string => {
  if (isDigest(digest)) return digest;
  throw wrong('digest', digest, '"sha256:" and 64 lower-case hexadecimal digits');
};

/** A tag or a digest. */
export const checkReference = (reference: string): string =>
  reference.includes(':') ? checkDigest(reference) : checkTag(reference);

export const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text);

/** Sorts, and leaves out what tools name after a digest: referrers' indexes and cosign's signatures. */
export const personalTags = (tags: Iterable<string>): string[] =>
  [...new Set(tags)].filter((tag) => TAG.test(tag) && !/^sha256-[0-9a-f]{64}(\..*)?$/.test(tag)).sort();

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

const wrong = (what: string, text: string, rule: string) =>
  new CertusError('invalid_request', `Not a ${what}: ${JSON.stringify(text.slice(0, 80))}: ${rule}`);
