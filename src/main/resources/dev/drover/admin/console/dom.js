// Small helpers: elements are made once and changed in place, so that focus stays where it is and the page does not grow.

export const byId = id => document.getElementById(id);

export function text(node, value) {
  const words = String(value);
  if (node.textContent !== words) node.textContent = words;
}

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'onclick') node.addEventListener('click', value);
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function setClass(node, name) {
  if (node.className !== name) node.className = name;
}

// Keeps the children of a parent in step with items: one child for each key, in order.
export function keep(parent, items, key, make, update) {
  const known = parent.kept ?? (parent.kept = new Map());
  const wanted = new Set(items.map(key));
  for (const [name, node] of known) {
    if (!wanted.has(name)) {
      node.remove();
      known.delete(name);
    }
  }
  items.forEach((item, place) => {
    let node = known.get(key(item));
    if (!node) {
      node = make(item);
      known.set(key(item), node);
    }
    if (parent.children[place] !== node) parent.insertBefore(node, parent.children[place] ?? null);
    update(node, item);
  });
}

// What a map from outside holds under a name, and nothing that every object has.
export const own = (map, name) => (Object.hasOwn(map, name) ? map[name] : undefined);

export const usd = value => {
  const n = Number(value);
  const digits = n === 0 || Math.abs(n) >= 100 ? 2 : Math.abs(n) >= 0.01 ? 4 : 6;
  return '$' + n.toFixed(digits);
};
export const ms = value =>
  value === null || value === undefined ? '–'
    : value >= 10000 ? (value / 1000).toFixed(1) + ' s'
    : value >= 100 ? value.toFixed(0) + ' ms' : value.toFixed(1) + ' ms';
export const percent = share => (100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0) + ' %';
export const seconds = value => value >= 90 ? Math.round(value / 60) + ' min' : Math.ceil(value) + ' s';
