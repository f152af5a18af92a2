// Module hooks: after the plan is made, one of its facts is changed.
let mutant = '';

export function initialize(data) {
  mutant = data.mutant;
}

const MUTATIONS = {
  // Two bytes on: in the middle of the function's beginning, where a restart has been already.
  'probe-address': `sites[0] = { ...sites[0], address: sites[0].address - 6, offset: sites[0].offset - 6, expected: new Uint8Array() };`,
  'goid-offset': `plan.offsets = { ...plan.offsets, gGoid: plan.offsets.gGoid + 8 };`,
  'key-register': `for (const s of sites) if (s.key?.kind === 'word') s.key = { kind: 'string', pointer: 'RCX', length: 'RDI' };`,
  'map-register': `for (const s of sites) if (s.role === 'entry' && s.type === 'RAX') Object.assign(s, { map: 'RAX', type: 'RBX' });`,
  'exit-register': `for (const s of sites) if (s.role === 'exit') s.map = 'RSI';`,
  'type-register': `for (const s of sites) if (s.role === 'entry' && s.type === 'RAX') Object.assign(s, { map: 'RCX', type: 'RBX' });`,
};

export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.endsWith('/dist/agent/plans.js')) return loaded;
  const source = String(loaded.source).replace('export function planFor(', 'function honestPlan(');
  const change = MUTATIONS[mutant];
  if (change === undefined) throw new Error(`no mutation ${mutant}`);
  return {
    ...loaded,
    source: `${source}
export function planFor(...args) {
  const plan = structuredClone(honestPlan(...args));
  const sites = plan.sites;
  ${change}
  return plan;
}
`,
  };
}
