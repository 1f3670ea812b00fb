/** What the Helm chart's values may be, but for the configuration (`helm.ts`): JSON Schema, draft 7. */

type Node = Readonly<Record<string, unknown>>;

const string = { type: 'string' };
const boolean = { type: 'boolean' };
const some = { type: 'string', minLength: 1 };
const matching = (pattern: string): Node => ({ type: 'string', pattern });
const oneOf = (...values: readonly string[]): Node => ({ enum: values });
const atLeast = (minimum: number): Node => ({ type: 'integer', minimum });
const listOf = (items: Node): Node => ({ type: 'array', items });
const port = { type: 'integer', minimum: 1, maximum: 65_535 };
/** As Kubernetes writes it: that is Kubernetes' own to judge. */
const asIs = { type: 'object' };
const texts = { type: 'object', additionalProperties: string };
const textsBut = (pattern: string): Node => ({ ...texts, patternProperties: { [pattern]: false } });

/** A map of these keys and no others. `required`: those that may not be taken out. */
const map = (properties: Node, ...required: readonly string[]): Node => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length === 0 ? {} : { required }),
});

/** Of whole objects and of pods. The chart's own stand there too, and a key may not stand twice. */
const labels = textsBut('^(app\\.kubernetes\\.io|helm\\.sh)/');

/** What scheduler, worker and setup have alike. */
const pod = {
  config: { $ref: '#/definitions/overlay' },
  resources: asIs,
  nodeSelector: texts,
  tolerations: listOf(asIs),
  affinity: asIs,
  podAnnotations: textsBut('^checksum/'),
  podLabels: labels,
};

/** And what those have that stay. */
const lasting = {
  ...pod,
  replicas: atLeast(1),
  // With 0, or 0%, a drain of the node would wait for ever.
  podDisruptionBudget: map(
    { enabled: boolean, maxUnavailable: { anyOf: [atLeast(1), matching('^([1-9][0-9]?|100)%$')] } },
    'enabled',
    'maxUnavailable',
  ),
  topologySpreadConstraints: listOf({
    type: 'object',
    required: ['maxSkew', 'topologyKey', 'whenUnsatisfiable'],
    not: { required: ['labelSelector'] },
  }),
  priorityClassName: string,
};

const external = map(
  {
    store: map({ name: string, kind: oneOf('ClusterSecretStore', 'SecretStore') }, 'name', 'kind'),
    remoteKey: string,
    refreshInterval: matching('^[0-9]+(s|m|h)$'),
  },
  'store',
  'remoteKey',
  'refreshInterval',
);

/** What must be there, by where the secret comes from. */
const needs = (from: string, properties: Node): Node => ({
  anyOf: [{ properties: { from: { not: { const: from } } } }, { properties, required: Object.keys(properties) }],
});

const secret = {
  ...map(
    {
      from: oneOf('existing', 'external', 'values'),
      name: string,
      external,
      values: { type: 'object', patternProperties: { '^[a-z_-][a-z0-9._-]*$': some }, additionalProperties: false },
    },
    'from',
  ),
  allOf: [
    needs('existing', { name: some }),
    needs('external', { external: { properties: { store: { properties: { name: some } }, remoteKey: some } } }),
  ],
};

/** A variable whose name says that it is a secret has its value from one. */
const variable = {
  ...map(
    {
      // What the chart sets itself; plugins are named in the configuration.
      name: { ...matching('^[A-Za-z_][A-Za-z0-9_]*$'), not: oneOf('SHENJI_CONFIG', 'SHENJI_PLUGINS') },
      value: string,
      valueFrom: asIs,
    },
    'name',
  ),
  anyOf: [
    { properties: { name: { not: { pattern: '(SECRET|PASSWORD|TOKEN|_KEY|_HEADERS)$' } } } },
    { not: { required: ['value'] } },
  ],
};

const scaling = map(
  {
    by: oneOf('none', 'keda', 'hpa'),
    min: atLeast(1),
    max: atLeast(1),
    slotsPerWorker: { type: ['integer', 'null'], minimum: 1 },
    behavior: asIs,
    keda: map(
      {
        pollingInterval: atLeast(1),
        fallback: map({ failureThreshold: atLeast(0), replicas: atLeast(1) }, 'failureThreshold', 'replicas'),
      },
      'pollingInterval',
      'fallback',
    ),
    hpa: map({ metric: some, matchLabels: texts }, 'metric'),
  },
  'by',
  'min',
  'max',
);

const networkPolicy = map(
  {
    enabled: boolean,
    ingressFrom: listOf(asIs),
    dns: map({ to: listOf(asIs), port }, 'port'),
    egressPorts: listOf(port),
    otlp: map({ port: { ...port, type: ['integer', 'null'] }, to: listOf(asIs) }),
    extraEgress: listOf(asIs),
  },
  'enabled',
  'dns',
  'otlp',
);

const monitoring = map({
  serviceMonitor: map({ enabled: boolean, labels, interval: matching('^[0-9]+(ms|s|m|h|d)$') }, 'enabled', 'interval'),
  prometheusRule: map(
    { enabled: boolean, labels, runbookBase: matching('^(https?://\\S+)?$') },
    'enabled',
    'runbookBase',
  ),
  dashboard: map({ enabled: boolean, labels, annotations: texts }, 'enabled'),
});

const values = map(
  {
    global: asIs,
    nameOverride: string,
    fullnameOverride: string,
    image: map(
      {
        repository: matching('^\\S+$'),
        tag: matching('^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$'),
        digest: matching('^(sha256:[0-9a-f]{64})?$'),
        pullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
      },
      'repository',
      'pullPolicy',
    ),
    imagePullSecrets: listOf(map({ name: some }, 'name')),
    config: { $ref: '#/definitions/config' },
    ca: map({ secret: string, configMap: string, key: some }, 'key'),
    secret,
    env: listOf(variable),
    extraVolumes: listOf(asIs),
    extraVolumeMounts: listOf(asIs),
    // What it takes with a user and password goes by env, from a secret.
    otlp: map({ endpoint: matching('^(https?://[^@\\s]+)?$') }),
    serviceAccount: map({ create: boolean, name: string, annotations: texts }, 'create'),
    podSecurityContext: asIs,
    securityContext: asIs,
    scheduler: map(lasting, 'replicas', 'config'),
    worker: map({ ...lasting, concurrency: atLeast(1) }, 'replicas', 'concurrency', 'config'),
    setup: map(
      {
        ...pod,
        enabled: boolean,
        wait: matching('^[0-9]+(ms|s|m|h|d)$'),
        deadlineSeconds: atLeast(1),
        lang: oneOf('en', 'zh', 'both'),
        backoffLimit: atLeast(0),
      },
      'enabled',
      'wait',
      'deadlineSeconds',
      'lang',
      'backoffLimit',
      'config',
    ),
    scaling,
    networkPolicy,
    monitoring,
  },
  'image',
  'config',
  'secret',
  'scheduler',
  'worker',
  'setup',
  'scaling',
  'networkPolicy',
);

/** The whole. `definitions`: `config`, and `overlay`, which is laid over it. */
export const valuesOf = (definitions: Node): Node => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title:
    'Values of the chart shenji, made by "npm run generate" from scripts/helm-values.ts and the program\'s own schema',
  ...values,
  definitions,
});
