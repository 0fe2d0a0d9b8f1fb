import type { CompletedCommand, CompletedOperand } from "./completion_model.ts";

/** The script for PowerShell 5.1 and later: for a line of its profile. Pure. */
export function powershellCompletions(model: readonly CompletedCommand[]): string {
  const commands = model.map(({ name, summary, flags, operands, passThrough }) => {
    const values = flags.flatMap(({ long, short, values }) =>
      values === undefined
        ? []
        : [`--${long}`, ...short === undefined ? [] : [`-${short}`]].map((flag) =>
          `${quote(flag)} = ${list(values)}`
        )
    );
    return `    ${quote(name)} = @{
      Summary = ${quote(summary)}
      PassThrough = $${passThrough}
      Flags = ${list(flags.map(({ long }) => `--${long}`))}
      Values = @{ ${values.join("; ")} }
      Operands = @(${operands.map((words) => `,${wordsOf(words)}`).join(" + ")})
    }`;
  });
  return `# Completions of windlass for PowerShell.
Register-ArgumentCompleter -Native -CommandName windlass, windlass.exe -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = [ordered]@{
${commands.join("\n")}
  }
  $before = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
    ForEach-Object { $_.Extent.Text })
  if ($before.Count -le 1) {
    foreach ($name in $commands.Keys) {
      if ($name -like "$wordToComplete*") {
        [System.Management.Automation.CompletionResult]::new(
          $name, $name, 'ParameterValue', $commands[$name].Summary)
      }
    }
    return
  }
  $command = $commands[$before[1]]
  if ($null -eq $command -or $command.PassThrough) { return }
  $previous = $before[-1]
  $operands = @($before | Select-Object -Skip 2 | Where-Object { $_ -notlike '-*' })
  if ($command.Values.ContainsKey($previous)) { $words = $command.Values[$previous] }
  elseif ($wordToComplete -notlike '-*' -and $operands.Count -lt $command.Operands.Count) {
    $words = $command.Operands[$operands.Count]
    if ($words -is [scriptblock]) { $words = & $words }
  }
  else { $words = $command.Flags }
  foreach ($word in $words) {
    if ($word -like "$wordToComplete*") {
      [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $word)
    }
  }
}
`;
}

/** An array, or a script that makes one when it is needed. */
function wordsOf(words: CompletedOperand): string {
  return "printedBy" in words ? `{ & windlass ${words.printedBy} 2>$null }` : list(words);
}

function list(words: readonly string[]): string {
  return `@(${words.map(quote).join(", ")})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
