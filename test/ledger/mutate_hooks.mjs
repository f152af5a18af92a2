// Module hooks: after the plan is made, one of its facts is changed.
let mutant = '';

export function initialize(data) {
  mutant = data.mutant;
}

const MUTATIONS = {
  // The function's very beginning, which a restart after a growth of the stack hits again. Functions are
  // aligned to 32 bytes; the short form of the stack check is 6 bytes long.
  'probe-address': `for (const s of sites) if (s.role === 'entry' && s.address % 32 === 6) Object.assign(s, { address: s.address - 6, offset: s.offset - 6, expected: new Uint8Array() });`,
  'goid-offset': `plan.offsets = { ...plan.offsets, gGoid: plan.offsets.gGoid + 8 };`,
  'key-register': `for (const s of sites) if (s.key?.kind === 'word') s.key = { kind: 'string', pointer: 'RCX', length: 'RDI' };`,
  'map-register': `for (const s of sites) if (s.role === 'entry' && s.type === 'RAX') Object.assign(s, { map: 'RAX', type: 'RBX' });`,
  'exit-register': `for (const s of sites) if (s.role === 'exit') s.map = 'RSI';`,
  'type-register': `for (const s of sites) if (s.role === 'entry' && s.type === 'RAX') Object.assign(s, { map: 'RCX', type: 'RBX' });`,
};

export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.includes('/dist/')) return loaded;
  const honest = String(loaded.source);
  const source = honest.replace('function probePlanFor(', 'function honestPlan(');
  if (source === honest) return loaded;
  const change = MUTATIONS[mutant];
  if (change === undefined) throw new Error(`no mutation ${mutant}`);
  return {
    ...loaded,
    source: `${source}
function probePlanFor(...args) {
  const plan = structuredClone(honestPlan(...args));
  const sites = plan.sites;
  ${change}
  return plan;
}
`,
  };
}
