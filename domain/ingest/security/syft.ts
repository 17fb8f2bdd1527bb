import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../finding/reading/json-values.ts';
import type { Draft } from '../draft.ts';
import type { Desk } from './desk.ts';
import { billRecord, packageRecord } from './package-record.ts';

export const isSyft = (value: JsonObject): boolean =>
  Array.isArray(value.artifacts) && textOf(objectOf(value.descriptor).name) === 'syft';

export function* syftRecords(rest: JsonObject, artifacts: Iterable<unknown>, desk: Desk): Generator<Draft> {
  let packages = 0;
  for (const artifact of artifacts) {
    const name = isObject(artifact) ? textOf(artifact.name) : undefined;
    if (!isObject(artifact) || name === undefined) {
      desk.lost('damaged', 'artifacts');
      continue;
    }
    packages += 1;
    yield packageRecord(
      {
        name,
        version: textOf(artifact.version),
        licenses: listOf(artifact.licenses)
          .map(
            (license) =>
              textOf(license) ?? textOf(objectOf(license).spdxExpression) ?? textOf(objectOf(license).value),
          )
          .filter((license) => license !== undefined),
        purl: textOf(artifact.purl),
        type: textOf(artifact.type),
        references: listOf(artifact.locations)
          .map((location) => textOf(objectOf(location).path))
          .filter((path) => path !== undefined),
      },
      desk,
    );
  }
  const { descriptor, source, schema } = rest;
  yield billRecord(
    {
      format: 'syft',
      version: textOf(objectOf(schema).version),
      name: textOf(objectOf(source).name),
      tools: [`syft ${textOf(objectOf(descriptor).version) ?? ''}`.trim()],
      packages,
    },
    desk,
  );
}
