import { INVALID_HANDLE } from "../kernel32.ts";
import { ntdll } from "../ntdll.ts";
import { wideText } from "../registry/registry_values.ts";

/** What {@linkcode createPipe} made, or why it could not. */
export interface CreatedPipe {
  /** One of {@linkcode NT_STATUS} or another. */
  readonly status: number;
  /** Overlapped; only good with the status 0. */
  readonly handle: bigint;
}

const GENERIC_READ = 0x8000_0000;
const GENERIC_WRITE = 0x4000_0000;
const SYNCHRONIZE = 0x10_0000;
const ACCESS = GENERIC_READ + GENERIC_WRITE + SYNCHRONIZE;
const SHARE_READ_AND_WRITE = 3;
/** Fails if there is a pipe of this name already. */
const FILE_CREATE = 2;
/** Fails if there is none. */
const FILE_OPEN = 1;
/** Each write is a message, so that an empty one can say "no more"; clients of other machines are refused. */
const TYPE_MESSAGE_REJECT_REMOTE = 3;
/** Read in bytes, an empty message behind unread ones could be swallowed. */
const READ_MESSAGES = 1;
/** Operations wait instead of failing at once. */
const QUEUE_OPERATIONS = 0;
const ANY_NUMBER_OF_INSTANCES = 0xffff_ffff;
/** What clients may send ahead of our reads, as with dockerd's own pipe. */
const INPUT_QUOTA_BYTES = 65_536;
/**
 * The kernel takes nothing before the client reads it, so the end of a write is the proof that it arrived. Without
 * that, each client would need a thread that waits in FlushFileBuffers, and the runtime has few.
 */
const OUTPUT_QUOTA_BYTES = 0;
/** What WaitNamedPipe waits for by default, in units of 100 ns; negative, as it is counted from now. */
const DEFAULT_TIMEOUT = new Uint8Array(new BigInt64Array([-500_000n]).buffer);
const CASE_INSENSITIVE = 0x40;
const NONE = 0;

/** Field offsets and sizes of the structures for 64-bit programs. */
const OBJECT_ATTRIBUTES = { bytes: 48, name: 16, attributes: 24, securityDescriptor: 32 } as const;
const UNICODE_STRING = { bytes: 16, maximumLength: 2, buffer: 8 } as const;

/** A name and who may use it, as the kernel wants them told. */
export interface PipeIdentity {
  readonly attributes: Uint8Array<ArrayBuffer>;
  /** Memory that `attributes` points into; it lives as long. */
  readonly holds: readonly unknown[];
}

/** @param name without `\\.\pipe\` */
export function pipeIdentity(name: string, securityDescriptor: Deno.PointerObject): PipeIdentity {
  const path = wideText(`\\??\\pipe\\${name}`);
  const text = new DataView(new ArrayBuffer(UNICODE_STRING.bytes));
  text.setUint16(0, path.length - Uint16Array.BYTES_PER_ELEMENT, true);
  text.setUint16(UNICODE_STRING.maximumLength, path.length, true);
  text.setBigUint64(UNICODE_STRING.buffer, addressOf(path), true);
  const view = new DataView(new ArrayBuffer(OBJECT_ATTRIBUTES.bytes));
  view.setUint32(0, OBJECT_ATTRIBUTES.bytes, true);
  view.setBigUint64(OBJECT_ATTRIBUTES.name, addressOf(new Uint8Array(text.buffer)), true);
  view.setUint32(OBJECT_ATTRIBUTES.attributes, CASE_INSENSITIVE, true);
  const descriptor = Deno.UnsafePointer.value(securityDescriptor);
  view.setBigUint64(OBJECT_ATTRIBUTES.securityDescriptor, BigInt(descriptor), true);
  return { attributes: new Uint8Array(view.buffer), holds: [path, text] };
}

/** Makes an instance: the first of a name that nobody has, or one more of our own. */
export function createPipe(identity: PipeIdentity, options: { readonly first: boolean }): CreatedPipe {
  const handle = new BigInt64Array([INVALID_HANDLE]);
  const status = ntdll().NtCreateNamedPipeFile(
    new Uint8Array(handle.buffer),
    ACCESS,
    identity.attributes,
    new Uint8Array(new ArrayBuffer(16)),
    SHARE_READ_AND_WRITE,
    options.first ? FILE_CREATE : FILE_OPEN,
    NONE,
    TYPE_MESSAGE_REJECT_REMOTE,
    READ_MESSAGES,
    QUEUE_OPERATIONS,
    ANY_NUMBER_OF_INSTANCES,
    INPUT_QUOTA_BYTES,
    OUTPUT_QUOTA_BYTES,
    DEFAULT_TIMEOUT,
  );
  return { status, handle: handle[0]! };
}

function addressOf(bytes: Uint8Array<ArrayBuffer>): bigint {
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
}
