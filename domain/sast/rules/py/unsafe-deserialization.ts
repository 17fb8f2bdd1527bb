import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const unsafeDeserialization: Rule = {
  id: 'py/unsafe-deserialization',
  title: 'Unsafe deserialization',
  cwe: ['CWE-502'],
  severity: 'critical',
  confidence: 'high',
  message: 'Pickled data runs code when it is read, and a request brings it',
  fix: 'Use JSON, or sign the data and check that first.',
  alsoLocal: true,
  check: (event) =>
    isCallOf(
      event,
      /^(?:c?[pP]ickle|_pickle|dill|cloudpickle|jsonpickle|marshal|shelve|joblib)\.(?:loads?|Unpickler|open|decode)$|^(?:pandas|pd)\.read_pickle$/,
    )
      ? ifTainted(...event.args)
      : null,
};
