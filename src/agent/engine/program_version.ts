/** The version in what a program prints about itself, such as `Docker version 28.5.2+dfsg1, build 7cdbd4d`. Pure. */
export function versionIn(output: string): string | undefined {
  return /(?<![\w.])v?(\d+\.\d+[^\s,"]*)/.exec(output)?.[1];
}
