/** What a user of Windows sets in the proxy page of its settings, as texts for the registry. */
const KEY = "HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections";

/** The layout that Windows has had since version 7. */
const LAYOUT = 0x46;
const FLAGS = { direct: 1, servers: 2, scriptUrl: 4, autoDetect: 8 } as const;

/** The page with its switches; what is left out is off. */
export interface ProxyPage {
  /** Such as `proxy:8080` or `http=a:80;https=b:80`. */
  readonly servers?: string;
  /** What needs no proxy, such as `*.example.com;<local>`. */
  readonly bypass?: string;
  /** The address of a PAC file. */
  readonly scriptUrl?: string;
  /** "Automatically detect settings". */
  readonly autoDetect?: boolean;
}

/** The text of a .reg file, without its first line, that leaves the page like this. */
export function proxyPage({ servers, bypass = "", scriptUrl, autoDetect = false }: ProxyPage): string {
  const flags = FLAGS.direct | (servers === undefined ? 0 : FLAGS.servers) |
    (scriptUrl === undefined ? 0 : FLAGS.scriptUrl) | (autoDetect ? FLAGS.autoDetect : 0);
  const bytes = [
    ...[LAYOUT, 1, flags].flatMap(littleEndian),
    ...[servers ?? "", bypass, scriptUrl ?? ""].flatMap((text) => {
      const encoded = new TextEncoder().encode(text);
      return [...littleEndian(encoded.length), ...encoded];
    }),
    ...Array<number>(32).fill(0),
  ];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(",");
  return `[${KEY}]\r\n"DefaultConnectionSettings"=hex:${hex}\r\n`;
}

function littleEndian(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24];
}
