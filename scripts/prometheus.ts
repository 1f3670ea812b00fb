/** A real Prometheus in a directory of its own, and what its API says. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort, startServer, throwAwayDirectory, type ServerProcess } from '../src/dev/embedded/server-process.ts';
import { TryError } from './trying.ts';

export type Labels = Readonly<Record<string, string>>;
export type Alert = { readonly labels: Labels; readonly state: 'pending' | 'firing'; readonly annotations: Labels };
export type Target = { readonly health: string; readonly lastError: string; readonly labels: Labels };
export type Sample = { readonly metric: Labels; readonly value: readonly [time: number, value: string] };

/** Asks for one path of the API. @throws TryError with Prometheus' own words */
async function ask<T>(url: string, what: string): Promise<T> {
  const reply = await fetch(`${url}/api/v1/${what}`);
  const { status, data, error } = (await reply.json()) as { status: string; data: T; error?: string };
  if (status !== 'success') throw new TryError(`Prometheus refuses ${decodeURIComponent(what)}: ${error}`);
  return data;
}

/** `files` by name, in one directory; the configuration is `prometheus.yml`. Its data goes when it stops. */
export async function startPrometheus(binary: string, files: Readonly<Record<string, string>>) {
  const directory = await throwAwayDirectory('prometheus', {});
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(directory, name), content);
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const server: ServerProcess = await startServer({
    name: 'Prometheus',
    directory,
    command: binary,
    args: [
      '--config.file=prometheus.yml',
      `--storage.tsdb.path=${path.join(directory, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ],
    identity: {},
    isReady: async () => (await fetch(`${url}/-/ready`)).ok,
    timeoutMs: 30_000,
  });
  return {
    url,
    stop: () => server.stop(),
    query: async (expr: string): Promise<Sample[]> =>
      (await ask<{ result: Sample[] }>(url, `query?query=${encodeURIComponent(expr)}`)).result,
    alerts: async (): Promise<Alert[]> => (await ask<{ alerts: Alert[] }>(url, 'alerts')).alerts,
    targets: async (): Promise<Target[]> => (await ask<{ activeTargets: Target[] }>(url, 'targets')).activeTargets,
    /** Of every metric that has a series. */
    metricNames: (): Promise<string[]> => ask<string[]>(url, 'label/__name__/values'),
  };
}

export type Prometheus = Awaited<ReturnType<typeof startPrometheus>>;
