/** One owner for each dependency, rooms that know only the rooms below them, and no circle (CONTRIBUTING.md). */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');
const files = globSync('src/**/*.ts', { cwd: ROOT }).map((file) => {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const imports = [...text.matchAll(/(?:from |import\(|^import )'(\.[^']*)'/gm)].map(([, relative = '']) =>
    path.join(path.dirname(file), relative),
  );
  return { file, text, imports };
});
const importing = (pattern: RegExp): string[] => files.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

/** What each room may import beside its own files; nothing imports what is not in the list of its room. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'src/sdk/': [],
  'src/core/': ['src/sdk/'],
  ...Object.fromEntries(
    globSync('src/sources/*/', { cwd: ROOT }).map((source) => [
      `${source.replace(/\/$/, '')}/`,
      ['src/sdk/', 'src/adapters/kibana/objects/'],
    ]),
  ),
  'src/adapters/kibana/objects/': ['src/sdk/'],
  'src/observe/': ['src/core/', 'src/sdk/'],
  'src/adapters/': ['src/core/', 'src/sdk/', 'src/config/', 'src/observe/'],
  'src/config/': ['src/core/usage-error.ts', 'src/observe/version.ts', 'src/sdk/', 'src/sources/'],
  'src/sources/index.ts': ['src/sources/', 'src/sdk/', 'src/adapters/kibana/objects/'],
  'src/dev/simulator/': [],
  'src/dev/embedded/': ['src/config/'],
  'src/testing/': ['src/adapters/', 'src/app/rules/', 'src/config/', 'src/core/', 'src/sdk/', 'src/sources/index.ts'],
  'src/app/': ['src/adapters/', 'src/core/', 'src/sdk/', 'src/config/', 'src/observe/', 'src/sources/'],
};

/** The files of one circle of imports, in order; undefined where there is none. */
function circle(): readonly string[] | undefined {
  const importsOf = new Map(files.map(({ file, imports }) => [file, imports]));
  const done = new Set<string>();
  function visit(file: string, way: readonly string[]): readonly string[] | undefined {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const imported of importsOf.get(file) ?? []) {
      const found = visit(imported, [...way, file]);
      if (found !== undefined) return found;
    }
    done.add(file);
    return undefined;
  }
  return files.map(({ file }) => visit(file, [])).find((found) => found !== undefined);
}

describe('the house', () => {
  it.each([
    [/from '(?:bullmq|ioredis|bullmq-otel|@bull-board\/\w+)'/, 'src/adapters/redis/'],
    [/from '(?:prom-client|@opentelemetry\/[\w-]+)'/, 'src/observe/'],
    [/from '@elastic\/elasticsearch'/, 'src/adapters/elasticsearch/'],
    [/from '(?:pino-pretty|@elastic\/ecs-pino-format)'/, 'src/observe/'],
    [/from 'undici'/, 'src/(?:adapters|dev/embedded)/'],
    [/process\.env\b/, 'src/config/'],
    [/from 'commander'/, 'src/cli/'],
  ])('%s stands only in %s', (pattern, room) => {
    const found = importing(pattern);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((file) => !new RegExp(`^${room}`).test(file))).toEqual([]);
  });

  it.each(Object.entries(ROOMS))('%s knows beside itself only [%s]', (room, known) => {
    const own = files.filter(({ file }) => file.startsWith(room));
    expect(own.length).toBeGreaterThan(0);
    const strangers = own.flatMap(({ file, imports }) =>
      imports
        .filter((imported) => ![room, ...known].some((allowed) => imported.startsWith(allowed)))
        .map((imported) => `${file}: ${imported}`),
    );
    expect(strangers).toEqual([]);
  });

  it('has no circle of imports', () => {
    expect(circle()).toBeUndefined();
  });

  it('shows the simulator to nobody but the demo and its own command', () => {
    const users = files.filter(
      ({ file, imports }) =>
        !/^src\/(?:dev|cli)\//.test(file) && imports.some((each) => each.startsWith('src/dev/simulator/')),
    );
    expect(users.map(({ file }) => file)).toEqual([]);
  });

  it('judges the version of Node and hears signals before it loads anything else', () => {
    const textOf = (file: string): string => files.find((one) => one.file === file)?.text ?? '';
    const imports = (file: string): string[] => textOf(file).match(/^import .*$/gm) ?? [];
    expect(imports('src/cli.ts')).toEqual(["import './cli/node-version.ts';", "import './cli/stopping.ts';"]);
    expect(textOf('src/cli.ts')).toContain("await import('./cli/program.ts')");
    for (const file of ['src/cli/node-version.ts', 'src/cli/stopping.ts']) expect(imports(file)).toEqual([]);
  });
});
