import { readIni } from "./ini.ts";

/**
 * Checks a grafana.ini: INI syntax, and names that look like a slip of a known section or key. A name that resembles none
 * is let through, because every version of Grafana and every plugin brings its own.
 */
export function checkGrafana(file: string, text: string, errors: string[]): void {
  for (const { section, key, line } of readIni(file, text, errors)) {
    if (section.startsWith("plugin.") || freeSections.includes(section)) continue;
    const keys = known[section];
    if (!keys) {
      const meant = nearest(section, Object.keys(known));
      if (meant !== undefined)
        errors.push(`${file}:${line}: expected a known section, got [${section}]; did you mean [${meant}]?`);
      continue;
    }
    if (keys.includes(key)) continue;
    const meant = nearest(key, keys);
    if (meant !== undefined)
      errors.push(`${file}:${line}: expected a known key of [${section}], got ${key}; did you mean ${meant}?`);
  }
}

/** The name of the list that differs from this one by a slip: up to two letters, and fewer in a short one. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const limit = name.length < 5 ? 1 : 2;
  return names.find((candidate) => distance(name.toLowerCase(), candidate.toLowerCase()) <= limit);
}

/** Letters to add, drop or change to get from one word to the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Their keys are the user's own. */
const freeSections = ["feature_toggles", "metrics.environment_info"];

const words = (text: string) => text.trim().split(/\s+/);
const oauth = `name icon enabled allow_sign_up auto_login client_id client_secret scopes empty_scopes auth_url token_url api_url
  teams_url allowed_domains allowed_groups allowed_organizations team_ids team_ids_attribute_path hosted_domain use_pkce auth_style
  use_refresh_token email_attribute_name email_attribute_path login_attribute_path name_attribute_path id_token_attribute_name
  groups_attribute_path role_attribute_path role_attribute_strict org_attribute_path org_mapping skip_org_role_sync
  allow_assign_grafana_admin tls_skip_verify_insecure tls_client_cert tls_client_key tls_client_ca signout_redirect_url
  force_use_graph_api`;

/** Sections and keys of Grafana's own defaults. */
const known: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries({
    "": "app_mode instance_name force_migration target",
    paths: "data temp_data_lifetime logs plugins provisioning permitted_provisioning_paths",
    server: `protocol min_tls_version http_addr http_port domain enforce_domain root_url serve_from_sub_path router_logging
      static_root_path enable_gzip cert_file cert_key cert_pass certs_watch_interval socket socket_mode socket_gid cdn_url
      read_timeout`,
    "server.custom_response_headers": "",
    database: `type host name user password url high_availability max_idle_conn max_open_conn conn_max_lifetime log_queries
      ssl_mode ssl_sni isolation_level ca_cert_path client_key_path client_cert_path server_cert_name path cache_mode wal
      migration_locking locking_attempt_timeout_sec query_retries transaction_retries instrument_queries delete_auto_gen_ids
      skip_ensure_default_org_and_user skip_migrations`,
    remote_cache: "type connstr prefix encryption",
    dataproxy: `logging timeout dialTimeout keep_alive_seconds tls_handshake_timeout_seconds expect_continue_timeout_seconds
      max_conns_per_host max_idle_connections idle_conn_timeout_seconds send_user_header response_limit row_limit user_agent`,
    analytics: `enabled reporting_enabled reporting_distributor check_for_updates check_for_plugin_updates
      google_analytics_ua_id google_analytics_4_id google_analytics_4_send_manual_page_views google_tag_manager_id
      rudderstack_write_key rudderstack_data_plane_url rudderstack_sdk_url rudderstack_config_url
      rudderstack_integrations_url intercom_secret application_insights_connection_string
      application_insights_endpoint_url feedback_links_enabled`,
    security: `disable_initial_admin_creation admin_user admin_password admin_email secret_key encryption_provider
      available_encryption_providers disable_gravatar data_source_proxy_whitelist disable_brute_force_login_protection
      brute_force_login_protection_max_attempts cookie_secure cookie_samesite allow_embedding strict_transport_security
      strict_transport_security_max_age_seconds strict_transport_security_preload strict_transport_security_subdomains
      x_content_type_options x_xss_protection content_security_policy content_security_policy_template
      content_security_policy_report_only content_security_policy_report_only_template angular_support_enabled
      csrf_trusted_origins csrf_additional_headers csrf_always_check disable_frontend_sandbox_for_plugins`,
    "security.encryption": "data_keys_cache_ttl data_keys_cache_cleanup_interval",
    snapshots:
      "enabled external_enabled external_snapshot_url external_snapshot_name public_mode snapshot_remove_expired",
    dashboards: "versions_to_keep min_refresh_interval default_home_dashboard_path",
    datasources: "datasource_limit concurrent_query_count default_manage_alerts_ui_toggle",
    users: `allow_sign_up allow_org_create auto_assign_org auto_assign_org_id auto_assign_org_role verify_email_enabled
      login_hint password_hint default_theme default_locale default_language home_page external_manage_link_url
      external_manage_link_name external_manage_info viewers_can_edit editors_can_admin user_invite_max_lifetime_duration
      verification_email_max_lifetime_duration last_seen_update_interval hidden_users login_default_org_id`,
    auth: `login_cookie_name disable_login login_maximum_inactive_lifetime_duration login_maximum_lifetime_duration
      token_rotation_interval_minutes disable_login_form disable_signout_menu signout_redirect_url oauth_auto_login
      oauth_state_cookie_max_age oauth_skip_org_role_update_sync oauth_allow_insecure_email_lookup
      oauth_login_error_message oauth_refresh_token_server_lock_min_wait_ms api_key_max_seconds_to_live
      sigv4_auth_enabled sigv4_verbose_logging azure_auth_enabled id_response_header_enabled id_response_header_prefix
      id_response_header_namespaces managed_service_accounts_enabled passwordless`,
    "auth.anonymous": "enabled org_name org_role hide_version device_limit",
    ...Object.fromEntries(
      ["github", "gitlab", "google", "grafananet", "grafana_com", "azuread", "okta", "generic_oauth"].map((name) => [
        `auth.${name}`,
        oauth,
      ]),
    ),
    "auth.basic": "enabled password_policy",
    "auth.proxy": `enabled header_name header_property auto_sign_up sync_ttl whitelist headers headers_encoded
      enable_login_token login_maximum_inactive_lifetime_duration`,
    "auth.jwt": `enabled enable_login_token header_name email_claim username_claim email_attribute_path
      username_attribute_path jwk_set_url jwk_set_file jwk_set_bearer_token_file cache_ttl expected_claims key_file key_id
      role_attribute_path role_attribute_strict groups_attribute_path auto_sign_up url_login allow_assign_grafana_admin
      skip_org_role_sync signout_redirect_url tls_client_ca tls_skip_verify_insecure org_mapping org_attribute_path`,
    "auth.ldap": "enabled config_file allow_sign_up skip_org_role_sync sync_cron active_sync_enabled",
    smtp: `enabled host user password cert_file key_file skip_verify from_address from_name ehlo_identity startTLS_policy
      enable_tracing`,
    emails: "welcome_email_on_sign_up templates_pattern content_types",
    log: "mode level filters user_facing_default_error",
    "log.console": "level format",
    "log.file": "level format log_rotate max_lines max_size_shift daily_rotate max_days",
    "log.syslog": "level format network address facility tag",
    quota: `enabled org_user org_dashboard org_data_source org_api_key org_alert_rule user_org global_user global_org
      global_dashboard global_api_key global_session global_alert_rule global_file global_correlations
      alerting_rule_group_rules alerting_rule_evaluation_results`,
    unified_alerting: `enabled disabled_orgs admin_config_poll_interval alertmanager_config_poll_interval
      ha_listen_address ha_advertise_address ha_peers ha_label ha_peer_timeout ha_gossip_interval ha_push_pull_interval
      ha_reconnect_timeout ha_redis_address ha_redis_username ha_redis_password ha_redis_db ha_redis_prefix
      ha_redis_peer_name ha_redis_max_conns ha_redis_cluster_mode_enabled execute_alerts evaluation_timeout max_attempts
      min_interval disable_jitter rule_version_record_limit resolved_alert_retention notification_log_retention`,
    "unified_alerting.screenshots": "capture capture_timeout max_concurrent_screenshots upload_external_image_storage",
    annotations: "cleanupjob_batchsize tags_length",
    "annotations.dashboard": "max_age max_annotations_to_keep",
    "annotations.api": "max_age max_annotations_to_keep",
    explore: "enabled defaultTimeOffset hide_logs_download",
    news: "news_feed_enabled",
    query_history: "enabled",
    metrics:
      "enabled interval_seconds disable_total_stats total_stats_collector_interval_seconds basic_auth_username basic_auth_password",
    "metrics.graphite": "address prefix",
    "tracing.opentelemetry": "custom_attributes sampler_type sampler_param sampling_server_url",
    "tracing.opentelemetry.jaeger": "address propagation",
    "tracing.opentelemetry.otlp": "address propagation insecure",
    external_image_storage: "provider",
    "external_image_storage.s3": "endpoint path_style_access bucket_url bucket region path access_key secret_key",
    rendering: `server_url callback_url renderer_token concurrent_render_request_limit render_key_lifetime
      default_image_width default_image_height default_image_scale`,
    panels: "enable_alpha disable_sanitize_html",
    plugins: `enable_alpha app_tls_skip_verify_insecure allow_loading_unsigned_plugins plugin_admin_enabled
      plugin_admin_external_manage_enabled plugin_catalog_url plugin_catalog_hidden_plugins log_backend_requests
      public_key_retrieval_disabled public_key_retrieval_on_startup disable_plugins preinstall preinstall_async
      preinstall_disabled preinstall_sync forward_host_env_vars hide_angular_deprecation install_token`,
    live: `max_connections message_size_limit allowed_origins ha_engine ha_engine_address ha_engine_password ha_prefix`,
    date_formats: `full_date interval_second interval_minute interval_hour interval_day interval_month interval_year
      use_browser_locale default_timezone default_week_start`,
    expressions: "enabled sql_expression_cell_limit sql_expression_timeout",
  }).map(([section, keys]) => [section, words(keys)]),
);
