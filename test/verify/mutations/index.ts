// All mutations, by subject.
import { cheating } from "./cheating.ts";
import type { Mutation } from "./mutation.ts";
import { options } from "./options.ts";
import { planning } from "./planning.ts";
import { reading } from "./reading.ts";
import { refusing } from "./refusing.ts";
import { testing } from "./testing.ts";
import { writing } from "./writing.ts";

export const SUBJECTS: readonly [title: string, mutations: readonly Mutation[]][] = [
  ["Reading", reading],
  ["Writing", writing],
  ["Refusing and telling", refusing],
  ["Plan, contract, build and database", planning],
  ["Tests", testing],
  ["Looking good", cheating],
  ["What is only there by request", options],
];

/** Of the project of plan.ts. */
export const mutations: readonly Mutation[] = SUBJECTS.flatMap(([, list]) => (list === options ? [] : list));
/** Of the project of options-plan.ts. */
export const optionMutations: readonly Mutation[] = options;
