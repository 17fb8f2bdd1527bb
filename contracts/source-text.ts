import type { Source } from './workflows.ts';

/** A source in one line, in the words in which it was asked for. */
export function sourceText(source: Source): string {
  switch (source.type) {
    case 'git':
      return source.url;
    case 'directory':
      return source.path;
    case 'archive':
      return source.name;
    case 's3':
      return `s3://${source.bucket}/${source.prefix}`;
    case 'oci':
      return source.reference;
    case 'sarif':
      return source.repository;
  }
}
