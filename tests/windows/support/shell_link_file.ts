/** Reads shortcuts as [MS-SHLLINK] describes them, as far as the tests look at them. */

const HEADER_BYTES = 0x4c;
/** The class of shortcuts, 00021401-0000-0000-C000-000000000046, as the header contains it. */
const CLASS = "0114020000000000c000000000000046";

/** Bits of the header's flags. */
const FLAG = {
  idList: 0,
  linkInfo: 1,
  name: 2,
  relativePath: 3,
  workingDirectory: 4,
  arguments: 5,
  icon: 6,
  unicode: 7,
};

/** What a shortcut says. */
export interface ShellLinkFile {
  readonly name?: string;
  readonly workingDirectory?: string;
  readonly arguments?: string;
  readonly icon?: string;
  /** What leads to the program, in the shell's own form, byte by byte; names appear in it unchanged. */
  readonly target: string;
}

/** @throws {Error} if the bytes are not a shortcut. */
export function readShellLink(bytes: Uint8Array<ArrayBuffer>): ShellLinkFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const id = [...bytes.subarray(4, 20)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (view.getUint32(0, true) !== HEADER_BYTES || id !== CLASS) {
    throw new Error("Cannot read the shortcut: no header");
  }
  const flags = view.getUint32(20, true);
  const has = (bit: number) => (flags & (1 << bit)) !== 0;
  if (!has(FLAG.unicode)) throw new Error("Cannot read the shortcut: its texts are not Unicode");
  let place = HEADER_BYTES;
  if (has(FLAG.idList)) place += 2 + view.getUint16(place, true);
  if (has(FLAG.linkInfo)) place += view.getUint32(place, true);
  const target = bytes.subarray(HEADER_BYTES, place);
  const wide = new TextDecoder("utf-16le");
  const text = (bit: number): string | undefined => {
    if (!has(bit)) return undefined;
    const length = view.getUint16(place, true) * 2;
    const value = wide.decode(bytes.subarray(place + 2, place + 2 + length));
    place += 2 + length;
    return value.replace(/\0$/, ""); // Wine counts the zero behind a text as part of it
  };
  const [name, , workingDirectory, args, icon] = [
    text(FLAG.name),
    text(FLAG.relativePath),
    text(FLAG.workingDirectory),
    text(FLAG.arguments),
    text(FLAG.icon),
  ];
  return {
    ...name === undefined ? {} : { name },
    ...workingDirectory === undefined ? {} : { workingDirectory },
    ...args === undefined ? {} : { arguments: args },
    ...icon === undefined ? {} : { icon },
    target: new TextDecoder("latin1").decode(target),
  };
}
