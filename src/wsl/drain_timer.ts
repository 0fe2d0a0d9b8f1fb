/**
 * Calls back after the time in which the output of an ended program is read. The time has two halves: if this process
 * or the machine stands still for longer, a timer is over before what waits in the pipe has been read, but not both.
 *
 * @returns what ends the timer.
 */
export function startDrainTimer(milliseconds: number, onOver: () => void): () => void {
  const half = milliseconds / 2;
  let timer = setTimeout(() => timer = setTimeout(onOver, half), half);
  return () => clearTimeout(timer);
}
