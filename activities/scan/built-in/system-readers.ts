import type { ReaderChoice } from '../../../domain/components/readers.ts';
import { apkReader } from '../../../domain/components/system/apk-installed.ts';
import { dpkgReader } from '../../../domain/components/system/dpkg-status.ts';
import { readOsRelease } from '../../../domain/components/system/os-release.ts';

/** Who reads the package database of an unpacked image, when the source is one of a distribution we know. */
export function systemReaders(
  inTree: (path: string) => string | null,
): (path: string) => ReaderChoice | null {
  const release = inTree('etc/os-release') ?? inTree('usr/lib/os-release');
  const distribution = release === null ? null : readOsRelease(release);
  if (distribution === null) return () => null;
  const { ecosystem } = distribution;
  const isApk = ecosystem === 'Alpine';
  const choice: ReaderChoice = {
    ecosystem,
    read: isApk ? apkReader(distribution) : dpkgReader(distribution),
    kind: 'lock',
  };
  const database = isApk ? /^lib\/apk\/db\/installed$/ : /^var\/lib\/dpkg\/(status|status\.d\/[^/.]+)$/;
  return (path) => (database.test(path) ? choice : null);
}
