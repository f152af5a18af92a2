// Module hooks: the plan is changed after it is made, or another eBPF object is loaded, or another build hook.
const OURS = new URL('../../dist/', import.meta.url).href;

let plan = '';
let object = '';
let hook = '';

export function initialize(data) {
  ({ plan, object, hook } = data);
}

export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.startsWith(OURS)) return loaded;
  let source = String(loaded.source);
  if (plan) source = wrapped(source, 'probePlanFor', honestPlan);
  if (object || hook) source = wrapped(source, 'packageFile', honestFile);
  return { ...loaded, source };
}

const honestPlan = () => `
  const plan = structuredClone(honest(...args));
  const sites = plan.sites;
  ${plan}
  return plan;`;

const honestFile = () => `
  if (${Boolean(object)} && args[0] === 'bpf/mapaudit.bpf.o') return ${JSON.stringify(object)};
  if (${Boolean(hook)} && args[0].startsWith('go/hook/')) return ${JSON.stringify(hook)} + args[0].slice(7);
  return honest(...args);`;

/** Puts a function of the bundle behind another one. */
function wrapped(source, name, body) {
  const renamed = source.replace(`function ${name}(`, `function honest_${name}(`);
  if (renamed === source) return source;
  return `${renamed}\nfunction ${name}(...args) { const honest = honest_${name}; ${body()} }\n`;
}
