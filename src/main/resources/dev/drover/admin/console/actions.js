import { byId, text } from './dom.js';

const PATIENCE_MS = 5000;

// The token is held by this page alone, and only as long as it is open.
let token = '';
let working = false;

// Asks Drover; one that takes too long counts as one that does not answer.
export function ask(path, method = 'GET') {
  return fetch(path, {
    method,
    headers: token ? { authorization: 'Bearer ' + token } : {},
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

export function notice(words, kind = '') {
  const node = byId('notice');
  text(node, words);
  node.className = kind;
}

export const asking = () => byId('confirm').open;

// Asks a person, and for the token if there is none yet. True: go on. One question at a time.
export function confirm(title, words) {
  const dialog = byId('confirm');
  if (dialog.open) return Promise.resolve(false);
  text(byId('confirm-title'), title);
  text(byId('confirm-text'), words);
  const input = byId('token');
  input.value = '';
  byId('token-label').hidden = token !== '';
  return new Promise(resolve => {
    dialog.returnValue = 'no';
    dialog.addEventListener('close', () => {
      const given = input.value.trim();
      input.value = '';
      const usable = /^[\x21-\x7e]*$/.test(given);
      if (!usable) notice('token: not one (expected: letters, digits and signs without blanks)', 'bad');
      const yes = dialog.returnValue === 'yes' && usable;
      if (yes && given) token = given;
      resolve(yes);
    }, { once: true });
    dialog.showModal();
    (token ? byId('confirm-yes') : input).focus();
  });
}

byId('confirm-no').addEventListener('click', () => byId('confirm').close('no'));

// True: there was one, and it was not the right one.
export function forgetToken() {
  const had = token !== '';
  token = '';
  return had;
}

export async function change(path, title, words) {
  if (working || !(await confirm(title, words))) return;
  working = true;
  notice(title + ' …');
  try {
    const answer = await ask(path, 'POST');
    const said = (await answer.text()).trim();
    if (answer.status === 401) forgetToken();
    notice(said, answer.ok ? 'good' : 'bad');
  } catch {
    notice('Drover does not answer: nothing is known of the change', 'bad');
  } finally {
    working = false;
  }
}
