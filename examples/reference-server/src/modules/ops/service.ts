import { NotFoundError, type OccurrenceStatus, type Page, type TenantKit } from "@recallkit/core";
import type { OccurrenceFilter } from "@recallkit/core/ports";

/** One page of occurrences with their counts; `occurrenceId` narrows the list to that one. */
export async function listOccurrences(
  kit: TenantKit,
  filter: OccurrenceFilter & { readonly occurrenceId?: number },
): Promise<Page<OccurrenceStatus>> {
  const { occurrenceId, ...rest } = filter;
  if (occurrenceId !== undefined) return onlyOccurrence(kit, occurrenceId, rest);
  const page = await kit.occurrences.list(rest);
  const items: OccurrenceStatus[] = [];
  for (const { id } of page.items) items.push(await kit.occurrences.status(id));
  return { items, nextCursor: page.nextCursor };
}

async function onlyOccurrence(
  kit: TenantKit,
  occurrenceId: number,
  { ruleId, states, since }: OccurrenceFilter,
): Promise<Page<OccurrenceStatus>> {
  try {
    const found = await kit.occurrences.status(occurrenceId);
    const matches =
      (ruleId === undefined || found.ruleId === ruleId) &&
      (states === undefined || states.includes(found.state)) &&
      (since === undefined || found.createdAt >= since);
    return { items: matches ? [found] : [], nextCursor: null };
  } catch (error) {
    if (NotFoundError.is(error)) return { items: [], nextCursor: null };
    throw error;
  }
}
