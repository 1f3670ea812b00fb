/**
 * Where secrets lie in what a company's apps send and receive, and what only looks like one.
 * `docs/security.md` shows this table and `secret-places.test.ts` holds the redaction to it.
 *
 * Whatever contains a fake is secret and must be gone after redaction; every other text must come out as it went in.
 */
export type Place = {
  /** The document that names the place. */
  readonly from: string;
  /** A piece of a record as it would lie in an audit log: an object, a list or a text. */
  readonly sample: unknown;
};

/** Nobody's secret: leetspeak that is hexadecimal, base64 and a password at once. */
export const fake = (words = 4): string => 'fa5e'.repeat(words);
/** Where only digits will do. */
const fakeDigits = 515_051_505;
export const FAKE = /fa5e|515051505/i;

const places = (from: string, ...samples: unknown[]): Place[] => samples.map((sample) => ({ from, sample }));
const jwt = `eyJhbGciOi${fake()}.eyJzdWIiOi${fake()}.${fake(8)}`;
const pem = (kind: string, body: string) => `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----\n`;

/** Collected from the documents of vendors, clouds and standards before the redaction was written. */
export const documented: readonly Place[] = [
  ...places(
    'Feishu: 通用参数, 获取访问凭证',
    { app_id: 'cli_slkdjalasdkjasd', app_secret: fake() },
    { app_ticket: fake() },
    { tenant_key: '73658811060f175d' },
    { app_access_token: `a-${fake(10)}` },
    { code: 0, msg: 'ok', tenant_access_token: `t-${fake(10)}`, expire: 7200 },
    { user_access_token: `u-${fake(5)}` },
    `called with t-${fake(10)}, then once more`,
    { headers: { Authorization: `Bearer t-${fake(8)}`, 'Content-Type': 'application/json; charset=utf-8' } },
  ),
  ...places(
    'Feishu: 获取 user_access_token, 刷新 user_access_token',
    { grant_type: 'authorization_code', client_id: 'cli_a5ca35a685b0x26e', client_secret: fake(), code: fake() },
    { code: 20010, error: 'invalid_grant', error_description: 'The user has no permission to use the app' },
    { refresh_token: `ur-${fake(3)}.${fake(8)}`, refresh_token_expires_in: 604800 },
    `ur-${fake(3)}.${fake(8)}`,
    { code_verifier: fake(11), redirect_uri: 'https://example.com/api/oauth/callback' },
    `https://example.com/callback?code=${fake()}&state=RANDOMSTRING`,
  ),
  ...places('Feishu: 获取 user_access_token（小程序）', { open_id: 'ou_3bd0cc', session_key: fake() }),
  ...places(
    'Feishu: 如何获取各类云文档资源的 token',
    { folder_token: 'cSJe2JgtFFBwRuTKAJK6baNGUn0' },
    { file_token: 'ndqUw1kpjnGNNaegyqDyoQDCLx1' },
    { doc_token: '2olt0Ts4Mds7j7iqzdwrqEUnO7q' },
    { spreadsheet_token: 'MRLOWBf6J47ZUjmwYRsN8utLEoY' },
    { app_token: 'Pc9OpwAV4nLdU7lTy71t6Kmmkoz', table_id: 'tblsRc9GRRXKqhvW' },
    { node_token: 'sZdeQp3m4nFGzwqR5vx4vZksMoe', obj_token: 'doxcnHQJpDR9sUnzgXRl0sPnEbg', obj_type: 'docx' },
    { parent_token: 'nodcnfcMbEYb0v' },
    { wiki_token: 'wikcnKQ1k3pcuo5uSK4t8VN6kVf', shared_doc_tokens: ['doxcnHQJpDR9sUnzgXRl0sPnEbg'] },
    'https://sample.feishu.cn/docx/UXEAd6cRUoj5pexJZr0cdwaFnpd',
  ),
  ...places('Feishu: 获取妙记信息', { minute_token: 'obcnq3b9jl72l83w4f149w9c' }),
  ...places(
    'Feishu: 将事件发送至开发者服务器',
    { encrypt_key: fake(), verification_token: fake(8) },
    { 'X-Lark-Request-Timestamp': '1711584000', 'X-Lark-Request-Nonce': '5d9c' },
  ),
  ...places('Feishu: 延时更新消息卡片', { token: `c-${fake()}`, card: { open_ids: ['ou_3bd0cc'] } }),
  ...places(
    'Feishu: 自定义机器人使用指南',
    `https://open.feishu.cn/open-apis/bot/v2/hook/${fake(2)}-${fake(1)}-${fake(1)}-${fake(1)}-${fake(3)}`,
    `https://open.larksuite.com/open-apis/bot/hook/${fake(8)}`,
    { timestamp: '1599360473', sign: `${fake(10)}=`, msg_type: 'text', content: { text: 'request example' } },
  ),
  ...places('Feishu: 创建审批实例', {
    approval_code: '7C468A54-8745-2245-9675-08B7C63E7A85',
    instance_code: '81D31358-93AF-92D6-7425-01A5D67C4E71',
  }),
  ...places('Feishu: 获取文件夹下文件清单', { page_token: 'MTY1NTA3MTA1OXw3MTA4NDc2MDc1NzkyOTI0Nzcw', page_size: 50 }),
  ...places('Google Calendar: Synchronize resources efficiently', {
    syncToken: 'CPDAlvWDx70CEPDAlvWDx',
    nextPageToken: 'CiAKGjBpNDd2Nmp2Zml2cXRwYjBpOXA',
  }),
  ...places(
    'DingTalk: 获取企业内部应用的 access_token',
    `https://api.dingtalk.com/gettoken?appkey=dingeqqpkv3xxxx&appsecret=${fake()}`,
    { appKey: 'dingeqqpkv3xxxx', appSecret: fake() },
    { accessToken: fake(), expireIn: 7200 },
    { 'x-acs-dingtalk-access-token': fake() },
  ),
  ...places('DingTalk: 获取 jsapi_ticket', { errcode: 0, ticket: fake(), expires_in: 7200 }, { jsapi_ticket: fake() }),
  ...places(
    'DingTalk: 自定义机器人接入',
    `https://oapi.dingtalk.com/robot/send?access_token=${fake(16)}&timestamp=1599360473000&sign=${fake(11)}%3D`,
    `SEC${fake(16)}`,
    { sessionWebhook: `https://oapi.dingtalk.com/robot/sendBySession?session=${fake(8)}` },
  ),
  ...places('DingTalk: 获取用户 token', { clientId: 'dingeqqpkv3xxxx', clientSecret: fake(), authCode: fake() }),
  ...places(
    'WeCom: 获取 access_token',
    `https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=wwcb74&corpsecret=${fake()}`,
    { EncodingAESKey: fake(11), CorpID: 'wwcb74' },
  ),
  ...places(
    'WeCom: 第三方应用开发, 基本概念介绍',
    { suite_id: 'ww4f66fa544a32f920', suite_secret: fake(), suite_ticket: fake() },
    { corpid: 'ww14438c6c07a317f2', provider_secret: fake() },
    { auth_corpid: 'ww14438c6c07a317f2', permanent_code: fake() },
    { pre_auth_code: fake() },
    { user_ticket: fake(), expires_in: 7200 },
  ),
  ...places(
    'WeCom: 群机器人配置说明',
    `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${fake(2)}-${fake(1)}-${fake(1)}-${fake(1)}-${fake(3)}`,
  ),
  ...places(
    'RFC 6749, OAuth 2.0',
    `grant_type=password&username=johndoe&password=${fake()}`,
    `grant_type=authorization_code&code=${fake()}&redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb`,
    { access_token: fake(), token_type: 'Bearer', expires_in: 3600, refresh_token: fake() },
    '/authorize?response_type=code&client_id=s6BhdRkqt3&state=xyz&redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb',
    { grant_type: 'client_credentials', scope: 'read:user', state: 'af0ifjsldkj' },
  ),
  ...places(
    'RFC 6750, bearer tokens',
    { Authorization: `Bearer ${fake()}` },
    `GET /resource HTTP/1.1\nHost: server.example.com\nAuthorization: Bearer ${fake()}`,
    'WWW-Authenticate: Bearer realm="example", error="invalid_token"',
  ),
  ...places('RFC 7617, Basic authentication', { 'Proxy-Authorization': `Basic ${fake()}` }),
  ...places('RFC 6265, cookies', { Cookie: `SID=${fake()}; lang=en-US` }, { 'set-cookie': [`SID=${fake()}; Path=/`] }),
  ...places('RFC 3986, user information in addresses', `https://user:${fake()}@server.example.com/path`),
  ...places(
    'RFC 7636, PKCE',
    { code_verifier: fake(11) },
    { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' },
  ),
  ...places('RFC 7523, client assertions', {
    client_assertion: jwt,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  }),
  ...places(
    'RFC 7591 and 7592, client registration',
    { client_secret: fake(), client_secret_expires_at: 0 },
    { registration_access_token: fake() },
    { token_endpoint_auth_method: 'client_secret_basic', grant_types: ['password', 'refresh_token'] },
  ),
  ...places('RFC 8414, server metadata', {
    token_endpoint: 'https://server.example.com/token',
    authorization_endpoint: 'https://server.example.com/authorize',
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
  }),
  ...places('RFC 8628, device authorization', { device_code: fake(), verification_uri: 'https://example.com/device' }),
  ...places('RFC 7662 and 7009, introspection and revocation', { token: fake(), token_type_hint: 'access_token' }),
  ...places('OpenID Connect Core', { id_token: jwt, nonce: 'n-0S6_WzA2Mj' }, jwt),
  ...places('SAML 2.0 bindings', { SAMLResponse: fake(8), RelayState: 'ss:mem:0043bfc1bc45110dae17004005b13a2b' }),
  ...places('RFC 6238, one-time passwords', { otp: fake(2) }, { totp_secret: fake() }),
  ...places(
    'RFC 7517, JSON Web Key',
    { kid: '2011-04-29', private_key: fake() },
    { public_key: 'MIIBIjANBgkqhkiG9w0B' },
  ),
  ...places(
    'RFC 7468, PEM',
    `the key is ${pem('PRIVATE KEY', fake(16))}`,
    pem('RSA PRIVATE KEY', fake(16)),
    pem('OPENSSH PRIVATE KEY', fake(16)),
    pem('PUBLIC KEY', 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA'),
    pem('CERTIFICATE', 'MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYD'),
  ),
  ...places(
    'AWS: shared credentials file',
    `aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = ${fake(10)}\naws_session_token = ${fake(10)}`,
    { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', SecretAccessKey: fake(10), SessionToken: fake(20) },
  ),
  ...places(
    'AWS: Signature Version 4 in query parameters',
    `https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20130721T201207Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=${fake(16)}`,
    { 'X-Amz-Security-Token': fake(20), 'X-Amz-Date': '20130721T201207Z' },
  ),
  ...places(
    'AWS: pagination and idempotency',
    { NextToken: 'AAMA-EFRSURBSGlHd0FBTkxRQ0E' },
    { ContinuationToken: '1ueGcxLPRx1Tr' },
    { ClientRequestToken: '550e8400-e29b-41d4-a716-446655440000' },
  ),
  ...places(
    'AWS IAM: PasswordPolicy, ChangePassword, CreateLoginProfile',
    { MinimumPasswordLength: 14, MaxPasswordAge: 90, PasswordReusePrevention: 24, AllowUsersToChangePassword: true },
    { OldPassword: fake(), NewPassword: fake() },
    { UserName: 'ada', Password: fake(), PasswordResetRequired: true },
    { PasswordLastUsed: '2026-01-02T03:04:05Z' },
    { password_policy: 'at least 12 characters' },
  ),
  ...places('AWS Secrets Manager: GetSecretValue', { SecretId: 'prod/db', SecretString: fake() }),
  ...places(
    'Azure Storage: connection strings and SAS',
    `DefaultEndpointsProtocol=https;AccountName=storagesample;AccountKey=${fake(16)}==;EndpointSuffix=core.windows.net`,
    `https://storagesample.blob.core.windows.net/c/b.txt?sp=r&sv=2022-11-02&sr=b&sig=${fake(11)}%3D`,
    { sasToken: fake(), accountKey: fake() },
  ),
  ...places(
    'Microsoft Graph: passwordCredential, passwordProfile',
    { displayName: 'deploy', keyId: '024c4c6e-87c3-4473-8e36-650f16bb730d', secretText: fake() },
    { passwordProfile: { forceChangePasswordNextSignIn: true, password: fake() } },
  ),
  ...places(
    'Azure API Management, Azure Functions',
    { 'Ocp-Apim-Subscription-Key': fake(8) },
    { 'x-functions-key': fake(8) },
  ),
  ...places(
    'Google Cloud: service account keys, API keys, OAuth',
    {
      type: 'service_account',
      private_key_id: '9855995ff904c3c83a84415c00b91612ee5da4b2',
      private_key: pem('PRIVATE KEY', fake(16)),
      client_email: 'xyz@developer.gserviceaccount.com',
      token_uri: 'https://oauth2.googleapis.com/token',
    },
    `https://maps.googleapis.com/maps/api/geocode/json?address=x&key=AIza${fake(8)}000`,
    { 'X-Goog-Api-Key': `AIza${fake(8)}000` },
    `ya29.${fake(10)}`,
    `GOCSPX-${fake(7)}`,
  ),
  ...places(
    'Alibaba Cloud: Credentials, STS',
    { accessKeyId: 'LTAI5tExampleExampleExam', accessKeySecret: fake(), securityToken: fake(20) },
    { bearerToken: fake(), roleArn: 'acs:ram::123456789012:role/reader', oidcTokenFilePath: '/var/run/token' },
  ),
  ...places(
    'Alibaba Cloud OSS: signatures in addresses',
    `https://oss-example.oss-cn-hangzhou.aliyuncs.com/oss-api.pdf?OSSAccessKeyId=nz2pc56s936&Expires=1141889120&Signature=${fake(7)}%3D&security-token=${fake(10)}`,
    { Password: fake(), OpenPasswordFlag: true, MeetingName: 'review' },
  ),
  ...places(
    'Tencent Cloud: Credential, GetFederationToken',
    { SecretId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE', SecretKey: fake(8) },
    { TmpSecretId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE', TmpSecretKey: fake(8), Token: fake(20) },
  ),
  ...places('Huawei Cloud: IAM tokens', { 'X-Auth-Token': fake(20) }),
  ...places(
    'GitHub: supported secret scanning patterns',
    `git clone https://ghp_${fake(9)}@github.com/acme/app`,
    `gho_${fake(9)} ghu_${fake(9)} ghs_${fake(9)} ghr_${fake(9)}`,
    `github_pat_${fake(5)}00_${fake(14)}000`,
  ),
  ...places(
    'GitLab: token overview',
    `glpat-${fake(5)}`,
    { 'PRIVATE-TOKEN': fake(5) },
    { 'Job-Token': fake(5) },
    `glptt-${fake(10)}`,
  ),
  ...places(
    'Slack: token types, incoming webhooks, verifying requests',
    `xoxb-000000000000-000000000000-${fake(6)}`,
    `xoxp-000000000000-000000000000-000000000000-${fake(8)}`,
    `xapp-1-A0000000000-0000000000000-${fake(16)}`,
    `https://hooks.slack.com/services/T00000000/B00000000/${fake(6)}`,
    { signing_secret: fake() },
    { token: fake(6), challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P', type: 'url_verification' },
    { 'X-Slack-Request-Timestamp': '1531420618' },
  ),
  ...places(
    'Microsoft Teams: incoming webhooks',
    `https://acme.webhook.office.com/webhookb2/00000000-0000-0000-0000-000000000000@00000000-0000-0000-0000-000000000000/IncomingWebhook/${fake(8)}/${fake(2)}-${fake(1)}-${fake(1)}-${fake(1)}-${fake(3)}`,
  ),
  ...places('Discord: webhooks', `https://discord.com/api/webhooks/000000000000000000/${fake(17)}`),
  ...places('Telegram: bot API', `https://api.telegram.org/bot110201543:AA${fake(8)}0/sendMessage`),
  ...places(
    'Stripe: API keys, webhooks, idempotent requests',
    `sk_live_${fake(6)}`,
    `rk_live_${fake(6)}`,
    `whsec_${fake(8)}`,
    'pk_live_TYooMQauvdEDq54NiTphI7jx',
    { 'Idempotency-Key': 'KG5LxwFBepaKHyUD', amount: 2000 },
  ),
  ...places(
    'OpenAI and Anthropic: API reference',
    { max_tokens: 4096, max_completion_tokens: 4096 },
    { usage: { prompt_tokens: 19, completion_tokens: 10, total_tokens: 29 } },
    { 'x-api-key': `sk-ant-api03-${fake(20)}`, 'anthropic-version': '2023-06-01' },
    `sk-proj-${fake(12)}`,
  ),
  ...places(
    'Elasticsearch: create API key, users',
    { id: 'VuaCfGcBCdbkQm-e5aOx', name: 'shipper', api_key: fake(5), encoded: fake(10) },
    { headers: { authorization: `ApiKey ${fake(10)}` } },
    { password_hash: `$2a$10$${fake(13)}` },
  ),
  ...places(
    'HashiCorp Vault: authentication, AppRole',
    { 'X-Vault-Token': `hvs.${fake(6)}` },
    { auth: { client_token: fake(6), token_policies: ['default'], token_type: 'service', lease_duration: 3600 } },
    { role_id: '988a9df4-9df4-0000-0000-bd3a6d4d39a3', secret_id: fake(8) },
    `hvs.${fake(6)}`,
  ),
  ...places(
    'Kubernetes: Secret, ServiceAccount, Pod',
    { valueFrom: { secretKeyRef: { name: 'mysecret', key: 'username' } } },
    { automountServiceAccountToken: false },
    { secretName: 'registry-credentials' },
    {
      env: [
        { name: 'DB_PASSWORD', value: fake() },
        { name: 'DB_HOST', value: 'db.internal' },
      ],
    },
  ),
  ...places(
    'PostgreSQL, MySQL, Redis and ADO.NET: connection strings',
    `postgresql://app:${fake()}@db.internal:5432/app?sslmode=require`,
    `redis://:${fake()}@cache.internal:6379/0`,
    `Server=db.internal;Database=app;User Id=app;Password=${fake()};Encrypt=true`,
    `host=db.internal port=5432 user=app password=${fake()} sslmode=require`,
  ),
  ...places(
    'npm, PyPI, Docker Hub: access tokens',
    `npm_${fake(9)}`,
    `pypi-AgEIcHlwaS5vcmc${fake(16)}`,
    `dckr_pat_${fake(7)}`,
  ),
  ...places(
    'SendGrid, DigitalOcean, Shopify, Hugging Face',
    `SG.${fake(5)}00.${fake(10)}000`,
    `dop_v1_${fake(16)}`,
    `shpat_${fake(8)}`,
    `hf_${fake(8)}00`,
  ),
  ...places(
    'W3C Trace Context, HTTP',
    { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    { ETag: '"33a64df551425fcc55e4d42a148795d9f25f89d4"' },
  ),
  ...places(
    'curl: manual',
    `curl -H "X-Api-Key: ${fake()}" https://api.example.com/v1/items`,
    `curl -u ada:${fake()} https://api.example.com/v1/items`,
  ),
];

/** Found by trying the redaction, and in the vendors' SDKs: what it once missed, and what it must not take. */
export const tried: readonly Place[] = [
  ...places(
    'tried: words within names',
    { new_password: fake() },
    { newPassword: fake(), passWord: fake(), PASSWORD2: fake() },
    { db_password: fake() },
    { DB_PASS: fake() },
    { auth_token: fake(), authtoken: fake() },
    { bot_token: fake() },
    { webhook_secret: fake() },
    { access_key: fake() },
    { aws_secret_access_key: fake() },
    { tokens: [fake(), fake()], passwords: { admin: fake() } },
    { 'client.secret': fake(), 'spring.datasource.password': fake() },
    { 'Client Secret': fake() },
    { 'user[password]': fake() },
    { password_confirmation: fake(), secret_key_base: fake(), token_for_deploy: fake() },
    { password: fakeDigits, pin_password: String(fakeDigits) },
    { config: { password: [fake(), { inner: fake() }] } },
    { 密码: fake(), 应用密钥: fake() },
    { secretary: 'Li', tokenizer: 'bpe', monkey: 'George', author: 'Ada', compass: 'north', keyboard: 'qwerty' },
    { password_hint: 'dog', tokens_used: 5, cookie_consent: true, passwordless: 'yes' },
    { token_type: 'Bearer', max_tokens: 512, tokens: 1_200, password_policy: 'strong', state: 'af0ifjsldkj' },
    { page_token: 'MTY1NTA3MTA1OXw3MTA4NDc2MDc1NzkyOTI0Nzcw', pageToken: 'bmV4dA', next_page_token: 'bmV4dA' },
    { password: true, has_password: 'true', secret: null, token: '' },
    { secret_name: 'db', secretVersion: '3', token_expires_at: '2026-01-01T00:00:00Z', passwordLastChanged: 'monday' },
  ),
  ...places(
    'tried: names and values in pairs',
    {
      headers: [
        { name: 'Authorization', value: `Bearer ${fake()}` },
        { name: 'Accept', value: '*/*' },
      ],
    },
    {
      headers: [
        ['authorization', fake()],
        ['host', 'api.example.com'],
      ],
    },
    ['authorization', `Basic ${fake()}`],
    {
      params: [
        { key: 'password', value: fake() },
        { key: 'page_size', value: '50' },
      ],
    },
    { Parameters: [{ ParameterKey: 'DBPassword', ParameterValue: fake() }] },
    { form: [{ id: 'widget1', name: '密码', type: 'input', value: fake() }] },
    `{"name": "X-Api-Key", "value": "${fake()}", oops`,
    { fields: ['password', 'email'] },
    {
      Tags: [
        { Key: 'team', Value: 'payments' },
        { Key: 'token_type', Value: 'service' },
      ],
    },
    { custom_attrs: [{ type: 'TEXT', id: 'C-1', value: { text: 'a note of ordinary length' } }] },
  ),
  ...places(
    'tried: OAuth codes beside what makes them one',
    { grant_type: 'authorization_code', code: fake() },
    { code: fake(), redirectUri: 'https://example.com/callback' },
    `code=${fake()}&redirect_uri=https%3A%2F%2Fexample.com`,
    `{"code": "${fake()}", "grant_type": "authorization_code", oops`,
    { code: 0, msg: 'success', data: { grant_type: 'client_credentials' } },
    { code: 99991663, grant_type: 'authorization_code' },
    { code: 'ACCESS_DENIED', grant_type: 'authorization_code' },
    { code: 'InvalidParameterValue', message: 'The value is invalid' },
    { instance_code: '81D31358-93AF-92D6-7425-01A5D67C4E71', country_code: 'CN', area_code: '010' },
  ),
  ...places(
    'tried: addresses',
    `https://user:${fake()}@host.example.com`,
    `clone https://oauth2:${fake()}@git.example.com/acme/app.git, then build`,
    `amqp://guest:p@${fake()}@mq.internal:5672/vhost`,
    { url: `mongodb+srv://app:${fake()}@cluster0.example.net/?retryWrites=true` },
    `/open-apis/bot/v2/hook/${fake(2)}-${fake(1)}-${fake(1)}-${fake(1)}-${fake(3)}`,
    `https://www.feishu.cn/flow/api/trigger-webhook/${fake(8)}`,
    'https://user@host.example.com/path',
    'https://host.example.com:8443/path?email=ada@example.com',
    'ssh://git@git.example.com:22/acme/app.git',
    '/open-apis/auth/v3/tenant_access_token/internal',
    'https://open.feishu.cn/open-apis/authen/v1/oidc/access_token',
  ),
  ...places(
    'tried: texts',
    `DB_PASSWORD=${fake()} npm start`,
    `export AWS_SECRET_ACCESS_KEY="${fake(10)}"`,
    `{"outer": "{\\"password\\": \\"${fake()}\\"}", oops`,
    `password: ${fake()}\nuser: ada`,
    `next=${encodeURIComponent(`/login?client_secret=${fake()}&x=1`)}`,
    JSON.stringify({ body: JSON.stringify({ inner: JSON.stringify({ db_password: fake() }) }) }),
    { text: 'Basic information about the bearer certificates' },
    { text: 'The token expired; ask for a new password' },
    { text: 'page_token=abc&page_size=50' },
    { title: 'secret santa: bring a gift', content: 'sign here' },
    { query: 'user_id_type=open_id&department_id_type=open_department_id' },
  ),
  ...places(
    'Feishu: node SDK',
    { client_token: 'fe599b60-450f-46ff-b2ef-9f6675625b97' },
    { ticket: '6933093124755423251', job_status: 0 },
    { role_authorization: { employment_id: '6893014062142064135' } },
    { refer_entity: { refer_token: 'doxcniyTNvFZvZ2TYVyDyWvNMHb', refer_type: 'docx' } },
    { float_image_token: 'boxcnrHpsg1QDqXAAAyachabcef' },
    { origin_node_token: 'wikcnKQ1k3pcuo5uSK4t8VN6kVf', parent_wiki_token: 'wikcnOcbqKG9Uq3nVN2vG5NlCQh' },
    { idp_credential_id: 'user@example.com', token_types: ['user', 'tenant'] },
    { api_key: 'POST/open-apis/contact/v3/users', api_keys: ['GET/open-apis/drive/v1/files/:file_token'] },
    { image_key: 'img_7ea74629-9191-4176-998c-2e603c9c5e8g', tenant_key: '2ed263bf32cf1651', field_key: 'C-1' },
    { signature: 'Best regards, Ada', sign_type: 'electronic' },
    { password_reset: true, ent_email_password: fake() },
    { encryption_key: fake(), trusteeship_url_token: fake() },
    { security: { allow_refresh_token: true } },
  ),
  ...places(
    'DingTalk: SDK',
    { nextToken: 'AAAAAQ', maxResults: 20, maxTokens: '2048' },
    { dingTokenGrantType: 1, accessTokenExpirationMillis: '1600000000000' },
    { robotAppKey: 'dingxxx', templateKey: 'tpl', searchKey: 'report' },
    { ticketId: 'T-1', openTicketId: 'O-1', ticketStatus: 'OPEN', signStatus: 'SIGNED' },
    { stsToken: fake(), accessKeySecret: fake() },
    { suiteTicket: fake(), ssoSecret: fake() },
    { hostPassword: fake(), conferencePassword: fake(), initPassword: fake() },
    { verifyCode: String(fakeDigits) },
  ),
];
