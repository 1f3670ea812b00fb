/** Where everything lies: `type-dataset-namespace`, as Elasticsearch names its data streams. */

export type DataStream = { readonly type: 'logs' | 'metrics'; readonly dataset: string };

export const LEDGER: DataStream = { type: 'logs', dataset: 'shenji.window' };
export const DEAD_LETTERS: DataStream = { type: 'logs', dataset: 'shenji.dead_letter' };
/** How complete each live stream is, told again and again; the ledger is the evidence. */
export const COMPLETENESS: DataStream = { type: 'metrics', dataset: 'shenji.completeness' };

export const streamName = ({ type, dataset }: DataStream, namespace: string): string =>
  `${type}-${dataset}-${namespace}`;
export const checkpointsIndex = (namespace: string): string => `shenji-checkpoints-${namespace}`;
