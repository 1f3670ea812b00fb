/** `shenji-source-example`: the activity log of an invented vendor, `GET /v1/activities`. */
import { defineSource, logCollection } from 'shenji/source';
import { createExampleClient } from './client.ts';
import { dataStream, idOf, timeOf, toDocument, type Activity } from './mapping.ts';
import { rules } from './rules.ts';
import { activitySettings, example } from './settings.ts';

const EXAMPLE: Activity = {
  id: 'act_0001',
  at: '2026-03-02T01:25:05.120Z',
  actor: { id: 'u_17', name: 'Li Lei' },
  action: 'document.share',
  address: '223.5.5.5',
  result: 'ok',
  detail: { document: 'Roadmap', with: 'everybody', session_token: 'is taken out' },
};

export default defineSource({
  name: 'example.activity',
  vendor: example,
  collection: logCollection({
    window: '60s',
    backlog: '1h',
    quiet: '15m',
    lag: '1m',
    settle: ['1h', '24h'],
    since: '24h',
    maxLag: '15m',
  }),
  settings: activitySettings,
  dataStream,
  example: { vendor: { clientId: 'client-1', clientSecret: 'x' }, record: EXAMPLE },
  rules,
  create: ({ vendor, settings, http, geo }) => {
    const client = createExampleClient(vendor, http);
    const { actor } = settings;
    return {
      asker: { app: vendor.clientId, url: vendor.baseUrl },
      callsPerMinute: vendor.requestsPerMinute,
      recordsPerCall: 100,
      question: actor === undefined ? {} : { 'user.id': [actor] },
      fetchPages: (window, context) => client.activities(window, actor, context),
      idOf,
      timeOf,
      toDocument: (activity) => toDocument(activity, geo),
      probe: async (context) => ({
        vendorTime: await client.ping(context),
        message: `${vendor.clientId} may read the activity log at ${vendor.baseUrl}`,
      }),
    };
  },
});
