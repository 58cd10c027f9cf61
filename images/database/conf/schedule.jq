# Which backup is due, and what the repository needs. In: `pgbackrest info` as JSON; $full, $diff, $incr (hours, 0: never), $days, $archive (bytes of WAL per day).

def backups: .[0].backup // [] | map(select(.error | not));
def age($types): [backups[] | select(.type | IN($types[])) | .timestamp.stop] | if length == 0 then infinite else (now - max) / 3600 end;

# "full", "diff", "incr" or nothing. A larger kind counts for the smaller ones.
def due:
  if age(["full"]) == infinite or ($full > 0 and age(["full"]) >= $full) then "full"
  elif $diff > 0 and age(["full", "diff"]) >= $diff then "diff"
  elif $incr > 0 and age(["full", "diff", "incr"]) >= $incr then "incr"
  else empty end;

def mean($type): [backups[] | select(.type == $type) | .info.repository.delta] | if length == 0 then 0 else add / length end;
def times($hours): if $hours > 0 then $days * 24 / $hours else 0 end;
# Bytes that the whole retention needs, with one more cycle of the oldest full backup, which goes only when the next is old enough.
def needed: ((times($full) + 1) * mean("full") + times($diff) * mean("diff") + times($incr) * mean("incr") + ($days + $full / 24) * $archive) | floor;

def last: backups | max_by(.timestamp.stop) | if . == null then null else {label, type, stoppedAt: (.timestamp.stop | todate)} end;
