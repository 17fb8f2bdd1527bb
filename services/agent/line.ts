import { stat } from 'node:fs/promises';
import { CertusError } from '../../contracts/errors.ts';
import { isFileError } from '../files/failure.ts';
import { type Identity, type IdentityFiles, readIdentity } from './identity.ts';
import { type Link, openLink } from './link.ts';

export type Line = { readonly identity: Identity; readonly link: Link };

/** The line to the platform as the files say it now; files of which one is not there yet leave it as it was. */
export function openLine(
  url: string,
  files: IdentityFiles,
): { open: () => Promise<Line>; close: () => Promise<void> } {
  let known: { readonly line: Line; readonly times: string } | undefined;
  const renewed = async (times: string): Promise<Line> => {
    const identity = await readIdentity(files);
    const line = { identity, link: openLink(url, identity) };
    const before = known?.line.link;
    known = { line, times };
    await before?.close();
    return line;
  };
  let turn: Promise<unknown> = Promise.resolve();
  const open = async (): Promise<Line> => {
    const times = await timesOf(files);
    if (known !== undefined && known.times === times) return known.line;
    try {
      return await renewed(times);
    } catch (error) {
      // half renewed: a certificate, and not yet its key
      if (known !== undefined && error instanceof CertusError) return known.line;
      throw error;
    }
  };
  return {
    // one after the other: two who find new files must not open two lines
    open: () => {
      const opened = turn.then(open);
      turn = opened.catch(() => undefined);
      return opened;
    },
    close: async () => known?.line.link.close(),
  };
}

async function timesOf({ ca, certificate, key }: IdentityFiles): Promise<string> {
  const times = [];
  for (const file of [ca, certificate, key])
    times.push(
      await stat(file).then(
        ({ mtimeMs, size }) => `${mtimeMs}-${size}`,
        (error: unknown) => {
          if (isFileError(error)) return 'none';
          throw error;
        },
      ),
    );
  return times.join(' ');
}
