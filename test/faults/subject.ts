/** What the runs collect: Feishu's audit log, or with `--source example` the log of a package from outside (docs/sources.md). */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { SourceDefinition } from '../../src/sdk/definition.ts';
import type { SourceName } from '../../src/sdk/source.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import type { Simulator } from '../../src/dev/simulator/index.ts';
import { startFacade } from './facade.ts';

export const TENANT = 'acme';

export type Subject = {
  readonly source: SourceName;
  readonly definitions: readonly SourceDefinition[];
  /** As the configuration names them. */
  readonly plugins: readonly string[];
  /** Where this vendor is reached, in front of the simulator that has its records. */
  readonly startVendor: (simulator: Simulator) => Promise<{ readonly url: string; close(): Promise<void> }>;
  /** The tenant's part of the configuration; `own` are the settings of the source itself. */
  readonly section: (url: string, simulator: Simulator, own: object) => object;
  /** Settings of its own by which only what one actor did is read. */
  readonly narrowedTo: (actor: string) => Readonly<Record<string, unknown>>;
};

const shared = { requestsPerMinute: 100_000, timeout: '1s' };

const feishu: Subject = {
  source: 'feishu.openapi_audit',
  definitions: sourceDefinitions,
  plugins: [],
  startVendor: async ({ url }) => ({ url, close: async () => undefined }),
  section: (baseUrl, simulator, own) => ({ feishu: { baseUrl, ...simulator.feishu, ...shared, openapi_audit: own } }),
  narrowedTo: (appId) => ({ filter: { appId } }),
};

const ROOT = path.join(import.meta.dirname, '..', '..');

/** A folder as its author has it, beside the shenji of this repository. */
function placed(name: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-outside-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(path.join(directory, 'node_modules'));
  symlinkSync(ROOT, path.join(directory, 'node_modules', 'shenji'));
  const plugin = path.join(directory, name);
  cpSync(path.join(ROOT, 'examples', name, 'src'), path.join(plugin, 'src'), { recursive: true });
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'examples', name, 'package.json'), 'utf8')) as object;
  writeFileSync(path.join(plugin, 'package.json'), JSON.stringify({ ...manifest, exports: './src/index.ts' }));
  return plugin;
}

async function outside(): Promise<Subject> {
  const plugin = placed('shenji-source-example');
  const { default: definition } = (await import(path.join(plugin, 'src', 'index.ts'))) as { default: SourceDefinition };
  return {
    source: definition.name,
    definitions: [...sourceDefinitions, definition],
    plugins: [plugin],
    startVendor: startFacade,
    section: (baseUrl, { feishu: { appId, appSecret } }, own) => ({
      example: { baseUrl, clientId: appId, clientSecret: appSecret, ...shared, activity: own },
    }),
    narrowedTo: (actor) => ({ actor }),
  };
}

const { values } = parseArgs({ options: { source: { type: 'string', default: 'feishu' } }, strict: false });
if (values.source !== 'feishu' && values.source !== 'example')
  throw new RangeError(`--source is feishu or example, not ${String(values.source)}`);

export const subject: Subject = values.source === 'example' ? await outside() : feishu;
export const SOURCE = subject.source;
