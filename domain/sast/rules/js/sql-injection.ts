import { type Rule, SQL } from '../../rule.ts';

const EXECUTES =
  /^(?:query|execute|exec|raw|run|all|get|each|prepare|whereRaw|havingRaw|orderByRaw|joinRaw|\$queryRawUnsafe|\$executeRawUnsafe|literal)$/;
const RAW = /raw/i;
const DATABASE =
  /(?:^|\.)(?:db|database|pool|conn|connection|client|knex|sequelize|mysql|pg|sql)\.(?:query|execute|raw)$/i;

export const sqlInjection: Rule = {
  id: 'js/sql-injection',
  title: 'SQL injection',
  cwe: ['CWE-89'],
  severity: 'high',
  confidence: 'high',
  message: 'What a request brings becomes part of an SQL statement',
  fix: 'Pass values as parameters of the statement.',
  alsoLocal: true,
  check: (event) => {
    if (event.kind !== 'call' || !EXECUTES.test(event.method)) return null;
    const [statement] = event.args;
    const text = statement?.entries?.get('text') ?? statement?.entries?.get('sql') ?? statement;
    if (!text?.taint) return null;
    return RAW.test(event.method) || DATABASE.test(event.path) || SQL.test(text.text)
      ? { taint: text.taint }
      : null;
  },
};
