import { HERE, type Rule, SQL } from '../../rule.ts';

export const sqlStringBuilding: Rule = {
  id: 'py/sql-string-building',
  title: 'SQL statement put together as text',
  cwe: ['CWE-89'],
  severity: 'medium',
  confidence: 'low',
  message: 'Values become part of the statement; whether strangers choose them is not seen here',
  fix: 'Pass values as parameters of the statement.',
  check: (event) => {
    if (event.kind !== 'call' || !/^(?:execute|executemany|executescript|raw)$/.test(event.method))
      return null;
    const [statement] = event.args;
    return statement?.taint === null && statement.isBuilt && SQL.test(statement.text) ? HERE : null;
  },
};
