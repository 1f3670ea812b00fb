/** The Elastic Common Schema itself. Its field list takes more memory than a worker's work: who needs it loads it. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const { version: ECS_VERSION } = require('@elastic/ecs/package.json') as { version: string };

/** An ECS field as the package describes it. */
export type EcsField = { type: string; ignore_above?: number; index?: boolean; doc_values?: boolean };

/** Every ECS field by its dotted name. */
export const ecsFields = (): Readonly<Record<string, EcsField>> =>
  (require('@elastic/ecs') as { EcsFlat: Record<string, EcsField> }).EcsFlat;
