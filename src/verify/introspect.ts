// What is really in a database, from its catalog. Only tb's own text runs here, as the administrator.
import type { AdministratorQuery, DatabaseCluster } from "../adapters/database-cluster/database-cluster.ts";

interface ColumnFacts {
  table: string;
  name: string;
  /** As Postgres writes it: `character varying(200)`. */
  type: string;
  nullable: boolean;
  /** Expression, or null. */
  default: string | null;
}

interface ConstraintFacts {
  table: string;
  name: string;
  kind: "check" | "foreign key" | "primary key" | "unique" | "exclusion" | "other";
  columns: string[];
  /** `CHECK (…)`, `FOREIGN KEY (…) REFERENCES …` */
  definition: string;
  references: { table: string; onDelete: "no action" | "restrict" | "cascade" | "set null" | "set default" } | null;
}

interface IndexFacts {
  table: string;
  name: string;
  unique: boolean;
  /** Unique among the rows that are not marked as deleted (deleted_at). */
  uniqueAmongKept: boolean;
  /** Key columns; an expression is null. */
  columns: (string | null)[];
  definition: string;
}

export interface SchemaFacts {
  /** Tables of schema public, without the migration runner's own. */
  tables: string[];
  columns: ColumnFacts[];
  constraints: ConstraintFacts[];
  indexes: IndexFacts[];
  /** Views, functions, triggers, types, sequences, other schemas: a line each. */
  others: string[];
  /** `name checksum` of each migration that was applied. */
  migrations: string[];
}

const RUNNERS_TABLE = "schema_migrations";

const COLUMNS = `
  select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
         not a.attnotnull as nullable, pg_get_expr(d.adbin, d.adrelid) as "default"
  from pg_attribute a join pg_class c on c.oid = a.attrelid
       left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
  order by 1, a.attnum`;

const CONSTRAINTS = `
  select c.relname as "table", k.conname as name, pg_get_constraintdef(k.oid) as definition,
         case k.contype when 'c' then 'check' when 'f' then 'foreign key' when 'p' then 'primary key' when 'u' then 'unique'
                        when 'x' then 'exclusion' else 'other' end as kind,
         array(select a.attname::text from unnest(k.conkey) with ordinality as u (attnum, n)
               join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum order by u.n) as columns,
         case k.contype when 'f' then json_build_object('table', f.relname, 'onDelete',
              case k.confdeltype when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade'
                                 when 'n' then 'set null' else 'set default' end) end as "references"
  from pg_constraint k join pg_class c on c.oid = k.conrelid left join pg_class f on f.oid = k.confrelid
  where c.relnamespace = 'public'::regnamespace and k.contype <> 'n'
  order by 1, 2`;

const INDEXES = `
  select c.relname as "table", i.relname as name, x.indisunique and x.indisvalid and x.indpred is null as unique,
         x.indisunique and x.indisvalid and coalesce(pg_get_expr(x.indpred, x.indrelid) = '(deleted_at IS NULL)', false)
           as "uniqueAmongKept",
         pg_get_indexdef(i.oid) as definition,
         array(select a.attname::text from unnest(x.indkey[0:x.indnkeyatts - 1]) with ordinality as u (attnum, n)
               left join pg_attribute a on a.attrelid = c.oid and a.attnum = u.attnum and u.attnum > 0 order by u.n) as columns
  from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
  where c.relnamespace = 'public'::regnamespace
  order by 1, 2`;

const OTHERS = `
  select line from (
    select 'schema ' || nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'information_schema')
    union all
    select c.relkind::text || ' ' || n.nspname || '.' || c.relname || case when c.relkind in ('v', 'm') then ' ' || pg_get_viewdef(c.oid) else '' end
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and (n.nspname <> 'public' or c.relkind not in ('r', 'p', 'i', 'I'))
    union all
    select 'function ' || p.oid::regprocedure::text || ' ' || md5(coalesce(p.prosrc, ''))
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    union all
    select pg_get_triggerdef(t.oid) from pg_trigger t where not t.tgisinternal
    union all
    select 'type ' || t.typname || ' ' || coalesce((select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid), '')
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where n.nspname = 'public' and t.typtype in ('e', 'd')
    union all
    select 'extension ' || extname from pg_extension where extname <> 'plpgsql'
    union all
    select 'row security of ' || c.relname || case when c.relforcerowsecurity then ', also for its owner' else '' end
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relrowsecurity
    union all
    select 'policy ' || p.polname || ' on ' || c.relname || ': ' || p.polcmd::text || ' ' || p.polpermissive || ' '
           || coalesce(pg_get_expr(p.polqual, p.polrelid), '') || ' ' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
    from pg_policy p join pg_class c on c.oid = p.polrelid
    union all
    select 'rule ' || pg_get_ruledef(r.oid) from pg_rewrite r where r.rulename <> '_RETURN' and r.ev_class >= 16384
    union all
    select 'table ' || c.relname || ' is ' || case c.relpersistence when 'u' then 'unlogged' else 'temporary' end
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relpersistence <> 'p'
    union all
    select 'column ' || c.relname || '.' || a.attname || ' is '
           || case when a.attgenerated <> '' then 'generated' when a.attidentity <> '' then 'an identity' else 'collated ' || l.collname end
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
         left join pg_collation l on l.oid = a.attcollation
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
      and (a.attgenerated <> '' or a.attidentity <> '' or a.attcollation <> t.typcollation)
  ) as found (line) order by line`;

const MIGRATIONS = `select name || ' ' || checksum as line from public.${RUNNERS_TABLE} order by name`;

/** Everything that a migration can change in a schema, in a form that can be compared. */
export function introspect(cluster: DatabaseCluster, database: string): Promise<SchemaFacts> {
  return cluster.session(database, lookUp);
}

/** The administrator's search path would find functions and operators of the project's own. */
async function lookUp(query: AdministratorQuery): Promise<SchemaFacts> {
  await query("set search_path = pg_catalog");
  const columns = (await query<ColumnFacts>(COLUMNS)).rows;
  const constraints = (await query<ConstraintFacts>(CONSTRAINTS)).rows;
  const indexes = (await query<IndexFacts>(INDEXES)).rows;
  const others = (await query<{ line: string }>(OTHERS)).rows;
  const recorded = columns.some((column) => column.table === RUNNERS_TABLE);
  const migrations = recorded ? (await query<{ line: string }>(MIGRATIONS)).rows : [];
  const tables = [...new Set(columns.map((column) => column.table))].filter((name) => name !== RUNNERS_TABLE);
  return {
    tables,
    columns,
    constraints,
    indexes,
    others: others.map(({ line }) => line),
    migrations: migrations.map(({ line }) => line),
  };
}
