import type { Schemas } from '../client/client.js';
import { pad, plain, presentTable, styled } from './output.js';

type Status = Schemas['Status'];
type Summary = Schemas['StatusSummaryList']['data'][number];

const BAR = 30;

/** How far every open merger is, one line each. */
export function presentOverview(open: readonly Summary[]): readonly string[] {
  if (open.length === 0) return ['No merger is open.'];
  return presentTable([
    ['merger', 'phase', 'flags', 'progress', 'announcement', 'needs'],
    ...open.map(({ merger, phase, progress, announcement, needs }) => [
      merger.slug,
      phase.name,
      phase.flags.join(' '),
      percentOf(progress.percent),
      likelyOf(announcement),
      String(needs),
    ]),
  ]);
}

/** How far one merger is, on a screen. */
export function presentBoard(status: Status): readonly string[] {
  const { merger, phase, progress, announcement, sourcing } = status;
  const flags = phase.flags.map((flag) => styled('red', flag)).join(' ');
  const standings = Object.entries(sourcing).map(([word, count]) => `${String(count)} ${word}`);
  return [
    `${styled('bold', plain(merger.title))}  ${merger.slug}`,
    `${head('phase')}${styled('bold', phase.name)} ${flags}`.trimEnd(),
    `${head('')}${plain(phase.reason)}`,
    `${head('progress')}${barOf(progress.percent)} ${percentOf(progress.percent)}  ${String(progress.earned)} of ${String(progress.total)}`,
    `${head('announced')}${announcedOf(announcement)}`,
    ...section(
      'participants',
      presentTable([
        ['name', 'role', 'stance', 'since', 'why'],
        ...status.participants.map(({ name, role, stance, since, reason }) => [
          plain(name),
          role,
          stance,
          since ?? '–',
          plain(reason),
        ]),
      ]),
    ),
    ...section(
      'blockers',
      status.blockers.map(({ title, since, note }) =>
        [plain(title), since === null ? '' : `since ${since}`, note === null ? '' : plain(note)]
          .filter((part) => part !== '')
          .join(', '),
      ),
    ),
    ...section('next', status.next.map(stepOf)),
    ...section(
      'needs',
      status.needs.map(({ text }) => plain(text)),
    ),
    '',
    `${head('sourcing')}${standings.join(', ')}`,
  ];
}

function head(word: string): string {
  return styled('dim', pad(word, 11));
}

/** With its title; nothing where there is nothing. */
function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return ['', styled('dim', title), ...lines.map((line) => `  ${line}`)];
}

function stepOf({ title, state, percent, dueFrom, dueTo }: Status['next'][number]): string {
  const due = [dueFrom, dueTo].filter((date) => date !== null);
  const details = [
    state,
    ...(percent === null ? [] : [`${String(percent)} %`]),
    ...(due.length === 0 ? [] : [`due ${due.join(' – ')}`]),
  ];
  return `${plain(title)} (${details.join(', ')})`;
}

function announcedOf({
  state,
  achievedOn,
  venue,
  forecast,
  predictions,
}: Status['announcement']): string {
  if (achievedOn !== null) return `${achievedOn}${venue === null ? '' : `, ${plain(venue)}`}`;
  if (forecast === null) return state;
  const { completeness, earliest, likely, latest, notBefore, missing } = forecast;
  const when =
    likely === null
      ? `not before ${notBefore}`
      : `likely ${likely} (${earliest ?? '–'} to ${latest ?? '–'})`;
  const gaps =
    missing.length === 0 ? '' : `, without ${String(missing.length)} that nobody can date`;
  const said = predictions.length === 0 ? '' : `; ${String(predictions.length)} said when`;
  return `${state}, ${when}, ${completeness}${gaps}${said}`;
}

function likelyOf({ state, achievedOn, forecast }: Summary['announcement']): string {
  if (achievedOn !== null) return achievedOn;
  if (forecast === null) return state;
  return forecast.likely ?? `≥ ${forecast.notBefore}`;
}

function percentOf(percent: number | null): string {
  return percent === null ? '–' : `${percent.toFixed(1)} %`;
}

function barOf(percent: number | null): string {
  const full = Math.floor(((percent ?? 0) * BAR) / 100);
  return '█'.repeat(full) + '░'.repeat(BAR - full);
}
