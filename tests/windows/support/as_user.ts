/**
 * A program for deno.exe: `PROFILE PROGRAM ARGUMENT...` runs a program as Windows would for a user with that profile
 * folder, and ends with its code. Wine itself always takes the folder from the name of the Linux user.
 */
const [profile = "", program = "", ...args] = Deno.args;
const { code } = await new Deno.Command(program, {
  args,
  env: {
    USERPROFILE: profile,
    HOMEPATH: profile.slice("C:".length),
    USERNAME: profile.slice(profile.lastIndexOf("\\") + 1),
    LOCALAPPDATA: `${profile}\\AppData\\Local`,
    APPDATA: `${profile}\\AppData\\Roaming`,
    TEMP: `${profile}\\AppData\\Local\\Temp`,
    TMP: `${profile}\\AppData\\Local\\Temp`,
  },
}).spawn().status;
Deno.exit(code);
