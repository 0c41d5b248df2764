import { byId, own } from './dom.js';

const SPAN = 300;
const MOST_LINES = 8;
const COLOURS = ['#2f7fd6', '#d9822b', '#2e9e5b', '#b3479d', '#8a6d3b', '#d64545', '#3aa6a6', '#7a68c9'];

const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function make(id, unit) {
  const axis = () => ({ ticks: { color: style('--dim') }, grid: { color: style('--line') }, border: { display: false } });
  return new Chart(byId(id), {
    type: 'line',
    data: { datasets: [] },
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, parsing: false, normalized: true,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      elements: { point: { radius: 0 }, line: { borderWidth: 1.6, tension: 0 } },
      scales: {
        x: { ...axis(), type: 'linear', min: -SPAN, max: 0,
             ticks: { color: style('--dim'), stepSize: 60, callback: v => (v === 0 ? 'now' : v / 60 + ' min') } },
        y: { ...axis(), beginAtZero: true, ticks: { color: style('--dim'), callback: v => v + unit } },
      },
      plugins: {
        legend: { labels: { color: style('--text'), boxWidth: 12, boxHeight: 2 } },
        tooltip: { callbacks: { title: items => (items.length ? Math.round(-items[0].parsed.x) + ' s ago' : '') } },
      },
    },
  });
}

// Four charts over the rows of the last minutes. Rows that fall out of the span are let go.
export class Charts {
  constructor() {
    this.rows = [];
    this.run = '';
    this.build();
  }

  build() {
    this.charts?.forEach(chart => chart.destroy());
    this.requests = make('requests', '');
    this.times = make('times', ' ms');
    this.shares = make('shares', '');
    this.spend = make('spend', ' $');
    this.charts = [this.requests, this.times, this.shares, this.spend];
  }

  get last() {
    return this.rows.length ? this.rows[this.rows.length - 1].row : 0;
  }

  // A Drover that was started anew counts its rows anew.
  add(run, rows) {
    if (run !== this.run) {
      this.rows = [];
      if (this.run) rows = [];
      this.run = run;
    }
    this.rows.push(...rows);
    this.rows.splice(0, this.rows.length - SPAN);
  }

  // The names of the targets with the most answers.
  targets() {
    const sums = new Map();
    for (const row of this.rows) {
      for (const [name, count] of Object.entries(row.targets)) sums.set(name, (sums.get(name) ?? 0) + count);
    }
    return [...sums].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  }

  draw() {
    const all = this.targets();
    const shown = all.slice(0, MOST_LINES).sort();
    const others = all.slice(MOST_LINES);
    const count = (row, name) => own(row.targets, name) ?? 0;
    const lines = shown.map(name => [name, row => count(row, name)]);
    if (others.length) lines.push(['others', row => others.reduce((sum, name) => sum + count(row, name), 0)]);
    this.show(this.requests, [
      ['ended', row => row.ended, COLOURS[0]], ['failed', row => row.failed, COLOURS[5]],
      ['refused', row => row.refused, COLOURS[1]], ['from the cache', row => row.hits, COLOURS[2]],
    ]);
    this.show(this.times, [['P50', row => row.p50_ms], ['P95', row => row.p95_ms], ['P99', row => row.p99_ms]]);
    this.show(this.shares, lines);
    this.show(this.spend, [['all', row => row.cost_usd * 3600]]);
  }

  show(chart, lines) {
    const sets = chart.data.datasets;
    sets.length = lines.length;
    lines.forEach(([label, value, colour], i) => {
      sets[i] ??= { data: [] };
      sets[i].label = label;
      sets[i].borderColor = sets[i].backgroundColor = colour ?? COLOURS[i % COLOURS.length];
      sets[i].data = this.rows.map(row => ({ x: row.row - this.last, y: value(row) }));
    });
    chart.update('none');
    const now = this.rows[this.rows.length - 1];
    const words = now ? lines.map(([label, value]) => label + ' ' + round(value(now))).join(', ') : 'nothing yet';
    chart.canvas.setAttribute('aria-label', chart.canvas.closest('figure').firstElementChild.textContent + ': ' + words);
  }
}

const round = value => (value === null ? 'unknown' : Math.round(value * 100) / 100);
