import { watch } from 'node:fs';
import { isFileError } from '../files/failure.ts';
import type { Logger } from '../log/log.ts';
import { Bell, waited } from './bell.ts';
import type { SourceConfiguration } from './configuration.ts';
import type { Spool } from './spool.ts';

/** When a source is to be read again: when its time has come, or something tells of a change. */
export type Trigger = {
  /** Rings on a change; to be taken before a reading begins. */
  readonly listen: () => Promise<void>;
  readonly wait: (change: Promise<void>, signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
};

export function openTrigger(source: SourceConfiguration, spool: Spool, log: Logger): Trigger {
  if (source.kind === 'drop')
    // whatever rings there: looking whether something was dropped costs nothing
    return {
      listen: () => spool.dropped.listen(),
      wait: (bell, signal) => waited(signal, { bell }),
      close: () => undefined,
    };
  const bell = new Bell();
  const milliseconds = source.every_seconds * 1000;
  const close =
    source.kind === 'folder' && source.watch ? watched(source.path, bell, log, source.name) : undefined;
  return {
    listen: () => bell.listen(),
    wait: async (change, signal) => {
      await waited(signal, { bell: change, milliseconds });
      // who writes one file mostly writes more
      if (close !== undefined) await waited(signal, { milliseconds: Math.min(SETTLING_MS, milliseconds) });
    },
    close: () => close?.(),
  };
}

const SETTLING_MS = 500;

/** Only sooner than the clock: what the system does not tell of is found when it is time. */
function watched(path: string, bell: Bell, log: Logger, source: string): () => void {
  const told = (error: unknown) => {
    const code = isFileError(error) ? error.code : 'unknown';
    log.warn({ source, code }, 'changes are not told here: the folder is read by the clock');
  };
  try {
    const watcher = watch(path, { recursive: true, persistent: false }, () => bell.ring());
    watcher.on('error', told);
    return () => watcher.close();
  } catch (error) {
    told(error);
    return () => undefined;
  }
}
