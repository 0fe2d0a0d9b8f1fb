import assert from "node:assert/strict";
import { choiceOfAnswer, choiceOfFlags, decideData } from "./uninstall_choice.ts";

Deno.test("choiceOfFlags() deletes data only for --delete-data, or for --yes of a command that has said so", () => {
  const of = (...names: string[]) => choiceOfFlags(Object.fromEntries(names.map((name) => [name, true])));
  assert.equal(of(), undefined);
  assert.equal(of("window"), undefined);
  assert.equal(of("yes"), "delete");
  assert.equal(of("delete-data"), "delete");
  assert.equal(of("quiet", "delete-data"), "delete");
  assert.equal(of("quiet"), "keep");
  assert.equal(of("quiet", "yes"), "keep");
  assert.equal(of("keep-data", "yes"), "keep");
  assert.throws(() => of("keep-data", "delete-data"), {
    code: "WL_USAGE",
    message: "Cannot run 'uninstall': --delete-data and --keep-data contradict each other",
  });
});

Deno.test("choiceOfAnswer() takes what is not clear for no answer", () => {
  const answers = ["y", " YES\r\n", "n", "No", "", "yy", "delete"];
  assert.deepEqual(answers.map(choiceOfAnswer), [
    "delete",
    "delete",
    "keep",
    "keep",
    "cancel",
    "cancel",
    "cancel",
  ]);
});

Deno.test("decideData() asks the user, and refuses where there is none", async () => {
  const input = { flags: {}, operands: [] };
  const questions: string[] = [];
  const answering = (answer: string | undefined) => ({
    ask: (question: string) => Promise.resolve((questions.push(question), answer)),
  });
  assert.equal(await decideData(input, answering("n")), "keep");
  assert.deepEqual(questions, [
    "This removes Windlass. Delete all images, containers and volumes as well? They cannot be restored.\n" +
    "[y]es, [n]o, or Enter to cancel: ",
  ]);
  await assert.rejects(decideData(input, answering(undefined)), {
    code: "WL_CONFIRM_NEEDED",
    message: "Cannot uninstall: this deletes all images, containers and volumes, and needs --yes",
    remedy: "Repeat the command with --yes if that is what you want, or with --keep-data to keep them.",
  });
});
