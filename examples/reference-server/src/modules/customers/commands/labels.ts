import { InputError, NotFoundError } from "@recallkit/core";
import type { AddCommand } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";

interface UnassignFlags {
  readonly key: string;
  readonly city: string;
}

/** `labels unassign`. */
export const addLabels: AddCommand = (program, { say, action }) => {
  const labels = program.command("labels").description(say("客户的标签", "labels of customers"));
  labels
    .command("unassign")
    .description(say("移除一个客户的城市标签", "take a city from a customer"))
    .requiredOption("--key <key>", say("客户导入键", "import key of the customer"))
    .requiredOption("--city <city>", say("城市", "name of the city"))
    .action(
      action((context, { key, city }: UnassignFlags) =>
        withKit(context, async (kit) => {
          const row = { externalKey: key, kind: "city", key: city } as const;
          const { updated, rejected } = await kit.labels.unassign([row]);
          const [fault] = rejected;
          if (fault?.code === "customer.not-found") throw new NotFoundError(fault.code, fault.message);
          if (fault) throw new InputError([fault]);
          context.answer({ removed: updated }, () =>
            updated > 0 ? say("已移除", "taken away") : say("该客户没有这个标签", "the customer does not have it"),
          );
        }),
      ),
    );
};
