import type { SanitizeFormat } from '../../contracts/sanitize.ts';
import { RestoreStream } from '../../domain/sanitize/operators/restore.ts';
import type { SanitizeKey } from '../../domain/sanitize/operators/sanitize-key.ts';
import { StreamText } from '../../domain/sanitize/stream/stream-text.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeOut } from './write-out.ts';

/** Writes what pseudonyms stand for in their place; those of another key stay, and are counted. */
export async function restored(
  { stdin, stdout, output }: Context,
  key: SanitizeKey,
  format: SanitizeFormat,
): Promise<ExitCode> {
  const text = new StreamText();
  const stream = new RestoreStream(key, format);
  let unknown = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const written = (piece: ReturnType<RestoreStream['push']>) => {
      unknown += piece.unknown;
      return text.encode(piece.text);
    };
    for await (const bytes of stdin) yield written(stream.push(text.decode(bytes)));
    yield written(stream.push(text.end()));
    yield written(stream.end());
  }
  await writeOut(stdout, pieces());
  if (unknown > 0) output.note(`${unknown} are no pseudonyms of this key and tenant; they stay as they are`);
  return EXIT.ok;
}
