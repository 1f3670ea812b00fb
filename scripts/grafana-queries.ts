/**
 * What the panels of the Grafana dashboard ask Prometheus. Every series keeps cluster, namespace and job, so that no install
 * hides behind another; the legend names them where your Prometheus sets them.
 */

export type Query = { readonly expr: string; readonly legend: string };

const INSTALL = ['cluster', 'namespace', 'job'];
/** The install behind whatever else a legend says. */
export const INSTALL_SHOWN = INSTALL.map((label) => `{{${label}}}`).join(' ');
const CHOSEN = INSTALL.map((label) => `${label}=~"$${label}"`).join(',');

/** The series of the installs that are chosen above the panels. */
export const chosen = (metric: string, more = ''): string => `${metric}{${CHOSEN}${more === '' ? '' : `,${more}`}}`;

export const by = (operation: string, labels: readonly string[], of: string): string =>
  `${operation} by (${[...INSTALL, ...labels].join(', ')}) (${of})`;

/** One line for each install and each of these labels. */
export function lines(operation: string, labels: readonly string[], of: string, what = ''): Query {
  const legend = [what, labels.map((label) => `{{${label}}}`).join('/'), INSTALL_SHOWN].filter((part) => part !== '');
  return { expr: by(operation, labels, of), legend: legend.join(' ') };
}

/** For how long the moment that a metric tells lies back, by the series that tells the latest. */
export function age(labels: readonly string[], metric: string): Query {
  const { expr, legend } = lines('max', labels, chosen(metric));
  return { expr: `time() - ${expr}`, legend };
}

export const rate = (metric: string, more = ''): string => `rate(${chosen(metric, more)}[$__rate_interval])`;
export const perMinute = (labels: readonly string[], metric: string, more = '', what = ''): Query => {
  const { expr, legend } = lines('sum', labels, rate(metric, more), what);
  return { expr: `${expr} * 60`, legend };
};
/** The 50th and 95th percentile of a histogram. */
export const percentiles = (labels: readonly string[], histogram: string): Query[] =>
  ([50, 95] as const).map((share) => {
    const { expr } = lines('sum', ['le', ...labels], rate(`${histogram}_bucket`));
    const { legend } = lines('sum', labels, '', `p${share}`);
    return { expr: `histogram_quantile(${share / 100}, ${expr})`, legend };
  });

export const STREAM = ['tenant', 'source', 'pass'];
export const SOURCE = ['tenant', 'source'];
