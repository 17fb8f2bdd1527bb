import { type Rule, SQL } from '../../rule.ts';

export const sqlInjection: Rule = {
  id: 'py/sql-injection',
  title: 'SQL injection',
  cwe: ['CWE-89'],
  severity: 'high',
  confidence: 'high',
  message: 'What a request brings becomes part of an SQL statement',
  fix: 'Pass values as parameters of the statement.',
  alsoLocal: true,
  check: (event) => {
    if (
      event.kind !== 'call' ||
      !/^(?:execute|executemany|executescript|raw|text|extra|read_sql|read_sql_query)$/.test(event.method)
    )
      return null;
    const [statement] = event.args;
    return statement?.taint && (SQL.test(statement.text) || /^execute|^raw$|^read_sql/.test(event.method))
      ? { taint: statement.taint }
      : null;
  },
};
