/** The list of sources: a new one is a folder beside these and a line here. */
import type { SourceDefinition } from '../sdk/definition.ts';
import type { Part } from '../adapters/kibana/objects/part.ts';
import { reportPart } from './dingtalk/kibana/part.ts';
import { auditPart } from './feishu/kibana/part.ts';
import { report } from './dingtalk/report.ts';
import { openapiAudit } from './feishu/openapi-audit.ts';

export const sourceDefinitions: readonly SourceDefinition[] = [openapiAudit, report];

/** What their searches and hunts are told by, on the analyst's page. */
export const kibanaParts: readonly Part[] = [auditPart, reportPart];
