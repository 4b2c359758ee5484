// The one way past the rule that code of a model runs isolated (pipeline/require-isolation.ts).
import * as Flags from "@oclif/core/flags";

export const unsafeNoSandbox = Flags.boolean({
  description: "Run what a model wrote with all your rights where nothing isolates it.",
  helpGroup: "SAFETY",
});
