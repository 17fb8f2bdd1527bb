import type { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { toTemporalFailure } from '../activities/failures.ts';
import { CertusError } from '../contracts/errors.ts';
import type { Logger } from '../services/log/log.ts';

/** One place that logs every activity with the ids it belongs to and turns our errors into Temporal's. */
export function activityInterceptor(log: Logger): ActivityInterceptorsFactory {
  return (context: Context) => ({
    inbound: {
      async execute(input, next) {
        const { activityType, attempt, workflowExecution } = context.info;
        const line = { activity: activityType, attempt, workflow_id: workflowExecution?.workflowId };
        const started = performance.now();
        try {
          const result = await next(input);
          log.info({ ...line, duration_ms: Math.round(performance.now() - started) }, 'activity done');
          return result;
        } catch (error) {
          const code = error instanceof CertusError ? error.code : undefined;
          log.warn({ ...line, code, err: error }, 'activity failed');
          throw toTemporalFailure(error);
        }
      },
    },
  });
}
