// What SQL that a model has written may consist of. Everything that is not named here is refused: names of nodes and of their
// fields as Postgres' own parser gives them (version 18), functions, and the few relations outside the project's schema.

/** Statements, and whether they touch rows or the schema. */
export const STATEMENTS: ReadonlyMap<string, "rows" | "schema"> = new Map([
  ...list("SelectStmt InsertStmt UpdateStmt DeleteStmt MergeStmt ExplainStmt TruncateStmt").map(
    (name) => [name, "rows"] as const,
  ),
  ...list(
    "CreateStmt IndexStmt AlterTableStmt CreateEnumStmt AlterEnumStmt ViewStmt CreateSeqStmt DropStmt RenameStmt",
  ).map((name) => [name, "schema"] as const),
]);

/** Parts of statements. */
export const NODES: ReadonlySet<string> = new Set([
  ...STATEMENTS.keys(),
  ...list(`
    A_ArrayExpr A_Const A_Expr A_Indices A_Indirection A_Star AlterTableCmd BitString BoolExpr Boolean BooleanTest CaseExpr
    CaseWhen CoalesceExpr CollateClause ColumnDef ColumnRef CommonTableExpr Constraint DefElem Float FuncCall GroupingFunc
    GroupingSet IndexElem Integer JoinExpr JsonArrayConstructor JsonIsPredicate JsonKeyValue JsonObjectConstructor
    JsonValueExpr List LockingClause MergeSupportFunc MergeWhenClause MinMaxExpr MultiAssignRef NamedArgExpr NullTest
    RangeFunction RangeSubselect RangeVar ResTarget ReturningOption RowExpr SQLValueFunction SetToDefault SortBy String SubLink
    TypeCast TypeName WindowDef`),
]);

/** Fields of all of these together. */
export const FIELDS: ReadonlySet<string> = new Set(
  list(`
    absent_on_null accessMethod access_method action agg_distinct agg_filter agg_order agg_star agg_within_group alias
    aliases aliasname all arg argnumber args arrayBounds behavior boolop booltesttype boolval bsval cmds collClause collation
    collname colname colnames colno cols commandType condition conname constraints contype cols ctecols ctematerialized ctename
    ctequery cycle_clause def defaction deferrable defname defresult distinctClause elements encoding exclusions expr exprs
    fields fk_attrs fk_del_action fk_del_set_cols fk_matchtype fk_upd_action format format_type frameOptions fromClause
    func_variadic funcformat funcname functions fval generated_kind generated_when groupClause groupDistinct havingClause
    idxname if_not_exists indexElems indexIncludingParams indexParams indirection infer inh initdeferred initially_valid
    is_enforced is_local is_rowsfrom is_slice isNatural item_type items ival joinCondition jointype key keys kind larg lateral
    lexpr lidx limitCount limitOffset limitOption list_end list_start location lockedRels lockingClause matchKind
    mergeWhenClauses missing_ok msftype name names ncolumns newVal newValIsAfter newValNeighbor newname node nulls_not_distinct
    nulls_ordering nulltesttype object objects objtype oldVal on_conflict onConflictClause onConflict oncommit op opclass
    operName option options ordering ordinality orderClause over override partitionClause pk_attrs pktable quals query rarg
    raw_default raw_expr recursive refname relation relations relationType relname relpersistence removeType renameType replace
    restart_seqs result returningClause rexpr rexpr_list_end rexpr_list_start row_format schemaname selectStmt sequence
    skipIfNewValExists skip_validation sortClause sortby_dir sortby_nulls source sourceRelation startOffset endOffset strength
    subLinkType subname subquery tableElts ctes typmod isnull content aliascolnames subselect subtype sval svfop targetList testexpr typeName typemod typmods uidx unique
    unique_keys usingClause val vals value values valuesLists view waitPolicy whereClause where_clause windowClause
    withCheckOption withClause`),
);

/** Functions that compute; none that reads a file, a setting or another session, waits, locks, or runs SQL from a text. */
export const FUNCTIONS: ReadonlySet<string> = new Set(
  list(`
    abs age any_value array_agg array_append array_cat array_length array_ndims array_position array_positions array_prepend
    array_remove array_replace array_to_string ascii avg bit_and bit_length bit_or bool_and bool_or btrim cardinality cbrt ceil
    ceiling char_length character_length chr clock_timestamp concat concat_ws corr count covar_pop covar_samp cume_dist
    currval date_bin date_part date_trunc decode degrees dense_rank div encode every exp extract factorial first_value floor
    format gcd gen_random_uuid generate_series generate_subscripts hashtext initcap isfinite json_agg json_array_elements
    json_array_elements_text json_array_length json_build_array json_build_object json_each json_each_text
    json_extract_path json_extract_path_text json_object json_object_agg json_object_keys json_populate_record
    json_populate_recordset json_strip_nulls json_to_record json_to_recordset json_typeof jsonb_agg jsonb_array_elements
    jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text
    jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_agg jsonb_object_keys
    jsonb_path_exists jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_populate_record
    jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof
    justify_days justify_hours justify_interval lag last_value lcm lead least greatest left length like_escape ln localtime
    localtimestamp log log10 lower lower_inc lower_inf lpad ltrim make_date make_interval make_time make_timestamp
    make_timestamptz max md5 min mod mode now nth_value ntile nullif num_nonnulls num_nulls numrange int4range int8range
    daterange tsrange tstzrange octet_length overlaps overlay percent_rank percentile_cont percentile_disc pg_get_serial_sequence pg_typeof pi
    plainto_tsquery position power radians random range_agg rank regexp_count regexp_instr regexp_like regexp_match
    regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse right round
    row_number row_to_json rpad rtrim setval nextval sha256 sign similar_to_escape split_part sqrt starts_with statement_timestamp stddev
    stddev_pop stddev_samp string_agg string_to_array string_to_table strpos substr substring sum timezone to_char to_date
    to_hex to_json to_jsonb to_number to_timestamp to_tsquery to_tsvector transaction_timestamp translate trim_array trunc
    ts_headline ts_rank ts_rank_cd unnest upper upper_inc upper_inf uuid_extract_timestamp uuidv4 uuidv7 var_pop var_samp
    variance websearch_to_tsquery width_bucket`),
);

/** Views that show the project's own tables. */
export const CATALOG_VIEWS: ReadonlySet<string> = new Set(
  list("check_constraints columns key_column_usage referential_constraints sequences table_constraints tables views"),
);

/** Options of EXPLAIN and of sequences. */
export const OPTIONS: ReadonlySet<string> = new Set(
  list(`analyze buffers costs format memory summary timing verbose wal
    as cache cycle increment maxvalue minvalue owned_by restart start`),
);

export const TABLE_CHANGES: ReadonlySet<string> = new Set(
  list(`AT_AddColumn AT_AddConstraint AT_AddIdentity AT_AlterColumnType AT_ColumnDefault AT_DropColumn AT_DropConstraint
    AT_DropExpression AT_DropIdentity AT_DropNotNull AT_SetExpression AT_SetNotNull AT_ValidateConstraint`),
);

/** What may be dropped and renamed. */
export const OBJECTS: ReadonlySet<string> = new Set(
  list("OBJECT_COLUMN OBJECT_INDEX OBJECT_SEQUENCE OBJECT_TABCONSTRAINT OBJECT_TABLE OBJECT_TYPE OBJECT_VIEW"),
);

export const INDEX_METHODS: ReadonlySet<string> = new Set(list("brin btree gin gist hash"));

function list(words: string): string[] {
  return words.trim().split(/\s+/);
}
