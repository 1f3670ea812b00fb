/** What the operator writes under `tenants[].example`, and under `tenants[].example.activity`. */
import { baseUrl, duration, secret, text, z, type VendorDefinition } from 'shenji/source';

const settings = {
  baseUrl: baseUrl('https://api.example.com').default('https://api.example.com').describe('The API of Example'),
  clientId: text('client-1').describe('The API client that may read the activity log'),
  clientSecret: secret(text('"${EXAMPLE_CLIENT_SECRET}"')).describe('Its secret'),
  requestsPerMinute: z.number().int().min(1).default(300).describe("The vendor's limit for one client"),
  timeout: duration('30s').prefault('30s').describe('How long one call may take'),
};

export const example: VendorDefinition<typeof settings> = {
  name: 'example',
  settings,
  env: { baseUrl: 'EXAMPLE_BASE_URL', clientId: 'EXAMPLE_CLIENT_ID', clientSecret: 'EXAMPLE_CLIENT_SECRET' },
};

export const activitySettings = {
  actor: z.string().optional().describe('Only what this actor did; all where absent'),
};

export type ExampleSettings = z.output<z.ZodObject<typeof settings>>;
