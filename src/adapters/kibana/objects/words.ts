/** Words that several dashboards use, in both languages. */
import type { Text } from './language.ts';

export const words = {
  app: { en: 'App', zh: '应用' },
  apps: { en: 'Apps', zh: '应用数' },
  appId: { en: 'App id', zh: '应用 ID' },
  api: { en: 'API', zh: '接口' },
  family: { en: 'API family', zh: '接口类别' },
  address: { en: 'Address', zh: '来源 IP' },
  addresses: { en: 'Addresses', zh: '来源 IP 数' },
  country: { en: 'Country', zh: '国家/地区' },
  tenant: { en: 'Tenant', zh: '租户' },
  calls: { en: 'Calls', zh: '调用数' },
  failures: { en: 'Failures', zh: '失败数' },
  failureRate: { en: 'Failure rate', zh: '失败率' },
  firstSeen: { en: 'First', zh: '首次' },
  lastSeen: { en: 'Last', zh: '最近' },
  target: { en: 'Object', zh: '对象' },
  stream: { en: 'Stream', zh: '采集流' },
  sensitive: { en: 'Sensitive calls', zh: '敏感调用' },
  takenOut: { en: 'Downloads and exports', zh: '下载与导出' },
} satisfies Readonly<Record<string, Text>>;
