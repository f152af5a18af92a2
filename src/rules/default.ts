/** The rules that are used when no file is named: `mapaudit rules default` prints them as they stand here. */
export const DEFAULT_RULES = `# Rules of mapaudit. docs/rules.md describes every field.
# What is on is quiet on a program that does well; what is off needs to know your program.
version: 1
rules:
  - name: map-race
    title: Map race
    kind: race
    severity: critical
    recovery: 10m

  # More is deleted than comes in, nearly all of it on keys that begin alike, and it does not stop.
  - name: delete-storm
    title: Delete storm
    kind: rate
    severity: critical
    op: delete
    per: type
    window: 2s
    above: 500/s
    one_prefix: {share: 85%, min_events: 50}
    outweighs: {op: assign, times: 3x}
    for: 10s
    recovery: 30s

  # More than ever in the last half hour. A sweep that comes again and again is in what it is compared with.
  - name: delete-surge
    title: Deletes surge
    kind: ratio
    severity: warning
    op: delete
    per: type
    window: 5s
    above: 200/s
    times: 5x
    of: highest
    baseline: 30m
    history: 5m
    for: 15s
    recovery: 1m

  # A map that fills as a cache does slows down; this one does not, and nothing is ever deleted from it.
  - name: map-only-grows
    title: Map only grows
    kind: lifecycle
    severity: warning
    sequence: never-shrinks
    entries: 10000
    span: 5m
    startup: 2m
    deletes_at_most: 1%
    recovery: 5m

  # About mapaudit, not the program: keys and stacks of these operations are not known.
  - name: events-lost
    title: Events are lost
    kind: loss
    severity: info
    window: 10s
    above: 5%
    for: 1m
    recovery: 2m

  - name: deletes-miss
    title: Deletes find nothing
    enabled: false
    kind: found_ratio
    severity: warning
    op: delete
    per: site
    not_found_above: 95%
    min_rate: 50/s
    window: 10s
    for: 1m

  - name: new-delete-site
    title: New place that deletes
    enabled: false
    kind: new_site
    severity: info
    op: [delete, clear]
    learn: 24h

  - name: map-too-large
    title: Map too large
    enabled: false
    kind: lifecycle
    severity: warning
    sequence: grows-past
    entries: 5000000

  - name: written-after-clear
    title: Written after clear
    enabled: false
    kind: lifecycle
    severity: warning
    sequence: write-after-clear
    within: 1m

  - name: delete-while-ranged
    title: Deleted from while ranged
    enabled: false
    kind: lifecycle
    severity: warning
    sequence: delete-while-ranged
    within: 1ms
`;
