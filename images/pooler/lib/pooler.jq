# What pooler.json means, and what PgBouncer has to be told. Pure: the shell around it reads, writes and confirms.

def parsed: try fromjson catch null;
def ms: now * 1000 | floor;
def iso: "\(now | strftime("%Y-%m-%dT%H:%M:%S")).\(ms % 1000 + 1000 | tostring | .[1:])Z";
def colors: ["blue", "green"];
def refuse($why): $why | halt_error(3);
# Half a state opens nothing.
def whole: try ((.open.blue | type) == "boolean" and (.open.green | type) == "boolean" and (.address | type) == "string") catch false;

def initial($open): {
  generation: $ARGS.named.generation, address: $ARGS.named.address, open: {blue: $open, green: $open},
  fence: null, pause: null, marker: null, pending: null
};
def read_file: ($ARGS.named.file | parsed) as $read
  | if $ARGS.named.file == "" then initial(true) elif ($read | whole) then $read else initial(false) end;

# As it acts now: a lease that ran out has become what it names, without anybody writing it.
def acting: ms as $ms
  | if .fence != null and .fence.until <= $ms then .open[.fence.color] = (.fence.then == "open") | .fence = null else . end
  | if .pause != null and .pause.until <= $ms then .pause = null else . end;

# ---- the file ----------------------------------------------------------------------------------------------------------

def lease_end($ask): if ($ask.seconds | type) == "number" then ms + ($ask.seconds * 1000 | floor)
  else refuse("expected the lease's seconds, got \($ask.seconds)") end;

def next:
  ($ARGS.named.request | parsed) as $ask
  | iso as $now
  | if ($ask | type) != "object" then refuse("expected a JSON object on one line of stdin, got something else") else . end
  | def owned:
      if $ask.epoch == null then (if .pending != null then .pending.epoch = "by-hand-\(ms)" else . end)
      elif .pending.epoch == $ask.epoch then .
      else refuse("epoch \($ask.epoch) may not act: pending names \(.pending.epoch // "no operation"); another operation has begun since") end;
  read_file | acting
  | if $ask.op == "pend" then .pending = {epoch: $ask.epoch, goal: $ask.goal, since: $now}
    elif $ask.op == "fence" then
      owned | .fence = {color: $ask.color, until: lease_end($ask), then: $ask.then, since: (if .fence.color == $ask.color then .fence.since else $now end)}
    elif $ask.op == "set" then owned | .open = ($ask.open | {blue, green}) | .fence = null
    elif $ask.op == "reconnect" then owned
    elif $ask.op == "pause" then owned | .pause = {until: lease_end($ask), since: (.pause.since // $now)} + (if .pause.refused then {refused: true} else {} end)
    elif $ask.op == "resume" then owned | .pause = null
    elif $ask.op == "point" then owned
      | if $ask.paused == true and .pause == null then refuse("the pause has run out: what was written since then would stay behind") else . end
      | .generation = $ask.generation | .address = $ask.address
    elif $ask.op == "commit" then owned | .marker = {epoch: $ask.epoch, goal: $ask.goal} | .pending = null
    elif $ask.op == "clear" then owned | .pending = null
    elif $ask.op == "expire" then .
    # What started within a pause has no clients to hold: new ones are refused until it ends, so that no query gets past it.
    elif $ask.op == "boot" then if .pause != null then .pause.refused = true else . end
    else refuse("expected op pend, fence, set, reconnect, pause, resume, point, commit or clear, got \($ask.op)") end
  | if whole then . else refuse("expected open as two booleans and an address, got \({open, address})") end;

# ---- PgBouncer ---------------------------------------------------------------------------------------------------------

# Every entry, with what it is to be.
def wanted: read_file | acting | . as $file
  | colors[] as $color
  | ("", (if $ARGS.named.session == "" then empty else "_session" end)) as $kind
  | {
      name: "\($ARGS.named.database)_\($color)\($kind)",
      host: $file.address,
      session: ($kind != ""),
      open: ($file.open[$color] and $file.fence.color != $color and $file.pause.refused != true and ($kind == "" or $file.pause == null)),
      paused: ($file.pause != null)
    };

def table: map(split("|")) | .[0] as $head | .[1:] | map([$head, .] | transpose | map({key: .[0], value: .[1]}) | from_entries);
def section($name): $ARGS.named.seen // "" | split("==\($name)\n")[1] // "" | split("==")[0] // "" | split("\n") | map(select(. != ""))
  | if length == 0 then [] else table end;
def answered: $ARGS.named.seen | contains("==pools\ndatabase|");
def seen: section("pools") as $pools | section("databases") | map(select(.name != "pgbouncer") | .name as $name | {
    name, host, disabled: (.disabled == "1"), paused: (.paused == "1"), connections: (.current_client_connections | tonumber),
    limited: (.max_connections != "0"), login: ([$pools[] | select(.database == $name) | .sv_login | tonumber] | add // 0)});

# PgBouncer keeps in a pool that a login to the server failed, and cuts the clients that ask next. A KILL or a PAUSE that
# catches a login does that. So a closed entry is taken away whole, and opened anew only when its pool is gone; and before a
# PAUSE no new server connection may begin (max_db_connections), while those in login end.
def stale: seen as $seen | [wanted | select(.open) | .name as $name | select(any($seen[]; .name == $name and .disabled)) | .name];

def entries: stale as $stale | (wanted | select(.open) | select(.name | IN($stale[]) | not)
  | "\(.name) = host=\(.host) port=5432 dbname=\($ARGS.named.database)"
    + (if .session then " pool_mode=session" else "" end) + (if .paused then " max_db_connections=1 min_pool_size=0" else "" end));

def lease: read_file | acting | [.fence.until, .pause.until] | map(values) | min // empty;
def left: read_file | acting | ((.pause.until // 0) - ms) / 1000 | if . > 0.1 then . else 0.1 end;

# Commands that bring PgBouncer nearer to the file; none when it is there. Closing goes first, and a PAUSE alone and last.
def plan: seen as $seen | stale as $stale
  | [wanted | . as $want | ($seen[] | select(.name == $want.name)) // null | {want: $want, is: .}] as $all
  | [$all[] | select(.want.open | not) | select(.is != null) | select((.is.disabled and .is.paused and .is.connections == 0) | not)
      | "DISABLE \(.is.name);", "KILL \(.is.name);"] as $closing
  | (if any($all[]; .want.open and (.is == null or .is.host != .want.host or .is.limited != .want.paused)) or ($closing + $stale | length) > 0
      then ["RELOAD;"] else [] end) as $reload
  | [$all[] | select(.want.open and .is != null) | select(.is.disabled | not) | select(.is.paused and (.want.paused | not)) | "RESUME \(.is.name);"] as $opening
  | [$all[] | select(.want.open and .want.paused and .is != null and (.is.paused | not))] as $pausing
  | ($closing + $reload + $opening | if length > 0 then . elif any($pausing[]; .is.login > 0) then ["SHOW VERSION;"]
      else [$pausing[] | "PAUSE \(.is.name);"] end)[];

def reconnects: wanted | select(.open) | "RECONNECT \(.name);";
# Client connections that these commands end.
def cuts($commands): seen as $seen | [$commands[] | select(startswith("KILL ")) | .[5:-1] as $name | $seen[] | select(.name == $name) | .connections] | add // 0;

def settle: [if $ARGS.named.seen == "" then empty else plan end] as $commands
  | (entries | "entry \(.)"), ($commands[] | "command \(.)"), (lease | "lease \(.)"), "ended \(cuts($commands))";

def shown: ($ARGS.named.file | parsed) as $read | seen as $seen
  | {file: (if ($read | whole) then $read else null end), acting: (read_file | acting | {open, fence, pause} | if .fence != null then .open[.fence.color] = false else . end),
     entries: (if answered then $seen | map({name, disabled, paused, connections}) else null end), cut: $ARGS.named.cut,
     reason: (if answered then null else $ARGS.named.seen end)};
