import { HERE, isCallOf, type Rule } from '../../rule.ts';

export const pickledData: Rule = {
  id: 'py/pickled-data',
  title: 'Pickled data',
  cwe: ['CWE-502'],
  severity: 'medium',
  confidence: 'low',
  message: 'Pickled data runs code when it is read; where it comes from is not seen here',
  fix: 'Use JSON, or sign the data and check that first.',
  check: (event) =>
    isCallOf(event, /^(?:c?[pP]ickle|_pickle|dill|cloudpickle|jsonpickle)\.(?:loads?|decode)$/) &&
    event.args[0]?.taint === null &&
    event.args[0].constant === undefined
      ? HERE
      : null,
};
