/** BullMQ's own spans: a window added, waiting, and worked on, as one trace across processes. */
import type { QueueBaseOptions } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';

/** Options for queues and workers; without tracing none, so that jobs carry nothing for it. */
export const telemetry = (traced: boolean): Pick<QueueBaseOptions, 'telemetry'> =>
  traced ? { telemetry: new BullMQOtel({ tracerName: 'shenji' }) } : {};
