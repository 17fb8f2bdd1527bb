import { type Logger, pino } from 'pino';
import type { Settings } from '../config/settings.ts';

export type { Logger };

/** Keys that may never reach a log, wherever in a line they stand. */
const SECRETS = ['authorization', 'token', 'password', 'secret', 'apiKey', 'databaseUrl'];

/** JSON lines on standard output, each naming the process it comes from. */
export function createLogger(process: string, settings: Pick<Settings, 'CERTUS_LOG_LEVEL'>): Logger {
  return pino({
    level: settings.CERTUS_LOG_LEVEL,
    base: { process },
    redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
