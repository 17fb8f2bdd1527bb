import { chmodSync, mkdirSync } from 'node:fs';

/** A folder for secrets and evidence: nobody else looks inside. */
export function privateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/**
 * The folder around them. When we are root, the account that PostgreSQL runs under must be able to pass through, and
 * still sees nothing of what lies beside its own folder.
 */
export function homeFolder(path: string): string {
  privateFolder(path);
  if (process.getuid?.() === 0) chmodSync(path, 0o711);
  return path;
}
