import express, { type RequestHandler } from 'express';
import { CertusError } from '../contracts/errors.ts';
import { readStrictJson } from '../domain/sigstore/strict-json.ts';

const MAX_DEPTH = 200;

/**
 * Reads a body that says one thing: of a key that stands twice in an object we would take the last and whoever kept the text
 * perhaps the first, and then something else was verified, signed or ordered than they believe.
 */
export const readBody = (limit = 1024 * 1024): RequestHandler =>
  express.json({
    limit,
    inflate: false,
    strict: false,
    type: () => true,
    verify: (_request, _response, bytes) => requireOneReading(bytes),
  });

function requireOneReading(bytes: Buffer): void {
  if (bytes.length === 0) return;
  try {
    readStrictJson(bytes, bytes.length, MAX_DEPTH);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // what the parser says quotes the body
    const why = TOLD.has(error.message)
      ? `the body cannot be read: ${error.message}`
      : 'the body is not valid JSON';
    throw new CertusError('malformed_json', why);
  }
}

const TOLD: ReadonlySet<string> = new Set([
  'it is not UTF-8',
  'it is nested too deep',
  'an object has the same key twice',
]);
