/** Kinds of files, in the order in which one needs the other. */
export const FILE_KINDS = [
  "institutions",
  "doctors",
  "projects",
  "products",
  "customers",
  "consumption_records",
  "customers_add",
  "customers_update",
  "consumption_records_add",
  "consumption_records_update",
] as const;

/** What the rows of a file are; its name without `.json`. */
export type FileKind = (typeof FILE_KINDS)[number];

/** Files that all institutions share. */
export const COMMON_KINDS = ["institutions", "doctors", "projects", "products"] as const satisfies readonly FileKind[];

/** Files of one institution. */
export const INSTITUTION_KINDS = ["customers", "consumption_records"] as const satisfies readonly FileKind[];

/** Files of a day, whose rows may be of any institution. */
export const DAILY_KINDS = [
  "customers_add",
  "customers_update",
  "consumption_records_add",
  "consumption_records_update",
] as const satisfies readonly FileKind[];

/** What one institution may hand over by itself. */
export const OWN_KINDS = [...INSTITUTION_KINDS, ...DAILY_KINDS] as const;

/** Catalogues. */
export const CATALOGUE_KINDS = ["doctors", "projects", "products"] as const satisfies readonly FileKind[];
export type CatalogueKind = (typeof CATALOGUE_KINDS)[number];
