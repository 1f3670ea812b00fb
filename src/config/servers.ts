/** The settings of servers that credentials are sent to. */
import { z } from 'zod';
import { baseUrl, duration, refuseHttp, secret } from '../sdk/settings.ts';

/** Of a file, beside the configuration where it is relative. */
export const file = z.string().min(1).optional();

/** Paths of all settings that `baseUrl(…)` made, also one level further down. */
function urlsIn(shape: z.ZodRawShape): string[][] {
  type Node = { readonly takesCredentials?: boolean; readonly properties?: Readonly<Record<string, Node>> };
  const { properties = {} } = z.toJSONSchema(z.object(shape), { io: 'input', unrepresentable: 'any' }) as Node;
  const marked = (nodes: Readonly<Record<string, Node>>): string[] =>
    Object.entries(nodes).flatMap(([key, node]) => (node.takesCredentials === true ? [key] : []));
  const below = Object.entries(properties).flatMap(([key, node]) =>
    marked(node.properties ?? {}).map((own) => [key, own]),
  );
  return [...marked(properties).map((key) => [key]), ...below];
}

/** Where credentials are sent, only https or this machine, unless `allowHttp` stands beside. */
export function secured<Shape extends z.ZodRawShape>(shape: Shape) {
  const urls = urlsIn(shape);
  return z
    .strictObject({ ...shape, allowHttp: z.boolean().default(false).describe('Accept a URL that is not https') })
    .superRefine((settings, context) => {
      const { allowHttp } = settings as { allowHttp: boolean };
      for (const path of urls) {
        const url = path.reduce<unknown>(
          (value, key) => (value as Record<string, unknown> | undefined)?.[key],
          settings,
        );
        const fault = typeof url === 'string' && URL.canParse(url) ? refuseHttp(url, allowHttp) : undefined;
        if (fault !== undefined) context.addIssue({ code: 'custom', path, message: fault });
      }
    });
}

const credential = z.string().min(1).optional();

const elasticCredentials = {
  apiKey: secret(credential).describe('An API key, or'),
  username: credential.describe('a user'),
  password: secret(credential).describe('and its password'),
};

function refuseHalfCredentials(settings: unknown, context: z.core.$RefinementCtx): void {
  const { apiKey, username, password } = settings as Partial<Record<keyof typeof elasticCredentials, string>>;
  const refuse = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message });
  if (apiKey !== undefined && username !== undefined) refuse('apiKey', 'and username exclude each other; keep one');
  if ((username === undefined) !== (password === undefined))
    refuse('password', 'username and password belong together; set both or none');
}

/** A server of Elastic: it takes an API key, or a user with a password. */
function elasticServer<Shape extends z.ZodRawShape>(shape: Shape) {
  return secured({
    ...shape,
    ...elasticCredentials,
    caFile: file.describe('The certificate authority of a private certificate, PEM'),
  }).superRefine(refuseHalfCredentials);
}

/** Of the repair role, which no worker should have. */
const repair = z
  .strictObject({
    apiKey: elasticCredentials.apiKey.describe('An API key of the repair role, which no worker should have, or'),
    username: elasticCredentials.username,
    password: elasticCredentials.password,
    again: duration('15m')
      .prefault('15m')
      .describe(
        'Where `repair` is set, the scheduler takes away what a rollover left twice: soon after it, and again so much later; `repair: {}` takes the same credentials as all else, for an Elasticsearch without security',
      ),
  })
  .superRefine(refuseHalfCredentials);

export const elasticsearch = elasticServer({
  url: baseUrl('https://es.example:9200').describe('One address of the cluster'),
  repair: repair.optional(),
});

export const kibana = elasticServer({
  url: baseUrl('https://kibana.example:5601').describe('Its address'),
  space: z.string().default('default').describe('The space that dashboards and rules go into'),
});

export const redis = z.strictObject({
  url: z
    .string({ error: 'is missing; write for example redis://127.0.0.1:6379' })
    .regex(/^rediss?:\/\//, {
      error: 'needs redis:// or rediss:// (TLS), for example rediss://user:password@redis:6379',
    })
    .refine((url) => URL.canParse(url), {
      error:
        'is no URL: a host or a port is missing or wrong, or the password has a character that is written with %, as %2F for /',
    })
    // The client would take it, and the log would not know it for a secret.
    .refine(
      (url) => !URL.canParse(url) || ![...new URL(url).searchParams.keys()].some((key) => /password/i.test(key)),
      {
        error: 'has its password after the "?"; write it before the host, as in rediss://user:password@redis:6379',
      },
    )
    .describe('Its address, with user and password where it has them'),
  caFile: file.describe('The certificate authority of a private certificate, PEM'),
});
