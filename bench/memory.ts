/** What the built program needs: a real worker process beside the others, its memory read from its own /metrics. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { environment } from '../src/config/environment.ts';
import { benchConfig, openBench, type WorkOrder } from './work.ts';

const CLI = path.join(import.meta.dirname, '..', 'dist', 'cli.js');

async function residentMb(url: string): Promise<number> {
  const { body } = await request(`${url}/metrics`);
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(await body.text())?.[1] ?? NaN) / 2 ** 20;
}

/** What the image sets for every process in it. */
export function imageEnvironment(): Record<string, string> {
  const dockerfile = readFileSync(path.join(import.meta.dirname, '..', 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ');
  const settings = [...dockerfile.matchAll(/^ENV (.*)$/gm)].map(([, line]) => line).join(' ');
  const pairs = settings.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g);
  return Object.fromEntries([...pairs].map(([, name = '', quoted, plain]) => [name, quoted ?? plain ?? '']));
}

/** The largest resident memory in MB that a worker, with this besides its environment, had until it had collected all that is queued. */
export async function peakMemoryMb(order: WorkOrder, settings: Readonly<Record<string, string>>): Promise<number> {
  const eyes = await openBench(order);
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-bench-'));
  const file = path.join(directory, 'shenji.yml');
  writeFileSync(file, JSON.stringify({ ...benchConfig(order), http: { port: 0 } }));
  const args = [CLI, 'worker', '--concurrency', `${order.concurrency + 1}`, '--config', file];
  const env = { ...environment, ...settings };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(0, 100_000)));
  try {
    let url: string | undefined;
    while (url === undefined) {
      if (child.exitCode !== null) throw new Error(`the worker ended:\n${log}`);
      await pause(50);
      url = /listen at (http:\/\/[\d.:]+)/.exec(log)?.[1];
    }
    let peak = 0;
    while ((await eyes.sources[0]?.queue.unfinished())?.length !== 0) {
      peak = Math.max(peak, await residentMb(url));
      await pause(50);
    }
    return Math.max(peak, await residentMb(url));
  } finally {
    child.kill();
    await eyes.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
