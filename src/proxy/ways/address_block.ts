/** An address as a number. IPv4 addresses that IPv6 carries (`::ffff:10.0.0.1`) are IPv4 ones. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Addresses that begin alike. */
export interface AddressBlock extends Address {
  /** How many bits at the beginning are those of `value`. */
  readonly prefix: number;
}

/** The longest IPv6 address with an IPv4 one at its end. */
const ADDRESS_CHARACTERS = 45;
const MAPPED = 0xffffn << 32n;
const IPV4_MASK = (1n << 32n) - 1n;

/** Reads an address, without brackets; `undefined` for other text. Pure. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > ADDRESS_CHARACTERS) return undefined;
  if (!text.includes(":")) {
    const value = ipv4Value(text);
    return value === undefined ? undefined : { bits: 32, value };
  }
  const value = ipv6Value(text);
  if (value === undefined) return undefined;
  return value >> 32n === MAPPED >> 32n ? { bits: 32, value: value & IPV4_MASK } : { bits: 128, value };
}

/** Reads an address, which is a block of one, or a block such as `10.0.0.0/8`; `undefined` for other text. Pure. */
export function parseBlock(text: string): AddressBlock | undefined {
  const [address = "", digits, extra] = text.split("/");
  const parsed = parseAddress(address);
  if (parsed === undefined || extra !== undefined) return undefined;
  if (digits === undefined) return { ...parsed, prefix: parsed.bits };
  if (!/^\d{1,3}$/.test(digits)) return undefined;
  // A block of IPv4 addresses that is written as IPv6.
  const prefix = Number(digits) - (parsed.bits === 32 && address.includes(":") ? 96 : 0);
  return prefix < 0 || prefix > parsed.bits ? undefined : { ...parsed, prefix };
}

/** Whether the block has the address. Pure. */
export function isInBlock({ bits, value }: Address, block: AddressBlock): boolean {
  const rest = BigInt(block.bits - block.prefix);
  return bits === block.bits && value >> rest === block.value >> rest;
}

function ipv4Value(text: string): bigint | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((value, part) => value << 8n | BigInt(part), 0n);
}

function ipv6Value(text: string): bigint | undefined {
  // The parser of URLs knows every form and writes IPv4 ends as groups.
  const host = /^[0-9a-f:.]+$/i.test(text) ? URL.parse(`http://[${text}]/`)?.hostname : undefined;
  if (host === undefined) return undefined;
  const [before = "", after] = host.slice(1, -1).split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":");
  const start = groups(before);
  const end = groups(after ?? "");
  const zeros = Array<string>(8 - start.length - end.length).fill("0");
  return [...start, ...zeros, ...end].reduce((value, group) => value << 16n | BigInt(`0x${group}`), 0n);
}
