/**
 * Ports for what tests publish on this machine. Each process that asks for one has a block for itself, so test files
 * that run at the same time never take each other's.
 */

/** The first of the ports that tests publish: below those that the system hands out. */
const FIRST_PORT = 10_000;
/** Ports that one test file has for itself. */
const BLOCK_PORTS = 1_100;
const BLOCKS = 20;

/** The first port of the block that this process has for itself, as long as it listens there. */
const { port: block } = claimBlock().addr;
let lastPort = block;

/**
 * Takes a block that no other process has, such as a test file that runs at the same time, perhaps of another
 * checkout: the one that listens on its first port has it. A port that is only seen to be free is at times taken by two.
 */
function claimBlock(): Deno.TcpListener {
  const start = crypto.getRandomValues(new Uint16Array(1))[0]!;
  for (let index = 0; index < BLOCKS; index++) {
    const first = FIRST_PORT + (start + index) % BLOCKS * BLOCK_PORTS;
    try {
      return Deno.listen({ hostname: "127.0.0.1", port: first });
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(
    `Cannot claim ports for these tests: all ${BLOCKS} blocks from ${FIRST_PORT} on are in use`,
  );
}

/** The first of `count` ports in a row that nothing listens on now, and that no other test file uses. */
export function freePorts(count = 1): number {
  let free = 0;
  for (let looked = 0; looked < 2 * BLOCK_PORTS; looked++) {
    lastPort++;
    if (lastPort === block + BLOCK_PORTS) [lastPort, free] = [block + 1, 0];
    free = isFree(lastPort) ? free + 1 : 0;
    if (free === count) return lastPort - count + 1;
  }
  throw new Error(`Cannot find ${count} free ports in a row from ${block} on`);
}

/** Whether both families have this TCP port free. */
export function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "::", port }).close();
    return true;
  } catch {
    return false;
  }
}
