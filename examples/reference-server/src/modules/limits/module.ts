import { defineModule } from "../../frame/module.js";
import { limitsMigrations } from "./migrations.js";

/** How many requests a caller may make. */
export const limitsModule = defineModule({ name: "limits", migrations: limitsMigrations });
