/** What a source is made of: `defineSource` takes it, and the configuration, templates, roles and pages are derived from it. */
import type { z } from 'zod';
import type { Collection, CollectionSettings } from './collection.ts';
import type { Geo } from './geo.ts';
import type { VendorHttp } from './http.ts';
import type { CallContext } from './call-with-retry.ts';
import type { Dashboards, DetectionRule } from './kibana.ts';
import type { Condition } from './settings.ts';
import type { Asker, Source, SourceName } from './source.ts';

/** A field of the index mapping, beside those that ECS defines. */
export type FieldMapping = { readonly type: string; readonly description: string; readonly [option: string]: unknown };

/** Where its documents go, and what of them can be searched. */
export type DataStreamDefinition = {
  readonly type: 'logs' | 'metrics';
  /** ECS fields that this source fills; their types come from the ECS package. */
  readonly ecsFields: readonly string[];
  /** Fields that ECS does not have, by dotted name; best below the source's own name, so that nobody else means another thing by them. */
  readonly fields: Readonly<Record<string, FieldMapping>>;
};

/** The tenant that a source is made for. */
export type SourceTenant = { readonly id: string; readonly timeZone: string };

/** What outlives the process: it may be gone at any time, and both calls wait as long as Redis is away. No secrets. */
export type SourceCache = {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, lifeMs: number): Promise<void>;
};

/** Lent to every source: HTTP within the operator's bounds, places of addresses, and a cache in Redis. */
export type SourceHelpers = { readonly http: VendorHttp; readonly geo: Geo; readonly cache: SourceCache };

/**
 * One real call: answers that credentials and scopes suffice, with the vendor's clock where its answer had one; throws
 * a `CollectionError` that says what to do where they do not.
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

/** What `create` gives: how this vendor is asked, and what a record of it means. Functions, not methods: they are called without `this`. */
export type SourceParts<Raw> = Pick<Source<Raw>, 'fetchPages' | 'idOf' | 'timeOf' | 'toDocument'> & {
  /** Names of keys that are called like secrets and are none; by default there are none. */
  readonly plainKeys?: Source<Raw>['plainKeys'];
  /** What a document was guessed of; by default sources know what they read. */
  readonly unreviewed?: Source<Raw>['unreviewed'];
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

/** What these settings are once checked: durations in milliseconds, defaults filled in. */
export type Output<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

/** What a source of one tenant is made from. */
export type SourceCreation<
  Vendor extends z.ZodRawShape,
  Own extends z.ZodRawShape,
  Common extends z.ZodRawShape,
> = SourceHelpers & {
  readonly vendor: Output<Vendor>;
  readonly settings: Output<Own> & Output<Common> & CollectionSettings;
  readonly tenant: SourceTenant;
};

/** What `defineSource` takes. */

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
  readonly create: (creation: SourceCreation<Vendor, Own, Common>) => SourceParts<Raw>;
};

/** A source of one tenant. */
export type SourceInstance = {
  readonly source: Source;
  /** Where a live stream begins that is opened at `now`; both in epoch milliseconds. */
  readonly since: (now: number) => number;
  /** A lag beyond this is a fault, in milliseconds. */
  readonly maxLagMs: number;
  /** How much usual time may pass with nothing, in milliseconds. */
  readonly silenceMs: number;
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
  readonly name: SourceName;
  readonly vendor: VendorDefinition;
  /** The settings under `<vendor>.<dataset>`. */
  readonly settings: z.ZodType;
  /** Whether it reads whole days. */
  readonly isDaily: boolean;
  readonly dataStream: DataStreamDefinition;
  readonly example: SourceExample;
  readonly rules: readonly DetectionRule[];
  readonly dashboards: Dashboards | undefined;
  /** `section`: the value of `tenants[].<vendor>`, as the schemas of this definition have checked it. */
  open(section: unknown, tenant: SourceTenant, helpers: SourceHelpers): SourceInstance;
};

/** The last part of a source's name: the key of its settings below the vendor's. */
export const datasetOf = ({ name, vendor }: Pick<SourceDefinition, 'name' | 'vendor'>): string =>
  name.slice(vendor.name.length + 1);
