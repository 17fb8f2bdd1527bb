import { DRAFT_DEFAULTS } from '../draft.ts';
import { canonicalAdvisory, identifiersIn } from '../reading/identifiers.ts';
import { isObject, listOf, objectOf, textOf } from '../reading/json-values.ts';
import { severityOfWord } from '../reading/severity-scale.ts';
import { draftsOf, inFile, type NativeReader, unlike } from './native-reader.ts';

export const readRetireJs: NativeReader = (report, context) => {
  const files = Array.isArray(report) ? report : isObject(report) ? report.data : undefined;
  if (!Array.isArray(files)) throw unlike('retire.js');
  for (const error of isObject(report) ? listOf(report.errors) : [])
    context.problems.add(
      'not_searched',
      textOf(error) ?? textOf(objectOf(error).message) ?? 'retire.js failed on a file',
    );
  const drafts = files.flatMap((file, at) => {
    const path = textOf(objectOf(file).file);
    return listOf(objectOf(file).results).flatMap((result, index) => {
      const { component, npmname, version, vulnerabilities } = objectOf(result);
      const name = textOf(npmname) ?? textOf(component);
      return draftsOf(vulnerabilities, `data[${at}].results[${index}].vulnerabilities`, context, (entry) => {
        if (path === undefined || name === undefined) return undefined;
        const known = objectOf(entry.identifiers);
        const identifiers = identifiersIn(
          [...Object.values(known), entry.cwe, entry.info]
            .flat()
            .filter((text): text is string => typeof text === 'string'),
        );
        const summary = textOf(known.summary);
        const rule =
          canonicalAdvisory(identifiers) ??
          textOf(known.retid) ??
          `${name}: ${summary ?? 'known vulnerability'}`;
        const below = textOf(entry.below);
        const severity = textOf(entry.severity);
        return {
          ...DRAFT_DEFAULTS,
          kind: 'vulnerability' as const,
          tool: context.tool,
          rule,
          title: `${rule} in ${name}`,
          severity: severityOfWord(severity) ?? 'medium',
          source_severity: severity ?? null,
          message: summary ?? `${name} has the known vulnerability ${rule}`,
          location: inFile(context.path(path)),
          identifiers,
          package: {
            name,
            version: textOf(version) ?? null,
            purl: `pkg:npm/${encodeURIComponent(name)}${textOf(version) === undefined ? '' : `@${encodeURIComponent(String(version))}`}`,
          },
          fix: below === undefined ? null : `Upgrade ${name} to ${below}`,
        };
      });
    });
  });
  return { drafts, toolVersion: isObject(report) ? (textOf(report.version) ?? null) : null };
};
