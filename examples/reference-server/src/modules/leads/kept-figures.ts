import { sql } from "kysely";
import { type KeptFigures, keptFigures } from "../../frame/kept-figures.js";

const FIGURES = ["calls", "connected", "interested", "duration"] as const;
const KEPT = sql`calls, connected, interested, duration`;
const COUNTERS = sql`total_calls as calls, connected_calls as connected, interested_calls as interested,
  total_duration as duration`;
const COUNTED = sql`count(*) as calls, sum(case when result = 'connected' then 1 else 0 end) as connected,
  sum(is_interested) as interested, sum(duration) as duration`;
const THERE = sql`deleted_at is null`;

/** What is kept of calls and their tags. */
export const figures: readonly KeptFigures[] = [
  keptFigures({
    name: "calls-of-packages",
    keys: ["package_id"],
    figures: FIGURES,
    kept: sql`select tenant_id, id as package_id, ${COUNTERS} from rk_lead_packages where ${THERE}`,
    counted: sql`select tenant_id, package_id, ${COUNTED} from rk_calls where ${THERE} group by tenant_id, package_id`,
  }),
  keptFigures({
    name: "calls-of-tasks",
    keys: ["task_id"],
    figures: FIGURES,
    kept: sql`select tenant_id, id as task_id, ${COUNTERS} from rk_dial_tasks where ${THERE}`,
    counted: sql`select tenant_id, task_id, ${COUNTED} from rk_calls where ${THERE} group by tenant_id, task_id`,
  }),
  keptFigures({
    name: "calls-of-hours",
    keys: ["package_id", "local_day", "local_hour"],
    figures: FIGURES,
    kept: sql`select tenant_id, package_id, local_day, local_hour, ${KEPT} from rk_call_hours`,
    counted: sql`select tenant_id, package_id, local_day, local_hour, ${COUNTED} from rk_calls where ${THERE}
      group by tenant_id, package_id, local_day, local_hour`,
  }),
  // Which day of the week a day is, engines say in ways of their own: hours are compared over all days.
  keptFigures({
    name: "calls-of-weekdays",
    keys: ["package_id", "local_hour"],
    figures: FIGURES,
    kept: sql`select tenant_id, package_id, local_hour, ${KEPT} from rk_call_weekdays`,
    counted: sql`select tenant_id, package_id, local_hour, ${COUNTED} from rk_calls where ${THERE}
      group by tenant_id, package_id, local_hour`,
  }),
  keptFigures({
    name: "calls-of-agents",
    keys: ["agent", "local_day", "local_hour"],
    figures: FIGURES,
    kept: sql`select tenant_id, agent, local_day, local_hour, ${KEPT} from rk_agent_hours`,
    counted: sql`select tenant_id, agent, local_day, local_hour, ${COUNTED} from rk_calls where ${THERE} and agent <> ''
      group by tenant_id, agent, local_day, local_hour`,
  }),
  keptFigures({
    name: "tags-of-calls",
    keys: ["package_id", "tag_name", "tag_value"],
    figures: ["tags"],
    kept: sql`select tenant_id, package_id, tag_name, tag_value, tag_count as tags from rk_package_tag_summary`,
    counted: sql`select t.tenant_id, t.package_id, t.tag_name, t.tag_value, count(*) as tags from rk_call_tags as t
      join rk_calls as c on c.tenant_id = t.tenant_id and c.id = t.call_id and c.deleted_at is null
      group by t.tenant_id, t.package_id, t.tag_name, t.tag_value`,
  }),
];
