import { overlaps } from "../addresses.ts";
import type { MachinePort } from "../port_holder.ts";
import { type OpenSocket, readSocketTable } from "./socket_table.ts";

/**
 * A socket of another program that gets in the way of a port. Windows itself lets one program listen on all addresses
 * and another on one of them; the second then takes the first one's clients away.
 */
export function findOpenSocket({ protocol, address, port }: MachinePort): OpenSocket | undefined {
  const tables = [readSocketTable(`${protocol}4`), readSocketTable(`${protocol}6`)];
  return tables.flat().find((each) =>
    each.port === port && each.processId !== Deno.pid && overlaps(each.address, address)
  );
}
