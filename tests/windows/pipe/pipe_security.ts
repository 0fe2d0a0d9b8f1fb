/** Reads a pipe's descriptor back as Windows keeps it. */
import assert from "node:assert/strict";
import { currentUserSid } from "../../../src/platform/windows/pipe/pipe_security.ts";
import { textOfWide, wideText } from "../../../src/platform/windows/registry/registry_values.ts";

const READ_CONTROL = 0x2_0000;
const GENERIC_READ = 0x8000_0000;
const OPEN_EXISTING = 3;
const SE_KERNEL_OBJECT = 6;
const DACL = 4;
const SDDL_REVISION = 1;

const KERNEL32 = {
  CloseHandle: { parameters: ["isize"], result: "i32" },
  CreateFileW: { parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "isize"], result: "isize" },
} as const;
const ADVAPI32 = {
  ConvertSecurityDescriptorToStringSecurityDescriptorW: {
    parameters: ["pointer", "u32", "u32", "buffer", "buffer"],
    result: "i32",
  },
  GetSecurityInfo: {
    parameters: ["isize", "i32", "u32", "pointer", "pointer", "pointer", "pointer", "buffer"],
    result: "u32",
  },
} as const;

/** The rights on the pipe, as SDDL, and the user that runs this. */
export function describeDescriptor(address: string): { readonly dacl: string; readonly userSid: string } {
  const kernel32 = Deno.dlopen("kernel32.dll", KERNEL32);
  const advapi32 = Deno.dlopen("advapi32.dll", ADVAPI32);
  const { CloseHandle, CreateFileW } = kernel32.symbols;
  const access = GENERIC_READ + READ_CONTROL;
  const pipe = CreateFileW(wideText(address), access, 0, null, OPEN_EXISTING, 0, 0n);
  assert.notEqual(pipe, -1n);
  const descriptor = new BigUint64Array(1);
  const { ConvertSecurityDescriptorToStringSecurityDescriptorW: convert, GetSecurityInfo } = advapi32.symbols;
  const bytes = new Uint8Array(descriptor.buffer);
  assert.equal(GetSecurityInfo(pipe, SE_KERNEL_OBJECT, DACL, null, null, null, null, bytes), 0);
  CloseHandle(pipe);
  const text = new BigUint64Array(1);
  const length = new Uint32Array(1);
  const pointer = Deno.UnsafePointer.create(descriptor[0]!);
  const converted = convert(
    pointer,
    SDDL_REVISION,
    DACL,
    new Uint8Array(text.buffer),
    new Uint8Array(length.buffer),
  );
  assert.equal(converted, 1);
  const view = new Deno.UnsafePointerView(Deno.UnsafePointer.create(text[0]!)!);
  const wide = new Uint8Array(length[0]! * Uint16Array.BYTES_PER_ELEMENT);
  view.copyInto(wide);
  return { dacl: textOfWide(wide), userSid: currentUserSid() };
}
