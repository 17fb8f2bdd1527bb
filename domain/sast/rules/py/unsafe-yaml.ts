import { HERE, isCallOf, type Rule } from '../../rule.ts';

export const unsafeYaml: Rule = {
  id: 'py/unsafe-yaml',
  title: 'YAML that may make objects',
  cwe: ['CWE-502'],
  severity: 'high',
  confidence: 'high',
  message: 'A document can name any class and have it made',
  fix: 'Use yaml.safe_load.',
  check: (event) => {
    if (isCallOf(event, /^yaml\.(?:unsafe_load|unsafe_load_all)$/)) return HERE;
    if (!isCallOf(event, /^yaml\.(?:load|load_all)$/)) return null;
    const loader = (event.named.get('Loader') ?? event.args[1])?.path ?? '';
    return /(?:Safe|Base|CSafe)Loader$/.test(loader) ? null : HERE;
  },
};
