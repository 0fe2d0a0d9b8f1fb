/**
 * The keys that sign a channel: ed25519, each in a file of its own or behind an agent, a program that signs what it
 * reads and may keep the key in a token or a vault.
 */
import { Buffer } from "node:buffer";
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import { canonicalize } from "@tufjs/canonical-json";
import { z } from "zod";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import { systemReason } from "../../src/files/file_errors.ts";

/** An agent may wait for a finger on a token; longer than this it hangs. */
const AGENT_MILLISECONDS = 5 * 60_000;

/** The public half of a key, as root metadata and `.pub` files contain it. */
export interface PublicKey {
  /** sha256 of the key's canonical JSON, in lower-case hexadecimal. */
  readonly keyId: string;
  /** 32 bytes in lower-case hexadecimal. */
  readonly publicHex: string;
}

/** A key that can sign. */
export interface Signer extends PublicKey {
  /** The 64 bytes of the signature. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** A key that exists in memory until it is written. */
export interface NewKey extends Signer {
  /** PKCS8 in PEM: the content of a key file. */
  readonly pem: string;
}

const PublicKeyFile = z.strictObject({
  keytype: z.literal("ed25519"),
  scheme: z.literal("ed25519"),
  keyval: z.strictObject({ public: z.string().regex(/^[0-9a-f]{64}$/) }),
});

const AgentFile = z.strictObject({
  public: z.string().regex(/^[0-9a-f]{64}$/),
  command: z.array(z.string().min(1)).min(1),
});

/** The key whose public half has these 32 bytes, in hexadecimal. */
export function publicKey(publicHex: string): PublicKey {
  const canonical = canonicalize(publicKeyContent(publicHex));
  return { publicHex, keyId: createHash("sha256").update(canonical).digest("hex") };
}

/** The content of a `.pub` file, and of a key in root metadata. */
export function publicKeyContent(publicHex: string): z.output<typeof PublicKeyFile> {
  return { keytype: "ed25519", scheme: "ed25519", keyval: { public: publicHex } };
}

/** Makes a key. */
export function newKey(): NewKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  return { ...keySigner(privateKey), pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

/**
 * Reads a `.pub` file.
 *
 * @throws {WindlassError} `WL_RELEASE_KEY_UNUSABLE`.
 */
export async function readPublicKey(path: string): Promise<PublicKey> {
  const content = PublicKeyFile.safeParse(parseJson(await readKeyFile(path)));
  if (!content.success) unusable(path, "it does not hold the public half of an ed25519 key");
  return publicKey(content.data.keyval.public);
}

/**
 * Opens a key for signing: a PEM file that nobody else can read, or the JSON file of an agent,
 * `{"public": "<64 hexadecimal digits>", "command": ["program", "argument"]}`. The agent gets the bytes on its standard
 * input and prints the signature, as 128 hexadecimal digits or in base64; it is checked before it is used.
 *
 * @throws {WindlassError} `WL_RELEASE_KEY_UNUSABLE`; `sign` throws it as well, if the agent fails.
 */
export async function readSigner(path: string): Promise<Signer> {
  const text = await readKeyFile(path);
  if (!text.startsWith("-----BEGIN ")) {
    const agent = AgentFile.safeParse(parseJson(text));
    if (!agent.success) unusable(path, "it is neither a private key in PEM nor the description of an agent");
    return agentSigner(agent.data.public, agent.data.command);
  }
  const { mode } = await Deno.stat(path);
  if (mode !== null && (mode & 0o077) !== 0) unusable(path, "other users may read it; only its owner should");
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === "ed25519") return keySigner(key);
  } catch (cause) {
    unusable(path, "it is not a private key without a passphrase", cause);
  }
  unusable(path, "it is not an ed25519 key");
}

/** A signer that asks a program; see {@linkcode readSigner}. */
export function agentSigner(publicHex: string, command: readonly string[]): Signer {
  const key = publicKey(publicHex);
  return {
    ...key,
    sign: async (bytes) => {
      const signature = decodeSignature(await runAgent(command, bytes));
      if (signature !== undefined && verifySignature(publicHex, bytes, signature)) return signature;
      unusable(command.join(" "), `what the agent printed is not a signature of key ${shortId(key)}`);
    },
  };
}

/** Whether the signature is one of these bytes by that key. */
export function verifySignature(publicHex: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  const x = Buffer.from(publicHex, "hex").toString("base64url");
  const key = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x } });
  return verify(undefined, bytes, key, signature);
}

/** The first digits of a key's id, for people. */
export function shortId({ keyId }: Pick<PublicKey, "keyId">): string {
  return keyId.slice(0, 12);
}

function keySigner(privateKey: KeyObject): Signer {
  const x = createPublicKey(privateKey).export({ format: "jwk" }).x ?? "";
  return {
    ...publicKey(Buffer.from(x, "base64url").toString("hex")),
    sign: (bytes) => Promise.resolve(new Uint8Array(sign(undefined, bytes, privateKey))),
  };
}

async function runAgent(command: readonly string[], bytes: Uint8Array): Promise<string> {
  const [program = "", ...args] = command;
  const signal = AbortSignal.timeout(AGENT_MILLISECONDS);
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "inherit", signal })
      .spawn();
  } catch (cause) {
    unusable(command.join(" "), `the agent cannot be run: ${systemReason(cause)}`, cause);
  }
  const writer = child.stdin.getWriter();
  // An agent that does not read to the end says with its exit code what was wrong.
  const fed = writer.write(bytes).then(() => writer.close()).catch(() => {});
  const [{ code, stdout }] = await Promise.all([child.output(), fed]);
  if (code !== 0) unusable(command.join(" "), `the agent ended with ${code}`);
  return new TextDecoder().decode(stdout).trim();
}

function decodeSignature(text: string): Uint8Array | undefined {
  const bytes = /^[0-9a-fA-F]{128}$/.test(text) ? Buffer.from(text, "hex") : Buffer.from(text, "base64");
  return bytes.length === 64 ? new Uint8Array(bytes) : undefined;
}

async function readKeyFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    unusable(path, systemReason(cause), cause);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no schema accepts it
  }
}

function unusable(what: string, state: string, cause?: unknown): never {
  throw new WindlassError("WL_RELEASE_KEY_UNUSABLE", `Cannot sign with '${what}': ${state}`, {
    ...(cause === undefined ? {} : { cause }),
  });
}
