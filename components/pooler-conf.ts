import { poolerPort, userlistFile } from "../stacks/pooler-plan.ts";
import type { DatabaseConfig } from "../stacks/schema-database.ts";

/** The part of PgBouncer's configuration that the stack's config says. The entries are run-time state, made in the container. */
export function renderPooler({ poolSize, maxClients, queryWaitSeconds }: DatabaseConfig["pooler"]): string {
  return `[pgbouncer]
listen_addr = *
listen_port = ${poolerPort}
unix_socket_dir = /run/switchback
auth_type = hba
auth_hba_file = /run/switchback/hba.conf
auth_file = ${userlistFile}

pool_mode = transaction
max_prepared_statements = 200
default_pool_size = ${poolSize}
; Server connections are made before they are needed: none is in login when a pause begins.
min_pool_size = ${poolSize}
max_client_conn = ${maxClients}
query_wait_timeout = ${queryWaitSeconds}
ignore_startup_parameters = extra_float_digits

; A server connection caught in login by a pause, or a database that was away, is tried again at once.
server_login_retry = 0.2
server_connect_timeout = 3
server_fast_close = 1

log_connections = 0
log_disconnections = 0
log_stats = 0

%include /run/switchback/entries.ini
`;
}
