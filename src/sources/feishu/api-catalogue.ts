/* oxlint-disable max-lines -- a table, one line an API: cut up, it would only be harder to search */

/**
 * Every call of Feishu's OpenAPI that the vendor's own SDK has, as reviewed from the vendor's descriptions: method, path
 * below `/open-apis/`, what it does, what it touches; then, where it is so:
 *
 * - `power`: gives a person, a group, an app or the public rights or access that they did not have. A guest in a chat, a
 *   task or a meeting is everyday work, a new person has nothing yet, and an update that might give some among much else
 *   (a person's data, a calendar's name) is none.
 * - `out:item`, `out:list`, `out:file`: what leaves the organisation with one call.
 * - `credential`: issues, resets or hands out a secret.
 * - `audit`: reads or changes what records others.
 * - `identity:user`, `identity:group`, `identity:none`: whether it is about accounts or groups of the directory, where that
 *   is not what the word it touches says by itself (./identity.ts): a group of the directory and a chat are both a group,
 *   and most of an HR system, but not all of it, is nobody's account.
 *
 * A line is changed by whoever knows better, and test/sources/feishu/judged-apis.test.ts measures all of them against a
 * judgement that was made without them.
 */
export const API_CATALOGUE = `
GET acs/v1/access_records read other out:list
GET acs/v1/access_records/:access_record_id/access_photo read other out:file
GET acs/v1/devices read other out:list
DELETE acs/v1/rule_external delete other
GET acs/v1/rule_external read other out:list
POST acs/v1/rule_external create other power
POST acs/v1/rule_external/device_bind change other power
GET acs/v1/users read other out:list
GET acs/v1/users/:user_id read other out:item
PATCH acs/v1/users/:user_id change other
GET acs/v1/users/:user_id/face read other out:file
PUT acs/v1/users/:user_id/face change other
POST acs/v1/visitors create other
DELETE acs/v1/visitors/:visitor_id delete other
GET admin/v1/admin_dept_stats read tenant out:list
GET admin/v1/admin_user_stats read tenant out:list
GET admin/v1/audit_infos read audit out:list audit
POST admin/v1/badge_images create other
GET admin/v1/badges read other out:list
POST admin/v1/badges create other
GET admin/v1/badges/:badge_id read other out:item
PUT admin/v1/badges/:badge_id change other
GET admin/v1/badges/:badge_id/grants read other out:list
POST admin/v1/badges/:badge_id/grants create other
DELETE admin/v1/badges/:badge_id/grants/:grant_id delete other
GET admin/v1/badges/:badge_id/grants/:grant_id read other out:item
PUT admin/v1/badges/:badge_id/grants/:grant_id change other
POST admin/v1/password/reset change mail power credential identity:user
POST aily/v1/agents/:agent_id/agent_visibility/check read app
GET aily/v1/agents/:agent_id/artifacts/:agent_artifact_id read app out:file
POST aily/v1/agents/:agent_id/attachments create app
POST aily/v1/agents/:agent_id/chats create app
GET aily/v1/agents/:agent_id/chats/:agent_chat_id read app out:item
GET aily/v1/agents/:agent_id/sessions read app out:list
POST aily/v1/agents/:agent_id/sessions create app
DELETE aily/v1/agents/:agent_id/sessions/:agent_chat_session_id delete app
GET aily/v1/agents/:agent_id/sessions/:agent_chat_session_id read app out:item
GET aily/v1/app_stats read app out:item
GET aily/v1/apps/:app_id/data_asset_tags read app out:list
GET aily/v1/apps/:app_id/data_assets read app out:list
POST aily/v1/apps/:app_id/data_assets create app
DELETE aily/v1/apps/:app_id/data_assets/:data_asset_id delete app
GET aily/v1/apps/:app_id/data_assets/:data_asset_id read app out:item
POST aily/v1/apps/:app_id/data_assets/upload_file create app
POST aily/v1/apps/:app_id/knowledges/ask read app out:item
GET aily/v1/apps/:app_id/skills read app out:list
GET aily/v1/apps/:app_id/skills/:skill_id read app out:item
POST aily/v1/apps/:app_id/skills/:skill_id/start change app
POST aily/v1/sessions create app
DELETE aily/v1/sessions/:aily_session_id delete app
GET aily/v1/sessions/:aily_session_id read app out:item
PUT aily/v1/sessions/:aily_session_id change app
GET aily/v1/sessions/:aily_session_id/messages read app out:list
POST aily/v1/sessions/:aily_session_id/messages create app
GET aily/v1/sessions/:aily_session_id/messages/:aily_message_id read app out:item
GET aily/v1/sessions/:aily_session_id/runs read app out:list
POST aily/v1/sessions/:aily_session_id/runs create app
GET aily/v1/sessions/:aily_session_id/runs/:run_id read app out:item
POST aily/v1/sessions/:aily_session_id/runs/:run_id/cancel change app
GET apaas/v1/applications/:namespace/audit_log read audit out:item audit
GET apaas/v1/applications/:namespace/audit_log/audit_log_list read audit out:list audit
GET apaas/v1/applications/:namespace/audit_log/data_change_log_detail read audit out:item audit
GET apaas/v1/applications/:namespace/audit_log/data_change_logs_list read audit out:list audit
GET apaas/v1/applications/:namespace/environment_variables/:environment_variable_api_name read app out:item
POST apaas/v1/applications/:namespace/environment_variables/query read app out:list
POST apaas/v1/applications/:namespace/flows/:flow_id/execute create app
POST apaas/v1/applications/:namespace/functions/:function_api_name/invoke change app
POST apaas/v1/applications/:namespace/objects/:object_api_name/records create app
DELETE apaas/v1/applications/:namespace/objects/:object_api_name/records/:id delete app
PATCH apaas/v1/applications/:namespace/objects/:object_api_name/records/:id change app
POST apaas/v1/applications/:namespace/objects/:object_api_name/records/:id/query read app out:item
POST apaas/v1/applications/:namespace/objects/:object_api_name/records/batch_create create app
DELETE apaas/v1/applications/:namespace/objects/:object_api_name/records/batch_delete delete app
POST apaas/v1/applications/:namespace/objects/:object_api_name/records/batch_query read app out:list
PATCH apaas/v1/applications/:namespace/objects/:object_api_name/records/batch_update change app
POST apaas/v1/applications/:namespace/objects/oql_query read app out:list
POST apaas/v1/applications/:namespace/objects/search read app out:list
POST apaas/v1/applications/:namespace/record_permissions/:record_permission_api_name/member/batch_create_authorization create permission power
POST apaas/v1/applications/:namespace/record_permissions/:record_permission_api_name/member/batch_remove_authorization delete permission
GET apaas/v1/applications/:namespace/roles/:role_api_name/member read role out:list
POST apaas/v1/applications/:namespace/roles/:role_api_name/member/batch_create_authorization create role power
POST apaas/v1/applications/:namespace/roles/:role_api_name/member/batch_remove_authorization delete role
POST apaas/v1/approval_instances/:approval_instance_id/cancel change app
POST apaas/v1/approval_tasks/:approval_task_id/add_assignee change app
POST apaas/v1/approval_tasks/:approval_task_id/agree change app
POST apaas/v1/approval_tasks/:approval_task_id/reject change app
POST apaas/v1/approval_tasks/:approval_task_id/transfer change app
GET apaas/v1/apps read app out:list
GET apaas/v1/seat_activities read app out:list
GET apaas/v1/seat_assignments read app out:list
POST apaas/v1/tenant_app_metrics/query read app out:item
POST apaas/v1/user_task/query read app out:list
POST apaas/v1/user_tasks/:task_id/cc create app
POST apaas/v1/user_tasks/:task_id/chat_group create group
POST apaas/v1/user_tasks/:task_id/expediting create app
POST apaas/v1/user_tasks/:task_id/rollback change app
POST apaas/v1/user_tasks/:task_id/rollback_points read app out:list
GET apaas/v1/workspaces/:workspace_id/enums read app out:list
GET apaas/v1/workspaces/:workspace_id/enums/:enum_name read app out:item
POST apaas/v1/workspaces/:workspace_id/sql_commands change app out:list
GET apaas/v1/workspaces/:workspace_id/tables read app out:list
GET apaas/v1/workspaces/:workspace_id/tables/:table_name read app out:item
DELETE apaas/v1/workspaces/:workspace_id/tables/:table_name/records delete app
GET apaas/v1/workspaces/:workspace_id/tables/:table_name/records read app out:list
PATCH apaas/v1/workspaces/:workspace_id/tables/:table_name/records change app
POST apaas/v1/workspaces/:workspace_id/tables/:table_name/records create app
PATCH apaas/v1/workspaces/:workspace_id/tables/:table_name/records_batch_update change app
GET apaas/v1/workspaces/:workspace_id/views/:view_name/records read app out:list
GET application/v5/applications/favourite read app out:list
GET application/v5/applications/recommend read app out:list
POST application/v6/app_badge/set change app
GET application/v6/app_recommend_rules read app out:list
GET application/v6/applications read app out:list
GET application/v6/applications/:app_id read app out:item
PATCH application/v6/applications/:app_id change app
POST application/v6/applications/:app_id/app_usage/department_overview read app out:list
POST application/v6/applications/:app_id/app_usage/message_push_overview read app out:item
POST application/v6/applications/:app_id/app_usage/overview read app out:item
GET application/v6/applications/:app_id/app_versions read app out:list
GET application/v6/applications/:app_id/app_versions/:version_id read app out:item
PATCH application/v6/applications/:app_id/app_versions/:version_id change app power
GET application/v6/applications/:app_id/app_versions/:version_id/contacts_range_suggest read app out:list
GET application/v6/applications/:app_id/collaborators read app out:list
PUT application/v6/applications/:app_id/collaborators change app power
PATCH application/v6/applications/:app_id/contacts_range change app power
GET application/v6/applications/:app_id/contacts_range_configuration read app out:list
GET application/v6/applications/:app_id/feedbacks read app out:list
PATCH application/v6/applications/:app_id/feedbacks/:feedback_id change app
PUT application/v6/applications/:app_id/management change app power
PUT application/v6/applications/:app_id/owner change app power
PATCH application/v6/applications/:app_id/visibility change app power
POST application/v6/applications/:app_id/visibility/check_white_black_list read app
GET application/v6/applications/underauditlist read app out:list
GET application/v6/scopes read app out:list
POST application/v6/scopes/apply create app power
POST application/v7/app_avatar/upload create app
PATCH application/v7/applications/:app_id/ability change app
PATCH application/v7/applications/:app_id/base change app
PATCH application/v7/applications/:app_id/config change app power
POST application/v7/applications/:app_id/publish change app power
POST approval/v4/approvals create approval
GET approval/v4/approvals/:approval_code read approval out:item
POST approval/v4/approvals/:approval_code/subscribe create approval
POST approval/v4/approvals/:approval_code/unsubscribe delete approval
GET approval/v4/districts read approval out:list
POST approval/v4/districts/search read approval out:list
POST approval/v4/external_approvals create approval
GET approval/v4/external_approvals/:approval_code read approval out:item
POST approval/v4/external_instances create approval
POST approval/v4/external_instances/check read approval
GET approval/v4/external_tasks read approval out:list
GET approval/v4/instances read approval out:list
POST approval/v4/instances create approval
GET approval/v4/instances/:instance_id read approval out:item
GET approval/v4/instances/:instance_id/comments read approval out:list
POST approval/v4/instances/:instance_id/comments create approval
DELETE approval/v4/instances/:instance_id/comments/:comment_id delete approval
POST approval/v4/instances/:instance_id/comments/remove delete approval
POST approval/v4/instances/add_cc create approval
POST approval/v4/instances/add_sign change approval
POST approval/v4/instances/cancel change approval
POST approval/v4/instances/cc create approval
GET approval/v4/instances/detail read approval out:item
GET approval/v4/instances/initiated read approval out:list
POST approval/v4/instances/preview read approval out:item
POST approval/v4/instances/query read approval out:list
POST approval/v4/instances/recall change approval
POST approval/v4/instances/remind create approval
POST approval/v4/instances/search_cc read approval out:list
POST approval/v4/instances/specified_rollback change approval
DELETE approval/v4/instances/subscription delete approval
POST approval/v4/instances/subscription create approval
GET approval/v4/tasks read approval out:list
POST approval/v4/tasks/add_sign change approval
POST approval/v4/tasks/approve change approval
POST approval/v4/tasks/forward change approval
POST approval/v4/tasks/pass change approval
GET approval/v4/tasks/query read approval out:list
POST approval/v4/tasks/refuse change approval
POST approval/v4/tasks/reject change approval
POST approval/v4/tasks/resubmit change approval
POST approval/v4/tasks/rollback change approval
POST approval/v4/tasks/search read approval out:list
DELETE approval/v4/tasks/subscription delete approval
POST approval/v4/tasks/subscription create approval
POST approval/v4/tasks/transfer change approval
POST attendance/v1/approval_infos/process change attendance
GET attendance/v1/archive_rule read attendance out:list
POST attendance/v1/archive_rule/del_report delete attendance
POST attendance/v1/archive_rule/upload_report create attendance
POST attendance/v1/archive_rule/user_stats_fields_query read attendance out:list
GET attendance/v1/files/:file_id/download read attendance out:file
POST attendance/v1/files/upload create attendance
GET attendance/v1/groups read attendance out:list
POST attendance/v1/groups create attendance
DELETE attendance/v1/groups/:group_id delete attendance
GET attendance/v1/groups/:group_id read attendance out:item
GET attendance/v1/groups/:group_id/list_user read attendance out:list
POST attendance/v1/groups/search read attendance out:list
PATCH attendance/v1/leave_accrual_record/:leave_id change attendance
GET attendance/v1/leave_employ_expire_records/:leave_id read attendance out:list
GET attendance/v1/shifts read attendance out:list
POST attendance/v1/shifts create attendance
DELETE attendance/v1/shifts/:shift_id delete attendance
GET attendance/v1/shifts/:shift_id read attendance out:item
POST attendance/v1/shifts/query read attendance out:item
POST attendance/v1/user_approvals create attendance
POST attendance/v1/user_approvals/query read attendance out:list
POST attendance/v1/user_daily_shifts/batch_create create attendance
POST attendance/v1/user_daily_shifts/batch_create_temp create attendance
POST attendance/v1/user_daily_shifts/query read attendance out:list
GET attendance/v1/user_flows/:user_flow_id read attendance out:item
POST attendance/v1/user_flows/batch_create create attendance
POST attendance/v1/user_flows/batch_del delete attendance
POST attendance/v1/user_flows/query read attendance out:list
POST attendance/v1/user_settings/modify change attendance
GET attendance/v1/user_settings/query read attendance out:list
POST attendance/v1/user_stats_datas/query read attendance out:list
POST attendance/v1/user_stats_fields/query read attendance out:list
PUT attendance/v1/user_stats_views/:user_stats_view_id change attendance
POST attendance/v1/user_stats_views/query read attendance out:item
POST attendance/v1/user_task_remedys create attendance
POST attendance/v1/user_task_remedys/query read attendance out:list
POST attendance/v1/user_task_remedys/query_user_allowed_remedys read attendance out:list
POST attendance/v1/user_tasks/query read attendance out:list
POST auth/v3/app_access_token create auth credential
POST auth/v3/app_access_token/internal create auth credential
POST auth/v3/app_ticket/resend create auth credential
POST auth/v3/tenant_access_token create auth credential
POST auth/v3/tenant_access_token/internal create auth credential
POST authen/v1/access_token create auth credential
POST authen/v1/oidc/access_token create auth credential
POST authen/v1/oidc/refresh_access_token create auth credential
POST authen/v1/refresh_access_token create auth credential
GET authen/v1/user_info read user out:item
GET baike/v1/classifications read other out:list
POST baike/v1/drafts create other
PUT baike/v1/drafts/:draft_id change other
GET baike/v1/entities read other out:list
POST baike/v1/entities create other
GET baike/v1/entities/:entity_id read other out:item
PUT baike/v1/entities/:entity_id change other
POST baike/v1/entities/extract read other
POST baike/v1/entities/highlight read other
POST baike/v1/entities/match read other out:list
POST baike/v1/entities/search read other out:list
GET baike/v1/files/:file_token/download read other out:file
POST baike/v1/files/upload create other
GET base/v2/apps/:app_token/roles read role out:list
POST base/v2/apps/:app_token/roles create role power
PUT base/v2/apps/:app_token/roles/:role_id change role power
POST bitable/v1/apps create file
GET bitable/v1/apps/:app_token read file out:item
PUT bitable/v1/apps/:app_token change file power
GET bitable/v1/apps/:app_token/block_workflows read file out:list
POST bitable/v1/apps/:app_token/copy create file
GET bitable/v1/apps/:app_token/dashboards read file out:list
POST bitable/v1/apps/:app_token/dashboards/:block_id/copy create file
GET bitable/v1/apps/:app_token/roles read role out:list
POST bitable/v1/apps/:app_token/roles create role power
DELETE bitable/v1/apps/:app_token/roles/:role_id delete role
PUT bitable/v1/apps/:app_token/roles/:role_id change role power
GET bitable/v1/apps/:app_token/roles/:role_id/members read role out:list
POST bitable/v1/apps/:app_token/roles/:role_id/members create role power
DELETE bitable/v1/apps/:app_token/roles/:role_id/members/:member_id delete role
POST bitable/v1/apps/:app_token/roles/:role_id/members/batch_create create role power
POST bitable/v1/apps/:app_token/roles/:role_id/members/batch_delete delete role
GET bitable/v1/apps/:app_token/tables read file out:list
POST bitable/v1/apps/:app_token/tables create file
DELETE bitable/v1/apps/:app_token/tables/:table_id delete file
PATCH bitable/v1/apps/:app_token/tables/:table_id change file
POST bitable/v1/apps/:app_token/tables/:table_id/field_groups create file
GET bitable/v1/apps/:app_token/tables/:table_id/fields read file out:list
POST bitable/v1/apps/:app_token/tables/:table_id/fields create file
DELETE bitable/v1/apps/:app_token/tables/:table_id/fields/:field_id delete file
PUT bitable/v1/apps/:app_token/tables/:table_id/fields/:field_id change file
GET bitable/v1/apps/:app_token/tables/:table_id/forms/:form_id read file out:item
PATCH bitable/v1/apps/:app_token/tables/:table_id/forms/:form_id change file
GET bitable/v1/apps/:app_token/tables/:table_id/forms/:form_id/fields read file out:list
PATCH bitable/v1/apps/:app_token/tables/:table_id/forms/:form_id/fields/:field_id change file
POST bitable/v1/apps/:app_token/tables/:table_id/forms/:form_id/upgrade change file
GET bitable/v1/apps/:app_token/tables/:table_id/records read file out:list
POST bitable/v1/apps/:app_token/tables/:table_id/records create file
DELETE bitable/v1/apps/:app_token/tables/:table_id/records/:record_id delete file
GET bitable/v1/apps/:app_token/tables/:table_id/records/:record_id read file out:item
PUT bitable/v1/apps/:app_token/tables/:table_id/records/:record_id change file
POST bitable/v1/apps/:app_token/tables/:table_id/records/batch_create create file
POST bitable/v1/apps/:app_token/tables/:table_id/records/batch_delete delete file
POST bitable/v1/apps/:app_token/tables/:table_id/records/batch_get read file out:list
POST bitable/v1/apps/:app_token/tables/:table_id/records/batch_update change file
POST bitable/v1/apps/:app_token/tables/:table_id/records/search read file out:list
GET bitable/v1/apps/:app_token/tables/:table_id/views read file out:list
POST bitable/v1/apps/:app_token/tables/:table_id/views create file
DELETE bitable/v1/apps/:app_token/tables/:table_id/views/:view_id delete file
GET bitable/v1/apps/:app_token/tables/:table_id/views/:view_id read file out:item
PATCH bitable/v1/apps/:app_token/tables/:table_id/views/:view_id change file
POST bitable/v1/apps/:app_token/tables/batch_create create file
POST bitable/v1/apps/:app_token/tables/batch_delete delete file
GET bitable/v1/apps/:app_token/workflows read file out:list
PUT bitable/v1/apps/:app_token/workflows/:workflow_id change file
POST block/v2/entities create other
PUT block/v2/entities/:block_id change other
POST block/v2/message create other
GET board/v1/whiteboards/:whiteboard_id/download_as_image read file out:file
GET board/v1/whiteboards/:whiteboard_id/nodes read file out:item
POST board/v1/whiteboards/:whiteboard_id/nodes create file
DELETE board/v1/whiteboards/:whiteboard_id/nodes/batch_delete delete file
POST board/v1/whiteboards/:whiteboard_id/nodes/plantuml create file
GET board/v1/whiteboards/:whiteboard_id/theme read file out:item
POST board/v1/whiteboards/:whiteboard_id/update_theme change file
POST bot/v4/bot/search read app out:list
GET calendar/v4/calendars read calendar out:list
POST calendar/v4/calendars create calendar
DELETE calendar/v4/calendars/:calendar_id delete calendar
GET calendar/v4/calendars/:calendar_id read calendar out:item
PATCH calendar/v4/calendars/:calendar_id change calendar
GET calendar/v4/calendars/:calendar_id/acls read permission out:list
POST calendar/v4/calendars/:calendar_id/acls create permission power
DELETE calendar/v4/calendars/:calendar_id/acls/:acl_id delete permission
POST calendar/v4/calendars/:calendar_id/acls/subscription create permission identity:none
POST calendar/v4/calendars/:calendar_id/acls/unsubscription delete permission identity:none
GET calendar/v4/calendars/:calendar_id/events read calendar out:list
POST calendar/v4/calendars/:calendar_id/events create calendar
DELETE calendar/v4/calendars/:calendar_id/events/:event_id delete calendar
GET calendar/v4/calendars/:calendar_id/events/:event_id read calendar out:item
PATCH calendar/v4/calendars/:calendar_id/events/:event_id change calendar
GET calendar/v4/calendars/:calendar_id/events/:event_id/attendees read calendar out:list
POST calendar/v4/calendars/:calendar_id/events/:event_id/attendees create calendar
GET calendar/v4/calendars/:calendar_id/events/:event_id/attendees/:attendee_id/chat_members read calendar out:list
POST calendar/v4/calendars/:calendar_id/events/:event_id/attendees/batch_delete delete calendar
GET calendar/v4/calendars/:calendar_id/events/:event_id/instances read calendar out:list
DELETE calendar/v4/calendars/:calendar_id/events/:event_id/meeting_chat change calendar
POST calendar/v4/calendars/:calendar_id/events/:event_id/meeting_chat create calendar
POST calendar/v4/calendars/:calendar_id/events/:event_id/meeting_minute create calendar
POST calendar/v4/calendars/:calendar_id/events/:event_id/reply change calendar
GET calendar/v4/calendars/:calendar_id/events/instance_view read calendar out:list
POST calendar/v4/calendars/:calendar_id/events/search read calendar out:list
POST calendar/v4/calendars/:calendar_id/events/subscription create calendar
POST calendar/v4/calendars/:calendar_id/events/unsubscription delete calendar
POST calendar/v4/calendars/:calendar_id/subscribe create calendar
POST calendar/v4/calendars/:calendar_id/unsubscribe delete calendar
POST calendar/v4/calendars/mget read calendar out:list
POST calendar/v4/calendars/primary read calendar out:item
POST calendar/v4/calendars/primarys read calendar out:list
POST calendar/v4/calendars/search read calendar out:list
POST calendar/v4/calendars/subscription create calendar
POST calendar/v4/calendars/unsubscription delete calendar
POST calendar/v4/exchange_bindings create calendar power
DELETE calendar/v4/exchange_bindings/:exchange_binding_id delete calendar
GET calendar/v4/exchange_bindings/:exchange_binding_id read calendar out:item
POST calendar/v4/freebusy/batch read calendar out:list
POST calendar/v4/freebusy/list read calendar out:list
POST calendar/v4/settings/generate_caldav_conf create calendar credential
POST calendar/v4/timeoff_events create calendar
DELETE calendar/v4/timeoff_events/:timeoff_event_id delete calendar
POST cardkit/v1/cards create message
PUT cardkit/v1/cards/:card_id change message
POST cardkit/v1/cards/:card_id/batch_update change message
POST cardkit/v1/cards/:card_id/elements create message
DELETE cardkit/v1/cards/:card_id/elements/:element_id delete message
PATCH cardkit/v1/cards/:card_id/elements/:element_id change message
PUT cardkit/v1/cards/:card_id/elements/:element_id change message
PUT cardkit/v1/cards/:card_id/elements/:element_id/content change message
PATCH cardkit/v1/cards/:card_id/settings change message
POST cardkit/v1/cards/id_convert read message out:item
POST compensation/v1/archives create hr
POST compensation/v1/archives/query read hr out:list
GET compensation/v1/change_reasons read hr out:list
GET compensation/v1/indicators read hr out:list
GET compensation/v1/item_categories read hr out:list
GET compensation/v1/items read hr out:list
POST compensation/v1/lump_sum_payment/batch_create create hr
POST compensation/v1/lump_sum_payment/batch_remove delete hr
POST compensation/v1/lump_sum_payment/batch_update change hr
POST compensation/v1/lump_sum_payment/query read hr out:list
POST compensation/v1/lump_sum_payment/query_detail read hr out:list
GET compensation/v1/plans read hr out:list
POST compensation/v1/recurring_payment/batch_create create hr
POST compensation/v1/recurring_payment/batch_remove delete hr
POST compensation/v1/recurring_payment/batch_update change hr
POST compensation/v1/recurring_payment/query read hr out:list
POST compensation/v1/social_archive/query read hr out:list
POST compensation/v1/social_archive_adjust_record/query read hr out:list
GET compensation/v1/social_insurances read hr out:list
GET compensation/v1/social_plans read hr out:list
POST compensation/v1/social_plans/query read hr out:list
GET contact/v3/custom_attrs read directory out:list
GET contact/v3/departments read department out:list
POST contact/v3/departments create department
DELETE contact/v3/departments/:department_id delete department
GET contact/v3/departments/:department_id read department out:item
PATCH contact/v3/departments/:department_id change department
PUT contact/v3/departments/:department_id change department
GET contact/v3/departments/:department_id/children read department out:list
PATCH contact/v3/departments/:department_id/update_department_id change department
GET contact/v3/departments/batch read department out:list
GET contact/v3/departments/parent read department out:list
POST contact/v3/departments/search read department out:list
POST contact/v3/departments/unbind_department_chat change group
GET contact/v3/employee_type_enums read directory out:list
POST contact/v3/employee_type_enums create directory
DELETE contact/v3/employee_type_enums/:enum_id delete directory
PUT contact/v3/employee_type_enums/:enum_id change directory
POST contact/v3/functional_roles create role power
DELETE contact/v3/functional_roles/:role_id delete role
PUT contact/v3/functional_roles/:role_id change role
GET contact/v3/functional_roles/:role_id/members read role out:list
GET contact/v3/functional_roles/:role_id/members/:member_id read role out:item
POST contact/v3/functional_roles/:role_id/members/batch_create create role power
PATCH contact/v3/functional_roles/:role_id/members/batch_delete delete role
PATCH contact/v3/functional_roles/:role_id/members/scopes change role power
POST contact/v3/group create group identity:group
DELETE contact/v3/group/:group_id delete group identity:group
GET contact/v3/group/:group_id read group out:item identity:group
PATCH contact/v3/group/:group_id change group identity:group
POST contact/v3/group/:group_id/member/add create group power identity:group
POST contact/v3/group/:group_id/member/batch_add create group power identity:group
POST contact/v3/group/:group_id/member/batch_remove delete group identity:group
POST contact/v3/group/:group_id/member/remove delete group identity:group
GET contact/v3/group/:group_id/member/simplelist read group out:list identity:group
GET contact/v3/group/member_belong read group out:list identity:group
GET contact/v3/group/simplelist read group out:list identity:group
GET contact/v3/job_families read directory out:list
POST contact/v3/job_families create directory
DELETE contact/v3/job_families/:job_family_id delete directory
GET contact/v3/job_families/:job_family_id read directory out:item
PUT contact/v3/job_families/:job_family_id change directory
GET contact/v3/job_levels read directory out:list
POST contact/v3/job_levels create directory
DELETE contact/v3/job_levels/:job_level_id delete directory
GET contact/v3/job_levels/:job_level_id read directory out:item
PUT contact/v3/job_levels/:job_level_id change directory
GET contact/v3/job_titles read directory out:list
GET contact/v3/job_titles/:job_title_id read directory out:item
GET contact/v3/scopes read directory out:list
GET contact/v3/unit read group out:list identity:group
POST contact/v3/unit create group identity:group
DELETE contact/v3/unit/:unit_id delete group identity:group
GET contact/v3/unit/:unit_id read group out:item identity:group
PATCH contact/v3/unit/:unit_id change group identity:group
POST contact/v3/unit/bind_department change group identity:group
GET contact/v3/unit/list_department read group out:list identity:group
POST contact/v3/unit/unbind_department change group identity:group
GET contact/v3/users read user out:list
POST contact/v3/users create user
DELETE contact/v3/users/:user_id delete user
GET contact/v3/users/:user_id read user out:item
PATCH contact/v3/users/:user_id change user
PUT contact/v3/users/:user_id change user
POST contact/v3/users/:user_id/resurrect change user power
PATCH contact/v3/users/:user_id/update_user_id change user
POST contact/v3/users/basic_batch read user out:list
GET contact/v3/users/batch read user out:list
POST contact/v3/users/batch_get_id read user out:list
GET contact/v3/users/find_by_department read user out:list
GET contact/v3/work_cities read directory out:list
GET contact/v3/work_cities/:work_city_id read directory out:item
POST corehr/v1/assigned_users/search read role out:list
POST corehr/v1/authorizations/add_role_assign create role power
GET corehr/v1/authorizations/get_by_param read role out:item
GET corehr/v1/authorizations/query read role out:list
POST corehr/v1/authorizations/remove_role_assign delete role
POST corehr/v1/authorizations/update_role_assign change role power
POST corehr/v1/common_data/id/convert read hr out:list
POST corehr/v1/common_data/meta_data/add_enum_option create hr
POST corehr/v1/common_data/meta_data/edit_enum_option change hr
GET corehr/v1/companies read hr out:list
POST corehr/v1/companies create hr
DELETE corehr/v1/companies/:company_id delete hr
GET corehr/v1/companies/:company_id read hr out:item
PATCH corehr/v1/companies/:company_id change hr
GET corehr/v1/compensation_standards/match read hr out:item
GET corehr/v1/contracts read hr out:list
POST corehr/v1/contracts create hr
DELETE corehr/v1/contracts/:contract_id delete hr
GET corehr/v1/contracts/:contract_id read hr out:item
PATCH corehr/v1/contracts/:contract_id change hr
GET corehr/v1/country_regions read hr out:list
GET corehr/v1/country_regions/:country_region_id read hr out:item
GET corehr/v1/currencies read hr out:list
GET corehr/v1/currencies/:currency_id read hr out:item
GET corehr/v1/custom_fields/get_by_param read hr out:item
GET corehr/v1/custom_fields/list_object_api_name read hr out:list
GET corehr/v1/custom_fields/query read hr out:list
GET corehr/v1/departments read hr out:list identity:group
POST corehr/v1/departments create hr identity:group
DELETE corehr/v1/departments/:department_id delete hr identity:group
GET corehr/v1/departments/:department_id read hr out:item identity:group
PATCH corehr/v1/departments/:department_id change hr identity:group
GET corehr/v1/employee_types read hr out:list
POST corehr/v1/employee_types create hr
DELETE corehr/v1/employee_types/:employee_type_id delete hr
GET corehr/v1/employee_types/:employee_type_id read hr out:item
PATCH corehr/v1/employee_types/:employee_type_id change hr
POST corehr/v1/employments create hr identity:user
DELETE corehr/v1/employments/:employment_id delete hr identity:user
PATCH corehr/v1/employments/:employment_id change hr identity:user
GET corehr/v1/files/:id read hr out:file
POST corehr/v1/job_changes create hr identity:user
GET corehr/v1/job_datas read hr out:list identity:user
POST corehr/v1/job_datas create hr identity:user
DELETE corehr/v1/job_datas/:job_data_id delete hr identity:user
GET corehr/v1/job_datas/:job_data_id read hr out:item identity:user
PATCH corehr/v1/job_datas/:job_data_id change hr identity:user
GET corehr/v1/job_families read hr out:list
POST corehr/v1/job_families create hr
DELETE corehr/v1/job_families/:job_family_id delete hr
GET corehr/v1/job_families/:job_family_id read hr out:item
PATCH corehr/v1/job_families/:job_family_id change hr
GET corehr/v1/job_levels read hr out:list
POST corehr/v1/job_levels create hr
DELETE corehr/v1/job_levels/:job_level_id delete hr
GET corehr/v1/job_levels/:job_level_id read hr out:item
PATCH corehr/v1/job_levels/:job_level_id change hr
GET corehr/v1/jobs read hr out:list
POST corehr/v1/jobs create hr
DELETE corehr/v1/jobs/:job_id delete hr
GET corehr/v1/jobs/:job_id read hr out:item
PATCH corehr/v1/jobs/:job_id change hr
POST corehr/v1/leave_granting_records create hr
DELETE corehr/v1/leave_granting_records/:leave_granting_record_id delete hr
GET corehr/v1/leaves/calendar_by_scope read hr out:item
GET corehr/v1/leaves/leave_balances read hr out:list
GET corehr/v1/leaves/leave_request_history read hr out:list
GET corehr/v1/leaves/leave_types read hr out:list
POST corehr/v1/leaves/work_calendar read hr out:list
POST corehr/v1/leaves/work_calendar_date read hr out:list
GET corehr/v1/locations read hr out:list
POST corehr/v1/locations create hr
DELETE corehr/v1/locations/:location_id delete hr
GET corehr/v1/locations/:location_id read hr out:item
GET corehr/v1/national_id_types read hr out:list
POST corehr/v1/national_id_types create hr
DELETE corehr/v1/national_id_types/:national_id_type_id delete hr
GET corehr/v1/national_id_types/:national_id_type_id read hr out:item
PATCH corehr/v1/national_id_types/:national_id_type_id change hr
POST corehr/v1/offboardings/query read hr out:list identity:user
POST corehr/v1/offboardings/search read hr out:list identity:user
POST corehr/v1/offboardings/submit create hr identity:user
POST corehr/v1/persons create hr identity:user
DELETE corehr/v1/persons/:person_id delete hr identity:user
GET corehr/v1/persons/:person_id read hr out:item identity:user
PATCH corehr/v1/persons/:person_id change hr identity:user
POST corehr/v1/persons/upload create hr identity:user
GET corehr/v1/pre_hires read hr out:list identity:user
DELETE corehr/v1/pre_hires/:pre_hire_id delete hr identity:user
GET corehr/v1/pre_hires/:pre_hire_id read hr out:item identity:user
PATCH corehr/v1/pre_hires/:pre_hire_id change hr identity:user
GET corehr/v1/processes/:process_id/form_variable_data read hr out:item
GET corehr/v1/security_groups read role out:list
POST corehr/v1/security_groups/query read hr out:list
GET corehr/v1/subdivisions read hr out:list
GET corehr/v1/subdivisions/:subdivision_id read hr out:item
GET corehr/v1/subregions read hr out:list
GET corehr/v1/subregions/:subregion_id read hr out:item
GET corehr/v1/transfer_reasons/query read hr out:list
GET corehr/v1/transfer_types/query read hr out:list
GET corehr/v1/working_hours_types read hr out:list
POST corehr/v1/working_hours_types create hr
DELETE corehr/v1/working_hours_types/:working_hours_type_id delete hr
GET corehr/v1/working_hours_types/:working_hours_type_id read hr out:item
PATCH corehr/v1/working_hours_types/:working_hours_type_id change hr
GET corehr/v2/approval_groups/:process_id read hr out:item
POST corehr/v2/approval_groups/open_query_department_change_list_by_ids read hr out:list
POST corehr/v2/approval_groups/open_query_job_change_list_by_ids read hr out:list
POST corehr/v2/approval_groups/open_query_position_change_list_by_ids read hr out:list
GET corehr/v2/approvers read hr out:list
POST corehr/v2/basic_info/bank_branchs/search read hr out:list
POST corehr/v2/basic_info/banks/search read hr out:list
POST corehr/v2/basic_info/cities/search read hr out:list
POST corehr/v2/basic_info/country_region_subdivisions/search read hr out:list
POST corehr/v2/basic_info/country_regions/search read hr out:list
POST corehr/v2/basic_info/currencies/search read hr out:list
POST corehr/v2/basic_info/districts/search read hr out:list
POST corehr/v2/basic_info/languages/search read hr out:list
POST corehr/v2/basic_info/nationalities/search read hr out:list
POST corehr/v2/basic_info/time_zones/search read hr out:list
GET corehr/v2/bps read hr out:list
POST corehr/v2/bps/get_by_department read hr out:list
POST corehr/v2/companies/active change hr
POST corehr/v2/companies/batch_get read hr out:list
POST corehr/v2/companies/query_multi_timeline read hr out:list
GET corehr/v2/companies/query_recent_change read hr out:list
POST corehr/v2/contracts/search read hr out:list
POST corehr/v2/cost_allocations/batch_query read hr out:list
POST corehr/v2/cost_allocations/create_version create hr
POST corehr/v2/cost_allocations/remove_version delete hr
POST corehr/v2/cost_allocations/update_version change hr
POST corehr/v2/cost_centers create hr
DELETE corehr/v2/cost_centers/:cost_center_id delete hr
PATCH corehr/v2/cost_centers/:cost_center_id change hr
POST corehr/v2/cost_centers/:cost_center_id/versions create hr
DELETE corehr/v2/cost_centers/:cost_center_id/versions/:version_id delete hr
PATCH corehr/v2/cost_centers/:cost_center_id/versions/:version_id change hr
POST corehr/v2/cost_centers/query_multi_timeline read hr out:list
GET corehr/v2/cost_centers/query_recent_change read hr out:list
POST corehr/v2/cost_centers/search read hr out:list
POST corehr/v2/cost_centers/tree read hr out:list
POST corehr/v2/custom_org/create_emp_custom_org create hr identity:group
POST corehr/v2/custom_org/del delete hr identity:group
POST corehr/v2/custom_org/edit_emp_custom_org change hr identity:group
GET corehr/v2/custom_org/employment_custom_org_record read hr out:list identity:group
GET corehr/v2/custom_org/querybyid read hr out:item identity:group
POST corehr/v2/custom_orgs create hr identity:group
PATCH corehr/v2/custom_orgs/:org_id change hr identity:group
POST corehr/v2/custom_orgs/active change hr identity:group
POST corehr/v2/custom_orgs/delete_org delete hr identity:group
POST corehr/v2/custom_orgs/query read hr out:list identity:group
GET corehr/v2/custom_orgs/query_recent_change read hr out:list identity:group
POST corehr/v2/custom_orgs/update_rule change hr identity:group
POST corehr/v2/default_cost_centers/batch_query read hr out:list
POST corehr/v2/default_cost_centers/create_version create hr
POST corehr/v2/default_cost_centers/remove_version delete hr
POST corehr/v2/default_cost_centers/update_version change hr
DELETE corehr/v2/departments/:department_id delete hr identity:group
PATCH corehr/v2/departments/:department_id change hr identity:group
POST corehr/v2/departments/batch_get read hr out:list identity:group
POST corehr/v2/departments/parents read hr out:list identity:group
POST corehr/v2/departments/query_multi_timeline read hr out:list identity:group
POST corehr/v2/departments/query_operation_logs read audit out:list audit
GET corehr/v2/departments/query_recent_change read hr out:list identity:group
POST corehr/v2/departments/query_timeline read hr out:list identity:group
POST corehr/v2/departments/search read hr out:list identity:group
POST corehr/v2/departments/tree read hr out:list identity:group
GET corehr/v2/drafts/:draft_id read hr out:item
POST corehr/v2/employees create hr identity:user
POST corehr/v2/employees/additional_jobs create hr identity:user
DELETE corehr/v2/employees/additional_jobs/:additional_job_id delete hr identity:user
PATCH corehr/v2/employees/additional_jobs/:additional_job_id change hr identity:user
POST corehr/v2/employees/additional_jobs/batch read hr out:list identity:user
POST corehr/v2/employees/batch_get read hr out:list identity:user
POST corehr/v2/employees/bps/batch_get read hr out:list identity:user
GET corehr/v2/employees/international_assignments read hr out:list identity:user
POST corehr/v2/employees/international_assignments create hr identity:user
DELETE corehr/v2/employees/international_assignments/:international_assignment_id delete hr identity:user
PATCH corehr/v2/employees/international_assignments/:international_assignment_id change hr identity:user
POST corehr/v2/employees/job_datas/batch_get read hr out:list identity:user
POST corehr/v2/employees/job_datas/query read hr out:list identity:user
POST corehr/v2/employees/search read hr out:list identity:user
POST corehr/v2/enums/search read hr out:list
POST corehr/v2/job_changes create hr identity:user
POST corehr/v2/job_changes/:job_change_id/revoke change hr identity:user
POST corehr/v2/job_changes/search read hr out:list identity:user
POST corehr/v2/job_families/batch_get read hr out:list
POST corehr/v2/job_families/query_multi_timeline read hr out:list
GET corehr/v2/job_families/query_recent_change read hr out:list
POST corehr/v2/job_grades create hr
DELETE corehr/v2/job_grades/:job_grade_id delete hr
PATCH corehr/v2/job_grades/:job_grade_id change hr
POST corehr/v2/job_grades/query read hr out:list
GET corehr/v2/job_grades/query_recent_change read hr out:list
POST corehr/v2/job_levels/batch_get read hr out:list
GET corehr/v2/job_levels/query_recent_change read hr out:list
GET corehr/v2/jobs read hr out:list
GET corehr/v2/jobs/:job_id read hr out:item
POST corehr/v2/jobs/batch_get read hr out:list
POST corehr/v2/jobs/query_multi_timeline read hr out:list
GET corehr/v2/jobs/query_recent_change read hr out:list
PATCH corehr/v2/locations/:location_id change hr
POST corehr/v2/locations/:location_id/addresses create hr
DELETE corehr/v2/locations/:location_id/addresses/:address_id delete hr
PATCH corehr/v2/locations/:location_id/addresses/:address_id change hr
POST corehr/v2/locations/active change hr
POST corehr/v2/locations/batch_get read hr out:list
POST corehr/v2/locations/query_multi_timeline read hr out:list
GET corehr/v2/locations/query_recent_change read hr out:list
POST corehr/v2/offboardings/edit change hr identity:user
POST corehr/v2/offboardings/revoke change hr identity:user
POST corehr/v2/offboardings/submit_v2 create hr identity:user
POST corehr/v2/pathways create hr
DELETE corehr/v2/pathways/:pathway_id delete hr
PATCH corehr/v2/pathways/:pathway_id change hr
POST corehr/v2/pathways/active change hr
POST corehr/v2/pathways/batch_get read hr out:list
POST corehr/v2/persons create hr identity:user
PATCH corehr/v2/persons/:person_id change hr identity:user
POST corehr/v2/positions create hr
PATCH corehr/v2/positions/:position_id change hr
POST corehr/v2/positions/active change hr
POST corehr/v2/positions/del_position delete hr
POST corehr/v2/positions/query read hr out:list
GET corehr/v2/positions/query_recent_change read hr out:list
POST corehr/v2/pre_hires create hr identity:user
DELETE corehr/v2/pre_hires/:pre_hire_id delete hr identity:user
PATCH corehr/v2/pre_hires/:pre_hire_id change hr identity:user
POST corehr/v2/pre_hires/:pre_hire_id/complete change hr identity:user
POST corehr/v2/pre_hires/:pre_hire_id/transit_task change hr identity:user
POST corehr/v2/pre_hires/query read hr out:list identity:user
POST corehr/v2/pre_hires/restore_flow_instance change hr identity:user
POST corehr/v2/pre_hires/search read hr out:list identity:user
POST corehr/v2/pre_hires/transform_onboarding_task change hr identity:user
POST corehr/v2/pre_hires/withdraw_onboarding change hr identity:user
POST corehr/v2/probation/assessments create hr
DELETE corehr/v2/probation/assessments/:assessment_id delete hr
PATCH corehr/v2/probation/assessments/:assessment_id change hr
POST corehr/v2/probation/edit change hr
POST corehr/v2/probation/enable_disable_assessment change hr
POST corehr/v2/probation/search read hr out:list
POST corehr/v2/probation/submit create hr
POST corehr/v2/probation/withdraw change hr
PUT corehr/v2/process_revoke/:process_id change hr
POST corehr/v2/process_start create hr
PUT corehr/v2/process_withdraw/:process_id change hr
GET corehr/v2/processes read hr out:list
GET corehr/v2/processes/:process_id read hr out:item
PUT corehr/v2/processes/:process_id/approvers/:approver_id change hr
PUT corehr/v2/processes/:process_id/extra change hr
GET corehr/v2/processes/:process_id/flow_variable_data read hr out:item
GET corehr/v2/processes/:process_id/form_variable_data read hr out:item
PUT corehr/v2/processes/:process_id/transfer change hr
POST corehr/v2/query_flow_data_template read hr out:item
POST corehr/v2/report_detail_row/batchDelete delete hr
POST corehr/v2/report_detail_row/batchSave create hr
GET corehr/v2/signature_files read hr out:list
POST corehr/v2/signature_files/:signature_file_id/download read hr out:file
GET corehr/v2/signature_files/list_by_biz_id read hr out:list
POST corehr/v2/signature_files/query read hr out:list
POST corehr/v2/signature_files/terminate change hr
GET corehr/v2/signature_nodes/list_by_file_id read hr out:list
GET corehr/v2/signature_template_info_with_thumbnails read hr out:list
GET corehr/v2/signature_templates/search read hr out:list
POST corehr/v2/workforce_plan_detail_row/batchDelete delete hr
POST corehr/v2/workforce_plan_detail_row/batchSave create hr
POST corehr/v2/workforce_plan_details/batch read hr out:list
POST corehr/v2/workforce_plan_details/batch_v2 read hr out:list
GET corehr/v2/workforce_plans read hr out:list
GET directory/v1/collaboration_rules read directory out:list
POST directory/v1/collaboration_rules create directory power
DELETE directory/v1/collaboration_rules/:collaboration_rule_id delete directory
PUT directory/v1/collaboration_rules/:collaboration_rule_id change directory power
GET directory/v1/collaboration_tenants read directory out:list
POST directory/v1/departments create department
DELETE directory/v1/departments/:department_id delete department
PATCH directory/v1/departments/:department_id change department
POST directory/v1/departments/filter read department out:list
POST directory/v1/departments/mget read department out:list
POST directory/v1/departments/search read department out:list
POST directory/v1/employees create user
DELETE directory/v1/employees/:employee_id delete user
PATCH directory/v1/employees/:employee_id change user
PATCH directory/v1/employees/:employee_id/regular change user
POST directory/v1/employees/:employee_id/resurrect change user power
PATCH directory/v1/employees/:employee_id/to_be_resigned change user
POST directory/v1/employees/filter read user out:list
POST directory/v1/employees/mget read user out:list
POST directory/v1/employees/search read user out:list
GET directory/v1/share_entities read directory out:list
GET docs/v1/content read file out:file
POST document_ai/v1/bank_card/recognize read other
POST document_ai/v1/business_card/recognize read other
POST document_ai/v1/business_license/recognize read other
POST document_ai/v1/chinese_passport/recognize read other
POST document_ai/v1/contract/field_extraction read other
POST document_ai/v1/driving_license/recognize read other
POST document_ai/v1/food_manage_license/recognize read other
POST document_ai/v1/food_produce_license/recognize read other
POST document_ai/v1/health_certificate/recognize read other
POST document_ai/v1/hkm_mainland_travel_permit/recognize read other
POST document_ai/v1/id_card/recognize read other
POST document_ai/v1/resume/parse read other
POST document_ai/v1/taxi_invoice/recognize read other
POST document_ai/v1/train_invoice/recognize read other
POST document_ai/v1/tw_mainland_travel_permit/recognize read other
POST document_ai/v1/vat_invoice/recognize read other
POST document_ai/v1/vehicle_invoice/recognize read other
POST document_ai/v1/vehicle_license/recognize read other
GET docx/v1/chats/:chat_id/announcement read group out:item
GET docx/v1/chats/:chat_id/announcement/blocks read group out:item
GET docx/v1/chats/:chat_id/announcement/blocks/:block_id read group out:item
GET docx/v1/chats/:chat_id/announcement/blocks/:block_id/children read group out:item
POST docx/v1/chats/:chat_id/announcement/blocks/:block_id/children create group
DELETE docx/v1/chats/:chat_id/announcement/blocks/:block_id/children/batch_delete delete group
PATCH docx/v1/chats/:chat_id/announcement/blocks/batch_update change group
POST docx/v1/documents create file
GET docx/v1/documents/:document_id read file out:item
GET docx/v1/documents/:document_id/blocks read file out:item
GET docx/v1/documents/:document_id/blocks/:block_id read file out:item
PATCH docx/v1/documents/:document_id/blocks/:block_id change file
GET docx/v1/documents/:document_id/blocks/:block_id/children read file out:item
POST docx/v1/documents/:document_id/blocks/:block_id/children create file
DELETE docx/v1/documents/:document_id/blocks/:block_id/children/batch_delete delete file
POST docx/v1/documents/:document_id/blocks/:block_id/descendant create file
PATCH docx/v1/documents/:document_id/blocks/batch_update change file
GET docx/v1/documents/:document_id/raw_content read file out:file
POST docx/v1/documents/blocks/convert read file
POST drive/v1/export_tasks read file out:file
GET drive/v1/export_tasks/:ticket read file out:item
GET drive/v1/export_tasks/file/:file_token/download read file out:file
GET drive/v1/files read file out:list
DELETE drive/v1/files/:file_token delete file
GET drive/v1/files/:file_token/comments read file out:list
POST drive/v1/files/:file_token/comments create file
GET drive/v1/files/:file_token/comments/:comment_id read file out:item
PATCH drive/v1/files/:file_token/comments/:comment_id change file
GET drive/v1/files/:file_token/comments/:comment_id/replies read file out:list
POST drive/v1/files/:file_token/comments/:comment_id/replies create file
DELETE drive/v1/files/:file_token/comments/:comment_id/replies/:reply_id delete file
PUT drive/v1/files/:file_token/comments/:comment_id/replies/:reply_id change file
POST drive/v1/files/:file_token/comments/batch_query read file out:list
POST drive/v1/files/:file_token/copy create file
DELETE drive/v1/files/:file_token/delete_subscribe delete file
GET drive/v1/files/:file_token/download read file out:file
GET drive/v1/files/:file_token/get_subscribe read file out:item
POST drive/v1/files/:file_token/move change file
GET drive/v1/files/:file_token/statistics read file out:item
POST drive/v1/files/:file_token/subscribe create file
POST drive/v1/files/:file_token/subscriptions create file
GET drive/v1/files/:file_token/subscriptions/:subscription_id read file out:item
PATCH drive/v1/files/:file_token/subscriptions/:subscription_id change file
GET drive/v1/files/:file_token/versions read file out:list
POST drive/v1/files/:file_token/versions create file
DELETE drive/v1/files/:file_token/versions/:version_id delete file
GET drive/v1/files/:file_token/versions/:version_id read file out:item
GET drive/v1/files/:file_token/view_records read file out:list audit
POST drive/v1/files/create_folder create file
POST drive/v1/files/create_shortcut create file
GET drive/v1/files/task_check read file out:item
POST drive/v1/files/upload_all create file
POST drive/v1/files/upload_finish create file
POST drive/v1/files/upload_part create file
POST drive/v1/files/upload_prepare create file
POST drive/v1/import_tasks create file
GET drive/v1/import_tasks/:ticket read file out:item
GET drive/v1/medias/:file_token/download read file out:file
GET drive/v1/medias/batch_get_tmp_download_url read file out:file
POST drive/v1/medias/upload_all create file
POST drive/v1/medias/upload_finish create file
POST drive/v1/medias/upload_part create file
POST drive/v1/medias/upload_prepare create file
POST drive/v1/metas/batch_query read file out:list
GET drive/v1/permissions/:token/members read permission out:list
POST drive/v1/permissions/:token/members create permission power
DELETE drive/v1/permissions/:token/members/:member_id delete permission
PUT drive/v1/permissions/:token/members/:member_id change permission power
GET drive/v1/permissions/:token/members/auth read permission
POST drive/v1/permissions/:token/members/batch_create create permission power
POST drive/v1/permissions/:token/members/transfer_owner change permission power
GET drive/v1/permissions/:token/public read permission out:item
PATCH drive/v1/permissions/:token/public change permission power
DELETE drive/v1/permissions/:token/public/password change permission power
POST drive/v1/permissions/:token/public/password change permission credential
PUT drive/v1/permissions/:token/public/password change permission power credential
DELETE drive/v1/user/remove_subscription delete file
POST drive/v1/user/subscription create file
GET drive/v1/user/subscription_status read file out:item
POST drive/v2/files/:file_token/comments/reaction create file
GET drive/v2/files/:file_token/likes read file out:list
GET drive/v2/permissions/:token/public read permission out:item
PATCH drive/v2/permissions/:token/public change permission power
GET ehr/v1/attachments/:token read hr out:file
GET ehr/v1/employees read hr out:list identity:user
GET event/v1/connection read app out:item
GET event/v1/outbound_ip read other out:list
GET helpdesk/v1/agent_emails read other out:list
GET helpdesk/v1/agent_schedules read other out:list
POST helpdesk/v1/agent_schedules create other
GET helpdesk/v1/agent_skill_rules read other out:list
GET helpdesk/v1/agent_skills read other out:list
POST helpdesk/v1/agent_skills create other
DELETE helpdesk/v1/agent_skills/:agent_skill_id delete other
GET helpdesk/v1/agent_skills/:agent_skill_id read other out:item
PATCH helpdesk/v1/agent_skills/:agent_skill_id change other
PATCH helpdesk/v1/agents/:agent_id change other
DELETE helpdesk/v1/agents/:agent_id/schedules delete other
GET helpdesk/v1/agents/:agent_id/schedules read other out:item
PATCH helpdesk/v1/agents/:agent_id/schedules change other
GET helpdesk/v1/categories read other out:list
POST helpdesk/v1/categories create other
DELETE helpdesk/v1/categories/:id delete other
GET helpdesk/v1/categories/:id read other out:item
PATCH helpdesk/v1/categories/:id change other
GET helpdesk/v1/customized_fields read other out:list
POST helpdesk/v1/events/subscribe create other
POST helpdesk/v1/events/unsubscribe delete other
GET helpdesk/v1/faqs read other out:list
POST helpdesk/v1/faqs create other
DELETE helpdesk/v1/faqs/:id delete other
GET helpdesk/v1/faqs/:id read other out:item
PATCH helpdesk/v1/faqs/:id change other
GET helpdesk/v1/faqs/:id/image/:image_key read other out:file
GET helpdesk/v1/faqs/search read other out:list
POST helpdesk/v1/message create message
POST helpdesk/v1/notifications create message
GET helpdesk/v1/notifications/:notification_id read message out:item
PATCH helpdesk/v1/notifications/:notification_id change message
POST helpdesk/v1/notifications/:notification_id/cancel_approve change message
POST helpdesk/v1/notifications/:notification_id/cancel_send change message
POST helpdesk/v1/notifications/:notification_id/execute_send change message
POST helpdesk/v1/notifications/:notification_id/preview read message out:item
POST helpdesk/v1/notifications/:notification_id/submit_approve change message
POST helpdesk/v1/start_service create message
GET helpdesk/v1/ticket_customized_fields read other out:list
POST helpdesk/v1/ticket_customized_fields create other
DELETE helpdesk/v1/ticket_customized_fields/:ticket_customized_field_id delete other
GET helpdesk/v1/ticket_customized_fields/:ticket_customized_field_id read other out:item
PATCH helpdesk/v1/ticket_customized_fields/:ticket_customized_field_id change other
GET helpdesk/v1/ticket_images read message out:file
GET helpdesk/v1/tickets read other out:list
GET helpdesk/v1/tickets/:ticket_id read other out:item
PUT helpdesk/v1/tickets/:ticket_id change other
POST helpdesk/v1/tickets/:ticket_id/answer_user_query create message
GET helpdesk/v1/tickets/:ticket_id/messages read message out:list
POST helpdesk/v1/tickets/:ticket_id/messages create message
POST hire/v1/advertisements/:advertisement_id/publish change hr
GET hire/v1/agencies/:agency_id read hr out:item
POST hire/v1/agencies/batch_query read hr out:list
POST hire/v1/agencies/get_agency_account read hr out:list
POST hire/v1/agencies/operate_agency_account change hr power
POST hire/v1/agencies/protect change hr
POST hire/v1/agencies/protection_period/search read hr out:list
GET hire/v1/agencies/query read hr out:list
GET hire/v1/applications read hr out:list
POST hire/v1/applications create hr
GET hire/v1/applications/:application_id read hr out:item
POST hire/v1/applications/:application_id/cancel_onboard change hr
GET hire/v1/applications/:application_id/get_detail read hr out:item
GET hire/v1/applications/:application_id/interviews read hr out:list
GET hire/v1/applications/:application_id/offer read hr out:item
POST hire/v1/applications/:application_id/recover change hr
POST hire/v1/applications/:application_id/terminate change hr
POST hire/v1/applications/:application_id/transfer_onboard change hr
POST hire/v1/applications/:application_id/transfer_stage change hr
POST hire/v1/applications/diversity_inclusions/search read hr out:list
POST hire/v1/attachments create hr
GET hire/v1/attachments/:attachment_id read hr out:file
GET hire/v1/attachments/:attachment_id/preview read hr out:file
GET hire/v1/background_check_orders read hr out:list
POST hire/v1/background_check_orders/batch_query read hr out:list
POST hire/v1/eco_account_custom_fields create hr
POST hire/v1/eco_account_custom_fields/batch_delete delete hr
PATCH hire/v1/eco_account_custom_fields/batch_update change hr
POST hire/v1/eco_background_check_custom_fields create hr
POST hire/v1/eco_background_check_custom_fields/batch_delete delete hr
PATCH hire/v1/eco_background_check_custom_fields/batch_update change hr
POST hire/v1/eco_background_check_packages create hr
POST hire/v1/eco_background_check_packages/batch_delete delete hr
PATCH hire/v1/eco_background_check_packages/batch_update change hr
POST hire/v1/eco_background_checks/cancel change hr
POST hire/v1/eco_background_checks/update_progress change hr
POST hire/v1/eco_background_checks/update_result change hr
POST hire/v1/eco_exam_papers create hr
POST hire/v1/eco_exam_papers/batch_delete delete hr
PATCH hire/v1/eco_exam_papers/batch_update change hr
POST hire/v1/eco_exams/:exam_id/login_info change hr credential
POST hire/v1/eco_exams/:exam_id/update_result change hr
PATCH hire/v1/ehr_import_tasks/:ehr_import_task_id change hr
GET hire/v1/employees/:employee_id read hr out:item identity:user
PATCH hire/v1/employees/:employee_id change hr identity:user
GET hire/v1/employees/get_by_application read hr out:item identity:user
GET hire/v1/evaluation_tasks read hr out:list
GET hire/v1/evaluations read hr out:list
GET hire/v1/exam_marking_tasks read hr out:list
POST hire/v1/exams create hr
GET hire/v1/external_applications read hr out:list
POST hire/v1/external_applications create hr
DELETE hire/v1/external_applications/:external_application_id delete hr
PUT hire/v1/external_applications/:external_application_id change hr
POST hire/v1/external_background_checks create hr
DELETE hire/v1/external_background_checks/:external_background_check_id delete hr
PUT hire/v1/external_background_checks/:external_background_check_id change hr
POST hire/v1/external_background_checks/batch_query read hr out:list
POST hire/v1/external_interview_assessments create hr
PATCH hire/v1/external_interview_assessments/:external_interview_assessment_id change hr
POST hire/v1/external_interviews create hr
DELETE hire/v1/external_interviews/:external_interview_id delete hr
PUT hire/v1/external_interviews/:external_interview_id change hr
POST hire/v1/external_interviews/batch_query read hr out:list
POST hire/v1/external_offers create hr
DELETE hire/v1/external_offers/:external_offer_id delete hr
PUT hire/v1/external_offers/:external_offer_id change hr
POST hire/v1/external_offers/batch_query read hr out:list
POST hire/v1/external_referral_rewards create hr
DELETE hire/v1/external_referral_rewards/:external_referral_reward_id delete hr
GET hire/v1/interview_feedback_forms read hr out:list
GET hire/v1/interview_records read hr out:list
GET hire/v1/interview_records/:interview_record_id read hr out:item
GET hire/v1/interview_records/attachments read hr out:file
GET hire/v1/interview_registration_schemas read hr out:list
GET hire/v1/interview_round_types read hr out:list
GET hire/v1/interview_tasks read hr out:list
GET hire/v1/interviewers read hr out:list
PATCH hire/v1/interviewers/:interviewer_id change hr
GET hire/v1/interviews read hr out:list
GET hire/v1/interviews/get_by_talent read hr out:list
GET hire/v1/job_functions read hr out:list
GET hire/v1/job_processes read hr out:list
POST hire/v1/job_publish_records/search read hr out:list
GET hire/v1/job_requirement_schemas read hr out:list
GET hire/v1/job_requirements read hr out:list
POST hire/v1/job_requirements create hr
DELETE hire/v1/job_requirements/:job_requirement_id delete hr
PUT hire/v1/job_requirements/:job_requirement_id change hr
POST hire/v1/job_requirements/search read hr out:list
GET hire/v1/job_schemas read hr out:list
GET hire/v1/job_types read hr out:list
GET hire/v1/jobs read hr out:list
GET hire/v1/jobs/:job_id read hr out:item
POST hire/v1/jobs/:job_id/close change hr
POST hire/v1/jobs/:job_id/combined_update change hr
GET hire/v1/jobs/:job_id/config read hr out:item
GET hire/v1/jobs/:job_id/get_detail read hr out:item
GET hire/v1/jobs/:job_id/managers/:manager_id read hr out:item
POST hire/v1/jobs/:job_id/managers/batch_update change hr power
POST hire/v1/jobs/:job_id/open change hr
GET hire/v1/jobs/:job_id/recruiter read hr out:item
POST hire/v1/jobs/:job_id/update_config change hr
POST hire/v1/jobs/combined_create create hr
GET hire/v1/locations read hr out:list
POST hire/v1/locations/query read hr out:list
GET hire/v1/minutes read hr out:file
GET hire/v1/notes read hr out:list
POST hire/v1/notes create hr
DELETE hire/v1/notes/:note_id delete hr
GET hire/v1/notes/:note_id read hr out:item
PATCH hire/v1/notes/:note_id change hr
GET hire/v1/offer_application_forms read hr out:list
GET hire/v1/offer_application_forms/:offer_application_form_id read hr out:item
GET hire/v1/offer_approval_templates read hr out:list
PUT hire/v1/offer_custom_fields/:offer_custom_field_id change hr
GET hire/v1/offer_schemas/:offer_schema_id read hr out:item
GET hire/v1/offers read hr out:list
POST hire/v1/offers create hr
GET hire/v1/offers/:offer_id read hr out:item
PUT hire/v1/offers/:offer_id change hr
POST hire/v1/offers/:offer_id/intern_offer_status change hr
PATCH hire/v1/offers/:offer_id/offer_status change hr
GET hire/v1/portal_apply_schemas read hr out:list
GET hire/v1/questionnaires read hr out:list
POST hire/v1/referral_account create hr
POST hire/v1/referral_account/:referral_account_id/deactivate change hr
POST hire/v1/referral_account/:referral_account_id/withdraw change hr
POST hire/v1/referral_account/enable change hr
GET hire/v1/referral_account/get_account_assets read hr out:item
POST hire/v1/referral_account/reconciliation read hr
GET hire/v1/referral_websites/job_posts read hr out:list
GET hire/v1/referral_websites/job_posts/:job_post_id read hr out:item
GET hire/v1/referrals/get_by_application read hr out:item
POST hire/v1/referrals/search read hr out:list
GET hire/v1/registration_schemas read hr out:list
GET hire/v1/resume_sources read hr out:list
GET hire/v1/roles read role out:list
GET hire/v1/roles/:role_id read role out:item
GET hire/v1/subjects read hr out:list
POST hire/v1/talent_blocklist/change_talent_block change hr
GET hire/v1/talent_folders read hr out:list
GET hire/v1/talent_objects/query read hr out:list
POST hire/v1/talent_operation_logs/search read audit out:list audit
GET hire/v1/talent_pools/ read hr out:list
POST hire/v1/talent_pools/:talent_pool_id/batch_change_talent_pool change hr
POST hire/v1/talent_pools/:talent_pool_id/talent_relationship change hr
GET hire/v1/talent_tags read hr out:list
GET hire/v1/talents read hr out:list
GET hire/v1/talents/:talent_id read hr out:item
POST hire/v1/talents/:talent_id/external_info create hr
PUT hire/v1/talents/:talent_id/external_info change hr
POST hire/v1/talents/:talent_id/onboard_status change hr
POST hire/v1/talents/:talent_id/tag change hr
POST hire/v1/talents/add_to_folder change hr
POST hire/v1/talents/batch_get_id read hr out:list
POST hire/v1/talents/combined_create create hr
POST hire/v1/talents/combined_update change hr
POST hire/v1/talents/remove_to_folder change hr
GET hire/v1/termination_reasons read hr out:list
POST hire/v1/tests/search read hr out:list
GET hire/v1/todos read hr out:list
GET hire/v1/tripartite_agreements read hr out:list
POST hire/v1/tripartite_agreements create hr
DELETE hire/v1/tripartite_agreements/:tripartite_agreement_id delete hr
PUT hire/v1/tripartite_agreements/:tripartite_agreement_id change hr
GET hire/v1/user_roles read role out:list
GET hire/v1/websites read hr out:list
GET hire/v1/websites/:website_id/channels read hr out:list
POST hire/v1/websites/:website_id/channels create hr
DELETE hire/v1/websites/:website_id/channels/:channel_id delete hr
PUT hire/v1/websites/:website_id/channels/:channel_id change hr
POST hire/v1/websites/:website_id/deliveries/create_by_attachment create hr
POST hire/v1/websites/:website_id/deliveries/create_by_resume create hr
GET hire/v1/websites/:website_id/delivery_tasks/:delivery_task_id read hr out:item
GET hire/v1/websites/:website_id/job_posts read hr out:list
GET hire/v1/websites/:website_id/job_posts/:job_post_id read hr out:item
POST hire/v1/websites/:website_id/job_posts/search read hr out:list
POST hire/v1/websites/:website_id/site_users create hr
GET hire/v2/interview_records read hr out:list
GET hire/v2/interview_records/:interview_record_id read hr out:item
GET hire/v2/talents/:talent_id read hr out:item
POST human_authentication/v1/identities create auth
DELETE im/v1/batch_messages/:batch_message_id delete message
GET im/v1/batch_messages/:batch_message_id/get_progress read message out:item
GET im/v1/batch_messages/:batch_message_id/read_user read message out:item
GET im/v1/chats read group out:list
POST im/v1/chats create group
DELETE im/v1/chats/:chat_id delete group
GET im/v1/chats/:chat_id read group out:item
PUT im/v1/chats/:chat_id change group
GET im/v1/chats/:chat_id/announcement read group out:item
PATCH im/v1/chats/:chat_id/announcement change group
POST im/v1/chats/:chat_id/chat_tabs create group
DELETE im/v1/chats/:chat_id/chat_tabs/delete_tabs delete group
GET im/v1/chats/:chat_id/chat_tabs/list_tabs read group out:list
POST im/v1/chats/:chat_id/chat_tabs/sort_tabs change group
POST im/v1/chats/:chat_id/chat_tabs/update_tabs change group
POST im/v1/chats/:chat_id/link create group
POST im/v1/chats/:chat_id/managers/add_managers create group
POST im/v1/chats/:chat_id/managers/delete_managers delete group
DELETE im/v1/chats/:chat_id/members delete group
GET im/v1/chats/:chat_id/members read group out:list
POST im/v1/chats/:chat_id/members create group
GET im/v1/chats/:chat_id/members/is_in_chat read group
PATCH im/v1/chats/:chat_id/members/me_join create group
PATCH im/v1/chats/:chat_id/menu_items/:menu_item_id change group
DELETE im/v1/chats/:chat_id/menu_tree delete group
GET im/v1/chats/:chat_id/menu_tree read group out:list
POST im/v1/chats/:chat_id/menu_tree create group
POST im/v1/chats/:chat_id/menu_tree/sort change group
GET im/v1/chats/:chat_id/moderation read group out:list
PUT im/v1/chats/:chat_id/moderation change group
POST im/v1/chats/:chat_id/top_notice/delete_top_notice delete message
POST im/v1/chats/:chat_id/top_notice/put_top_notice change message
GET im/v1/chats/search read group out:list
POST im/v1/files create message
GET im/v1/files/:file_key read message out:file
POST im/v1/images create message
GET im/v1/images/:image_key read message out:file
GET im/v1/messages read message out:list
POST im/v1/messages create message
DELETE im/v1/messages/:message_id delete message
GET im/v1/messages/:message_id read message out:item
PATCH im/v1/messages/:message_id change message
PUT im/v1/messages/:message_id change message
POST im/v1/messages/:message_id/forward create message
POST im/v1/messages/:message_id/push_follow_up create message
GET im/v1/messages/:message_id/reactions read message out:list
POST im/v1/messages/:message_id/reactions create message
DELETE im/v1/messages/:message_id/reactions/:reaction_id delete message
GET im/v1/messages/:message_id/read_users read message out:list
POST im/v1/messages/:message_id/reply create message
GET im/v1/messages/:message_id/resources/:file_key read message out:file
PATCH im/v1/messages/:message_id/urgent_app change message
PATCH im/v1/messages/:message_id/urgent_phone change message
PATCH im/v1/messages/:message_id/urgent_sms change message
POST im/v1/messages/merge_forward create message
POST im/v1/messages/reactions/batch_query read message out:list
POST im/v1/messages/search read message out:list
GET im/v1/pins read message out:list
POST im/v1/pins create message
DELETE im/v1/pins/:message_id delete message
POST im/v1/threads/:thread_id/forward create message
POST im/v2/app_feed_card create message
DELETE im/v2/app_feed_card/batch delete message
PUT im/v2/app_feed_card/batch change message
GET im/v2/biz_entity_tag_relation read group out:list
POST im/v2/biz_entity_tag_relation change group
PUT im/v2/biz_entity_tag_relation change group
PUT im/v2/chat_button change message
POST im/v2/chats/search read group out:list
PATCH im/v2/feed_cards/:feed_card_id change message
PATCH im/v2/feed_cards/bot_time_sentive change message
POST im/v2/tags create group
PATCH im/v2/tags/:tag_id change group
POST im/v2/url_previews/batch_update change message
GET lingo/v1/classifications read other out:list
POST lingo/v1/drafts create other
PUT lingo/v1/drafts/:draft_id change other
GET lingo/v1/entities read other out:list
POST lingo/v1/entities create other
DELETE lingo/v1/entities/:entity_id delete other
GET lingo/v1/entities/:entity_id read other out:item
PUT lingo/v1/entities/:entity_id change other
POST lingo/v1/entities/highlight read other
POST lingo/v1/entities/match read other out:list
POST lingo/v1/entities/search read other out:list
GET lingo/v1/files/:file_token/download read other out:file
POST lingo/v1/files/upload create other
GET lingo/v1/repos read other out:list
GET mail/v1/mailgroups read mail out:list
POST mail/v1/mailgroups create mail
DELETE mail/v1/mailgroups/:mailgroup_id delete mail
GET mail/v1/mailgroups/:mailgroup_id read mail out:item
PATCH mail/v1/mailgroups/:mailgroup_id change mail
PUT mail/v1/mailgroups/:mailgroup_id change mail
GET mail/v1/mailgroups/:mailgroup_id/aliases read mail out:list
POST mail/v1/mailgroups/:mailgroup_id/aliases create mail
DELETE mail/v1/mailgroups/:mailgroup_id/aliases/:alias_id delete mail
GET mail/v1/mailgroups/:mailgroup_id/managers read mail out:list
POST mail/v1/mailgroups/:mailgroup_id/managers/batch_create create mail power
POST mail/v1/mailgroups/:mailgroup_id/managers/batch_delete delete mail
GET mail/v1/mailgroups/:mailgroup_id/members read mail out:list
POST mail/v1/mailgroups/:mailgroup_id/members create mail power
DELETE mail/v1/mailgroups/:mailgroup_id/members/:member_id delete mail
GET mail/v1/mailgroups/:mailgroup_id/members/:member_id read mail out:item
POST mail/v1/mailgroups/:mailgroup_id/members/batch_create create mail power
DELETE mail/v1/mailgroups/:mailgroup_id/members/batch_delete delete mail
GET mail/v1/mailgroups/:mailgroup_id/permission_members read permission out:list
POST mail/v1/mailgroups/:mailgroup_id/permission_members create permission power
DELETE mail/v1/mailgroups/:mailgroup_id/permission_members/:permission_member_id delete permission
GET mail/v1/mailgroups/:mailgroup_id/permission_members/:permission_member_id read permission out:item
POST mail/v1/mailgroups/:mailgroup_id/permission_members/batch_create create permission power
DELETE mail/v1/mailgroups/:mailgroup_id/permission_members/batch_delete delete permission
POST mail/v1/multi_entity/search read mail out:list
GET mail/v1/public_mailboxes read mail out:list
POST mail/v1/public_mailboxes create mail
DELETE mail/v1/public_mailboxes/:public_mailbox_id delete mail
GET mail/v1/public_mailboxes/:public_mailbox_id read mail out:item
PATCH mail/v1/public_mailboxes/:public_mailbox_id change mail
PUT mail/v1/public_mailboxes/:public_mailbox_id change mail
GET mail/v1/public_mailboxes/:public_mailbox_id/aliases read mail out:list
POST mail/v1/public_mailboxes/:public_mailbox_id/aliases create mail
DELETE mail/v1/public_mailboxes/:public_mailbox_id/aliases/:alias_id delete mail
GET mail/v1/public_mailboxes/:public_mailbox_id/members read mail out:list
POST mail/v1/public_mailboxes/:public_mailbox_id/members create mail power
DELETE mail/v1/public_mailboxes/:public_mailbox_id/members/:member_id delete mail
GET mail/v1/public_mailboxes/:public_mailbox_id/members/:member_id read mail out:item
POST mail/v1/public_mailboxes/:public_mailbox_id/members/batch_create create mail power
DELETE mail/v1/public_mailboxes/:public_mailbox_id/members/batch_delete delete mail
POST mail/v1/public_mailboxes/:public_mailbox_id/members/clear delete mail
DELETE mail/v1/public_mailboxes/:public_mailbox_id/remove_to_recycle_bin delete mail
DELETE mail/v1/user_mailboxes/:user_mailbox_id delete mail
GET mail/v1/user_mailboxes/:user_mailbox_id/accessible_mailboxes read mail out:list
GET mail/v1/user_mailboxes/:user_mailbox_id/aliases read mail out:list
POST mail/v1/user_mailboxes/:user_mailbox_id/aliases create mail
DELETE mail/v1/user_mailboxes/:user_mailbox_id/aliases/:alias_id delete mail
GET mail/v1/user_mailboxes/:user_mailbox_id/drafts read mail out:list
POST mail/v1/user_mailboxes/:user_mailbox_id/drafts create mail
DELETE mail/v1/user_mailboxes/:user_mailbox_id/drafts/:draft_id delete mail
GET mail/v1/user_mailboxes/:user_mailbox_id/drafts/:draft_id read mail out:item
PUT mail/v1/user_mailboxes/:user_mailbox_id/drafts/:draft_id change mail
POST mail/v1/user_mailboxes/:user_mailbox_id/drafts/:draft_id/send create mail
POST mail/v1/user_mailboxes/:user_mailbox_id/event/subscribe create mail
GET mail/v1/user_mailboxes/:user_mailbox_id/event/subscription read mail out:item
POST mail/v1/user_mailboxes/:user_mailbox_id/event/unsubscribe delete mail
GET mail/v1/user_mailboxes/:user_mailbox_id/folders read mail out:list
POST mail/v1/user_mailboxes/:user_mailbox_id/folders create mail
DELETE mail/v1/user_mailboxes/:user_mailbox_id/folders/:folder_id delete mail
GET mail/v1/user_mailboxes/:user_mailbox_id/folders/:folder_id read mail out:item
PATCH mail/v1/user_mailboxes/:user_mailbox_id/folders/:folder_id change mail
GET mail/v1/user_mailboxes/:user_mailbox_id/labels read mail out:list
POST mail/v1/user_mailboxes/:user_mailbox_id/labels create mail
DELETE mail/v1/user_mailboxes/:user_mailbox_id/labels/:label_id delete mail
GET mail/v1/user_mailboxes/:user_mailbox_id/labels/:label_id read mail out:item
PATCH mail/v1/user_mailboxes/:user_mailbox_id/labels/:label_id change mail
GET mail/v1/user_mailboxes/:user_mailbox_id/mail_contacts read mail out:list
POST mail/v1/user_mailboxes/:user_mailbox_id/mail_contacts create mail
DELETE mail/v1/user_mailboxes/:user_mailbox_id/mail_contacts/:mail_contact_id delete mail
PATCH mail/v1/user_mailboxes/:user_mailbox_id/mail_contacts/:mail_contact_id change mail
GET mail/v1/user_mailboxes/:user_mailbox_id/messages read mail out:list
GET mail/v1/user_mailboxes/:user_mailbox_id/messages/:message_id read mail out:item
GET mail/v1/user_mailboxes/:user_mailbox_id/messages/:message_id/attachments/download_url read mail out:file
POST mail/v1/user_mailboxes/:user_mailbox_id/messages/:message_id/cancel_scheduled_send change mail
PUT mail/v1/user_mailboxes/:user_mailbox_id/messages/:message_id/modify change mail
GET mail/v1/user_mailboxes/:user_mailbox_id/messages/:message_id/recall read mail out:item
POST mail/v1/user_mailboxes/:user_mailbox_id/messages/:message_id/recall delete mail
GET mail/v1/user_mailboxes/:user_mailbox_id/messages/:message_id/send_status read mail out:item
POST mail/v1/user_mailboxes/:user_mailbox_id/messages/:message_id/trash delete mail
POST mail/v1/user_mailboxes/:user_mailbox_id/messages/batch_get read mail out:list
POST mail/v1/user_mailboxes/:user_mailbox_id/messages/batch_modify change mail
POST mail/v1/user_mailboxes/:user_mailbox_id/messages/batch_trash delete mail
GET mail/v1/user_mailboxes/:user_mailbox_id/messages/get_by_card read mail out:list
POST mail/v1/user_mailboxes/:user_mailbox_id/messages/send create mail
GET mail/v1/user_mailboxes/:user_mailbox_id/profile read mail out:item
GET mail/v1/user_mailboxes/:user_mailbox_id/rules read mail out:list
POST mail/v1/user_mailboxes/:user_mailbox_id/rules create mail
DELETE mail/v1/user_mailboxes/:user_mailbox_id/rules/:rule_id delete mail
PUT mail/v1/user_mailboxes/:user_mailbox_id/rules/:rule_id change mail
POST mail/v1/user_mailboxes/:user_mailbox_id/rules/reorder change mail
POST mail/v1/user_mailboxes/:user_mailbox_id/search read mail out:list
GET mail/v1/user_mailboxes/:user_mailbox_id/settings/send_as read mail out:list
GET mail/v1/user_mailboxes/:user_mailbox_id/settings/signatures read mail out:list
GET mail/v1/user_mailboxes/:user_mailbox_id/templates read mail out:list
POST mail/v1/user_mailboxes/:user_mailbox_id/templates create mail
DELETE mail/v1/user_mailboxes/:user_mailbox_id/templates/:template_id delete mail
GET mail/v1/user_mailboxes/:user_mailbox_id/templates/:template_id read mail out:item
PUT mail/v1/user_mailboxes/:user_mailbox_id/templates/:template_id change mail
GET mail/v1/user_mailboxes/:user_mailbox_id/templates/:template_id/attachments/download_url read mail out:file
GET mail/v1/user_mailboxes/:user_mailbox_id/threads read mail out:list
GET mail/v1/user_mailboxes/:user_mailbox_id/threads/:thread_id read mail out:list
GET mail/v1/user_mailboxes/:user_mailbox_id/threads/:thread_id/messages read mail out:list
POST mail/v1/user_mailboxes/:user_mailbox_id/threads/:thread_id/modify change mail
POST mail/v1/user_mailboxes/:user_mailbox_id/threads/:thread_id/trash delete mail
POST mail/v1/user_mailboxes/:user_mailbox_id/threads/batch_modify change mail
POST mail/v1/user_mailboxes/:user_mailbox_id/threads/batch_trash delete mail
POST mail/v1/users/query read mail out:list
POST mdm/v1/user_auth_data_relations/bind create permission power
POST mdm/v1/user_auth_data_relations/unbind delete permission
GET mdm/v3/batch_country_region read other out:list
GET mdm/v3/country_regions read other out:list
GET minutes/v1/minutes/:minute_token read file out:item
GET minutes/v1/minutes/:minute_token/artifacts read file out:file
GET minutes/v1/minutes/:minute_token/media read file out:file
GET minutes/v1/minutes/:minute_token/statistics read file out:item
GET minutes/v1/minutes/:minute_token/transcript read file out:file
POST minutes/v1/minutes/search read file out:list
POST minutes/v1/minutes/subscription create file
POST minutes/v1/minutes/unsubscription delete file
GET moments/v1/posts/:post_id read other out:item
POST okr/v1/images/upload create hr
GET okr/v1/okrs/batch_get read hr out:list
GET okr/v1/period_rules read hr out:list
GET okr/v1/periods read hr out:list
POST okr/v1/periods create hr
PATCH okr/v1/periods/:period_id change hr
POST okr/v1/progress_records create hr
DELETE okr/v1/progress_records/:progress_id delete hr
GET okr/v1/progress_records/:progress_id read hr out:item
PUT okr/v1/progress_records/:progress_id change hr
GET okr/v1/reviews/query read hr out:list
GET okr/v1/users/:user_id/okrs read hr out:list
DELETE okr/v2/alignments/:alignment_id delete hr
GET okr/v2/alignments/:alignment_id read hr out:item
GET okr/v2/categories read hr out:list
GET okr/v2/cycles read hr out:list
GET okr/v2/cycles/:cycle_id/objectives read hr out:list
POST okr/v2/cycles/:cycle_id/objectives create hr
PUT okr/v2/cycles/:cycle_id/objectives_position change hr
PUT okr/v2/cycles/:cycle_id/objectives_weight change hr
PATCH okr/v2/indicators/:indicator_id change hr
DELETE okr/v2/key_results/:key_result_id delete hr
GET okr/v2/key_results/:key_result_id read hr out:item
PATCH okr/v2/key_results/:key_result_id change hr
GET okr/v2/key_results/:key_result_id/indicators read hr out:item
GET okr/v2/key_results/:key_result_id/progresses read hr out:list
DELETE okr/v2/objectives/:objective_id delete hr
GET okr/v2/objectives/:objective_id read hr out:item
PATCH okr/v2/objectives/:objective_id change hr
GET okr/v2/objectives/:objective_id/alignments read hr out:list
POST okr/v2/objectives/:objective_id/alignments create hr
GET okr/v2/objectives/:objective_id/indicators read hr out:item
GET okr/v2/objectives/:objective_id/key_results read hr out:list
POST okr/v2/objectives/:objective_id/key_results create hr
PUT okr/v2/objectives/:objective_id/key_results_position change hr
PUT okr/v2/objectives/:objective_id/key_results_weight change hr
GET okr/v2/objectives/:objective_id/progresses read hr out:list
POST optical_char_recognition/v1/image/basic_recognize read other
PUT passport/v1/password change auth power credential identity:user
POST passport/v1/sessions/logout change auth
POST passport/v1/sessions/query read auth out:list
GET payroll/v1/acct_items read hr out:list
GET payroll/v1/cost_allocation_details read hr out:list
GET payroll/v1/cost_allocation_plans read hr out:list
GET payroll/v1/cost_allocation_reports read hr out:list
POST payroll/v1/datasource_records/query read hr out:list
POST payroll/v1/datasource_records/save create hr
GET payroll/v1/datasources read hr out:list
GET payroll/v1/paygroups read hr out:list
GET payroll/v1/payment_activity_details read hr out:list
GET payroll/v1/payment_activitys read hr out:list
POST payroll/v1/payment_activitys/archive change hr
POST payroll/v1/payment_detail/query read hr out:list
POST performance/v1/review_datas/query read hr out:list
GET performance/v1/semesters read hr out:list
POST performance/v1/stage_tasks/find_by_page read hr out:list
POST performance/v1/stage_tasks/find_by_user_list read hr out:list
POST performance/v2/activity/query read hr out:list
DELETE performance/v2/additional_informations/batch delete hr
POST performance/v2/additional_informations/import create hr
POST performance/v2/additional_informations/query read hr out:list
POST performance/v2/indicators/query read hr out:list
POST performance/v2/metric_details/import create hr
POST performance/v2/metric_details/query read hr out:list
POST performance/v2/metric_fields/query read hr out:list
POST performance/v2/metric_libs/query read hr out:list
GET performance/v2/metric_tags read hr out:list
POST performance/v2/metric_templates/query read hr out:list
POST performance/v2/questions/query read hr out:list
POST performance/v2/review_datas/query read hr out:list
POST performance/v2/review_templates/query read hr out:list
POST performance/v2/reviewees/query read hr out:list
POST performance/v2/user_group_user_rels/write change hr
POST performance/v2/user_info/query read hr out:list
GET personal_settings/v1/system_statuses read tenant out:list
POST personal_settings/v1/system_statuses create tenant
DELETE personal_settings/v1/system_statuses/:system_status_id delete tenant
PATCH personal_settings/v1/system_statuses/:system_status_id change tenant
POST personal_settings/v1/system_statuses/:system_status_id/batch_close change tenant
POST personal_settings/v1/system_statuses/:system_status_id/batch_open change tenant
POST report/v1/rules/:rule_id/views/remove delete other
GET report/v1/rules/query read other out:list
POST report/v1/tasks/query read other out:list
POST search/v2/app read app out:list
GET search/v2/data_sources read other out:list
POST search/v2/data_sources create other
DELETE search/v2/data_sources/:data_source_id delete other
GET search/v2/data_sources/:data_source_id read other out:item
PATCH search/v2/data_sources/:data_source_id change other
POST search/v2/data_sources/:data_source_id/items create other
DELETE search/v2/data_sources/:data_source_id/items/:item_id delete other
GET search/v2/data_sources/:data_source_id/items/:item_id read other out:item
POST search/v2/doc_wiki/search read file out:list
POST search/v2/message read message out:list
POST search/v2/schemas create other
DELETE search/v2/schemas/:schema_id delete other
GET search/v2/schemas/:schema_id read other out:item
PATCH search/v2/schemas/:schema_id change other
GET security_and_compliance/v1/multi_geo_entity/tenant read tenant out:list
POST security_and_compliance/v1/openapi_logs/list_data read audit out:list audit
POST security_and_compliance/v1/user_migrations change user identity:none
GET security_and_compliance/v1/user_migrations/:user_id read user out:item identity:none
POST security_and_compliance/v1/user_migrations/cancel change user identity:none
POST security_and_compliance/v1/user_migrations/search read user out:list identity:none
PUT security_and_compliance/v2/device_apply_records/:device_apply_record_id change other
GET security_and_compliance/v2/device_records read other out:list
POST security_and_compliance/v2/device_records create other
DELETE security_and_compliance/v2/device_records/:device_record_id delete other
GET security_and_compliance/v2/device_records/:device_record_id read other out:item
PUT security_and_compliance/v2/device_records/:device_record_id change other
GET security_and_compliance/v2/device_records/mine read other out:item
POST sheets/v3/spreadsheets create file
GET sheets/v3/spreadsheets/:spreadsheet_token read file out:item
PATCH sheets/v3/spreadsheets/:spreadsheet_token change file
GET sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id read file out:item
DELETE sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter delete file
GET sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter read file out:item
POST sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter create file
PUT sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter change file
POST sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter_views create file
DELETE sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter_views/:filter_view_id delete file
GET sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter_views/:filter_view_id read file out:item
PATCH sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter_views/:filter_view_id change file
POST sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter_views/:filter_view_id/conditions create file
DELETE sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter_views/:filter_view_id/conditions/:condition_id delete file
GET sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter_views/:filter_view_id/conditions/:condition_id read file out:item
PUT sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter_views/:filter_view_id/conditions/:condition_id change file
GET sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter_views/:filter_view_id/conditions/query read file out:list
GET sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/filter_views/query read file out:list
POST sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/find read file out:list
POST sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/float_images create file
DELETE sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/float_images/:float_image_id delete file
GET sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/float_images/:float_image_id read file out:item
PATCH sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/float_images/:float_image_id change file
GET sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/float_images/query read file out:list
POST sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/move_dimension change file
POST sheets/v3/spreadsheets/:spreadsheet_token/sheets/:sheet_id/replace change file
GET sheets/v3/spreadsheets/:spreadsheet_token/sheets/query read file out:list
GET spark/v1/apps read app out:list
POST spark/v1/apps create app
PATCH spark/v1/apps/:app_id change app
GET spark/v1/apps/:app_id/access-scope read app out:item
PUT spark/v1/apps/:app_id/access-scope change app power
GET spark/v1/apps/:app_id/enums read app out:list
GET spark/v1/apps/:app_id/enums/:enum_name read app out:item
POST spark/v1/apps/:app_id/sql_commands change app out:list
GET spark/v1/apps/:app_id/storage read app out:file
POST spark/v1/apps/:app_id/storage/upload create app
POST spark/v1/apps/:app_id/storage/upload/complete create app
POST spark/v1/apps/:app_id/storage/upload/initialize create app
POST spark/v1/apps/:app_id/storage/upload/part create app
GET spark/v1/apps/:app_id/tables read app out:list
GET spark/v1/apps/:app_id/tables/:table_name read app out:item
DELETE spark/v1/apps/:app_id/tables/:table_name/records delete app
GET spark/v1/apps/:app_id/tables/:table_name/records read app out:list
PATCH spark/v1/apps/:app_id/tables/:table_name/records change app
POST spark/v1/apps/:app_id/tables/:table_name/records create app
PATCH spark/v1/apps/:app_id/tables/:table_name/records_batch_update change app
POST spark/v1/apps/:app_id/upload_and_release_html_code change app
GET spark/v1/apps/:app_id/views/:view_name/records read app out:list
POST spark/v1/directory/user/id_convert read user out:list
POST spark/v1/icon create app
POST speech_to_text/v1/speech/file_recognize read other
POST speech_to_text/v1/speech/stream_recognize read other
GET task/v1/tasks read task out:list
POST task/v1/tasks create task
DELETE task/v1/tasks/:task_id delete task
GET task/v1/tasks/:task_id read task out:item
PATCH task/v1/tasks/:task_id change task
POST task/v1/tasks/:task_id/batch_delete_collaborator delete task
POST task/v1/tasks/:task_id/batch_delete_follower delete task
GET task/v1/tasks/:task_id/collaborators read task out:list
POST task/v1/tasks/:task_id/collaborators create task
DELETE task/v1/tasks/:task_id/collaborators/:collaborator_id delete task
GET task/v1/tasks/:task_id/comments read task out:list
POST task/v1/tasks/:task_id/comments create task
DELETE task/v1/tasks/:task_id/comments/:comment_id delete task
GET task/v1/tasks/:task_id/comments/:comment_id read task out:item
PUT task/v1/tasks/:task_id/comments/:comment_id change task
POST task/v1/tasks/:task_id/complete change task
GET task/v1/tasks/:task_id/followers read task out:list
POST task/v1/tasks/:task_id/followers create task
DELETE task/v1/tasks/:task_id/followers/:follower_id delete task
GET task/v1/tasks/:task_id/reminders read task out:list
POST task/v1/tasks/:task_id/reminders create task
DELETE task/v1/tasks/:task_id/reminders/:reminder_id delete task
POST task/v1/tasks/:task_id/uncomplete change task
GET task/v2/attachments read task out:file
DELETE task/v2/attachments/:attachment_guid delete task
GET task/v2/attachments/:attachment_guid read task out:file
POST task/v2/attachments/upload create task
GET task/v2/comments read task out:list
POST task/v2/comments create task
DELETE task/v2/comments/:comment_id delete task
GET task/v2/comments/:comment_id read task out:item
PATCH task/v2/comments/:comment_id change task
GET task/v2/custom_fields read task out:list
POST task/v2/custom_fields create task
GET task/v2/custom_fields/:custom_field_guid read task out:item
PATCH task/v2/custom_fields/:custom_field_guid change task
POST task/v2/custom_fields/:custom_field_guid/add change task
POST task/v2/custom_fields/:custom_field_guid/options create task
PATCH task/v2/custom_fields/:custom_field_guid/options/:option_guid change task
POST task/v2/custom_fields/:custom_field_guid/remove change task
GET task/v2/sections read task out:list
POST task/v2/sections create task
DELETE task/v2/sections/:section_guid delete task
GET task/v2/sections/:section_guid read task out:item
PATCH task/v2/sections/:section_guid change task
GET task/v2/sections/:section_guid/tasks read task out:list
GET task/v2/task_v2/list_related_task read task out:list
POST task/v2/task_v2/task_subscription create task
GET task/v2/tasklists read task out:list
POST task/v2/tasklists create task
DELETE task/v2/tasklists/:tasklist_guid delete task
GET task/v2/tasklists/:tasklist_guid read task out:item
PATCH task/v2/tasklists/:tasklist_guid change task
GET task/v2/tasklists/:tasklist_guid/activity_subscriptions read task out:list
POST task/v2/tasklists/:tasklist_guid/activity_subscriptions create task
DELETE task/v2/tasklists/:tasklist_guid/activity_subscriptions/:activity_subscription_guid delete task
GET task/v2/tasklists/:tasklist_guid/activity_subscriptions/:activity_subscription_guid read task out:item
PATCH task/v2/tasklists/:tasklist_guid/activity_subscriptions/:activity_subscription_guid change task
POST task/v2/tasklists/:tasklist_guid/add_members create task
POST task/v2/tasklists/:tasklist_guid/remove_members delete task
GET task/v2/tasklists/:tasklist_guid/tasks read task out:list
POST task/v2/tasklists/search read task out:list
GET task/v2/tasks read task out:list
POST task/v2/tasks create task
DELETE task/v2/tasks/:task_guid delete task
GET task/v2/tasks/:task_guid read task out:item
PATCH task/v2/tasks/:task_guid change task
POST task/v2/tasks/:task_guid/add_dependencies change task
POST task/v2/tasks/:task_guid/add_members create task
POST task/v2/tasks/:task_guid/add_reminders create task
POST task/v2/tasks/:task_guid/add_tasklist change task
POST task/v2/tasks/:task_guid/remove_dependencies change task
POST task/v2/tasks/:task_guid/remove_members delete task
POST task/v2/tasks/:task_guid/remove_reminders delete task
POST task/v2/tasks/:task_guid/remove_tasklist change task
POST task/v2/tasks/:task_guid/set_ancestor_task change task
GET task/v2/tasks/:task_guid/subtasks read task out:list
POST task/v2/tasks/:task_guid/subtasks create task
GET task/v2/tasks/:task_guid/tasklists read task out:list
POST task/v2/tasks/search read task out:list
GET tenant/v2/tenant/assign_info_list/query read tenant out:list
GET tenant/v2/tenant/query read tenant out:item
POST translation/v1/text/detect read other
POST translation/v1/text/translate read other
GET trust_party/v1/collaboration_tenants read directory out:list
GET trust_party/v1/collaboration_tenants/:target_tenant_key read directory out:item
GET trust_party/v1/collaboration_tenants/:target_tenant_key/collaboration_departments/:target_department_id read department out:item
GET trust_party/v1/collaboration_tenants/:target_tenant_key/collaboration_users/:target_user_id read user out:item
GET trust_party/v1/collaboration_tenants/:target_tenant_key/visible_organization read user out:list
GET vc/realtime/endpoint read meeting out:item
GET vc/v1/alerts read meeting out:list
GET vc/v1/bots/events read meeting out:list
POST vc/v1/bots/join change meeting
POST vc/v1/bots/leave change meeting
POST vc/v1/bots/message create meeting
GET vc/v1/bots/user_active_meeting read meeting out:list
GET vc/v1/exports/:task_id read meeting out:file
GET vc/v1/exports/download read meeting out:file
POST vc/v1/exports/meeting_list read meeting out:file
POST vc/v1/exports/participant_list read meeting out:file
POST vc/v1/exports/participant_quality_list read meeting out:file
POST vc/v1/exports/resource_reservation_list read meeting out:file
GET vc/v1/materials/pull_meta read meeting out:list
POST vc/v1/materials/remove delete meeting
POST vc/v1/materials/upload_meta create meeting
GET vc/v1/meeting_list read meeting out:list
GET vc/v1/meetings read meeting out:list
GET vc/v1/meetings/:meeting_id read meeting out:item
POST vc/v1/meetings/:meeting_id/change_name change meeting
PATCH vc/v1/meetings/:meeting_id/end change meeting
PATCH vc/v1/meetings/:meeting_id/invite change meeting
POST vc/v1/meetings/:meeting_id/kickout change meeting
GET vc/v1/meetings/:meeting_id/pull_subtitle read meeting out:file
GET vc/v1/meetings/:meeting_id/recording read meeting out:file
PATCH vc/v1/meetings/:meeting_id/recording/set_permission change permission
PATCH vc/v1/meetings/:meeting_id/recording/start change meeting
PATCH vc/v1/meetings/:meeting_id/recording/stop change meeting
PATCH vc/v1/meetings/:meeting_id/set_host change meeting
GET vc/v1/meetings/list_by_no read meeting out:list
POST vc/v1/meetings/search read meeting out:list
POST vc/v1/meetings/subscription create meeting
POST vc/v1/meetings/unsubscription delete meeting
POST vc/v1/my_ai_mm/extension_boarding read meeting out:item
POST vc/v1/my_ai_mm/media_bind change meeting
POST vc/v1/my_ai_mm/media_parse read meeting out:item
POST vc/v1/my_ai_mm/query read meeting out:item
GET vc/v1/my_ai_mm/query_suggest_context read meeting out:item
POST vc/v1/my_ai_room/auto_release_event change meeting
POST vc/v1/my_ai_room/auto_welcome create meeting
POST vc/v1/my_ai_room/check_in_schedule change meeting
POST vc/v1/my_ai_room/exit change meeting
POST vc/v1/my_ai_room/help_scene_type read meeting out:item
POST vc/v1/my_ai_room/join_meeting change meeting
POST vc/v1/my_ai_room/join_meeting_number change meeting
POST vc/v1/my_ai_room/join_offline_meeting create meeting
POST vc/v1/my_ai_room/leave_meeting change meeting
POST vc/v1/my_ai_room/reserve_instant_event create meeting
POST vc/v1/my_ai_room/room_calling create meeting
POST vc/v1/my_ai_sip/create_event_card create meeting
POST vc/v1/my_ai_vc/card_callback change meeting
POST vc/v1/my_ai_vc/fetch_meeting_analyze read meeting out:item
POST vc/v1/my_ai_vc/fetch_meeting_list read meeting out:list
POST vc/v1/my_ai_vc/meeting_analyze read meeting out:item
POST vc/v1/my_ai_vc/set_meeting_list change meeting
POST vc/v1/my_ai_vc/start_analysis change meeting
POST vc/v1/my_ai_vc_meeting/callback change meeting
POST vc/v1/my_ai_vc_meeting/do_operation change meeting
POST vc/v1/my_ai_vc_meeting/doc_based_suggest_question read meeting out:item
POST vc/v1/my_ai_vc_meeting/fetch_recap_stream read meeting out:item
POST vc/v1/my_ai_vc_meeting/fetch_section_summary_stream read meeting out:item
POST vc/v1/my_ai_vc_meeting/fetch_step_summary_stream read meeting out:item
POST vc/v1/my_ai_vc_meeting/get_common_reply read meeting out:item
POST vc/v1/my_ai_vc_meeting/get_recap read meeting out:item
POST vc/v1/my_ai_vc_meeting/get_todo_task read meeting out:list
POST vc/v1/my_ai_vc_meeting/section_summary read meeting out:item
GET vc/v1/my_ai_vc_meeting/seed_ai_pull_data read meeting out:item
GET vc/v1/notes/:note_id read meeting out:item
GET vc/v1/notes/:note_id/unified_note_transcript read meeting out:file
POST vc/v1/notes/subscription create meeting
POST vc/v1/notes/unsubscription delete meeting
GET vc/v1/participant_list read meeting out:list
GET vc/v1/participant_quality_list read meeting out:list
POST vc/v1/recordings/subscription create meeting
POST vc/v1/recordings/unsubscription delete meeting
GET vc/v1/reports/get_daily read meeting out:item
GET vc/v1/reports/get_top_user read meeting out:list
PATCH vc/v1/reserve_configs/:reserve_config_id change meeting
GET vc/v1/reserve_configs/:reserve_config_id/admin read meeting out:list
PATCH vc/v1/reserve_configs/:reserve_config_id/admin change meeting
GET vc/v1/reserve_configs/:reserve_config_id/disable_inform read meeting out:item
PATCH vc/v1/reserve_configs/:reserve_config_id/disable_inform change meeting
GET vc/v1/reserve_configs/:reserve_config_id/form read meeting out:item
PATCH vc/v1/reserve_configs/:reserve_config_id/form change meeting
GET vc/v1/reserve_configs/reserve_scope read meeting out:item
DELETE vc/v1/reserves/:reserve_id delete meeting
GET vc/v1/reserves/:reserve_id read meeting out:item
PUT vc/v1/reserves/:reserve_id change meeting
GET vc/v1/reserves/:reserve_id/get_active_meeting read meeting out:item
POST vc/v1/reserves/apply create meeting
GET vc/v1/resource_reservation_list read meeting out:list
POST vc/v1/room_configs/del delete meeting
GET vc/v1/room_configs/query read meeting out:item
POST vc/v1/room_configs/set change meeting
POST vc/v1/room_configs/set_checkboard_access_code create meeting credential
POST vc/v1/room_configs/set_room_access_code create meeting credential
GET vc/v1/room_levels read meeting out:list
POST vc/v1/room_levels create meeting
GET vc/v1/room_levels/:room_level_id read meeting out:item
PATCH vc/v1/room_levels/:room_level_id change meeting
POST vc/v1/room_levels/del delete meeting
POST vc/v1/room_levels/mget read meeting out:list
GET vc/v1/room_levels/search read meeting out:list
GET vc/v1/rooms read meeting out:list
POST vc/v1/rooms create meeting
DELETE vc/v1/rooms/:room_id delete meeting
GET vc/v1/rooms/:room_id read meeting out:item
PATCH vc/v1/rooms/:room_id change meeting
POST vc/v1/rooms/mget read meeting out:list
POST vc/v1/rooms/search read meeting out:list
GET vc/v1/scope_config read meeting out:item
POST vc/v1/scope_config change meeting
POST vc/v1/scope_config/access_code create meeting credential
GET verification/v1/verification read tenant out:item
POST wiki/v1/nodes/search read file out:list
GET wiki/v2/spaces read file out:list
POST wiki/v2/spaces create file
GET wiki/v2/spaces/:space_id read file out:item
GET wiki/v2/spaces/:space_id/members read permission out:list
POST wiki/v2/spaces/:space_id/members create permission power
DELETE wiki/v2/spaces/:space_id/members/:member_id delete permission
GET wiki/v2/spaces/:space_id/nodes read file out:list
POST wiki/v2/spaces/:space_id/nodes create file
POST wiki/v2/spaces/:space_id/nodes/:node_token/copy create file
POST wiki/v2/spaces/:space_id/nodes/:node_token/move change file
POST wiki/v2/spaces/:space_id/nodes/:node_token/update_title change file
POST wiki/v2/spaces/:space_id/nodes/move_docs_to_wiki change file power
PUT wiki/v2/spaces/:space_id/setting change permission power
GET wiki/v2/spaces/get_node read file out:item
GET wiki/v2/tasks/:task_id read file out:item
POST workplace/v1/custom_workplace_access_data/search read other out:list
POST workplace/v1/workplace_access_data/search read other out:list
POST workplace/v1/workplace_block_access_data/search read other out:list
`;
