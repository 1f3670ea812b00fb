/** KQL that searches, hunts and rules over the audit log share: what one finds, the others mean too. */

/** An app that many tenants have installed has the same id in each. */
export const TENANT = 'organization.id';
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
/** The reviewed APIs tell: `../../../docs/apis.md`. */
export const GIVES_POWER = 'event.type: "admin"';
/** Files, and what is written in documents, tables, chats and mailboxes; lists of people and of settings are no content. */
export const CONTENT_TAKEN =
  '(feishu.openapi_audit.api.takes_out: "file" or (feishu.openapi_audit.api.takes_out: * and feishu.openapi_audit.api.touches: ("file" or "message" or "mail")))';
/** What others trust an app by: its secret, addresses, scopes, owner and visibility; not its picture or its badge. What nobody reviewed counts: the vendor's SDK has no call that resets a secret. */
export const APP_TRUST_CHANGED = `feishu.openapi_audit.family: "application" and ${CHANGED} and (feishu.openapi_audit.api.gives_power: true or feishu.openapi_audit.api.reviewed: false or event.action: "PATCH/open-apis/application/v6/applications/:app_id")`;
/** A token is asked for with a secret, and not only used: an expired sign-in guesses nothing. */
export const TOKEN_ASKED = 'event.type: "start"';
