import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** The first executable of this name in the folders, in their order. */
export const onPath = (command: string, folders: readonly string[]): string | undefined =>
  folders.map((folder) => join(folder, command)).find(isExecutable);

/** As a shell reads PATH, but for relative entries: those would be looked up in the hostile source. */
export const pathFolders = (path: string | undefined): string[] =>
  (path ?? '').split(delimiter).filter(isAbsolute);

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // whatever keeps it from being looked at keeps it from being run
  }
}
