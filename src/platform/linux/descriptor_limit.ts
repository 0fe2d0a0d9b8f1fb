/**
 * How many descriptors this process may have open at a time (the soft RLIMIT_NOFILE, which the runtime raises to the
 * hard one when it starts); `undefined` if there is no limit.
 */
export function descriptorLimitOnLinux(): number | undefined {
  return parseDescriptorLimit(Deno.readTextFileSync("/proc/self/limits"));
}

/** Reads the soft limit from `/proc/PID/limits`. Pure. */
export function parseDescriptorLimit(text: string): number | undefined {
  const found = /^Max open files\s+(\d+)/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
