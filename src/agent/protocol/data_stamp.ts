/** Stored with the data: which Docker has used it. */
export interface DataStamp {
  /** Version of the dockerd that has used the data last. */
  readonly dockerd: string;
}

/** Reads the text of a stamp; `undefined` if it is not valid. Pure. */
export function parseDataStamp(text: string): DataStamp | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("dockerd" in value)) return undefined;
  return majorOf(value.dockerd) === undefined ? undefined : { dockerd: String(value.dockerd) };
}

/** The text of a stamp. Pure. */
export function formatDataStamp({ dockerd }: DataStamp): string {
  return `${JSON.stringify({ format: 1, dockerd }, null, 2)}\n`;
}

/** Whether the data may be too new for that dockerd: only a later major version has changed its formats. Pure. */
export function isDataTooNew(dockerd: string, stamp: DataStamp): boolean {
  const [own, writer] = [majorOf(dockerd), majorOf(stamp.dockerd)];
  return own !== undefined && writer !== undefined && own < writer;
}

/** The first number of a version such as `29.0.1` or `28.5.2+dfsg1`. Pure. */
function majorOf(version: unknown): number | undefined {
  const major = typeof version === "string" ? /^(\d+)\./.exec(version)?.[1] : undefined;
  return major === undefined ? undefined : Number(major);
}
