import { defineHandler } from "nitro/h3";
import document from "../../openapi.json" with { type: "json" };

export default defineHandler(() => Response.json(document));
