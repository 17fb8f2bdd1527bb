import { gunzipSync } from 'node:zlib';
import type { Finding } from '../../../contracts/finding.ts';
import type { Notice } from '../../../contracts/scan.ts';
import { fingerprinted } from '../../../domain/finding/fingerprint.ts';
import { readSarif } from '../../../domain/finding/sarif-reader/read-sarif.ts';

/** What a report says, once it is unpacked: to read it takes several times as much memory. Beyond it is no report but a bomb. */
const MAX_BYTES = 128 * 1024 * 1024;

export type Reading =
  | {
      readonly findings: readonly Finding[];
      readonly problems: readonly Notice[];
      readonly tools: readonly { readonly name: string; readonly version: string | null }[];
    }
  | { readonly unreadable: string };

// The entry of a thread: half a minute of parsing must not hold up what else the worker has in hand.

export function read(compressed: Uint8Array): Reading {
  let report: Buffer;
  try {
    report = gunzipSync(compressed, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      unreadable:
        code === 'ERR_BUFFER_TOO_LARGE' ? `it unpacks to more than ${MAX_BYTES} bytes` : 'it is no gzip',
    };
  }
  const { drafts, problems, tools, readable } = readSarif(report, { maxBytes: MAX_BYTES });
  if (!readable) return { unreadable: problems[0]?.message ?? 'it is no SARIF log' };
  return { findings: fingerprinted(drafts), problems, tools };
}
