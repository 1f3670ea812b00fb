/** Loads the packages that `plugins` names: each brings sources as `defineSource` makes them (docs/sources.md). */
import { readFileSync } from 'node:fs';
import { createRequire, findPackageJSON, registerHooks } from 'node:module';
import path from 'node:path';
import semver from 'semver';
import { version } from '../observe/version.ts';
import { originOf } from '../sdk/define-source.ts';
import type { SourceDefinition } from '../sdk/definition.ts';
import { sourceDefinitions } from '../sources/index.ts';
import { PLUGINS_VARIABLE, variablesOf } from './variables.ts';

/** `mistakes`: one line for each plugin that cannot be used, with its remedy. */
export type Loaded = { readonly definitions: readonly SourceDefinition[]; readonly mistakes: readonly string[] };

type Manifest = {
  readonly name?: string;
  readonly exports?: unknown;
  readonly peerDependencies?: Readonly<Record<string, string>>;
};

/** What is wrong with one plugin: a sentence with its remedy. */
class PluginFault extends Error {
  override readonly name = 'PluginFault';
}

/** What a source imports, in this process: of another copy errors and budgets would be others. */
const SDK = new URL(`../sdk/index${path.extname(import.meta.filename)}`, import.meta.url).href;
let isLent = false;

/** Whoever asks for `shenji/source` is lent this shenji's own, wherever the package lies and whatever lies beside it. */
function lendSdk(): void {
  if (isLent) return;
  isLent = true;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'shenji/source' ? { url: SDK, shortCircuit: true } : next(specifier, context),
  });
}

const isPath = (name: string): boolean => name.startsWith('.') || path.isAbsolute(name);

/** Where the package's manifest is: beside the configuration, in the working directory, or beside shenji, in this order. @throws PluginFault */
function manifestFileOf(name: string, beside: string): string {
  if (isPath(name)) return path.join(path.resolve(beside, name), 'package.json');
  for (const directory of [beside, process.cwd(), import.meta.dirname]) {
    try {
      const file = findPackageJSON(name, path.join(directory, 'plugins'));
      if (file !== undefined) return file;
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    }
  }
  throw new PluginFault(
    `there is no such package beside ${beside}, in ${process.cwd()}, or beside shenji; "npm install ${name}" in one of them`,
  );
}

/** @throws PluginFault where it cannot be read, or the package was written for another shenji */
function manifestOf(file: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  } catch (error) {
    throw new PluginFault(`its ${file} cannot be read: ${(error as Error).message}`);
  }
  const wanted = manifest.peerDependencies?.['shenji'];
  if (wanted === undefined)
    throw new PluginFault(
      `${file} does not say for which shenji it is; it needs "peerDependencies": { "shenji": "^${version}" }`,
    );
  if (!semver.satisfies(version, wanted, { includePrerelease: true }))
    throw new PluginFault(`is for shenji ${wanted}, and this is ${version}; install a version of it that fits`);
  return manifest;
}

/** What Node says of a package that it cannot load, or what its author has to change. */
function whyNot(error: unknown): string {
  const { code, message } = error as Error & { code?: string };
  if (code === 'ERR_PACKAGE_PATH_NOT_EXPORTED')
    return 'its package.json exports nothing for "."; it needs "exports": { ".": { "default": "./dist/index.js" } }';
  if (code === 'ERR_REQUIRE_ASYNC_MODULE') return 'it awaits something at its top level, which a source may not';
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND')
    return `${message.split('\n')[0]}; was it built ("npm run build") and installed with what it needs?`;
  // Only the first line: Node adds the whole way by which it was loaded.
  return message.split('\n')[0] ?? '';
}

/** What the package exports by default, as a list. @throws PluginFault */
function exportedBy(plugin: string, beside: string): readonly unknown[] {
  const file = manifestFileOf(plugin, beside);
  const { name, exports } = manifestOf(file);
  lendSdk();
  let loaded: unknown;
  try {
    // By its own name from within itself, which leads to what it exports; without exports, to its main file.
    loaded = createRequire(file)(name === undefined || exports === undefined ? path.dirname(file) : name);
  } catch (error) {
    throw new PluginFault(`cannot be loaded: ${whyNot(error)}`);
  }
  const content = (loaded as { readonly default?: unknown } | undefined)?.default;
  return Array.isArray(content) ? content : [content];
}

/** @throws PluginFault */
function sourceOf(value: unknown): SourceDefinition {
  const origin = originOf(value);
  if (origin === 'none')
    throw new PluginFault('its default export is no source, nor a list of them; export default defineSource({ … })');
  if (origin === 'foreign')
    throw new PluginFault(
      'was made with another copy of shenji than this one: it has to import "shenji/source" by this name, and not bundle it',
    );
  return value as SourceDefinition;
}

/** Variables that others take, and shenji itself. */
const namedBy = (definitions: readonly SourceDefinition[]): string[] => [
  ...variablesOf(definitions).map(([, variable]) => variable),
  PLUGINS_VARIABLE,
];

/** @throws PluginFault for what another source has already */
function requireNew({ name, vendor, rules }: SourceDefinition, others: readonly SourceDefinition[]): void {
  if (others.some((other) => other.name === name)) throw new PluginFault(`brings ${name}, which is there already`);
  if (others.some((other) => other.vendor.name === vendor.name && other.vendor !== vendor))
    throw new PluginFault(`brings settings of its own for ${vendor.name}, whose settings are another package's`);
  const variables = new Set(namedBy(others.filter((other) => other.vendor.name !== vendor.name)));
  const doubled = Object.values(vendor.env ?? {}).find((variable) => variables.has(String(variable)));
  if (doubled !== undefined)
    throw new PluginFault(`takes ${doubled} from the environment, which is another's; give it a name of its own`);
  const taken = rules.find(({ key }) => others.some((other) => other.rules.some((rule) => rule.key === key)));
  if (taken !== undefined)
    throw new PluginFault(`brings a rule "${taken.key}", and ${name} is not the first with that key; rename it`);
}

/** The sources of shenji itself, and those of these packages. `beside`: the directory of the configuration. Never throws for a plugin. */
export function loadPlugins(names: readonly string[], beside: string): Loaded {
  const definitions = [...sourceDefinitions];
  const mistakes: string[] = [];
  for (const [index, name] of names.entries()) {
    try {
      if (names.indexOf(name) !== index) throw new PluginFault('is there twice; name it once');
      for (const definition of exportedBy(name, beside).map(sourceOf)) {
        requireNew(definition, definitions);
        definitions.push(definition);
      }
    } catch (error) {
      mistakes.push(`plugins[${index}] (${name}): ${(error as Error).message}`);
    }
  }
  return { definitions, mistakes };
}
