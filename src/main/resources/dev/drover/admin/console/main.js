import { byId, element, keep, ms, percent, setClass, text, usd } from './dom.js';
import { ask, asking, change, confirm, forgetToken, notice } from './actions.js';
import { Charts } from './charts.js';
import * as tables from './tables.js';

const EVERY_MS = 1000;
const THEMES = ['auto', 'light', 'dark'];

const charts = new Charts();
let paused = false;
let lost = false;

function chips(page) {
  const rollout = page.file_problems.length > 0;
  const all = [
    { name: 'ready', words: page.ready ? 'ready' : 'draining', kind: page.ready ? 'good' : 'warn' },
    { name: 'rules', words: 'rules ' + page.ruleset_version, kind: '' },
  ];
  if (rollout) all.push({ name: 'file', words: 'config file broken: ' + page.file_problems.join('; '), kind: 'bad' });
  if (page.ledger.problem) all.push({ name: 'ledger', words: 'ledger: ' + page.ledger.problem, kind: 'bad' });
  if (page.read_only) all.push({ name: 'read', words: 'read only', kind: 'dim' });
  else if (!page.token_set) all.push({ name: 'token', words: 'no admin token: nothing can be changed', kind: 'dim' });
  keep(byId('state'), all, each => each.name, () => element('li'), (node, each) => {
    text(node, each.words);
    setClass(node, each.kind);
  });
}

function tiles(page) {
  const rows = charts.rows.slice(-10);
  const sum = name => rows.reduce((all, row) => all + row[name], 0);
  const ended = sum('ended');
  const totals = page.totals;
  const looked = (totals.hit ?? 0) + (totals.miss ?? 0);
  const time = page.duration_ms;
  const first = page.first_token_ms;
  const open = Object.values(page.health).reduce((all, target) => all + target.in_flight, 0);
  const all = [
    ['Requests a second', rows.length ? (ended / rows.length).toFixed(1) : '–'],
    ['P50', ms(time.count ? time.p50 : null)], ['P95', ms(time.count ? time.p95 : null)],
    ['P99', ms(time.count ? time.p99 : null)],
    ['First token, P50', ms(first.count ? first.p50 : null)],
    ['Failed, last 10 s', ended ? percent(sum('failed') / ended) : '–'],
    ['Attempts open', open],
    ['Spent today', usd(page.alerting.spent_today_usd)],
    ['Saved by the cache', usd(page.saved_usd)],
    ['Cache hits', looked ? percent((totals.hit ?? 0) / looked) : '–'],
  ];
  keep(byId('tiles'), all, each => each[0], each => element('div', {}, element('dt', {}, each[0]), element('dd')),
    (node, each) => text(node.lastElementChild, each[1]));
}

function alerts(page) {
  keep(byId('alerts'), page.alerting.alerts, each => each.rule + ' ' + each.subject,
    () => element('li'), (node, each) => text(node, each.summary + '. ' + each.action));
}

function show(page) {
  const allowed = !page.read_only && page.token_set;
  charts.add(page.run, page.rows);
  if (!document.hidden) charts.draw();
  chips(page);
  tiles(page);
  alerts(page);
  tables.targets(page, allowed);
  tables.budgets(page.budgets);
  tables.rollouts(page.rollouts, allowed);
  tables.recent(page.recent);
  byId('reload').disabled = !allowed;
}

async function look() {
  let answer;
  let page;
  try {
    answer = await ask('/live?after=' + charts.last);
    if (answer.ok) page = await answer.json();
  } catch {
    missed('Drover does not answer; trying again');
    return;
  }
  if (answer.status === 401) {
    if (!asking()) await token();
  } else if (!answer.ok) {
    missed((await answer.text()).trim());
  } else {
    show(page);
    if (lost) notice('Drover answers again', 'good');
    lost = false;
    document.body.classList.remove('stale');
  }
}

async function token() {
  const wrong = forgetToken();
  const words = (wrong ? 'That was not the token. ' : '') + 'This admin port can be reached from other machines.';
  if (!(await confirm('Reading wants the token too', words))) pause(true);
}

function missed(words) {
  if (!lost) notice(words, 'bad');
  lost = true;
  document.body.classList.add('stale');
}

function pause(on) {
  paused = on;
  byId('pause').setAttribute('aria-pressed', String(on));
  text(byId('pause'), on ? 'Go on' : 'Pause');
}

async function run() {
  for (;;) {
    const began = performance.now();
    if (!paused) {
      try {
        await look();
      } catch (problem) {
        missed('the console itself is at fault: ' + problem.message);
      }
    }
    await new Promise(resolve => setTimeout(resolve, Math.max(100, EVERY_MS - (performance.now() - began))));
  }
}

byId('pause').addEventListener('click', () => pause(!paused));
byId('reload').addEventListener('click', () =>
  change('/config/reload', 'Reload config', 'The config file is read again now. A broken file changes nothing.'));
byId('theme').addEventListener('click', () => {
  const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme ?? 'auto') + 1) % THEMES.length];
  if (next === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  text(byId('theme'), 'Theme: ' + next);
  charts.build();
  charts.draw();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  charts.build();
  charts.draw();
});
run();
