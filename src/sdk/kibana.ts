/** What a source brings for Kibana: detection rules in the author's words, and saved objects as Kibana exports them. */

/** Where it stands in MITRE ATT&CK; `attack(…)` makes it. */
export type Threat = {
  readonly framework: 'MITRE ATT&CK';
  readonly tactic: { readonly id: string; readonly name: string; readonly reference: string };
  readonly technique: readonly object[];
};

/** So many documents with the same values of `field`, of as many different values of others. */
export type Threshold = {
  readonly field: readonly string[];
  readonly value: number;
  readonly cardinality: readonly { readonly field: string; readonly value: number }[];
};

/**
 * One alert for all documents with the same values within so many hours; later ones count in it. Kibana does this with a
 * Platinum subscription or higher, and with any other imports the rule and alerts on each.
 */
export type Suppression = {
  /** One to three fields; of a threshold rule, those that it counts by: Kibana takes no others there. */
  readonly by: readonly string[];
  /** Whole hours, from the first alert on. */
  readonly hours: number;
};

/** A rule of Kibana's detection engine, of the types that Elasticsearch alone can evaluate. */
export type DetectionRule = {
  /** Its short name on the command line and in its tags, the same for ever: `mass-export`. No two sources share one. */
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly type: 'query' | 'threshold' | 'new_terms' | 'esql';
  /** KQL over the source's own documents; ES|QL for the type `esql`, from `FROM` on. */
  readonly query: string;
  /** Index patterns; those of the source where absent. Of an ES|QL rule, those that its query names. */
  readonly index?: readonly string[];
  /** How far back each run looks; `now-30m` where absent, which covers the interval, indexing, and a restart of the engine. */
  readonly from?: string;
  /** `5m` where absent. */
  readonly interval?: string;
  readonly threshold?: Threshold;
  readonly new_terms_fields?: readonly string[];
  readonly history_window_start?: string;
  readonly suppression?: Suppression;
  /** Alerts of one run, at most; 100 where absent. */
  readonly max_signals?: number;
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  /** 0 to 100. */
  readonly risk_score: number;
  /** Why severity and score are what they are. */
  readonly risk: string;
  readonly threat?: readonly Threat[];
  readonly false_positives: readonly string[];
  /** How to find out what happened when it fires, step by step. */
  readonly triage: readonly string[];
  /** What to do where it was an attack, step by step. */
  readonly response?: readonly string[];
  /**
   * Tags by Elastic's taxonomy (`Domain: Identity`, `Use Case: Identity and Access Audit`). One of its own replaces the
   * default of its kind: `Domain: SaaS`, `Use Case: Threat Detection`, and `Data Source: …` by the name of the source.
   */
  readonly tags?: readonly string[];
  /** Counts up with each release in which the rule is another. shenji's own rules are counted by `npm run generate`; 1 where absent. */
  readonly version?: number;
  /** Where the vendor documents what the rule goes by. */
  readonly references?: readonly string[];
};

/** One line of an export of saved objects. */
export type SavedObject = {
  readonly id: string;
  readonly type: string;
  readonly references: readonly { readonly type: string; readonly id: string; readonly name: string }[];
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What else Kibana exports: versions, times. */
  readonly [key: string]: unknown;
};

/** Of dashboards and searches. */
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A dashboard that all others link to, on the line above their panels. */
export type Station = {
  readonly id: string;
  readonly label: Readonly<Record<Language, string>>;
  /** The name of a source, or what else it is about: filters go along only where both ends have the same. */
  readonly about: string;
  /** True for values of days, of which the hours of an investigation would leave nothing. */
  readonly isDaily?: boolean;
};

/** What a source brings for Kibana beside its rules. */
export type Dashboards = {
  /** Of its dashboards, those that others link to. */
  readonly stations?: readonly Station[];
  /** Everything to import in one language; who has one language gives it for both. `stations`: those of all sources. */
  readonly objects: (language: Language, stations: readonly Station[]) => readonly SavedObject[];
};

/** The id of the data view that each source has: `shenji-feishu-openapi-audit`. */
export const dataViewOf = (source: string): string => `shenji-${source.replaceAll(/[._]/g, '-')}`;
