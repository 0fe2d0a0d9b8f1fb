/** The handshakes of SOCKS5 (RFC 1928, 1929) and SOCKS4a: the target's name goes to the proxy as it is. */
import type { Duplex } from "../../streams/duplex.ts";
import { isIp } from "../../platform/addresses.ts";
import type { ByteInput } from "../http/byte_input.ts";
import type { ProxyAddress, Target } from "../way.ts";
import { type Address, parseAddress } from "../ways/address_block.ts";

/** The proxy has answered that it does not connect; the message completes "the proxy says: ". */
export class SocksRefusal extends Error {
  override readonly name = "SocksRefusal";

  constructor(message: string, readonly kind: "refused" | "sign-in" | "invalid" = "refused") {
    super(message);
  }
}

type Credentials = ProxyAddress["credentials"];

const ENCODER = new TextEncoder();
const SOCKS5_ANSWERS: Readonly<Record<number, string>> = {
  1: "it has failed",
  2: "its rules do not allow it",
  3: "the network is unreachable",
  4: "the host is unreachable",
  5: "the host refuses the connection",
  6: "the host does not answer",
  7: "it does not support the command",
  8: "it does not support the kind of address",
};
const SOCKS4_ANSWERS: Readonly<Record<number, string>> = {
  91: "it refuses or has failed",
  92: "it cannot ask this machine who the user is",
  93: "it does not accept the user",
};
const NO_SIGN_IN = 0;
const PASSWORD = 2;
const MAXIMUM_TEXT = 255;

/**
 * Asks a SOCKS5 proxy for a connection.
 *
 * @throws {SocksRefusal} @throws {EndedEarly} @throws the stream's error.
 */
export async function askSocks5(
  stream: Pick<Duplex, "write">,
  input: ByteInput,
  { target, credentials }: { readonly target: Target; readonly credentials: Credentials },
): Promise<void> {
  const methods = credentials === undefined ? [NO_SIGN_IN] : [NO_SIGN_IN, PASSWORD];
  await stream.write(Uint8Array.of(5, methods.length, ...methods));
  const [version, method] = await input.exactly(2);
  if (version !== 5) throw new SocksRefusal("does not speak SOCKS5", "invalid");
  if (method === PASSWORD && credentials !== undefined) await signIn(stream, input, credentials);
  else if (method !== NO_SIGN_IN) throw new SocksRefusal("wants a sign-in", "sign-in");
  await stream.write(Uint8Array.of(5, 1, 0, ...address(target.hostname), ...portBytes(target.port)));
  const [answerVersion, code = 0, , kind] = await input.exactly(4);
  if (answerVersion !== 5) throw new SocksRefusal("does not speak SOCKS5", "invalid");
  if (code !== 0) throw new SocksRefusal(SOCKS5_ANSWERS[code] ?? `code ${code}`);
  await input.exactly(await boundLength(input, kind) + 2);
}

/**
 * Asks a SOCKS4a proxy for a connection. Its user is the name of the credentials, without a password.
 *
 * @throws {SocksRefusal} @throws {EndedEarly} @throws the stream's error.
 */
export async function askSocks4(
  stream: Pick<Duplex, "write">,
  input: ByteInput,
  { target, credentials }: { readonly target: Target; readonly credentials: Credentials },
): Promise<void> {
  const { hostname, port } = target;
  if (hostname.includes(":")) throw new SocksRefusal("SOCKS4 has no IPv6");
  const isAddress = isIp(hostname);
  // The address 0.0.0.1 says that a name follows.
  const ip = isAddress ? hostname.split(".").map(Number) : [0, 0, 0, 1];
  const user = ENCODER.encode((credentials?.username ?? "").replaceAll("\0", ""));
  const name = isAddress ? [] : [...ENCODER.encode(hostname), 0];
  await stream.write(Uint8Array.of(4, 1, ...portBytes(port), ...ip, ...user, 0, ...name));
  const [version, code = 0] = await input.exactly(8);
  if (version !== 0) throw new SocksRefusal("does not speak SOCKS4", "invalid");
  if (code !== 90) throw new SocksRefusal(SOCKS4_ANSWERS[code] ?? `code ${code}`);
}

async function signIn(
  stream: Pick<Duplex, "write">,
  input: ByteInput,
  { username, password }: NonNullable<Credentials>,
): Promise<void> {
  const [user, secret] = [ENCODER.encode(username), ENCODER.encode(password)];
  if (user.length > MAXIMUM_TEXT || secret.length > MAXIMUM_TEXT) {
    throw new SocksRefusal("user and password have at most 255 bytes each", "sign-in");
  }
  await stream.write(Uint8Array.of(1, user.length, ...user, secret.length, ...secret));
  const [, status] = await input.exactly(2);
  if (status !== 0) throw new SocksRefusal("does not accept the user and password", "sign-in");
}

/** Bytes of the address that the proxy connects from, which nobody needs. */
async function boundLength(input: ByteInput, kind: number | undefined): Promise<number> {
  if (kind === 1) return 4;
  if (kind === 4) return 16;
  if (kind === 3) return (await input.exactly(1))[0]!;
  throw new SocksRefusal("does not speak SOCKS5", "invalid");
}

function address(hostname: string): number[] {
  const address = parseAddress(hostname);
  if (address !== undefined) return [address.bits === 32 ? 1 : 4, ...addressBytes(address)];
  const name = ENCODER.encode(hostname);
  return [3, name.length, ...name];
}

function addressBytes({ bits, value }: Address): number[] {
  return Array.from({ length: bits / 8 }, (_, at) => Number(value >> BigInt(bits - 8 * (at + 1)) & 0xffn));
}

function portBytes(port: number): [number, number] {
  return [port >> 8, port & 0xff];
}
