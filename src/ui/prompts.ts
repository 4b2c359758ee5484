// Questions to a person in a terminal. Asked on stderr, so that stdout carries nothing but the result. Whether there is
// somebody to ask is the command's to know (TbCommand.canAsk).
import { TbError } from "../errors.ts";

export interface Choice {
  value: string;
  /** What is shown for it. */
  name: string;
}

/** Yes or no; no by default. Throws TbError "interrupted" when the question is left with Ctrl-C. */
export async function askConfirm(message: string): Promise<boolean> {
  return ask<boolean>({ type: "confirm", message, default: false });
}

/** A line of text that is not empty. Throws like `askConfirm`. */
export async function askText(message: string, initial?: string): Promise<string> {
  const text = await ask<string>({
    type: "input",
    message,
    ...(initial !== undefined && { default: initial }),
    validate: (typed: string) => typed.trim() !== "" || "Type something, or press Ctrl-C to leave.",
  });
  return text.trim();
}

/** One of the choices, which must not be empty. Throws like `askConfirm`. */
export async function askChoice(message: string, choices: Choice[]): Promise<string> {
  return ask<string>({ type: "select", message, choices, pageSize: 12 });
}

async function ask<T>(question: object): Promise<T> {
  const { createPromptModule } = await import("inquirer");
  const prompt = createPromptModule({ output: process.stderr });
  try {
    const answers: { answer: unknown } = await prompt([{ ...question, name: "answer" } as never]);
    return answers.answer as T; // the question's type decides what it is
  } catch (error) {
    if (!(error instanceof Error && error.name === "ExitPromptError")) throw error;
    throw new TbError("interrupted", "Nothing was done.", { cause: error });
  }
}
