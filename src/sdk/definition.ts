/** What a source is made of: `defineSource` takes it, and the configuration, templates, roles and pages are derived from it. */
import { z } from 'zod';
import type { Collection, CollectionSettings } from './collection.ts';
import type { Geo } from './geo.ts';
import type { VendorHttp } from './http.ts';
import type { CallContext } from './call-with-retry.ts';
import type { Dashboards, DetectionRule } from './kibana.ts';
import { beginningOf, withConditions, type Condition } from './settings.ts';
import type { Asker, Question, Source, SourceName } from './source.ts';

/** Raised whenever a source that was written for the contract before would not work any more. */
export const CONTRACT_VERSION = 1;

/** A field of the index mapping, beside those that ECS defines. */
export type FieldMapping = { readonly type: string; readonly description: string; readonly [option: string]: unknown };

export type DataStreamDefinition = {
  readonly type: 'logs' | 'metrics';
  /** ECS fields that this source fills; their types come from the ECS package. */
  readonly ecsFields: readonly string[];
  /** Fields of its own, by dotted name that begins with the source's. */
  readonly fields: Readonly<Record<string, FieldMapping>>;
};

/** The tenant that a source is made for. */
export type SourceTenant = { readonly id: string; readonly timeZone: string };

/** What outlives the process: it may be gone at any time, and both calls wait as long as Redis is away. No secrets. */
export type SourceCache = {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, lifeMs: number): Promise<void>;
};

export type SourceHelpers = { readonly http: VendorHttp; readonly geo: Geo; readonly cache: SourceCache };

/**
 * One real call: answers that credentials and scopes suffice, with the vendor's clock where its answer had one; throws
 * the errors of `errors.ts` where they do not.
 */
export type Probe = (
  context: CallContext,
) => Promise<{ readonly message: string; readonly vendorTime: Date | undefined }>;

/** The part of the configuration that a vendor's sources share, under the vendor's name. */
export type VendorDefinition<Shape extends z.ZodRawShape = z.ZodRawShape> = {
  /** Lower-case letters and digits; the first part of the names of its sources. */
  readonly name: string;
  /** Each with `.describe(…)`, credentials with `secret(…)`; a `baseUrl` may only be https, or loopback. */
  readonly settings: Shape;
  /** What these settings are called where there is no configuration file. */
  readonly env?: Readonly<Partial<Record<keyof Shape & string, string>>>;
  /** What must hold between settings, told at `path` where it does not; also of settings that are wrong by themselves. */
  readonly conditions?: readonly Condition[];
};

/** A record as the vendor would send it, and settings to read it under: for the pages of fields, and for trying a definition. */
export type SourceExample = {
  /** As an operator would write them under the vendor's name, credentials invented. */
  readonly vendor: Readonly<Record<string, unknown>>;
  /** The same under the source's own name. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** As `fetchPages` yields it. */
  readonly record: unknown;
};

/** What `create` gives: how this vendor is asked, and what a record of it means. */
export type SourceParts<Raw> = Pick<Source<Raw>, 'fetchPages' | 'idOf' | 'timeOf' | 'toDocument'> & {
  /** Names of keys that are called like secrets and are none; by default there are none. */
  readonly plainKeys?: Source<Raw>['plainKeys'];
  /** What narrows the readings; by default they ask for everything. A field that is undefined narrows nothing. */
  readonly question?: Readonly<Record<string, readonly string[] | undefined>>;
  /** For records that each later reading makes anew, as statistics that are revised; by default all readings find the same. */
  readonly readings?: NonNullable<Source<Raw>['readings']>;
  readonly asker: Asker;
  /** All apps that ask, where there are several, each with the vendor's limit to itself. */
  readonly apps?: readonly string[];
  /** What the vendor lets all of them ask in a minute. */
  readonly callsPerMinute: number;
  /** Records in one answer, at most; by default there is no limit. */
  readonly recordsPerCall?: number;
  /** What an operator can do where it needs more calls, as a part of a sentence. */
  readonly moreCalls?: string;
  readonly probe: Probe;
};

type Output<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

export type SourceSpec<Vendor extends z.ZodRawShape, Own extends z.ZodRawShape, Common extends z.ZodRawShape, Raw> = {
  /** `vendor.dataset`. */
  readonly name: SourceName;
  readonly vendor: VendorDefinition<Vendor>;
  /** How its time is cut into windows, and the settings of that: `logCollection` or `dailyCollection`. */
  readonly collection: Collection<Common>;
  /** Settings of its own under `<vendor>.<dataset>`, beside those of the collection. */
  readonly settings: Own;
  readonly dataStream: DataStreamDefinition;
  readonly example: SourceExample;
  /** Detection rules over its documents; `shenji setup` installs them, switched off. */
  readonly rules?: readonly DetectionRule[];
  /** What `shenji setup` imports into Kibana; a data view of its data stream is there without it. */
  readonly dashboards?: Dashboards;
  /** Called once for each tenant that has it configured. Reaches for nothing yet. */
  readonly create: (
    made: {
      readonly vendor: Output<Vendor>;
      readonly settings: Output<Own> & Output<Common> & CollectionSettings;
      readonly tenant: SourceTenant;
    } & SourceHelpers,
  ) => SourceParts<Raw>;
};

/** A source of one tenant. */
export type SourceInstance = {
  readonly source: Source;
  /** Where a live stream begins that is opened at `now`; both in epoch milliseconds. */
  readonly since: (now: number) => number;
  /** A lag beyond this is a fault, in milliseconds. */
  readonly maxLagMs: number;
  /** Who asks: several where each has the vendor's limit to itself. */
  readonly apps: readonly string[];
  /** What its vendor lets all of them ask in a minute. */
  readonly callsPerMinute: number;
  /** Records in one answer, at most. */
  readonly recordsPerCall: number;
  readonly moreCalls: string;
  readonly keepOriginal: boolean;
  readonly probe: Probe;
};

/** What `defineSource` makes: the same for every source, whatever its settings. */
export type SourceDefinition = {
  readonly contract: number;
  readonly name: SourceName;
  readonly vendor: VendorDefinition;
  /** The settings under `<vendor>.<dataset>`. */
  readonly settings: z.ZodType;
  readonly dataStream: DataStreamDefinition;
  readonly example: SourceExample;
  readonly rules: readonly DetectionRule[];
  readonly dashboards: Dashboards | undefined;
  /** `section`: the value of `tenants[].<vendor>`, as the schemas of this definition have checked it. */
  open(section: unknown, tenant: SourceTenant, helpers: SourceHelpers): SourceInstance;
};

const NO_KEYS: ReadonlySet<string> = new Set();
const VENDOR = /^[a-z][a-z0-9]*$/;
const SOURCE = /^[a-z][a-z0-9]*\.[a-z][a-z0-9_]*$/;
/** Keys of a tenant, and the data streams that shenji writes for itself. */
const RESERVED: ReadonlySet<string> = new Set(['id', 'name', 'shenji']);

/** The last part of a source's name: the key of its settings below the vendor's. */
export const datasetOf = ({ name, vendor }: Pick<SourceDefinition, 'name' | 'vendor'>): string =>
  name.slice(vendor.name.length + 1);

const narrowedBy = (question: SourceParts<unknown>['question'] = {}): Question =>
  Object.fromEntries(
    Object.entries(question).flatMap(([field, values]) => (values === undefined ? [] : [[field, values] as const])),
  );

/** What is wrong with a definition, one sentence each; what its author reads. */
function faultsOf(
  spec: Pick<SourceDefinition, 'name' | 'vendor' | 'dataStream' | 'rules'> & { settings: z.ZodRawShape },
): string[] {
  const { name, vendor, settings, dataStream, rules } = spec;
  const undescribed = [
    ...Object.entries(vendor.settings).map(([key, schema]) => [`vendor.settings.${key}`, schema] as const),
    ...Object.entries(settings).map(([key, schema]) => [`settings.${key}`, schema] as const),
  ].filter(([, schema]) => (schema as z.ZodType).description === undefined);
  const keys = rules.map(({ key }) => key);
  return [
    ...(VENDOR.test(vendor.name) && !RESERVED.has(vendor.name) ? [] : [`vendor.name "${vendor.name}" must be lower-case letters and digits, and not ${[...RESERVED].join(', ')}`]),
    ...(SOURCE.test(name) && name.startsWith(`${vendor.name}.`) ? [] : [`name "${name}" must be <vendor>.<dataset> in lower case, here ${vendor.name}.<dataset>`]),
    ...undescribed.map(([at]) => `${at} needs .describe(…): the page of settings is made of it`),
    ...Object.keys(vendor.env ?? {}).filter((key) => !(key in vendor.settings)).map((key) => `vendor.env.${key} is no setting of the vendor`),
    ...Object.keys(dataStream.fields).filter((field) => !field.includes('.')).map((field) => `dataStream.fields: "${field}" needs a dotted name, for example ${name}.${field}`),
    ...keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `rules: the key "${key}" is there twice`),
  ]; // prettier-ignore
}

/** Those that this copy of shenji has made: an other copy has errors and budgets of its own. */
const made = new WeakSet<object>();
/** The same name in every copy. */
const BRAND = Symbol.for('shenji.source');

/** `foreign`: made by another copy of shenji; `none`: by no `defineSource` at all. */
export function originOf(value: unknown): 'ours' | 'foreign' | 'none' {
  if (typeof value !== 'object' || value === null) return 'none';
  if (made.has(value)) return 'ours';
  return BRAND in value ? 'foreign' : 'none';
}

/** @throws TypeError naming everything that is wrong with the definition */
export function defineSource<
  Vendor extends z.ZodRawShape,
  Own extends z.ZodRawShape,
  Common extends z.ZodRawShape,
  Raw,
>(spec: SourceSpec<Vendor, Own, Common, Raw>): SourceDefinition {
  const { name, vendor, collection, settings, dataStream, example, rules = [], dashboards, create } = spec;
  const faults = faultsOf({ name, vendor, settings, dataStream, rules });
  if (faults.length > 0) throw new TypeError(`the source ${name}: ${faults.join('; ')}`);

  function open(section: unknown, tenant: SourceTenant, helpers: SourceHelpers): SourceInstance {
    // The one place that takes the configuration at its word: it was checked by the schemas of this definition.
    const { [datasetOf({ name, vendor })]: own, ...shared } = section as Record<string, unknown>;
    const common = own as Output<Own> & Output<Common> & CollectionSettings;
    const parts = create({ vendor: shared as Output<Vendor>, settings: common, tenant, ...helpers });
    const { asker, plainKeys = () => NO_KEYS, readings } = parts;
    const source: Source<Raw> = {
      name,
      cadence: collection.cadenceOf(common, tenant.timeZone),
      passesShareRecords: readings === undefined,
      readings,
      question: narrowedBy(parts.question),
      asker,
      plainKeys,
      fetchPages: parts.fetchPages,
      idOf: parts.idOf,
      timeOf: parts.timeOf,
      toDocument: parts.toDocument,
    };
    return {
      source,
      since: (now) => beginningOf(common.since, tenant.timeZone, now),
      maxLagMs: common.maxLag,
      apps: parts.apps ?? [asker.app],
      callsPerMinute: parts.callsPerMinute,
      recordsPerCall: parts.recordsPerCall ?? Infinity,
      moreCalls: parts.moreCalls ?? `ask ${vendor.name} for a higher limit`,
      keepOriginal: common.original,
      probe: parts.probe,
    };
  }

  const definition = {
    [BRAND]: CONTRACT_VERSION,
    contract: CONTRACT_VERSION,
    name,
    vendor,
    settings: withConditions(z.strictObject({ ...collection.settings, ...settings }), collection.conditions),
    dataStream,
    example,
    rules,
    dashboards,
    open,
  };
  made.add(definition);
  return definition;
}
