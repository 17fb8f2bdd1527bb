import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { KeyOrOrder, shown } from './keys-change.ts';

type Options = {
  readonly certificate: string;
  readonly key: string;
  readonly passphraseFile?: string;
  readonly environment: string;
};

/** The passphrase comes out of a file: what stands on a command line is read by everybody on the machine. */
export async function uploadKey(context: Context, options: Options): Promise<ExitCode> {
  const read = (file: string) => readSmall(resolve(context.workingDirectory, file));
  const body = {
    environment: options.environment,
    certificate_pem: await read(options.certificate),
    private_key_pem: await read(options.key),
    ...(options.passphraseFile === undefined
      ? {}
      : { passphrase: (await read(options.passphraseFile)).replace(/\r?\n$/, '') }),
  };
  return shown(context, await context.api().post('/v1/keys', body, KeyOrOrder));
}

const LIMIT = 64 * 1024;

async function readSmall(file: string): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(file, { end: LIMIT })) chunks.push(chunk);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError('cannot_read', EXIT.notFound, `cannot read ${file}: ${code ?? 'unknown'}`, error);
  }
  const content = Buffer.concat(chunks);
  if (content.length > LIMIT)
    throw new CommandError('bad_file', EXIT.badData, `${file} is too large for a key or a certificate`);
  return content.toString('utf8');
}
