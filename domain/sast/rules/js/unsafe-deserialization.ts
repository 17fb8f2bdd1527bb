import { ifTainted, isCallOf, option, type Rule } from '../../rule.ts';

export const unsafeDeserialization: Rule = {
  id: 'js/unsafe-deserialization',
  title: 'Unsafe deserialization',
  cwe: ['CWE-502'],
  severity: 'critical',
  confidence: 'high',
  message: 'What a request brings is turned into objects, and may bring code',
  fix: 'Use JSON, and check its shape.',
  alsoLocal: true,
  check: (event) =>
    isCallOf(
      event,
      /^(?:node-serialize|serialize-to-js|funcster)\.(?:unserialize|deserialize|deepDeserialize)$|^v8\.deserialize$|^js-yaml\.load$/,
    ) &&
    (event.path !== 'js-yaml.load' || (option(event, 'schema')?.path ?? '').endsWith('DEFAULT_FULL_SCHEMA'))
      ? ifTainted(event.args[0])
      : null,
};
