/** What the built program needs: a real worker process beside the others, its memory read from its own /metrics. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { benchConfig, openBench, type WorkOrder } from './work.ts';

const CLI = path.join(import.meta.dirname, '..', 'dist', 'cli.js');

async function residentMb(url: string): Promise<number> {
  const { body } = await request(`${url}/metrics`);
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(await body.text())?.[1] ?? NaN) / 2 ** 20;
}

/** The largest resident memory in MB that a worker had until it had collected all that is queued; `flags` are Node's. */
export async function peakMemoryMb(order: WorkOrder, flags: readonly string[]): Promise<number> {
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-bench-'));
  const file = path.join(directory, 'shenji.yml');
  writeFileSync(file, JSON.stringify({ ...benchConfig(order), http: { port: 0 } }));
  const args = [...flags, CLI, 'worker', '--concurrency', `${order.concurrency + 1}`, '--config', file];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const eyes = await openBench(order);
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
