import { join } from "node:path/win32";
import { startWithoutConsole } from "./background_process.ts";

/** Seconds in which the program must have ended. */
const TRIES = 120;

/**
 * What waits for the end of a program and removes it: nothing of ours can, since all of it is part of that program. Paths come
 * in variables, so that nothing in them means anything to the shell, and the text has no letters that a code page would change.
 * `ping` is the pause that every Windows has. The last line removes the script itself.
 */
const SCRIPT = [
  "@echo off",
  `for /l %%i in (1,1,${TRIES}) do (`,
  '  del /f /q "%WINDLASS_REMOVE_FILE%" >nul 2>nul',
  '  if not exist "%WINDLASS_REMOVE_FILE%" goto gone',
  "  ping -n 2 127.0.0.1 >nul 2>nul",
  ")",
  ":gone",
  'if not "%WINDLASS_REMOVE_FOLDER%"=="" rmdir "%WINDLASS_REMOVE_FOLDER%" >nul 2>nul',
  '(goto) 2>nul & del "%~f0"',
  "",
].join("\r\n");

/** What is removed once nobody runs it any more. */
export interface RemoveLaterOptions {
  readonly file: string;
  /** Removed as well if it is empty then. */
  readonly folder?: string | undefined;
  /** Where the script that does it lies meanwhile. */
  readonly temporaryFolder: string;
}

/**
 * Removes a program of ours after this process and its launcher have ended. Its result is not reported.
 *
 * @throws {WindlassError} `WL_PROGRAM_MISSING` if Windows' shell cannot be started.
 */
export async function removeLater({ file, folder, temporaryFolder }: RemoveLaterOptions): Promise<void> {
  const name = `windlass-${crypto.randomUUID()}.cmd`;
  await Deno.writeTextFile(join(temporaryFolder, name), SCRIPT);
  const shell = startWithoutConsole({
    program: join(Deno.env.get("SystemRoot") ?? "C:\\Windows", "System32", "cmd.exe"),
    // By its name alone: a whole path could hold what the shell takes apart.
    args: ["/d", "/c", name],
    environment: { WINDLASS_REMOVE_FILE: file, WINDLASS_REMOVE_FOLDER: folder ?? "" },
    workingDirectory: temporaryFolder,
    errorFile: "NUL",
  });
  await shell.stdout.cancel();
}
