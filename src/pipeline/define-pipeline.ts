import type { Phase, Pipeline } from "./types.ts";

/** An empty pipeline; `.phase()` adds one and checks that its input is there. */
export function definePipeline<Start>(name: string): Pipeline<Start, Start> {
  // oxlint-disable-next-line typescript/no-explicit-any -- each phase was checked against the state when it was added
  function build(phases: readonly Phase<any, any>[]): Pipeline<Start, any> {
    return { name, phases, phase: (next) => build([...phases, next]) };
  }
  return build([]);
}
