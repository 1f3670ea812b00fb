/** The one place that reads the process's environment. */
import type { Environment } from './load.ts';

export const environment: Environment = process.env;

/** The proxy that the environment names for a URL, as curl would choose it; undefined for none. */
export function proxyFor(url: string, from: Environment = environment): string | undefined {
  const { protocol, hostname, port } = new URL(url);
  const named = (name: string): string | undefined => from[name.toLowerCase()] || from[name] || undefined;
  const exempt = (named('NO_PROXY') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  const isExempt = exempt.some((entry) => {
    const [host = '', onlyPort] = entry.replace(/^\*?\./, '').split(':');
    const matches = entry === '*' || hostname === host || hostname.endsWith(`.${host}`);
    return matches && (onlyPort === undefined || onlyPort === port);
  });
  if (isExempt) return undefined;
  return protocol === 'https:' ? named('HTTPS_PROXY') : named('HTTP_PROXY');
}

/** Whether any proxy is named at all. */
export function anyProxy(from: Environment = environment): boolean {
  return ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].some((name) => (from[name] ?? '') !== '');
}

/** The service name to trace under, where the environment names an OTLP endpoint; else nothing is traced. */
export function tracedService(from: Environment = environment): string | undefined {
  const endpoints = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (from['OTEL_SDK_DISABLED'] === 'true' || endpoints.every((name) => !from[name])) return undefined;
  return from['OTEL_SERVICE_NAME'] || 'shenji';
}
