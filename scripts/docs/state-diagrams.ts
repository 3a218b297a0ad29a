// Draws the state machines from the table that the engine obeys.
import { type EntityKind, TRANSITIONS } from "@recallkit/core/ports";

const FIRST: Readonly<Record<EntityKind, string>> = { occurrence: "planned", batch: "pending", delivery: "queued" };
const ENTITIES: readonly EntityKind[] = ["occurrence", "batch", "delivery"];

/** The page as it has to be; `npm run docs` writes it. */
export function stateDiagramsPage(): string {
  const intro =
    "Drawn from `TRANSITIONS` in `packages/core/src/delivery/states.ts`; nothing else is possible. When each is taken: [delivery](delivery.md#states).";
  const sections = ENTITIES.map((entity) => `## ${titleOf(entity)}\n\n${diagram(entity)}`);
  return `${["# State diagrams", intro, ...sections].join("\n\n")}\n`;
}

function diagram(entity: EntityKind): string {
  const table: Readonly<Record<string, readonly string[]>> = TRANSITIONS[entity];
  const lines = Object.entries(table).flatMap(([from, next]) =>
    next.length === 0 ? [`${from} --> [*]`] : next.map((to) => `${from} --> ${to}`),
  );
  return [
    "```mermaid",
    "stateDiagram-v2",
    `  [*] --> ${FIRST[entity]}`,
    ...lines.map((line) => `  ${line}`),
    "```",
  ].join("\n");
}

function titleOf(entity: EntityKind): string {
  return `${entity.slice(0, 1).toUpperCase()}${entity.slice(1)}`;
}
