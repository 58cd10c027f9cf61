select to_regclass('switchback.database_marker') is not null as marked \gset
\if :marked
select goal, epoch, coalesce(pending::text, 'null') as pending from switchback.database_marker \gset
\else
\set goal ''
\set epoch ''
\set pending null
\endif
select json_build_object(
  'systemIdentifier', (select system_identifier::text from pg_control_system()),
  'timeline', (select timeline_id from pg_control_checkpoint()),
  'inRecovery', pg_is_in_recovery(),
  'startedAt', pg_postmaster_start_time(),
  'now', clock_timestamp(),
  'bytes', pg_database_size(current_database()),
  'marker', case when :'epoch' = '' and :'pending' = 'null' then null
    else json_build_object('goal', :'goal', 'epoch', :'epoch', 'pending', :'pending'::json) end,
  'passwords', (select json_object_agg(rolname, encode(sha256(convert_to(rolpassword, 'UTF8')), 'hex'))
    from pg_authid where rolpassword is not null and starts_with(rolname, current_database() || '_')),
  'archive', (select json_build_object(
    'lastArchived', last_archived_wal, 'lastArchivedAt', last_archived_time,
    'failed', failed_count, 'lastFailedAt', last_failed_time,
    'waiting', (select count(*) from pg_ls_archive_statusdir() where name like '%.ready'),
    'lagSeconds', (select coalesce(extract(epoch from clock_timestamp() - min(modification)), 0) from pg_ls_archive_statusdir() where name like '%.ready')
  ) from pg_stat_archiver)
);
