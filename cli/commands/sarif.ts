import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Finding } from '../../contracts/finding.ts';
import type { Notice } from '../../contracts/scan.ts';
import { fingerprinted } from '../../domain/finding/fingerprint.ts';
import { readSarif } from '../../domain/finding/sarif-reader/read-sarif.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printableJson } from '../neutralise.ts';

type Options = { readonly root?: string };

type Normalised = {
  readonly file: string;
  readonly findings: readonly object[];
  readonly problems: readonly Notice[];
  readonly readable: boolean;
};

/**
 * Reads SARIF as a scan would and names its findings, asking no server. One object for a file, one a line for several;
 * a file that cannot be read at all still has its object, which says why.
 */
export async function normalizeSarif(context: Context, files: string[], options: Options): Promise<ExitCode> {
  let allReadable = true;
  for (const file of files) {
    const { readable, ...document } = await normalised(context, file, options);
    allReadable &&= readable;
    if (files.length > 1 && context.output.format === 'json')
      context.stdout.write(`${onOneLine(document)}\n`);
    else context.output.result(document, () => draw(context, document));
  }
  return allReadable ? EXIT.ok : EXIT.badData;
}

/** Line feeds inside of strings are escaped, so those that are left are indentation. */
const onOneLine = (document: object): string => printableJson(document).replaceAll(/\n */g, '');

async function normalised(context: Context, file: string, { root }: Options): Promise<Normalised> {
  const bytes = await bytesOf(resolve(context.workingDirectory, file));
  if (!Buffer.isBuffer(bytes)) return { file, findings: [], problems: [bytes], readable: false };
  const from = root === undefined ? {} : { root: resolve(context.workingDirectory, root) };
  const { drafts, problems, readable } = readSarif(bytes, from);
  return { file, findings: fingerprinted(drafts).map(toEntry), problems, readable };
}

/** The place and the suppression on top, where scripts look for them. */
function toEntry({ location, suppressed, sources: _, ...finding }: Finding): object {
  const { tool, rule, severity, fingerprint, title, message, ...rest } = finding;
  return {
    tool,
    rule,
    severity,
    path: location?.path ?? null,
    start_line: location?.start_line ?? null,
    start_column: location?.start_column ?? null,
    end_line: location?.end_line ?? null,
    end_column: location?.end_column ?? null,
    fingerprint,
    suppressed: suppressed !== null,
    suppression: suppressed,
    title,
    message,
    ...rest,
  };
}

const MAX_UNPACKED = 256 * 1024 * 1024;

/** Code hosts take SARIF packed, so it often lies about that way. */
async function bytesOf(path: string): Promise<Buffer | Notice> {
  try {
    const bytes = await readFile(path);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return isPacked ? await promisify(gunzip)(bytes, { maxOutputLength: MAX_UNPACKED }) : bytes;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== 'string') throw error;
    return code === 'ENOENT'
      ? { code: 'file_not_found', message: 'there is no such file' }
      : { code: 'file_unreadable', message: `the file cannot be read: ${code}` };
  }
}

function draw({ output }: Context, { file, findings, problems }: Omit<Normalised, 'readable'>): void {
  output.line(`${file}: ${findings.length} findings`);
  output.table(
    ['SEVERITY', 'TOOL', 'RULE', 'PLACE', 'FINGERPRINT'],
    (findings as Record<string, unknown>[]).map((finding) => [
      `${finding.severity}${finding.suppressed ? ' (suppressed)' : ''}`,
      String(finding.tool),
      String(finding.rule),
      finding.path === null
        ? '-'
        : `${finding.path}${finding.start_line === null ? '' : `:${finding.start_line}`}`,
      String(finding.fingerprint).slice(0, 12),
    ]),
  );
  for (const { code, message, path } of problems)
    output.note(`${file}: ${code}: ${message}${path === undefined ? '' : ` (${path})`}`);
}
