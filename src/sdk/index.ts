/**
 * `shenji/source`: everything that a source is written with. What is exported here keeps its meaning within a major version
 * of shenji (before 1.0 within a minor one); a package says by its peer dependency which versions it works with.
 */
export { z } from 'zod';
export { askedWait, type AskedWait } from './asked-wait.ts';
export { attack } from './attack.ts';
export { bounded, type Bounded } from './bounded.ts';
export { callWithRetry, type CallContext, type RetriedCall } from './call-with-retry.ts';
export {
  dailyCollection,
  logCollection,
  type Collection,
  type CollectionSettings,
  type CommonDefaults,
} from './collection.ts';
export { defineSource } from './define-source.ts';
export type {
  DataStreamDefinition,
  FieldMapping,
  Probe,
  SourceCache,
  SourceDefinition,
  SourceExample,
  SourceHelpers,
  SourceInstance,
  SourceParts,
  SourceSpec,
  SourceTenant,
  VendorDefinition,
  SourceCreation,
} from './definition.ts';
export { hashId } from './document-id.ts';
export { formatDuration, parseDuration } from './duration.ts';
export {
  ApiGoneError,
  CollectionError,
  CredentialsError,
  NoCallLeftError,
  PermanentError,
  QuotaExhaustedError,
  RateLimitedError,
  RefusedTokenError,
  RetryableError,
  UnansweredError,
  UnmappableRecord,
  WaitError,
  isRetryable,
  suspends,
  type FailureDetails,
} from './errors.ts';
export { flattened, keyword, textOf } from './fields.ts';
export type { Geo, Place, Point } from './geo.ts';
export { dayGrid, fixedGrid, type Grid } from './grid.ts';
export { describeReply, errorByStatus, jsonBody, type ApiCall } from './http-errors.ts';
export { joinUrl, withQuickTries, type VendorHttp, type VendorReply, type VendorRequest } from './http.ts';
export { parseJson } from './json.ts';
export {
  dataViewOf,
  type Dashboards,
  type DetectionRule,
  type Language,
  type SavedObject,
  type Station,
  type Suppression,
  type Threat,
  type Threshold,
} from './kibana.ts';
export { memo } from './memo.ts';
export { followPages, nextLink, type ListPage } from './paging.ts';
export { settleDelayMs, type Pass } from './pass.ts';
export { PLACEHOLDERS, type RuleFacts } from './placeholders.ts';
export { baseUrl, duration, secret, since, text, type Condition, type Since } from './settings.ts';
export type {
  Asker,
  Cadence,
  EcsDocument,
  Page,
  Question,
  Quota,
  RequestBudget,
  Source,
  LogLine,
  SourceContext,
  SourceLog,
  SourceName,
  Window,
} from './source.ts';
export { createTokenCache, type Token, type TokenCache } from './token-cache.ts';
export { redactTokens } from './token-shapes.ts';
