import { type JsonObject, objectOf, ownValue } from '../reading/json-values.ts';

/**
 * What the tool says identifies the result. Its full fingerprints before its partial ones, and of several the first by
 * name, so that one more changes nothing. What merely describes a commit, what is made of a line's number and what no
 * digest looks like ("requires login") is not believed.
 */
export function nativeFingerprintOf(result: JsonObject): string | undefined {
  return (
    firstCredible('full', objectOf(result.fingerprints)) ??
    firstCredible('partial', objectOf(result.partialFingerprints))
  );
}

function firstCredible(prefix: string, values: JsonObject): string | undefined {
  for (const key of Object.keys(values).slice(0, MAX_KEYS).sort()) {
    const value = ownValue(values, key);
    if (typeof value === 'string' && !VOLATILE.test(key) && CREDIBLE.test(value))
      return `${prefix}:${key}:${value}`;
  }
  return undefined;
}

const MAX_KEYS = 100;
const VOLATILE = /^(?:commit|author|email|date|time|line|startline|column)/i;
/** A digest or an identifier, with what some append to tell equal ones apart. */
const CREDIBLE = /^[A-Za-z0-9+/_=.:-]{8,512}$/;
