// One TB_HOME for all end-to-end tests, as one user's machine has: its dependencies are prepared once.
import type { TestProject } from "vitest/node";
import { removeTbHome, tbHome } from "./tb.ts";

declare module "vitest" {
  export interface ProvidedContext {
    tbHome: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await tbHome();
  project.provide("tbHome", home);
  return () => removeTbHome(home);
}
