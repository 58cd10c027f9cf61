# The next content of router.json, or an error. Pure: the shell around it reads, writes and confirms.
# in: the request as text; $file (text of router.json, may be broken), $live (what nginx answers, may be empty), $targets, $now (ISO time), $ms

def parsed($text): $text | try fromjson catch null;
def moved($a; $b): [$a.color, $a.mode, $a.canary] != [$b.color, $b.mode, $b.canary];
# The same question as nginx asks of a file: half a state must not route, so it is no state.
def whole: try (.pointer | (.color | IN("blue", "green")) and (.mode | IN("serve", "maintenance", "isolate"))
  and (.canary.percent | type) == "number" and (.releases | type) == "object") catch false;
def refuse($why): $why | halt_error(3);

parsed(.) as $ask
| parsed($file) as $read
| (if ($read | whole) then $read else null end) as $old
| parsed($live) as $nginx
| parsed($targets) as $known
| if $ask == null or ($ask | type) != "object" then refuse("expected a JSON object on one line of stdin, got something else") else . end

# What acts is the truth: a pointer flipped in memory alone, or a lease that ran out, is where the traffic is now.
| ($nginx.acting // $old.pointer) as $acting
| ($nginx.memory.hold // $old.hold) as $lease
| {
    pointer: $acting,
    marker: $old.marker,
    override: $old.override,
    hold: (if $lease != null and $lease.until > ($ms | tonumber) then $lease else null end),
    since: ($nginx.memory.since // $old.since // $now)
  } as $base

| def owned: if $base.marker.pending.epoch == $ask.epoch then . else refuse(
      "epoch \($ask.epoch) may not act: pending names \($base.marker.pending.epoch // "no operation"); another operation has begun since") end;
  def pointed($p): .since = (if .pointer == null or moved(.pointer; $p) then $now else .since end) | .pointer = $p | .hold = null;
  def based: if .pointer == null then refuse("expected a pointer, got neither a router.json nor one in memory: run `up`, or `switchback-route <color>`") else . end;

$base
| if $ask.op == "pend" then
    .pointer = (.pointer // ($ask.pointer | .mode = "maintenance"))
    | .marker = ((.marker // {goal: "", pointer: $ask.pointer, epoch: ""})
        + {pending: {epoch: $ask.epoch, goal: $ask.goal, since: $now}})
    | if .override != null and .override.color != $ask.pointer.color then refuse(
        "\(.override.who) routed to \(.override.color) by hand at \(.override.when) (\(.override.why)), but the goal says \($ask.pointer.color); "
        + "keep it: pulumi config set activeColor \(.override.color); or end it: docker exec <stack>-router switchback-route --clear") else . end
  elif $ask.op == "point" then owned | pointed($ask.pointer)
  elif $ask.op == "commit" then owned | .marker = {goal: $ask.goal, pointer: $ask.pointer, epoch: $ask.epoch, pending: null} | .override = null
  elif $ask.op == "clear" then owned | .marker.pending = null
  elif $ask.op == "override" then
    (.pointer // ($known.pointer | if . == null then null else .mode = "serve" end)) as $from
    | if $from == null then refuse("expected a pointer to start from, got neither router.json nor targets.json") else . end
    | pointed($from | .color = $ask.color | .canary.percent = 0)
    | .override = {color: $ask.color, who: $ask.who, why: $ask.why, when: $now}
    # An operation under way loses its right to act; without one nothing is left pending.
    | if .marker.pending != null then .marker.pending.epoch = "override-\($ms)" else . end
  elif $ask.op == "clear-override" then
    if .override == null then refuse("expected an override, got none: nothing to clear")
    elif (.marker.goal // "") == "" then refuse("expected a goal to put back, got none: run `up`")
    else pointed(.marker.pointer) | .override = null end
  elif $ask.op == "hold" then
    based
    | if $ask.epoch != null then owned else . end
    | .hold = {until: ((($ms | tonumber) + $ask.seconds * 1000) | floor), then: $ask.then, since: (.hold.since // $now)}
  elif $ask.op == "release" then based | if $ask.epoch != null then owned else . end | .hold = null
  else refuse("expected op pend, point, commit, clear, override, clear-override, hold or release, got \($ask.op)") end
