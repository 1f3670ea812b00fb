/** A checkout in which tests run deploy/compose/secrets.sh. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..', '..');
/** Root may be anybody; anybody else only oneself. */
export const USERS = process.getuid?.() === 0 ? [0, 1000, 1234] : [process.getuid?.() ?? 0];

/** What .env names beside the apps. */
export const TENANT = 'SHENJI_CONFIG=./deploy/compose/shenji.yml\nSHENJI_TENANT=acme\n';

/** An empty checkout of `uid`, whose .env names an app. */
export function checkout(uid: number): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-secrets-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(path.join(ROOT, 'deploy', 'compose', 'secrets.sh'), path.join(directory, 'deploy', 'compose', 'secrets.sh'));
  writeFileSync(path.join(directory, '.env'), `${TENANT}FEISHU_APP_ID=cli_a1b2c3\n`);
  chmodSync(directory, 0o755);
  chownSync(directory, uid, uid);
  return directory;
}

/** Runs the script in `directory` as `uid`, with `input` for its answers. */
export async function secretsOf(
  directory: string,
  uid: number,
  input: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; said: string }> {
  const child = spawn('sh', ['deploy/compose/secrets.sh', ...args], {
    cwd: directory,
    uid,
    gid: uid,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'inherit', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.on('error', () => undefined).end(input);
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

/** The secrets that were made, by directory and file. */
export function contents(directory: string): Record<string, string> {
  const files = globSync('*/*', { cwd: path.join(directory, 'secrets') }).toSorted();
  return Object.fromEntries(files.map((file) => [file, readFileSync(path.join(directory, 'secrets', file), 'utf8')]));
}
