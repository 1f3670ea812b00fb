/** One owner for each dependency, and walls that hold (docs/design.md). */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');
const files = globSync('src/**/*.ts', { cwd: ROOT }).map((file) => ({
  file,
  text: readFileSync(path.join(ROOT, file), 'utf8'),
}));
const importing = (pattern: RegExp): string[] => files.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

describe('the house', () => {
  it.each([
    [/from '(?:bullmq|ioredis|bullmq-otel|@bull-board\/\w+)'/, 'src/queue/'],
    [/from '(?:prom-client|@opentelemetry\/[\w-]+)'/, 'src/observe/'],
    [/from '@elastic\/elasticsearch'/, 'src/elasticsearch/'],
    [/from '(?:pino-pretty|@elastic\/ecs-pino-format)'/, 'src/observe/'],
    [/process\.env\b/, 'src/config/'],
    [/from 'commander'/, 'src/c'],
  ])('%s stands only in %s', (pattern, room) => {
    const found = importing(pattern);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((file) => !file.startsWith(room))).toEqual([]);
  });

  it('keeps the pipeline free of vendors, queue and Elasticsearch', () => {
    const pipeline = files.filter(({ file }) => file.startsWith('src/pipeline/'));
    const strangers = pipeline.flatMap(({ file, text }) =>
      [...text.matchAll(/from '(\.[^']*)'/g)]
        .map(([, relative = '']) => path.join(path.dirname(file), relative))
        .filter((imported) => !imported.startsWith('src/pipeline/') && imported !== 'src/source.ts')
        .map((imported) => `${file}: ${imported}`),
    );
    expect(strangers).toEqual([]);
  });

  it('hears signals before it loads anything else', () => {
    const textOf = (file: string): string => files.find((one) => one.file === file)?.text ?? '';
    const imports = (file: string): string[] => textOf(file).match(/^import .*$/gm) ?? [];
    expect(imports('src/cli.ts')).toEqual(["import './commands/stopping.ts';"]);
    expect(textOf('src/cli.ts')).toContain("await import('./commands/program.ts')");
    expect(imports('src/commands/stopping.ts')).toEqual([]);
  });

  it('keeps simulator and pipeline apart', () => {
    expect(files.filter(({ file, text }) => file.startsWith('src/simulator/') && /from '\.\.\//.test(text))).toEqual(
      [],
    );
    const users = importing(/from '.*\/simulator\//).filter((file) => !/^src\/(demo|commands)\//.test(file));
    expect(users).toEqual([]);
  });
});
