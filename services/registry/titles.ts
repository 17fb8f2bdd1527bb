/**
 * What keeps titles from being the files of one folder; `undefined` when nothing does. A title comes from whoever
 * pushed the artifact, and is a path on the disk of whoever pulls it. With `anyCase` two may differ in nothing else than that:
 * whoever writes them then has to see what the disk makes of it.
 */
export const titleFault = (titles: readonly string[], { anyCase = false } = {}): string | undefined => {
  const folders = new Set<string>();
  const seen = new Set<string>();
  for (const title of titles) {
    const name = JSON.stringify(title.slice(0, 80));
    if (!isSafe(title)) return `${name} is not a safe file name`;
    // Compared as the least careful file system would, on which one of the two would overwrite the other.
    const folded = anyCase ? title.normalize('NFC') : title.normalize('NFC').toLowerCase();
    if (seen.has(folded)) return `two files are named ${name}`;
    seen.add(folded);
    for (let end = folded.indexOf('/'); end !== -1; end = folded.indexOf('/', end + 1))
      folders.add(folded.slice(0, end));
  }
  const both = [...seen].find((title) => folders.has(title));
  return both === undefined ? undefined : `${JSON.stringify(both)} is a file and a folder`;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\\:]/;

const isSafe = (title: string): boolean =>
  title.isWellFormed() &&
  !UNSAFE.test(title) &&
  title
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && Buffer.byteLength(part) <= 255);
