import { HERE, isCallOf, type Rule } from '../../rule.ts';

export const unsafeArchive: Rule = {
  id: 'py/unsafe-archive',
  title: 'Archive unpacked without looking at its names',
  cwe: ['CWE-22'],
  severity: 'medium',
  confidence: 'medium',
  message: 'An archive can name files outside of the folder it is unpacked to',
  fix: "Pass filter='data', or check every name.",
  check: (event) =>
    isCallOf(event, /^tarfile\.(?:open|TarFile)\(\)\.(?:extractall|extract)$/) &&
    !event.named.has('filter') &&
    !event.named.has('members')
      ? HERE
      : null,
};
