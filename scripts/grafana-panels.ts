/** What a panel of the Grafana dashboard is, and the three sizes that there are. */
import type { Query } from './grafana-queries.ts';

export type Panel = {
  readonly title: string;
  readonly description: string;
  readonly kind: 'stat' | 'timeseries';
  /** Grafana's word: `s`, `short`, `bytes`, `percentunit`, `ops`, … */
  readonly unit: string;
  /** Of the 24 columns. */
  readonly width: number;
  /** From here on it is red. */
  readonly red?: number;
  readonly stacked?: boolean;
  readonly queries: readonly Query[];
};
export type Row = { readonly title: string; readonly panels: readonly Panel[] };

type Content = Omit<Panel, 'kind' | 'width'>;

/** One number for each query, a sixth of the width. */
export const stat = (content: Content): Panel => ({ kind: 'stat', width: 4, ...content });
/** Lines over time, half as wide as the page. */
export const half = (content: Content): Panel => ({ kind: 'timeseries', width: 12, ...content });
export const third = (content: Content): Panel => ({ kind: 'timeseries', width: 8, ...content });
