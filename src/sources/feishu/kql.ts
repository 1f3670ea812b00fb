/** KQL that searches, hunts and rules over the audit log share: what one finds, the others mean too. */

export const CHANGED = 'event.type: ("creation" or "change" or "deletion")';
export const STAFF_OR_SETTINGS = `event.category: ("iam" or "configuration") and ${CHANGED}`;
export const SUCCESS = 'event.outcome: "success"';
export const FAILED = 'event.outcome: "failure"';
/** What leaves the organisation as a whole: files, attachments, recordings, exports, documents as text. */
export const TAKES_FILE = 'feishu.openapi_audit.api.takes_out: "file"';
/** An app gets its own tokens all day. */
export const CREDENTIAL = 'feishu.openapi_audit.api.credential: true and not event.category: "authentication"';
export const UNREVIEWED = 'feishu.openapi_audit.api.reviewed: false';
/** By the clock of the organisation. */
export const NIGHT_OR_WEEKEND =
  '(feishu.openapi_audit.local_hour < 7 or feishu.openapi_audit.local_hour >= 22 or feishu.openapi_audit.local_weekday >= 6)';
