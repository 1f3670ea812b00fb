/** Hunts in the audit log. */
import type { Hunt } from '../../../adapters/kibana/objects/hunt.ts';
import { FAILED, NIGHT_OR_WEEKEND, STAFF_OR_SETTINGS, SUCCESS, TAKES_FILE } from '../kql.ts';
import { auditView } from './views.ts';

const OF_MAIL_AND_STAFF =
  '(feishu.openapi_audit.api.touches: ("mail" or "hr") and feishu.openapi_audit.api.takes_out: *)';
/** A file is fetched with GET; what is asked for with POST is made anew, of much at once. */
const EXPORTS_AND_RECORDINGS = `(${TAKES_FILE} and (http.request.method: "POST" or feishu.openapi_audit.api.touches: "meeting"))`;

export const hunts: readonly Hunt[] = [
  {
    number: 1,
    key: 'app-changes',
    name: { en: 'Changes by one app', zh: '单个应用的改动' },
    question: { en: 'What did an app change in people, rights or settings?', zh: '某个应用改动了哪些人员、权限或配置？' },
    hint: { en: "Put one app's id for `cli_*`; then look at `event.action` in the field list.", zh: '用应用 ID 替换 `cli_*`，再在字段列表中查看 `event.action`。' },
    dataView: auditView,
    query: `user.id: cli_* and ${STAFF_OR_SETTINGS}`,
  },
  {
    number: 2,
    key: 'power-granted',
    name: { en: 'Power granted', zh: '授予的权限' },
    question: { en: 'Who gave power to whom?', zh: '谁把权限授予了谁？' },
    hint: { en: 'Who or what got it is in `feishu.openapi_audit.target.ref`, the details are in the payload.', zh: '授予对象见 `feishu.openapi_audit.target.ref`，细节见请求体。' },
    dataView: auditView,
    query: `event.type: "admin" and ${SUCCESS}`,
  },
  {
    number: 3,
    key: 'from-abroad',
    name: { en: 'Changes from abroad', zh: '境外改动' },
    question: { en: 'Who changed people, rights or settings from abroad?', zh: '谁在境外改动了人员、权限或配置？' },
    hint: { en: 'Put your own countries for `CN`. Addresses without a country (private ones) are left out.', zh: '用本组织所在国家或地区替换 `CN`；没有归属地的地址（内网）不在其中。' },
    dataView: auditView,
    query: `source.geo.country_iso_code: * and not source.geo.country_iso_code: "CN" and ${STAFF_OR_SETTINGS}`,
  },
  {
    number: 4,
    key: 'denied',
    name: { en: 'Denied calls', zh: '被拒绝的调用' },
    question: { en: 'What was tried and denied?', zh: '哪些尝试被拒绝？' },
    hint: { en: 'Many different APIs by one app: somebody tries what a token can do.', zh: '同一应用尝试许多不同接口：有人在试探令牌的权限。' },
    dataView: auditView,
    query: 'event.type: "denied"',
  },
  {
    number: 5,
    key: 'bulk-reads',
    name: { en: 'Exports and bulk reads', zh: '导出与批量读取' },
    question: { en: 'What was exported, or read from mailboxes, recordings and personnel files?', zh: '哪些内容被导出，或从邮箱、会议录制与人事档案中读取？' },
    hint: { en: 'Each of them takes much at once. For single files open the saved search "exports and downloads" and divide it by `user.id`.', zh: '这些接口一次取走大量内容。单个文件请打开“导出与下载”，并按 `user.id` 细分。' },
    dataView: auditView,
    query: `(${OF_MAIL_AND_STAFF} or ${EXPORTS_AND_RECORDINGS}) and ${SUCCESS}`,
  },
  {
    number: 6,
    key: 'off-hours',
    name: { en: 'Changes at night', zh: '夜间与周末的改动' },
    question: { en: 'Who changed people, rights or settings at night or on a weekend?', zh: '谁在夜间或周末改动了人员、权限或配置？' },
    hint: { en: 'By the clock of the organisation, not of your browser.', zh: '按组织所在时区，而非浏览器时区。' },
    dataView: auditView,
    query: `${STAFF_OR_SETTINGS} and ${NIGHT_OR_WEEKEND}`,
  },
  {
    number: 7,
    key: 'public-sharing',
    name: { en: 'Documents made public', zh: '公开的文档' },
    question: { en: 'Which documents were opened to everybody?', zh: '哪些文档被公开给所有人？' },
    hint: { en: 'Fields of the payload can be searched by their name. The document is in `feishu.openapi_audit.target.ref`.', zh: '请求体中的字段可按名称检索；文档见 `feishu.openapi_audit.target.ref`。' },
    dataView: auditView,
    query: 'feishu.openapi_audit.payload.link_share_entity: anyone*',
  },
  {
    number: 8,
    key: 'guessed-secrets',
    name: { en: 'Guessed secrets', zh: '密钥猜测' },
    question: { en: 'Who guesses secrets?', zh: '谁在猜测应用密钥？' },
    hint: { en: 'Look at `source.ip`: one address for many apps.', zh: '查看 `source.ip`：同一地址对应许多应用。' },
    dataView: auditView,
    query: `event.category: "authentication" and ${FAILED}`,
  },
  {
    number: 9,
    key: 'one-person',
    name: { en: 'Changes to one person', zh: '针对某人的改动' },
    question: { en: 'What was done to the account of one person?', zh: '某个人的账号被做了什么？' },
    hint: { en: "Put the person's id for the star. Everything about a document or chat, reads too: `feishu.openapi_audit.target.ref: \"file:…\"`.", zh: '用人员 ID 替换星号。查看某个文档或群的全部记录（含读取）：`feishu.openapi_audit.target.ref: "file:…"`。' },
    dataView: auditView,
    query: `user.target.id: * and event.category: "iam" and not event.type: "access"`,
  },
]; // prettier-ignore
