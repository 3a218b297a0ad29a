import { ChannelError } from "@recallkit/core";
import type { CommandContext } from "../../../cli/command.js";
import { alignedTable } from "../../../cli/table.js";
import { accountClient } from "./client.js";

/** What one call says about the account's rights. */
interface Probe {
  readonly call: string;
  readonly ok: boolean;
  /** Figures, or what to do. */
  readonly detail: string;
  readonly errcode: string | null;
  readonly trace_id: string | null;
}

/** Makes the calls that change nothing, one after the other, and tells which of them the account may make. */
export async function whoami(context: CommandContext): Promise<void> {
  const { corpId, agentId, client } = await accountClient(context);
  const { say } = context;
  const probes: Probe[] = [];
  const probe = async <T>(call: string, run: () => Promise<T>, tell: (value: T) => string): Promise<T | undefined> => {
    try {
      const value = await run();
      probes.push({ call, ok: true, detail: tell(value), errcode: null, trace_id: null });
      return value;
    } catch (error) {
      if (!ChannelError.is(error)) throw error;
      const { providerCode = null, traceId = null, hint, message } = error;
      probes.push({ call, ok: false, detail: hint ?? message, errcode: providerCode, trace_id: traceId });
      return undefined;
    }
  };

  const token = await probe(
    "gettoken",
    () => client.getAccessToken(),
    () => say("可用", "works"),
  );
  if (token !== undefined) {
    const members = await probe(
      "externalcontact/get_follow_user_list",
      () => client.getFollowUserList(),
      (userids) => say(`${userids.length} 名成员`, `${userids.length} members`),
    );
    const [member] = members ?? [];
    if (member !== undefined) {
      await probe(
        "externalcontact/list",
        () => client.listExternalContacts(member),
        (ids) => say(`${member}：${ids.length} 位客户`, `${member}: ${ids.length} customers`),
      );
    }
    await probe(
      "externalcontact/get_corp_tag_list",
      () => client.getCorpTagList(),
      (groups) => say(`${groups.length} 个标签组`, `${groups.length} groups of tags`),
    );
    await probe(
      "getcallbackip",
      () => client.getCallbackIp(),
      (ips) => `${ips.length} IP`,
    );
  }
  const answer = { corp_id: corpId, agent_id: agentId ?? null, calls: probes };
  const rows = probes.map(({ ok, call, detail, errcode }) => [ok ? "ok" : `errcode ${errcode ?? "-"}`, call, detail]);
  context.answer(answer, () => `${corpId}\n${alignedTable(rows)}`);
}
