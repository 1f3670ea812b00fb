/** Starts a server under its guard, on a free port, in a throw-away directory. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { environment } from '../../config/environment.ts';

const GUARD = path.join(import.meta.dirname, `guard${path.extname(import.meta.filename)}`);

export type Identity = { readonly uid?: number; readonly gid?: number };

export type ServerSpec = {
  readonly name: string;
  readonly directory: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly identity: Identity;
  readonly isReady: () => Promise<boolean>;
  readonly timeoutMs: number;
};

export type ServerProcess = {
  /** Resolves when the server and its directory are gone. */
  stop(): Promise<void>;
  /** Kills the server as a power cut would. What it resolves to starts it again with its data, and resolves when it answers. */
  kill(): Promise<() => Promise<void>>;
  /** The same for so many milliseconds; resolves when it is back. */
  restart(downMs: number): Promise<void>;
};

/** Servers refuse root, or should: as root they run as `nobody`, else as whoever started them. */
export async function serverIdentity(): Promise<Identity> {
  if (process.getuid?.() !== 0) return {};
  const users = await readFile('/etc/passwd', 'utf8');
  const fields = users
    .split('\n')
    .find((line) => line.startsWith('nobody:'))
    ?.split(':');
  return { uid: Number(fields?.[2] ?? 65534), gid: Number(fields?.[3] ?? 65534) };
}

/** A directory of the server's own, which its guard removes. */
export async function throwAwayDirectory(name: string, identity: Identity): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), `shenji-${name}-`));
  if (identity.uid !== undefined) await chown(directory, identity.uid, identity.gid ?? identity.uid);
  return directory;
}

export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

async function stopGuard(guard: ChildProcess): Promise<void> {
  if (guard.exitCode !== null || guard.signalCode !== null) return;
  guard.ref();
  guard.stdin?.end();
  await once(guard, 'exit');
}

/** @throws Error with the end of the server's own output where it stops or is not ready in time. */
export async function startServer(spec: ServerSpec): Promise<ServerProcess> {
  const { command, args, identity, directory: cwd } = spec;
  const env = { PATH: environment['PATH'] ?? '', HOME: cwd, ...spec.env };
  const guard = spawn(process.execPath, [GUARD, JSON.stringify({ command, args, cwd, env, ...identity })], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  const remember = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-4000));
  guard.stdout.on('data', remember);
  guard.stderr.on('data', remember);
  // The server must not keep a finished program alive.
  guard.unref();
  for (const pipe of [guard.stdin, guard.stdout, guard.stderr]) (pipe as unknown as { unref(): void }).unref();

  async function ready(): Promise<void> {
    const deadline = Date.now() + spec.timeoutMs;
    while (!(await spec.isReady().catch(() => false))) {
      const ended = guard.exitCode !== null;
      if (ended || Date.now() > deadline) {
        await stopGuard(guard);
        throw new Error(
          `${spec.name} ${ended ? 'stopped while starting' : `was not ready in ${spec.timeoutMs / 1000} s`}. Its last words:\n${output}`,
        );
      }
      await pause(100);
    }
  }

  async function kill(): Promise<() => Promise<void>> {
    guard.stdin.write('kill\n');
    // What still answers is the old one.
    while (await spec.isReady().catch(() => false)) await pause(10);
    return async () => {
      guard.stdin.write('start\n');
      await ready();
    };
  }

  async function restart(downMs: number): Promise<void> {
    const startAgain = await kill();
    await pause(downMs);
    await startAgain();
  }

  await ready();
  return { stop: () => stopGuard(guard), kill, restart };
}

/** Writes a file that the server may read, whoever it runs as. */
export async function writeServerFile(file: string, content: string, identity: Identity): Promise<void> {
  await writeFile(file, content);
  if (identity.uid !== undefined) await chown(file, identity.uid, identity.gid ?? identity.uid);
}
