import type { IncidentReport } from '../../protocol/report.ts';
import { bytes, counted, grouped, spoken } from '../../protocol/text/numbers.ts';
import { html, Html, type Part } from './html.ts';
import { STYLE } from './style.ts';
import { growthTable, keysTable, profileTable, sitesTable } from './tables.ts';
import { timeLine, totalText } from './time_line.ts';
import { clockText, dateText, percent } from '../../protocol/text/words.ts';

/** One page that asks nobody for anything: no script, no font, no picture from elsewhere, and none may be loaded. */
export function reportHtml(report: IncidentReport): string {
  const names = [...new Set(report.processes.map(({ name }) => name))].join(', ');
  const title = `Map operations of ${names === '' ? 'a program' : names}`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p class="sub">
            ${report.to > report.from ? `${dateText(report.from)}, ${spoken(report.to - report.from)}` : 'no time was recorded'}
          </p>
          ${facts(report)} ${troubles(report)}
          <h2 id="story">What probably happened</h2>
          ${story(report)}
          <h2 id="time">Operations a second</h2>
          ${timeLine(report)}
          <p class="note">Each row has a scale of its own. Dashed lines: a rate changed. Times are UTC.</p>
          ${section('sites', report.main === undefined ? 'Busiest places' : 'Places, before and after', sitesTable(report), betweenText(report))}
          ${report.prefixes.length === 0 ? '' : section('prefixes', 'What keys begin with', keysTable(report.prefixes, report.main, 'Keys begin with'), keysText(report))}
          ${report.keys.length === 0 ? '' : section('keys', report.main === undefined ? 'Busiest keys' : 'Keys that moved most', keysTable(report.keys, report.main, 'Key'), keysText(report))}
          ${report.growth.length === 0 ? '' : section('growth', 'Maps that grew', growthTable(report))}
          ${
            report.races.length === 0
              ? ''
              : section(
                  'races',
                  'Races',
                  html`<ul>
                    ${report.races.map((race) => html`<li>${race}</li>`)}
                  </ul>`,
                )
          }
          ${profile(report)}
          <footer>
            Made by mapaudit from <code>${report.file}</code>. Counts are exact; keys and stacks are
            ${report.sample === 1 ? 'of every operation that was recorded' : `of one operation in ${grouped(report.sample)}`}.
          </footer>
        </main>
      </body>
    </html> `;
  return page.text;
}

const section = (id: string, title: string, content: Html, note?: string): Html =>
  html`<h2 id="${id}">${title}</h2>
    ${note === undefined ? '' : html`<p class="note">${note}</p>`}${content}`;

function facts({ processes, host, mapaudit, rates, events, lost }: IncidentReport): Html {
  const rows: (readonly [name: string, value: Part])[] = [
    ...processes.map(
      ({ pid, name, go_version: go, exe, build_id: build, started }) =>
        [
          'Process',
          `${[`${name} (pid ${pid})`, go, exe, build === undefined ? undefined : `build ${build}`].filter((one) => one !== undefined).join(' · ')}${started !== undefined ? ` · began ${dateText(started)}` : ''}`,
        ] as const,
    ),
    ...(host === undefined
      ? []
      : [
          [
            'Host',
            `${host.name} · ${host.kernel} · ${host.machine} · ${counted(host.cpus, 'CPU')} · ${bytes(host.memory_bytes)}`,
          ] as const,
        ]),
    [
      'Counted',
      rates.length === 0 ? 'nothing' : rates.map(({ op, total }) => totalText(op, total)).join(' · '),
    ],
    ['Recorded', `${counted(events, 'event')}${lost > 0 ? ` · ${grouped(lost)} lost` : ' · none lost'}`],
    ...(mapaudit === undefined ? [] : [['mapaudit', mapaudit] as const]),
  ];
  return html`<dl>
    ${rows.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

const troubles = ({ troubles: all }: IncidentReport): Part =>
  all.length === 0
    ? ''
    : html`<div class="story trouble">
        <strong>Not all of the recording is here.</strong>
        <ul>
          ${all.map((one) => html`<li>${one}</li>`)}
        </ul>
      </div>`;

const story = ({ story: sentences }: IncidentReport): Html =>
  html`<div class="story">
    <ol>
      ${sentences.map(
        ({ text, evidence }) =>
          html`<li>${text}${evidence.map((one) => html`<span class="why">${one}</span>`)}</li>`,
      )}
    </ol>
  </div>`;

function betweenText({ main }: IncidentReport): string | undefined {
  if (main === undefined) return undefined;
  return `Before and after ${clockText(main.at)}, over ${counted(main.seconds_before, 'second')} and ${counted(main.seconds_after, 'second')}. Exact counts.`;
}

const keysText = ({ sample }: IncidentReport): string =>
  sample === 1
    ? 'Of all recorded events whose key is known; a share is of those of the same operation.'
    : `Estimated from one operation in ${grouped(sample)}; a share is of those of the same operation.`;

function profile({ profile: of }: IncidentReport): Part {
  if (of === undefined) return '';
  const when =
    of.from === undefined || of.to === undefined
      ? 'It does not say when it was taken.'
      : of.overlaps === true
        ? `Taken ${clockText(of.from)} to ${clockText(of.to)}: the shaded time above.`
        : `Taken ${dateText(of.from)}, at another time than the recording.`;
  const callers = of.callers.map(
    ({ function: name, share }) => html`<li><code>${name}</code> ${percent(share)}</li>`,
  );
  return section(
    'cpu',
    'CPU profile',
    html`<p>
        <strong>${percent(of.map_share)}</strong> of the ${of.unit === 'nanoseconds' ? 'CPU time' : 'samples'}
        is spent in map functions, with what they call.
      </p>
      ${
        callers.length === 0
          ? ''
          : html`<p>Called from:</p>
              <ul>
                ${callers}
              </ul>`
      }
      ${profileTable(of)}`,
    `${of.file}: ${counted(of.samples, 'stack')}. ${when}`,
  );
}
