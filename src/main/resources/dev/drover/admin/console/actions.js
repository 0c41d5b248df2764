import { byId, text } from './dom.js';

// The token is held by this page alone, and only as long as it is open.
let token = '';
let working = '';

export const headers = () => (token ? { authorization: 'Bearer ' + token } : {});

export function notice(words, kind = '') {
  const node = byId('notice');
  text(node, words);
  node.className = kind;
}

// Asks a person, and for the token if there is none yet. True: go on.
export function confirm(title, words) {
  const dialog = byId('confirm');
  text(byId('confirm-title'), title);
  text(byId('confirm-text'), words);
  const input = byId('token');
  input.value = '';
  byId('token-label').hidden = token !== '';
  return new Promise(resolve => {
    dialog.returnValue = 'no';
    dialog.addEventListener('close', () => {
      const yes = dialog.returnValue === 'yes';
      if (yes && input.value) token = input.value.trim();
      input.value = '';
      resolve(yes);
    }, { once: true });
    dialog.showModal();
    (token ? byId('confirm-yes') : input).focus();
  });
}

export function forgetToken() {
  token = '';
}

export async function change(path, title, words) {
  if (working || !(await confirm(title, words))) return;
  working = path;
  notice(title + ' …');
  try {
    const answer = await fetch(path, { method: 'POST', headers: headers() });
    const said = (await answer.text()).trim();
    if (answer.status === 401) forgetToken();
    notice(said, answer.ok ? 'good' : 'bad');
  } catch {
    notice('Drover does not answer: nothing is known of the change', 'bad');
  } finally {
    working = '';
  }
}
