/** A stack of docker-compose.yml of its own, beside any other: project, volumes, secrets, ports and image are nobody else's. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { TryError } from './trying.ts';

const ROOT = path.join(import.meta.dirname, '..');
const run = promisify(execFile);

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };
export type Container = {
  readonly Name: string;
  readonly Service: string;
  readonly State: string;
  readonly Health: string;
  readonly ExitCode: number;
};

/** Resolves also where the program fails. @throws TryError where it is not there */
async function ended(file: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  try {
    const { stdout, stderr } = await run(file, args, { cwd: ROOT, env, maxBuffer: 1 << 28 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number | string; stdout?: string; stderr?: string };
    if (typeof code === 'number') return { code, stdout, stderr };
    throw new TryError(`${file} ${args.join(' ')}: ${(error as Error).message}`);
  }
}

/** `docker compose`, else `docker-compose`. @throws TryError that says what is missing */
export async function findCompose(): Promise<readonly string[]> {
  const engine = await ended('docker', ['version', '--format', '{{.Server.Version}}']).catch(() => undefined);
  if (engine === undefined) throw new TryError('there is no docker on the path');
  if (engine.code !== 0)
    throw new TryError(`no Docker engine answers: ${engine.stderr.trim()} (DOCKER_HOST names another)`);
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    const [file = '', ...args] = command;
    const version = await ended(file, [...args, 'version', '--short']).catch(() => undefined);
    if (version?.code === 0 && /^v?[2-9]/.test(version.stdout)) return command;
  }
  throw new TryError('there is no Compose 2: neither "docker compose" nor "docker-compose" answers');
}

/** The variables of the caller's own stack must not reach this one. */
function cleaned(): NodeJS.ProcessEnv {
  const foreign = /^(?:COMPOSE_|SHENJI_|FEISHU_|DINGTALK_|DEMO_)|_PORT$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** `stop_grace_period` of a service in docker-compose.yml, in seconds. @throws TryError where it is not written in seconds */
export function graceOf(service: string): number {
  const file = parse(readFileSync(path.join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
    readonly services: Readonly<Record<string, { readonly stop_grace_period?: string }>>;
  };
  const period = file.services[service]?.stop_grace_period ?? 'not set';
  const seconds = /^(\d+)s$/.exec(period)?.[1];
  if (seconds === undefined)
    throw new TryError(`stop_grace_period of ${service} is ${period}, not a number of seconds`);
  return Number(seconds);
}

export function createStack(command: readonly string[], settings: Readonly<Record<string, string>>) {
  const [file = '', ...before] = command;
  const name = `shenji-try-${randomBytes(3).toString('hex')}`;
  const secrets = mkdtempSync(path.join(tmpdir(), `${name}-`));
  const env = {
    ...cleaned(),
    SHENJI_SECRETS: secrets,
    SHENJI_IMAGE: name,
    // Any free ports.
    REDIS_PORT: '0', ELASTICSEARCH_PORT: '0', SHENJI_PORT: '0', KIBANA_PORT: '0',
    ...settings,
  }; // prettier-ignore
  const options = [...before, '--project-name', name, '--env-file', '/dev/null', '--profile', 'demo'];
  const compose = (...args: string[]): Promise<Ended> => ended(file, [...options, ...args], env);

  /** @throws TryError with the last lines that were said */
  async function must(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await compose(...args);
    const last = stderr.trim().split('\n').slice(-5).join('\n');
    if (code !== 0)
      throw new TryError(`docker compose ${args.join(' ')} exits with code ${code}:\n${last}\n${stdout.slice(-2_000)}`);
    return stdout;
  }

  async function containers(...services: string[]): Promise<Container[]> {
    const lines = (await must('ps', '--all', '--format', 'json', ...services)).trim();
    return lines.split('\n').map((line) => JSON.parse(line) as Container);
  }

  return {
    name,
    compose,
    must,
    containers,
    docker: (...args: string[]): Promise<Ended> => ended('docker', args),
    /** As people type it: `docker compose exec scheduler shenji …`. */
    shenji: (...args: string[]): Promise<Ended> => compose('exec', '-T', 'scheduler', 'shenji', ...args),
    secret: (holder: string): string => readFileSync(path.join(secrets, holder), 'utf8'),
    /** All of it, and nothing else. The secrets may belong to the container that made them. */
    async remove(): Promise<void> {
      await compose(
        'run',
        '--rm',
        '--no-deps',
        '--entrypoint',
        'find',
        'secrets',
        '/secrets',
        '-mindepth',
        '1',
        '-delete',
      );
      await compose('down', '--volumes', '--remove-orphans');
      await ended('docker', ['image', 'rm', '--force', name]);
      rmSync(secrets, { recursive: true, force: true });
    },
  };
}

export type Stack = ReturnType<typeof createStack>;
