/**
 * The functions that a statement of somebody else may call: they give a value of what they are given, at once, and none
 * that is much larger. What repeats, pads, replaces or formats can ask for gigabytes in one step, which neither
 * DuckDB's limit of memory nor an interrupt reaches; what waits, or reads a setting, a file or another statement, is
 * no reading of the store. Functions that DuckDB gets later are not among them until somebody has looked at them.
 */
export const FUNCTIONS: ReadonlySet<string> = new Set(
  [
    // Operators, and what DuckDB makes of its own syntax.
    '+ - * / // % ** ^ & | ~ << >> || @ ~~ !~~ ~~* !~~* ~~~ ^@ @> <@ && -> ->> <-> <=>',
    'like_escape not_like_escape ilike_escape not_ilike_escape add subtract multiply divide mod xor fdiv fmod',
    'list_value list_pack array_value struct_pack struct_extract row map array_extract array_slice list_extract',
    'list_element list_slice element_at map_extract map_extract_value timezone nullif ifnull coalesce if grouping',
    // Of numbers.
    'abs ceil ceiling floor round round_even trunc sign sqrt cbrt exp ln log log10 log2 pow power pi greatest least',
    'even gcd lcm isnan isinf isfinite bit_count degrees radians sin cos tan cot asin acos atan atan2 random',
    // Of texts: none gives more than it gets.
    'lower lcase upper ucase length len strlen char_length character_length bit_length octet_length substr substring',
    'left right reverse trim ltrim rtrim contains starts_with ends_with prefix suffix strpos instr position ascii',
    'ord chr unicode concat concat_ws md5 sha1 sha256 hash regexp_matches regexp_full_match regexp_extract split_part typeof',
    'parse_filename parse_dirname parse_dirpath format_bytes formatreadablesize formatreadabledecimalsize',
    'pg_size_pretty levenshtein hamming jaccard jaro_similarity jaro_winkler_similarity error',
    // Of times.
    'now today current_date current_time current_timestamp current_localtime current_localtimestamp get_current_time',
    'get_current_timestamp transaction_timestamp age ago date_add date_diff datediff date_sub datesub date_part',
    'datepart date_trunc datetrunc time_bucket epoch epoch_ms epoch_us epoch_ns make_date make_time make_timestamp',
    'make_timestamp_ms make_timestamp_ns make_timestamptz to_timestamp strftime strptime try_strptime year quarter',
    'month week day hour minute second millisecond microsecond nanosecond decade century dayname dayofmonth dayofweek',
    'dayofyear isodow isoyear monthname weekday weekofyear yearweek last_day julian days_in_month to_years',
    'to_quarters to_months to_weeks to_days to_hours to_minutes to_seconds to_milliseconds to_microseconds',
    // Of lists and JSON: labels are such.
    'unnest cardinality array_length list_contains array_contains list_has array_has list_position array_position',
    'list_sort array_sort list_reverse_sort list_distinct array_distinct list_unique array_unique map_keys map_values',
    'list_sum list_avg list_min list_max list_count list_first list_last list_median map_contains',
    'json_extract json_extract_string json_extract_path json_extract_path_text json_value json_exists json_type',
    'json_valid json_array_length json_keys json_contains',
    // Of many rows; DuckDB counts what they hold against its limit.
    'any_value approx_count_distinct approx_quantile arbitrary arg_max arg_max_null arg_min arg_min_null argmax argmin',
    'array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count count_if countif count_star covar_pop covar_samp',
    'entropy favg first fsum geomean group_concat histogram kahan_sum kurtosis last list listagg mad max max_by mean',
    'median min min_by mode product quantile quantile_cont quantile_disc regr_avgx regr_avgy regr_count regr_intercept',
    'regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem skewness stddev stddev_pop stddev_samp string_agg sum',
    'sum_no_overflow sumkahan var_pop var_samp variance wavg weighted_avg',
    'cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number',
  ]
    .join(' ')
    .split(' '),
);

/** Functions that make rows out of nothing but their arguments. All others may read files, settings, or change them. */
export const TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'range',
  'generate_series',
  'unnest',
  'repeat',
  'json_each',
  'json_tree',
]);
