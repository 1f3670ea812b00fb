/** The list of sources: a new one is a folder beside these and a line here. */
import type { SourceDefinition } from '../sdk/definition.ts';
import { report } from './dingtalk/report.ts';
import { openapiAudit } from './feishu/openapi-audit.ts';

export const sourceDefinitions: readonly SourceDefinition[] = [openapiAudit, report];
