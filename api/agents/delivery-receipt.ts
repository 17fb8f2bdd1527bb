import type { DeliveryReceipt } from '../../contracts/delivery.ts';
import type { IngestionRecord } from '../../services/database/ingestions.ts';

/** What an agent is told of its delivery. One that somebody holds for a while is still under way. */
export function deliveryReceipt(delivery: string, { id, state, error }: IngestionRecord): DeliveryReceipt {
  return {
    delivery,
    ingestion_id: id,
    state: state === 'paused' ? 'running' : state === 'cancelled' ? 'failed' : state,
    failure:
      state === 'cancelled'
        ? {
            code: 'cancelled',
            message: 'it was cancelled at the platform: ask there whether to send it again',
          }
        : error,
  };
}
