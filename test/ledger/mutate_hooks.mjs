// Module hooks: the plan is changed after it is made, or another eBPF object is loaded.
let plan = '';
let object = '';

export function initialize(data) {
  ({ plan, object } = data);
}

export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.includes('/dist/')) return loaded;
  let source = String(loaded.source);
  if (plan !== '') source = wrapped(source, 'probePlanFor', honestPlan);
  if (object !== '') source = wrapped(source, 'packageFile', honestFile);
  return { ...loaded, source };
}

const honestPlan = () => `
  const plan = structuredClone(honest(...args));
  const sites = plan.sites;
  ${plan}
  return plan;`;

const honestFile = () =>
  `return args[0] === 'bpf/mapaudit.bpf.o' ? ${JSON.stringify(object)} : honest(...args);`;

/** Puts a function of the bundle behind another one. */
function wrapped(source, name, body) {
  const renamed = source.replace(`function ${name}(`, `function honest_${name}(`);
  if (renamed === source) return source;
  return `${renamed}\nfunction ${name}(...args) { const honest = honest_${name}; ${body()} }\n`;
}
