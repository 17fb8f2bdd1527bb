import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

/** Not a part of it, which may be a text: all that was sent. */
const WHOLE = /(?:^|\.)(?:req|request)\.(?:body|query)(?:\.(?:filter|where|query))?$/;

export const nosqlInjection: Rule = {
  id: 'js/nosql-injection',
  title: 'Query object from outside',
  cwe: ['CWE-943'],
  severity: 'high',
  confidence: 'medium',
  message: 'A request can bring operators where a value is meant',
  fix: 'Take single fields, and turn them into strings.',
  check: (event) => {
    if (
      !isCallOf(
        event,
        /\.(?:find|findOne|findOneAndUpdate|findOneAndDelete|deleteOne|deleteMany|updateOne|updateMany|countDocuments|aggregate)$/,
      )
    )
      return null;
    const [filter] = event.args;
    const where = filter?.entries?.get('$where');
    const whole = filter?.entries === null && WHOLE.test(filter.path ?? '') ? filter : null;
    return ifTainted(where, whole);
  },
};
