import type { RaceProbe, RaceSpent } from '../../model/race_probe.ts';

/** What any probe does that a race probe is made of. */
export type RaceSource = Omit<RaceProbe, 'allow' | 'spent'>;

/** A race probe over a probe that gives its records: what differs is how it is told its budget, and tells what it spent. */
export abstract class RaceBase<Source extends RaceSource> implements RaceProbe {
  protected readonly probe: Source;

  constructor(probe: Source) {
    this.probe = probe;
  }

  abstract allow(totalNs: number, pace: number): void;
  abstract spent(): RaceSpent;

  get attachMs(): number {
    return this.probe.attachMs;
  }

  get fill(): number {
    return this.probe.fill;
  }

  /** Of a probe for which the program has to stand still: for how long, in milliseconds. */
  get stillMs(): number | undefined {
    return this.probe.stillMs;
  }

  drain(...args: Parameters<RaceProbe['drain']>): bigint {
    return this.probe.drain(...args);
  }

  detach(): void {
    this.probe.detach();
  }

  async takeOut(): Promise<void> {
    await this.probe.takeOut?.();
  }

  lost(): number {
    return this.probe.lost();
  }

  siteCounts(): ReturnType<RaceProbe['siteCounts']> {
    return this.probe.siteCounts();
  }

  loadBias(pid: number): number | undefined {
    return this.probe.loadBias(pid);
  }

  setKeyPlans(...args: Parameters<RaceProbe['setKeyPlans']>): void {
    this.probe.setKeyPlans(...args);
  }

  setVerdict(...args: Parameters<RaceProbe['setVerdict']>): void {
    this.probe.setVerdict(...args);
  }

  close(): void {
    this.probe.close();
  }
}
