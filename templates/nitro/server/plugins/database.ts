import { definePlugin } from "nitro";
import { closeDatabase, database } from "../utils/db.ts";

/** Fails the start when a variable is missing, and closes the connections at the end. */
export default definePlugin((app) => {
  database();
  app.hooks.hook("close", closeDatabase);
});
