// All mutations, by subject.
import type { Plan } from "../../../src/plan/plan.ts";
import { accountsPlan } from "../accounts-plan.ts";
import { optionsPlan } from "../options-plan.ts";
import { plan } from "../plan.ts";
import { accounts } from "./accounts.ts";
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
  ["Accounts", accounts],
];

const OF_OTHERS: readonly (readonly Mutation[])[] = [options, accounts];

/** By the plan of the project that they are made of. */
export const MUTATIONS: readonly [plan: Plan, mutations: readonly Mutation[]][] = [
  [plan, SUBJECTS.flatMap(([, list]) => (OF_OTHERS.includes(list) ? [] : list))],
  [optionsPlan, options],
  [accountsPlan, accounts],
];
