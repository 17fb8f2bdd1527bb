import type { FieldError } from '../../../contracts/errors.ts';
import type { SchemaMapping } from '../../../contracts/ingestion.ts';
import { compilePath } from './json-path.ts';

/** Which of a mapping's paths cannot be followed, each by its place; none when it can be used. */
export function mappingFaults({ format }: SchemaMapping): FieldError[] {
  const { findings_path, metadata, mapping } = format;
  if (findings_path.trim() === '') return [{ path: 'format.findings_path', message: 'is empty' }];
  return [
    ...faultsIn('format', { findings_path }),
    ...faultsIn('format.metadata', metadata),
    ...faultsIn('format.mapping', mapping),
  ];
}

const faultsIn = (place: string, paths: Readonly<Record<string, string | undefined>>): FieldError[] =>
  Object.entries(paths).flatMap(([name, path]) => {
    const message = path === undefined ? undefined : compilePath(path).fault;
    return message === undefined ? [] : [{ path: `${place}.${name}`, message }];
  });
