/** APIs that the stories are told with, by method and path template, and times in seconds. */
export const MINUTE = 60;
export const HOUR = 60 * MINUTE;

export const TOKEN = 'POST/open-apis/auth/v3/tenant_access_token/internal';
export const DOWNLOAD = 'GET/open-apis/drive/v1/files/:file_token/download';
export const GET_USER = 'GET/open-apis/contact/v3/users/:user_id';
const APPLICATION = 'open-apis/application/v6/applications/:app_id';
export const SECRETS = `POST/${APPLICATION}/secrets`;
export const CONTACTS_RANGE = `PATCH/${APPLICATION}/contacts_range`;

/** What is written in documents, tables, chats, mail and minutes. */
export const CONTENT = [
  'GET/open-apis/drive/v1/medias/batch_get_tmp_download_url',
  'GET/open-apis/minutes/v1/minutes/:minute_token/transcript',
  'GET/open-apis/docx/v1/documents/:document_id/raw_content',
  'GET/open-apis/docx/v1/documents/:document_id/blocks',
  'GET/open-apis/docs/v1/content',
  'POST/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/search',
  'GET/open-apis/im/v1/messages',
  'GET/open-apis/mail/v1/user_mailboxes/:user_mailbox_id/messages/:message_id',
] as const;
/** What a thief pages through has the same path each time. */
export const ONE_PLACE = { app_token: 'bascnOne', table_id: 'tblOne' };
