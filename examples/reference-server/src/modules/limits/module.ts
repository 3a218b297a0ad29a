import { serverModule } from "../../frame/server-module.js";
import { limitsMigrations } from "./migrations.js";

/** How many requests a caller may make. */
export const limitsModule = serverModule({ name: "limits", migrations: limitsMigrations });
