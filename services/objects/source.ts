import type { Readable } from 'node:stream';

/**
 * Looks after a body from the moment it is handed over: a stream may fail before anybody reads it, which
 * would end the process, and one that is refused half way must not keep its file or socket open.
 */
export const lookingAfter = async <T>(body: Uint8Array | Readable, use: () => Promise<T>): Promise<T> => {
  if (body instanceof Uint8Array) return use();
  // Whoever reads it afterwards meets the same error.
  body.on('error', () => undefined);
  try {
    return await use();
  } finally {
    body.destroy();
  }
};
