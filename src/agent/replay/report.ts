import type { RecordedProcess } from '../../evidence/about.ts';
import { windowOf } from '../../evidence/window_line.ts';
import { cpuProfile } from '../../export/cpu_profile.ts';
import type { Attached } from '../../protocol/attached.ts';
import type { Notice } from '../../protocol/notice.ts';
import type { Reported, ReportOptions, ReportProfile } from '../../protocol/report.ts';
import { type Frame, Incident } from '../../query/incident/incident.ts';
import { regularFile } from '../regular_file.ts';
import { eventOf } from './event_of.ts';
import { growthOf } from './growth_of.ts';
import { findingOf } from './race.ts';
import { Recording } from './recording.ts';
import { RunFacts, typeOf } from './run_facts.ts';

/** Bytes. */
const LARGEST_PROFILE = 256 << 20;

/** `report`: the file is read twice, since what is before and after shows only when all windows are known. */
export async function reportOn({ path, profile }: ReportOptions): Promise<Reported> {
  const recording = await Recording.open(path);
  const incident = new Incident(recording.about?.recorded.sample ?? 1);
  const facts = new RunFacts({ type: 'name', glob: '*' });
  const notices: Notice[] = [];
  const clock: Notice[] = [];
  const processes = new Map<string, RecordedProcess>();
  for await (const part of recording.read(['run', 'windows', 'growth', 'races'])) {
    if (part.type === 'notice') notices.push(part);
    else if (part.kind === 'summary') facts.takeSummary(part.lines);
    else if (part.kind === 'run') clock.push(...facts.runLines(part.lines).filter(isClockSet));
    if (part.type !== 'notice') for (const line of part.lines) takeLine(line, incident, processes);
  }
  incident.sift();
  let events = 0;
  for await (const part of recording.read(['events']))
    if (part.type === 'lines' && part.kind === 'events')
      for (const line of part.lines) {
        incident.event(eventOf(path, line));
        events++;
      }
  const frame: Frame = {
    file: path,
    ...(recording.about === undefined
      ? {}
      : { mapaudit: recording.about.mapaudit, host: recording.about.host }),
    processes: [...processes.values()].map(({ type: _, container: __, ...process }) => process),
    events,
    lost: facts.summary?.lost ?? 0,
    troubles: notices.filter(({ level }) => level === 'warning').map(({ message }) => message),
  };
  const read = profile === undefined ? undefined : profileOf(profile, incident.span);
  if (read?.overlaps === false) notices.push(apart(read.file));
  // Where there are no windows, or none that say so, this is all that is known of it.
  return { report: incident.report(frame, read), notices: [...notices, ...clock] };
}

const isClockSet = (line: Attached | Notice): line is Notice =>
  line.type === 'notice' && line.code === 'clock-set';

function takeLine(line: unknown, incident: Incident, processes: Map<string, RecordedProcess>): void {
  if (typeOf(line) === 'recorded_process') {
    const process = line as RecordedProcess;
    processes.set(`${process.pid} ${process.started ?? ''}`, process);
    return;
  }
  const window = windowOf(line);
  if (window !== undefined) incident.window(window);
  const growth = growthOf(line);
  if (growth?.type === 'event') incident.growth(growth);
  const finding = findingOf(line);
  if (finding?.type === 'race') incident.race(finding);
}

function profileOf(path: string, span: { from: number; to: number }): ReportProfile {
  const bytes = regularFile(path, LARGEST_PROFILE, 'Name a CPU profile in pprof form: --profile cpu.pprof.');
  return cpuProfile(path, bytes, span);
}

const apart = (file: string): Notice => ({
  type: 'notice',
  level: 'warning',
  code: 'profile-apart',
  message: `${file} was taken at another time than the recording: it says nothing about it`,
});
