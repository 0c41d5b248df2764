import { byId, element, keep, ms, own, percent, seconds, setClass, text, usd } from './dom.js';
import { ask, change, forgetToken } from './actions.js';

function row(count, first = 'th') {
  const line = element('tr');
  line.append(element(first, first === 'th' ? { scope: 'row' } : {}));
  for (let i = 1; i < count; i++) line.append(element('td'));
  return line;
}

function fill(line, values) {
  values.forEach((value, i) => {
    if (value !== undefined) text(line.children[i], value);
  });
}

function state(health) {
  const why = health.last_failure ? ', last failure: ' + health.last_failure : '';
  if (health.asked_no_more) return [health.asked_no_more, 'warn'];
  if (health.breaker === 'open') return ['breaker open, trial in ' + seconds(health.seconds_to_trial) + why, 'bad'];
  if (health.breaker === 'half_open') return ['breaker half open: one trial at a time' + why, 'warn'];
  if (health.seconds_cooling > 0) return ['resting after 429, ' + seconds(health.seconds_cooling) + ' left', 'warn'];
  return ['well', 'good'];
}

function failures(outcomes) {
  const bad = Object.entries(outcomes).filter(([name, count]) => name !== 'success' && count > 0);
  return bad.length ? bad.map(([name, count]) => name + ' ' + count).join(', ') : '–';
}

export function targets(page, allowed) {
  const items = Object.entries(page.health).map(([name, health]) => ({ name, health, live: own(page.targets, name) }));
  keep(byId('targets').tBodies[0], items, item => item.name, item => {
    const line = row(11);
    const button = element('button', { type: 'button', onclick: () => flip(item.name, line.off) });
    line.lastElementChild.append(button);
    line.button = button;
    return line;
  }, (line, { name, health, live }) => {
    const [words, kind] = state(health);
    const latency = health.latency_ms;
    const some = latency.count > 0;
    line.off = health.switched_off;
    fill(line, [
      name, words, live ? percent(live.share) : '–', health.in_flight,
      ms(some ? latency.p50 : null), ms(some ? latency.p95 : null), ms(some ? latency.p99 : null),
      live && live.first_token_ms.count ? ms(live.first_token_ms.p50) + ' / ' + ms(live.first_token_ms.p95) : '–',
      failures(health.outcomes), live ? usd(live.cost_usd) : '–',
    ]);
    setClass(line.children[1], kind + ' wide');
    setClass(line.children[8], 'wide');
    text(line.button, health.switched_off ? 'Switch on' : 'Switch off');
    line.button.setAttribute('aria-label', line.button.textContent + ' ' + name);
    line.button.disabled = !allowed;
  });
}

function flip(name, off) {
  const path = '/targets/' + encodeURIComponent(name) + (off ? '/enable' : '/disable');
  change(path, (off ? 'Switch on ' : 'Switch off ') + name,
    off ? 'It will be asked again from the next request on.'
      : 'No further request will be sent to it; those under way go on. A restart keeps it switched off.');
}

export function budgets(all) {
  const items = Object.entries(all).map(([name, budget]) => ({ name, ...budget }));
  byId('budgets-section').hidden = items.length === 0;
  keep(byId('budgets').tBodies[0], items, item => item.name, () => {
    const line = row(6);
    line.bar = element('meter', { min: 0, max: 1, low: 0.8, high: 0.95, optimum: 0 });
    line.share = element('span');
    line.children[1].append(line.bar, ' ', line.share);
    return line;
  }, (line, item) => {
    const used = item.limit > 0 ? (Number(item.spent) + Number(item.reserved)) / item.limit : 0;
    line.bar.value = Math.min(1, used);
    line.bar.setAttribute('aria-label', item.name + ': ' + percent(used) + ' used');
    text(line.share, percent(used));
    const money = item.unit === 'usd' ? usd : value => value + ' tokens';
    fill(line, [item.name, undefined, money(item.spent), money(item.reserved), money(item.limit),
      new Date(item.until).toLocaleString()]);
  });
}

const STEPS = { promote: 'The next stage begins now, whatever the gates say.', pause: 'The share stays as it is.',
  resume: 'Stages go on by their gates.', rollback: 'No further session goes to the new target.',
  restart: 'The rollout begins again with its first stage.' };

export function rollouts(all, allowed) {
  const items = Object.entries(all).map(([model, rollout]) => ({ model, ...rollout }));
  byId('rollouts-section').hidden = items.length === 0;
  keep(byId('rollouts').tBodies[0], items, item => item.model, item => {
    const line = row(6);
    const buttons = element('div', { class: 'buttons' });
    for (const [step, words] of Object.entries(STEPS)) {
      buttons.append(element('button', { type: 'button', 'data-step': step,
        'aria-label': step + ' the rollout of ' + item.model,
        onclick: () => change('/rollouts/' + encodeURIComponent(item.model) + '/' + step,
          step[0].toUpperCase() + step.slice(1) + ' the rollout of ' + item.model, words) }, step));
    }
    line.lastElementChild.append(buttons);
    return line;
  }, (line, item) => {
    const gates = item.requests + ' of at least ' + item.min_requests + ' requests, errors '
      + percent(item.requests ? item.errors / item.requests : 0) + ' of at most ' + percent(item.max_error_rate)
      + (item.max_p99_ms > 0 ? ', slower than ' + item.max_p99_ms + ' ms: '
        + percent(item.requests ? item.over_p99 / item.requests : 0) + ' of at most 1 %' : '');
    fill(line, [item.model, item.target, item.stage + ' of ' + item.stages.length + ', ' + item.percent + ' %',
      item.status + (item.reason ? ': ' + item.reason : ''), gates]);
    setClass(line.children[3], (item.status === 'rolled_back' ? 'bad' : '') + ' wide');
    setClass(line.children[4], 'wide');
    for (const button of line.querySelectorAll('button')) button.disabled = !allowed;
  });
}

const endings = { complete: 'good', refused: 'warn', cancelled: 'warn', failed: 'bad', cut: 'bad' };

export function recent(all) {
  const within = byId('recent').contains(document.activeElement);
  byId('recent-hint').hidden = !within;
  if (within) return; // what one is about to press must not go away
  keep(byId('recent').tBodies[0], all.slice(0, 25), item => item.exchange, item => {
    const line = row(9);
    line.children[0].append(element('button', { type: 'button', class: 'link', title: item.exchange,
      'aria-label': 'Explain exchange ' + item.exchange, onclick: () => explain(item.exchange) },
      item.exchange.slice(0, 8)));
    fill(line, [undefined, new Date(item.time).toLocaleTimeString(), item.model ?? '–',
      item.cache === 'hit' ? 'cache' : item.target ?? '–', item.attempts,
      item.ending + (item.code ? ': ' + item.code : item.status >= 300 ? ' ' + item.status : ''),
      item.input_tokens + ' + ' + item.output_tokens, usd(item.cost_usd), ms(item.duration_ms)]);
    setClass(line.children[5], endings[item.ending] ?? '');
    return line;
  }, () => {});
}

async function explain(id) {
  text(byId('exchange-title'), 'Exchange ' + id);
  const body = byId('exchange-body');
  body.replaceChildren();
  try {
    const answer = await ask('/exchanges/' + id);
    if (answer.status === 401) forgetToken();
    if (answer.ok) facts(body, await answer.json());
    else body.append(element('p', { class: 'bad' }, (await answer.text()).trim()));
  } catch {
    body.append(element('p', { class: 'bad' }, 'Drover does not answer'));
  }
  if (!byId('exchange').open) byId('exchange').showModal();
  byId('exchange-title').focus();
}

function facts(body, facts) {
  const decision = facts.decision;
  if (decision) {
    body.append(element('h3', {}, 'Why it went so'), list({
      task: facts.task, policy: facts.policy ?? 'none', strategy: decision.strategy,
      'tried in this order': decision.plan?.join(', then '), 'first because': decision.first_because,
      'copied to': decision.shadow, refused: decision.code,
    }));
    if (decision.candidates?.length) {
      body.append(grid(['candidate', 'expected cost', 'expected time', 'errors', 'load'],
        decision.candidates.map(each => [each.target, usd(each.expected_cost_usd),
          each.expected_ms === null ? 'not seen' : ms(each.expected_ms), percent(each.error_rate), percent(each.load)])));
    } else if (decision.plan) {
      body.append(element('p', { class: 'hint' }, 'The figures of each candidate are kept for 50 decisions a second; this was one more.'));
    }
    if (decision.excluded.length) {
      body.append(element('h3', {}, 'Left out'), element('ul', {}, ...decision.excluded.map(each => element('li', {}, each))));
    }
  }
  if (facts.attempts.length) {
    body.append(element('h3', {}, 'Attempts'),
      grid(['target', 'outcome', 'status', 'began', 'headers after', 'took', 'cost'],
        facts.attempts.map(each => [each.target, each.outcome, each.status || '–', ms(each.started_ms),
          ms(each.headers_ms), ms(each.duration_ms), usd(each.cost_usd)])));
  }
  const { decision: _, attempts: __, ...rest } = facts;
  body.append(element('h3', {}, 'Facts'), list(rest));
}

function list(facts) {
  const node = element('dl');
  for (const [name, value] of Object.entries(facts)) {
    const words = value === null || value === undefined ? '' : typeof value === 'object'
      ? Object.entries(value).map(pair => pair.join('=')).join(', ') : String(value);
    if (words !== '') node.append(element('dt', {}, name.replaceAll('_', ' ')), element('dd', {}, words));
  }
  return node;
}

function grid(heads, lines) {
  return element('div', { class: 'scroll' }, element('table', {},
    element('thead', {}, element('tr', {}, ...heads.map(head => element('th', { scope: 'col' }, head)))),
    element('tbody', {}, ...lines.map(line => element('tr', {}, ...line.map(cell => element('td', {}, String(cell))))))));
}
