import type { AddCommand } from "../../../cli/command.js";
import { addConsents } from "./consents.js";
import { addImportCustomers } from "./import-customers.js";
import { addImportInspect } from "./import-inspect.js";
import { addImportLabels } from "./import-labels.js";
import { addImportOrders } from "./import-orders.js";
import { addImportSuppressions } from "./import-suppressions.js";
import { addLabels } from "./labels.js";
import { addPeople } from "./people.js";

const addImport: AddCommand = (program, parts) => {
  const command = program.command("import").description(parts.say("导入数据", "import data"));
  addImportInspect(command, parts);
  addImportCustomers(command, parts);
  addImportOrders(command, parts);
  addImportLabels(command, parts);
  addImportSuppressions(command, parts);
};

/** This module's part of the command line. */
export const commands: readonly AddCommand[] = [addImport, addConsents, addLabels, addPeople];
