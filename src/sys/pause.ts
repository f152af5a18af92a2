const cell = new Int32Array(new SharedArrayBuffer(4));

/** Does nothing for about a millisecond. For short waits in the middle of something that cannot be interrupted. */
export function pause(): true {
  Atomics.wait(cell, 0, 0, 1);
  return true;
}
