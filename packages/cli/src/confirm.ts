import { type CommandCall, screenOf } from "./command.js";
import { openKeyboard } from "./keyboard.js";
import { usageError } from "./output.js";

/** Asks the person at the terminal; without one, `--yes` has to be said. INVALID_OPTION. */
export async function confirm(call: CommandCall, question: string): Promise<boolean> {
  const { stdin, signal = new AbortController().signal } = call.terminal;
  const screen = screenOf(call);
  if (call.values.yes === true) return true;
  if (stdin?.isTTY !== true || screen.isTTY !== true) {
    throw usageError("this costs money, and there is no terminal to ask at. Say --yes to do it all the same.");
  }
  const keyboard = openKeyboard(stdin);
  try {
    await keyboard.forgetTyped();
    screen.write(`${question} (yes or no): `);
    const line = await keyboard.readLine(signal);
    return line !== undefined && /^y(es)?$/i.test(line.trim());
  } finally {
    keyboard.close();
  }
}
