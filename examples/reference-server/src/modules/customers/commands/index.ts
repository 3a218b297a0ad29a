import type { AddCommand } from "../../../cli/command.js";
import { addImportCustomers } from "./import-customers.js";
import { addImportLabels } from "./import-labels.js";
import { addImportOrders } from "./import-orders.js";
import { addLabels } from "./labels.js";
import { addPeople } from "./people.js";

const addImport: AddCommand = (program, parts) => {
  const command = program.command("import").description(parts.say("导入数据", "import data"));
  addImportCustomers(command, parts);
  addImportOrders(command, parts);
  addImportLabels(command, parts);
};

/** This module's part of the command line. */
export const commands: readonly AddCommand[] = [addImport, addLabels, addPeople];
