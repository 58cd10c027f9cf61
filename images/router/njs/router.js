// The router's run-time pointer: which color a request goes to, decided from shared memory.
import fs from 'fs';
import crypto from 'crypto';

const FOLDER = '/var/lib/switchback/';
const POLL_MS = 100;
// Held requests go on at 1000 per second: all at once would be more connections than a server takes waiting.
const RELEASE_MS = 1;
const COLORS = ['blue', 'green'];

const other = (color) => (color === 'blue' ? 'green' : 'blue');

// ---- state ----------------------------------------------------------------------------------------------------------

// The state's text: memory first; after a restart of nginx memory is empty and the file fills it. '' = neither holds one.
function text() {
  const known = ngx.shared.state.get('state');
  if (known !== undefined) return known;
  try {
    const file = JSON.parse(fs.readFileSync(FOLDER + 'router.json', 'utf8'));
    const loaded = memoryOf(file);
    // `add`, so that a state written to memory meanwhile is not overwritten by the older file.
    ngx.shared.state.add('state', loaded);
    return ngx.shared.state.get('state') || loaded;
  } catch (_) {
    return '';
  }
}

// What memory keeps of a router file. Throws when it is not one: half a state must not route.
function memoryOf(file) {
  const p = file.pointer;
  if (COLORS.indexOf(p.color) < 0 || ['serve', 'maintenance', 'isolate'].indexOf(p.mode) < 0) throw new Error('pointer');
  if (typeof p.canary.percent !== 'number' || typeof p.releases !== 'object') throw new Error('pointer');
  return JSON.stringify({ pointer: p, hold: file.hold || null, override: file.override || null, since: file.since });
}

// The pointer as it acts now: a lease that ran out has become what it names, without anybody writing it.
function effective(state) {
  const p = state.pointer;
  const hold = state.hold;
  if (!hold || Date.now() < hold.until) return p;
  const mode = hold.then === 'maintenance' ? 'maintenance' : p.mode;
  const color = hold.then === 'maintenance' ? p.color : hold.then;
  return Object.assign({}, p, { color, mode, canary: { percent: 0, sticky: false } });
}

const held = (state) => !!state.hold && state.pointer.mode === 'serve' && Date.now() < state.hold.until;

// ---- routing --------------------------------------------------------------------------------------------------------

// $switchback_route: blue | green | hold | maintenance | isolate | none. Counts the request for its color.
function route(r) {
  // A snippet's own error_page comes here a second time: the request stays where it is counted.
  if (r.variables.switchback_color) return r.variables.switchback_color;
  const known = text();
  return known === '' ? 'maintenance' : decide(r, JSON.parse(known));
}

function decide(r, state) {
  const pointer = effective(state);
  r.variables.switchback_retry_after = String(pointer.retryAfterSeconds);
  if (pointer.mode === 'isolate') return 'isolate';
  const bypassed = pointer.mode === 'maintenance' && bypass(r);
  if (pointer.mode === 'maintenance' && !bypassed) return 'maintenance';
  if (!r.variables.switchback_target) return 'none';
  if (held(state)) return 'hold';
  return dispatch(r, pointer, bypassed ? pointer.color : choose(r, pointer));
}

function dispatch(r, pointer, color) {
  const socket = /_ws$/.test(r.variables.switchback_target) && /websocket/i.test(r.headersIn['Upgrade'] || '');
  const kind = socket ? 'sockets' : 'http';
  ngx.shared.counters.incr(kind + '_' + color, 1, 0);
  ngx.shared.counters.incr('requests_' + color, 1, 0);
  r.variables.switchback_color = color;
  r.variables.switchback_kind = kind;
  r.variables.switchback_release = pointer.releases[color] || '';
  return color;
}

// The canary is the share of the other color. A sticky client keeps a random bucket, so a raised share only adds clients.
function choose(r, pointer) {
  const percent = pointer.canary.percent;
  if (percent <= 0) return pointer.color;
  let bucket = parseInt(r.variables.request_id.slice(0, 8), 16) % 10000;
  if (pointer.canary.sticky) {
    const cookie = /^\d{1,4}$/.exec(r.variables.cookie_switchback_canary || '');
    if (cookie) bucket = parseInt(cookie[0], 10);
    else r.variables.switchback_cookie = 'switchback_canary=' + bucket + '; Path=/; HttpOnly; SameSite=Lax';
  }
  return bucket < percent * 100 ? other(pointer.color) : pointer.color;
}

// `<expiry in unix seconds>.<hmac>` in a header or a cookie, signed with the key of the volume.
function bypass(r) {
  const token = r.headersIn['X-Switchback-Bypass'] || r.variables.cookie_switchback_bypass || '';
  const parts = /^(\d{1,12})\.([0-9a-f]{64})$/.exec(token);
  if (!parts || Number(parts[1]) * 1000 < Date.now()) return false;
  try {
    const wanted = sign(parts[1]);
    let differs = 0;
    for (let i = 0; i < wanted.length; i++) differs |= wanted.charCodeAt(i) ^ parts[2].charCodeAt(i);
    return differs === 0;
  } catch (_) {
    return false;
  }
}

function sign(expiry) {
  const key = fs.readFileSync(FOLDER + 'bypass.key', 'utf8').trim();
  if (key.length < 32) throw new Error('expected a key of at least 32 characters');
  return crypto.createHmac('sha256', key).update(expiry).digest('hex');
}

// @hold: waits until the hold ends, then goes where the state says; 503 at the bound. A request's memory is freed only when
// it ends, so that what is looked at while it waits is a number: the state's text 50 times over would be most of it.
function hold(r) {
  const bound = Date.now() + Number(r.variables.switchback_hold_max) * 1000;
  const counters = ngx.shared.counters;
  let seen = -1;
  let state = null;
  let paced = false;
  counters.incr('held', 1, 0);
  counters.incr('held_total', 1, 0);
  const look = () => {
    const writes = count('writes');
    if (writes !== seen) {
      seen = writes;
      const known = text();
      state = known === '' ? null : JSON.parse(known);
    }
    if (state !== null && held(state) && Date.now() < bound) {
      paced = false;
      setTimeout(look, POLL_MS);
      return;
    }
    if (!paced && Date.now() < bound) {
      paced = true;
      setTimeout(look, Math.random() * RELEASE_MS * count('held'));
      return;
    }
    counters.incr('held', -1, 0);
    const to = state === null ? 'maintenance' : decide(r, state);
    if (to === 'hold') counters.incr('held_refused', 1, 0);
    r.internalRedirect(COLORS.indexOf(to) < 0 ? PLACES[to] : '@' + to + '_' + r.variables.switchback_target);
  };
  look();
}

const PLACES = { hold: '@bound', maintenance: '@maintenance', isolate: '@isolate', none: '@none' };

// $switchback_ended, read by the access log: the request of a color has ended.
function ended(r) {
  const color = r.variables.switchback_color;
  if (color) {
    ngx.shared.counters.incr(r.variables.switchback_kind + '_' + color, -1, 0);
    if (Number(r.variables.status) >= 500) ngx.shared.counters.incr('errors_' + color, 1, 0);
  }
  return '';
}

// ---- control --------------------------------------------------------------------------------------------------------

const count = (key) => Math.max(0, ngx.shared.counters.get(key) || 0);

function ofColor(color) {
  return {
    requests: count('requests_' + color),
    errors: count('errors_' + color),
    httpInFlight: count('http_' + color),
    webSockets: count('sockets_' + color),
  };
}

function statusOf(known) {
  const state = known === '' ? null : JSON.parse(known);
  const pointer = state && effective(state);
  return {
    color: pointer ? pointer.color : null,
    release: pointer ? pointer.releases[pointer.color] : null,
    mode: pointer ? pointer.mode : 'maintenance',
    percent: pointer ? pointer.canary.percent : 0,
    sticky: pointer ? pointer.canary.sticky : false,
    since: state ? state.since : null,
    hold: state && state.hold ? Object.assign({}, state.hold, { holding: held(state) }) : null,
    override: state ? state.override : null,
    held: { now: count('held'), total: count('held_total'), refused: count('held_refused') },
    colors: { blue: ofColor('blue'), green: ofColor('green') },
  };
}

function status(r) {
  r.headersOut['Content-Type'] = 'application/json';
  r.return(200, JSON.stringify(statusOf(text())) + '\n');
}

// GET: the state in memory, and the pointer as it acts now. POST (the writer alone): a whole new one, from the file.
function state(r) {
  r.headersOut['Content-Type'] = 'application/json';
  if (r.method === 'POST') {
    let wanted;
    try {
      wanted = memoryOf(JSON.parse(r.requestText));
    } catch (e) {
      r.return(400, JSON.stringify({ error: 'expected a router file, got: ' + e.message }) + '\n');
      return;
    }
    const before = text();
    ngx.shared.state.set('state', wanted);
    ngx.shared.counters.incr('writes', 1, 0);
    if (before === '' || JSON.parse(before).since !== JSON.parse(wanted).since) reset();
  }
  const known = text();
  const memory = known === '' ? null : JSON.parse(known);
  const acting = memory && effective(memory);
  r.return(200, JSON.stringify({ memory, acting, status: statusOf(known), at: Date.now() }) + '\n');
}

// POST of an expiry (unix seconds): the token that passes maintenance until then.
function token(r) {
  const expiry = /^\d{1,12}$/.exec((r.requestText || '').trim());
  if (r.method !== 'POST' || !expiry) {
    r.return(400, 'expected POST of an expiry in unix seconds\n');
    return;
  }
  try {
    r.return(200, expiry[0] + '.' + sign(expiry[0]) + '\n');
  } catch (e) {
    r.return(500, 'no token could be signed: ' + e.message + '\n');
  }
}

// What is in flight stays counted; what has happened is counted since the switch.
function reset() {
  COLORS.forEach((color) => ['requests_', 'errors_'].forEach((key) => ngx.shared.counters.set(key + color, 0)));
  ['held_total', 'held_refused'].forEach((key) => ngx.shared.counters.set(key, 0));
}

export default { route, hold, ended, status, state, token };
