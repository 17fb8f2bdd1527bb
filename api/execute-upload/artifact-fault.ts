import type { BundleIndex } from '../../contracts/bundle.ts';
import type { ExecuteUploadRequest } from '../../contracts/execute-upload.ts';

/** What is wrong with the files that a caller names, held against the index of what was permitted; null when nothing is. */
export function artifactFault(
  artifacts: ExecuteUploadRequest['artifacts'],
  { files }: Pick<BundleIndex, 'files'>,
  named: Readonly<Record<string, string>>,
): string | null {
  if (artifacts.length === 0) return 'no_artifacts: no artifacts were named';
  const listed = new Map(files.map((file) => [file.path as string, file]));
  for (const { name, hash, size } of artifacts) {
    const path = Object.hasOwn(named, name) ? named[name] : undefined;
    const file = listed.get(name) ?? listed.get(path ?? name);
    if (file === undefined) return `hash_mismatch: the bundle has no ${JSON.stringify(name)}`;
    if (file.sha256 !== hash.replaceAll('sha256:', '') || (size ?? file.size) !== file.size)
      return `hash_mismatch: ${JSON.stringify(name)} is another file in the bundle`;
  }
  return null;
}
