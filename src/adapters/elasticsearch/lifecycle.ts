/** How long Elasticsearch keeps the documents of a data stream: its lifecycle, which a cluster's default and maximum change. */
import { errors } from '@elastic/elasticsearch';
import { parseDuration } from '../../sdk/duration.ts';
import { orUnavailable, type Elasticsearch } from './client.ts';

export type Lifecycle = {
  readonly enabled: boolean;
  /** What the data stream itself asks for, as Elasticsearch writes it (`90d`); undefined for ever. */
  readonly retention: string | undefined;
  /** What holds after the cluster's default and maximum; undefined for ever. */
  readonly effective: string | undefined;
  /** `data_stream_configuration`, `default_global_retention` or `max_global_retention`. */
  readonly determinedBy: string | undefined;
};

/** A server without the module that has an API answers that no handler is there. */
const lacksApi = (error: unknown): boolean =>
  error instanceof errors.ResponseError && /no handler found|incorrect http method/i.test(JSON.stringify(error.body));

/** Whether two retentions are the same, however they are written. */
export const sameRetention = (one: string | undefined, other: string | undefined): boolean =>
  one === other || (one !== undefined && other !== undefined && parseDuration(one) === parseDuration(other));

/** `absent`: there is no such data stream; `unsupported`: this server has no lifecycles. @throws DestinationUnavailableError */
export async function lifecycleOf(
  client: Elasticsearch,
  stream: string,
): Promise<Lifecycle | 'absent' | 'unsupported'> {
  const asked = client.indices.getDataLifecycle({ name: stream }, { ignore: [404] });
  const answer = await asked.catch((error: unknown) => {
    if (lacksApi(error)) return 'unsupported' as const;
    return orUnavailable(`reading the lifecycle of ${stream}`, Promise.reject(error as Error), 'setup');
  });
  if (answer === 'unsupported') return answer;
  const found = answer.data_streams?.find(({ name }) => name === stream);
  if (found === undefined) return 'absent';
  const { enabled, data_retention: retention, effective_retention: effective, retention_determined_by: by } = found.lifecycle ?? {}; // prettier-ignore
  return {
    // A stream without lifecycle has no key for it at all.
    enabled: found.lifecycle !== undefined && enabled !== false,
    retention: retention === undefined ? undefined : String(retention),
    effective: effective === undefined ? undefined : String(effective),
    determinedBy: by,
  };
}

export async function setRetention(client: Elasticsearch, stream: string, retention: string): Promise<void> {
  const put = client.indices.putDataLifecycle({ name: stream, enabled: true, data_retention: retention });
  await orUnavailable(`setting the lifecycle of ${stream}`, put, 'setup');
}
