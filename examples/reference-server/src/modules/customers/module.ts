import { defineModule } from "../../frame/module.js";
import { customerRoutes } from "./routes.js";

/** Labels of customers, and customers who must not be contacted. */
export const customersModule = defineModule({ name: "customers", routes: customerRoutes });
