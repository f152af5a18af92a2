/**
 * The local time of day of RFC 3339 time stamps, to the millisecond: `12:01:33.102`. Events of the same
 * second share the costly part.
 */
export class LocalTime {
  #second = '';
  #local = '';

  of(time: string): string {
    const second = time.slice(0, 19);
    if (second !== this.#second) {
      this.#second = second;
      this.#local = timeOfDay(new Date(`${second}Z`));
    }
    const fraction = time[19] === '.' ? time.slice(20, 23).replace(/\D.*$/, '') : '';
    return `${this.#local}.${fraction.padEnd(3, '0')}`;
  }
}

function timeOfDay(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':');
}
